import { describe, expect, it } from 'vitest'
import { circularGrid, posteriorPoleGrid, smallContent } from '../../test/fuzz/small-vol.ts'
import type { ThicknessGrid } from '../scan.ts'
import { bytesSource, readVol, type VolContent, writeVol } from './vol.ts'
import { header } from './vol-layout.ts'

const grids = [circularGrid, posteriorPoleGrid]
const file = (changes: Partial<VolContent> = {}) => writeVol(smallContent('line', { grids, ...changes }))
const read = (bytes: Uint8Array) => readVol(bytesSource(bytes))

/** Volumes are 32-bit floats: exact for these values; thickness goes through mm. */
function rounded(all: ThicknessGrid[]): ThicknessGrid[] {
  const toMicrometre = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000)
  return all.map((grid) => ({ ...grid, zones: grid.zones.map((zone) => ({ ...zone, thickness: toMicrometre(zone.thickness) })) }))
}

function changed(change: (view: DataView) => void, bytes = file()): Uint8Array {
  change(new DataView(bytes.buffer))
  return bytes
}

describe('thickness grids', () => {
  it('both come back as they were written', async () => {
    expect(rounded((await read(file())).grids)).toEqual(grids)
  })

  it.each([
    [{ diameters: [1, 2, 3] }, 1],
    [{ diameters: [1, 2.22, 3.45] }, 2],
    [{ diameters: [1, 3, 6] }, 3],
  ])('circular ones of %j have type %i', async (change, type) => {
    const bytes = file({ grids: [{ ...circularGrid, ...change }] })
    expect(new DataView(bytes.buffer).getUint32(header.gridType, true)).toBe(type)
    expect((await read(bytes)).grids[0]?.diameters).toEqual(change.diameters)
  })

  it.each([
    [2, 5, 8],
    [2, 10, 9],
  ])('rectangular ones of %i x %i have type %i', async (rows, columns, type) => {
    const zones = Array.from({ length: rows * columns }, (_, i) => ({
      name: `${Math.floor(i / columns) + 1}/${(i % columns) + 1}`,
      thickness: 300,
      volume: 0.5,
    }))
    const bytes = file({ grids: [{ ...posteriorPoleGrid, zones }] })
    expect(new DataView(bytes.buffer).getUint32(header.gridType, true)).toBe(type)
    expect(rounded((await read(bytes)).grids)[0]?.zones).toEqual(zones)
  })

  it.each([
    ['HSF-OCT-101', 0],
    ['HSF-OCT-102', 1],
    ['HSF-OCT-103', 2],
    ['HSF-OCT-104', 2],
  ] as const)('%s carries %i', async (version, count) => {
    expect((await read(file({ version }))).grids).toHaveLength(count)
  })

  it('bytes of an old grid are left alone where the header names none', async () => {
    const bytes = changed((view) => {
      view.setUint32(header.gridType, 0, true)
      view.setUint32(header.secondGridOffset, 0, true)
    })
    expect((await read(bytes)).grids).toEqual([])
  })

  it.each([
    ['another type at its place', (view: DataView, at: number) => view.setInt32(at, 2, true)],
    ['diameters that do not grow', (view: DataView, at: number) => view.setFloat64(at + 12, 0.5, true)],
    ['no centre', (view: DataView, at: number) => view.setFloat64(at + 28, Number.NaN, true)],
    ['a type nobody knows', (view: DataView) => view.setUint32(header.gridType, 77, true)],
    ['a place within the pixels', (view: DataView) => view.setUint32(header.gridOffset, 10_000, true)],
  ])('one with %s is left out; the scan and the other grid are whole', async (_, change) => {
    const scan = await read(changed((view) => change(view, view.getUint32(header.gridOffset, true))))
    expect(scan.frames).toHaveLength(1)
    expect(rounded(scan.grids)).toEqual([posteriorPoleGrid])
  })

  it.each([0, -1, 17, 65, 2_147_483_647])('a rectangular one of %i rows is left out', async (rows) => {
    const bytes = changed((view) => view.setInt32(view.getUint32(header.secondGridOffset, true) + 4, rows, true))
    expect(rounded((await read(bytes)).grids)).toEqual([circularGrid])
  })

  it.each([header.gridOffset, header.secondGridOffset])('one outside the file is refused by the byte that names it (%i)', async (at) => {
    for (const offset of [0xffffffff, file().byteLength - 8]) {
      await expect(read(changed((view) => view.setUint32(at, offset, true)))).rejects.toMatchObject({
        code: 'invalid-file',
        message: expect.stringMatching(/thickness grid.*Nothing was changed/),
        details: { offset: at },
      })
    }
  })

  it('a file cut off within its last grid is refused', async () => {
    await expect(read(file().slice(0, -1))).rejects.toMatchObject({ details: { offset: header.secondGridOffset } })
  })
})
