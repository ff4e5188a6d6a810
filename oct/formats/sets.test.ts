import { describe, expect, it } from 'vitest'
import { synthesise } from '../synth/index.ts'
import { bytesSource } from './bytes.ts'
import { uidOf, writeDicom } from './dicom/write.ts'
import { writeHeyexXml } from './heyex-xml/write.ts'
import { scanSets } from './sets.ts'

const vol = synthesise({ pattern: 'line', laterality: 'OD', seed: 1, width: 32, height: 64 })
const common = { width: 8, height: 6, frame: () => new Uint8Array(48), spacing: { axial: 0.1, lateral: 0.1 } } as const
const line = { kind: 'line' as const, start: { x: 0.1, y: 0.3 }, end: { x: 0.7, y: 0.3 } }
const opt = writeDicom({
  ...common,
  kind: 'opt',
  syntax: 'explicit',
  frames: 1,
  laterality: 'R',
  locations: [line],
  reference: { uid: uidOf(7), spacing: { x: 0.1, y: 0.1 } },
  uid: uidOf(5),
  series: uidOf(6),
})
const op = writeDicom({ ...common, kind: 'op', syntax: 'explicit', frames: 1, laterality: 'R', uid: uidOf(7) })
const xml = (prefix: string) =>
  writeHeyexXml({
    pattern: 'line',
    laterality: 'OD',
    spacing: { lateral: 0.1, axial: 0.004 },
    frames: [{ width: 8, height: 6, pixels: new Uint8Array(48), location: line }],
    pictures: { type: 'bmp' },
    slo: { width: 8, height: 8, pixels: new Uint8Array(64), spacing: { x: 0.1, y: 0.1 } },
    prefix,
  })

const setsOf = async (files: Record<string, Uint8Array>): Promise<string[][]> => {
  const paths = Object.keys(files)
  const sets = await scanSets(paths.map((path) => ({ path, source: bytesSource(files[path] as Uint8Array) })))
  return sets.map((set) => set.map((index) => paths[index] as string))
}
const named = (folder: string, files: { name: string; bytes: Uint8Array }[]) =>
  Object.fromEntries(files.map(({ name, bytes }) => [`${folder}${name}`, bytes]))

describe('scans among files', () => {
  it('are told by content, an export with its pictures and a tomography with its photograph as one', async () => {
    const found = await setsOf({
      'SCANS/3/VOL/b': vol,
      'SCANS/1/DICOM/x': opt,
      'SCANS/2/DICOM/y': op,
      ...named('SCANS/4/OCT/', xml('p')),
      'notes.txt': vol.subarray(50, 90),
    })
    expect(found).toEqual([
      ['SCANS/1/DICOM/x', 'SCANS/2/DICOM/y'],
      ['SCANS/3/VOL/b'],
      ['SCANS/4/OCT/pscan.xml', 'SCANS/4/OCT/pB1.bmp', 'SCANS/4/OCT/pSLO.bmp'],
    ])
  })

  it('take of several exports in one folder the pictures each speaks of', async () => {
    const found = await setsOf({ ...named('', xml('a')), ...named('', xml('b')) })
    expect(found.map((set) => set.map((path) => path[0]).join(''))).toEqual(['aaa', 'bbb'])
  })

  it('are none in photographs and pictures alone, but in what is called a scan', async () => {
    expect(await setsOf({ a: op, 'b.bmp': xml('')[1]?.bytes ?? vol })).toEqual([])
    expect(await setsOf({ 'broken.VOL': new Uint8Array(10), empty: new Uint8Array(0) })).toEqual([['broken.VOL']])
  })
})
