import { describe, expect, it } from 'vitest'
import { bytesSource } from '../bytes.ts'
import { dicomFacts } from './facts.ts'
import { dicomScans } from './groups.ts'
import { uidOf, writeDicom } from './write.ts'

const size = { width: 8, height: 6 }
const spacing = { axial: 0.1, lateral: 0.1 }
const common = { ...size, frame: () => new Uint8Array(48), spacing } as const
const line = { kind: 'line' as const, start: { x: 0.1, y: 0.3 }, end: { x: 0.7, y: 0.3 } }

const tomography = (uid: number, on: number, eye: 'R' | 'L', frames = 3, series = uid) =>
  writeDicom({
    ...common,
    kind: 'opt',
    syntax: 'explicit',
    frames,
    laterality: eye,
    locations: Array.from({ length: frames }, () => line),
    reference: { uid: uidOf(on), spacing: { x: 0.1, y: 0.1 } },
    uid: uidOf(uid),
    series: uidOf(series),
  })
const photograph = (uid: number, eye: 'R' | 'L') => writeDicom({ ...common, kind: 'op', syntax: 'rle', frames: 1, laterality: eye, uid: uidOf(uid) })

const described = (files: Record<string, Uint8Array>) =>
  Promise.all(Object.entries(files).map(async ([name, bytes]) => ({ name, dicom: await dicomFacts(bytesSource(bytes)) })))
const sets = async (files: Record<string, Uint8Array>) => dicomScans(await described(files)).map((set) => set.map(({ name }) => name))

describe('several DICOM files', () => {
  it('are one scan where they hold one tomography, or none', async () => {
    expect(await sets({ op: photograph(1, 'R'), opt: tomography(2, 1, 'R') })).toEqual([['op', 'opt']])
    expect(await sets({ a: photograph(1, 'R'), b: photograph(2, 'R') })).toEqual([['a', 'b']])
    expect(dicomScans([])).toEqual([])
  })

  it('are a scan for each tomography, with the picture it lies on', async () => {
    expect(
      await sets({
        'op-od': photograph(1, 'R'),
        'op-os': photograph(2, 'L'),
        'ring-od': tomography(3, 1, 'R'),
        'volume-od': tomography(4, 1, 'R'),
        'volume-os': tomography(5, 2, 'L'),
        'lost-os': tomography(6, 99, 'L'),
      }),
    ).toEqual([
      ['ring-od', 'op-od'],
      ['volume-od', 'op-od'],
      ['volume-os', 'op-os'],
      ['lost-os', 'op-os'],
    ])
  })

  it('are one scan where they are single B-scans of one series', async () => {
    expect(
      await sets({
        a1: tomography(10, 1, 'R', 1, 50),
        a2: tomography(11, 1, 'R', 1, 50),
        b1: tomography(12, 1, 'L', 1, 51),
        op: photograph(1, 'R'),
      }),
    ).toEqual([
      ['a1', 'a2', 'op'],
      ['b1', 'op'],
    ])
  })

  it('keep a damaged tomography as a scan for itself, and leave aside what is no picture of an eye', async () => {
    const damaged = tomography(3, 1, 'R').slice(0, 700)
    const other = photograph(7, 'R').slice(0, 200)
    expect(await sets({ damaged, one: tomography(4, 1, 'R'), other, two: tomography(5, 1, 'R') })).toEqual([['damaged'], ['one'], ['two']])
    expect(await sets({ damaged })).toEqual([['damaged']])
  })
})
