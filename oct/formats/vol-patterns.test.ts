import { describe, expect, it } from 'vitest'
import { smallContent, smallRadius } from '../../test/fuzz/small-vol.ts'
import type { FrameLocation, ScanPattern } from '../scan.ts'
import { bytesSource, readVol, type VolContent, writeVol } from './vol.ts'
import { blockOffset, header } from './vol-layout.ts'
import { contentLayout } from './vol-write.ts'

const read = (pattern: ScanPattern, changes: Partial<VolContent> = {}) => readVol(bytesSource(writeVol(smallContent(pattern, changes))))
const kinds = (scan: { frames: { location: FrameLocation }[] }) => scan.frames.map((frame) => frame.location.kind)

/** A file with the two points of one B-scan moved. */
function moved(pattern: ScanPattern, index: number, points: number[]): Promise<{ frames: { location: FrameLocation }[] }> {
  const content = smallContent(pattern)
  const bytes = writeVol(content)
  const at = blockOffset(contentLayout({ ...content, frames: content.frames.length }), index) + 16
  for (const [i, value] of points.entries()) new DataView(bytes.buffer).setFloat64(at + 8 * i, value, true)
  return readVol(bytesSource(bytes))
}

describe('scan patterns', () => {
  it.each(['line', 'volume', 'fast-volume', 'radial'] as const)('%s: a line for every B-scan, as it was written', async (pattern) => {
    const scan = await read(pattern)
    expect(scan.pattern).toBe(pattern)
    expect(scan.frames.map((frame) => frame.location)).toEqual(smallContent(pattern).frames.map((frame) => frame.location))
  })

  it('ring: a circle as long as its B-scan', async () => {
    const scan = await read('ring')
    expect(scan.frames[0]?.location).toMatchObject({ kind: 'ring', centre: { x: 4, y: 4 } })
    const location = scan.frames[0]?.location
    expect(location?.kind === 'ring' && location.radius).toBeCloseTo(smallRadius)
  })

  it('ring: not placed where its circle and its scale contradict each other', async () => {
    expect(kinds(await moved('ring', 0, [4 - 2 * smallRadius]))).toEqual(['unknown'])
    expect(kinds(await moved('ring', 0, [4 - 1.04 * smallRadius]))).toEqual(['ring'])
  })

  it('radial with circles: lines, then three circles of their own size', async () => {
    const scan = await read('radial-circles')
    expect(kinds(scan)).toEqual(['line', 'line', 'line', 'line', 'ring', 'ring', 'ring'])
    expect(scan.frames.slice(4).map(({ location }) => location.kind === 'ring' && Math.round(location.radius * 100) / 100)).toEqual([
      1.75, 2.05, 2.35,
    ])
  })

  it('radial with circles: one of the last that runs through the middle is a line, one that does neither is not placed', async () => {
    expect(kinds(await moved('radial-circles', 5, [2.4, 4, 5.6, 4]))[5]).toBe('line')
    expect(kinds(await moved('radial-circles', 5, [1, 1, 2, 1]))[5]).toBe('unknown')
  })

  it('radial with circles: without a common middle only a circle as long as its scale is one', async () => {
    expect(kinds(await moved('radial-circles', 0, [0, 0, 1, 0]))).toEqual(['line', 'line', 'line', 'line', 'unknown', 'unknown', 'unknown'])
    const all = smallContent('radial-circles')
    const lengthFits = { ...all, spacing: { ...all.spacing, lateral: (2 * Math.PI * 2.05) / 32 }, frames: all.frames.slice(4) }
    expect(kinds(await readVol(bytesSource(writeVol(lengthFits))))).toEqual(['unknown', 'ring', 'unknown'])
  })

  it('unknown: no place is guessed, nor where a point cannot be one', async () => {
    expect(kinds(await read('unknown'))).toEqual(['unknown'])
    expect(kinds(await moved('volume', 1, [Number.NaN]))).toEqual(['line', 'unknown', 'line'])
  })

  it.each([
    ['OS', 'ring', ['orientation-not-verified']],
    ['OS', 'radial-circles', ['orientation-not-verified']],
    ['OS', 'volume', []],
    ['OD', 'ring', []],
  ] as const)('%s %s: %j', async (laterality, pattern, remarks) => {
    expect((await read(pattern, { laterality })).remarks).toEqual(remarks)
  })
})

describe('what a header tells', () => {
  it('laterality and time, or that they are not known', async () => {
    expect(await read('line')).toMatchObject({ laterality: 'OD', acquiredAt: '2021-03-04T05:06:07.089Z' })
    expect((await read('line', { laterality: 'unknown' })).laterality).toBe('unknown')
  })

  it.each([
    [30, 768, 'HS'],
    [30, 1536, 'HR'],
    [20, 512, 'HS'],
    [20, 1024, 'HR'],
    [15, 384, 'HS'],
    [15, 768, 'HR'],
    [30, 384, undefined],
    [55, 768, undefined],
  ] as const)('the resolution at %i degrees and %i px: %s', async (field, side, resolution) => {
    const slo = { width: side, height: side, spacing: { x: 0.01, y: 0.01 }, field, pixels: new Uint8Array(side * side) }
    expect((await read('line', { slo })).resolution).toBe(resolution)
  })

  it('no SLO', async () => {
    const { slo: _, ...without } = smallContent('volume')
    const scan = await readVol(bytesSource(writeVol(without)))
    expect(scan.slo).toBeUndefined()
    expect(scan.frames).toHaveLength(3)
  })

  it('layers beyond the third, where the file has them', async () => {
    const [frame] = smallContent('line').frames
    if (frame === undefined) throw new Error('no frame')
    const frames = [{ ...frame, layers: [...frame.layers, { name: 'RPE', rows: new Float32Array(32).fill(24) }] }]
    expect((await read('line', { frames })).frames[0]?.layers.map(({ name }) => name)).toEqual(['ILM', 'BM', 'RNFL', 'RPE'])
  })

  it('no layers, where all rows are absent', async () => {
    const frames = smallContent('line').frames.map((frame) => ({ ...frame, layers: [] }))
    expect((await read('line', { frames })).frames[0]?.layers).toEqual([])
  })
})

describe("Bruch's membrane opening", () => {
  const opened = (version: VolContent['version']) => {
    const { frames } = smallContent('radial')
    return read('radial', {
      version,
      frames: frames.map((frame, i) =>
        i === 3
          ? frame
          : {
              ...frame,
              bmo: [
                { x: 4, y: 20 + i },
                { x: 27, y: 21 },
              ],
            },
      ),
    })
  }

  it('is read from 104 on', async () => {
    const scan = await opened('HSF-OCT-104')
    expect(scan.frames[2]?.bmo).toEqual([
      { x: 4, y: 22 },
      { x: 27, y: 21 },
    ])
    expect(scan.frames[3]?.bmo).toBeUndefined()
    expect((await opened('HSF-OCT-103')).frames[0]?.bmo).toBeUndefined()
  })

  it.each([
    [[4, 20, 0], { x: 4, y: 20 }],
    [[4, 0, 20], { x: 4, y: 20 }],
    [[4, 9, 20], undefined],
    [[32, 20, 0], undefined],
    [[4, 40, 0], undefined],
    [[4, -1, 0], undefined],
  ])('a left end of %j is %j', async (triple, expected) => {
    const content = smallContent('line', { version: 'HSF-OCT-104' })
    const bytes = writeVol(content)
    const view = new DataView(bytes.buffer)
    const base = blockOffset(contentLayout({ ...content, frames: 1 }), 0)
    for (const [i, value] of [...triple, 27, 21, 0].entries()) view.setInt32(base + 88 + 4 * i, value, true)
    expect((await readVol(bytesSource(bytes))).frames[0]?.bmo?.[0]).toEqual(expected)
  })
})

it('takes a pattern it does not know as unknown', async () => {
  for (const code of [7, -1, 2_147_483_647]) {
    const bytes = writeVol(smallContent('volume'))
    new DataView(bytes.buffer).setInt32(header.pattern, code, true)
    expect((await readVol(bytesSource(bytes))).pattern).toBe('unknown')
  }
})
