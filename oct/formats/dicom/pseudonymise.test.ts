import { describe, expect, it } from 'vitest'
import { photograph, tomogram } from '../../../test/formats/dicom-fixtures.ts'
import { readScan } from '../index.ts'
import { bytesSource } from '../vol.ts'
import { concat, type DatasetOut, type ElementOut, elementHeader, encodeDataset, item, type TextVr } from './encode.ts'
import { pseudonymiseDicom } from './pseudonymise.ts'
import type { SyntaxName } from './syntaxes.ts'
import { type DicomContent, writeDicom } from './write.ts'

const emptied = (bytes: Uint8Array, piece = bytes.length, size?: number): Uint8Array => {
  const given = pseudonymiseDicom(size)
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) out.push(given.push(bytes.subarray(at, at + piece)))
  return concat([...out, given.end()])
}
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

const marker = 'ZQMARKER'
const fields: [vr: TextVr, ...tags: number[]][] = [
  ['PN', 0x00080090, 0x00081048, 0x00081050, 0x00081060, 0x00081070, 0x00100010, 0x00101001, 0x00101005, 0x00101060, 0x00321032, 0x0040a123],
  ['SH', 0x00080050, 0x00080094, 0x00081010, 0x00102154, 0x00102160, 0x00200010, 0x00400009, 0x00400253, 0x00401001],
  ['LO', 0x00080080, 0x0008103e, 0x00081030, 0x00100020, 0x00100021, 0x00101000, 0x00101040, 0x00101090, 0x00120040, 0x00181000, 0x00181030],
  ['LO', 0x00321060, 0x00380010, 0x00380011, 0x00380060, 0x00380300, 0x00400254, 0x00402016],
  ['ST', 0x00080081, 0x00384000, 0x00400280],
  ['TM', 0x00100032],
  ['DA', 0x00100030],
  ['AE', 0x00400241],
]
const named: ElementOut[] = fields.flatMap(([vr, ...tags]) => tags.map((tag): ElementOut => [tag, vr, marker]))
const person: DatasetOut = [
  [0x00080018, 'UI', marker],
  [0x00100020, 'LO', marker],
  [0x00100022, 'CS', marker],
  [0x00400007, 'LO', marker],
]
const within: ElementOut[] = [
  [0x00081120, 'SQ', [person]],
  [0x00101002, 'SQ', [person, person]],
  [
    0x00400275,
    'SQ',
    [
      [
        [0x00080100, 'SH', marker],
        [0x0040100a, 'SQ', [person]],
      ],
    ],
  ],
  [0x04000561, 'SQ', [[[0x04000550, 'SQ', [person]]]]],
  // A sequence that is kept, with a name in it.
  [
    0x00400555,
    'SQ',
    [
      [
        [0x0040a040, 'CS', 'PNAME'],
        [0x0040a123, 'PN', marker],
      ],
    ],
  ],
]
const own: ElementOut[] = [
  [0x00090010, 'LO', marker],
  [0x00091001, 'LO', marker],
  [0x00091002, 'OB', bytesOf(marker)],
  [0x00091003, 'SQ', [person]],
  [0x65331001, 'ST', marker],
]
const identity = { name: marker, id: marker, birthDate: marker, accession: marker, station: marker, serial: marker }
const about: DicomContent = tomogram(2, { identity, extra: [...named, ...within, ...own], acquiredAt: '20270311093000+0100' })
const plain = (more: Partial<DicomContent> = {}) => writeDicom({ ...about, ...more })

const scanOf = (bytes: Uint8Array) =>
  readScan([
    { name: 'IM0', source: bytesSource(bytes) },
    { name: 'IM1', source: bytesSource(writeDicom(photograph())) },
  ])

describe('a DICOM file for an engine', () => {
  const written = (['explicit', 'implicit', 'big-endian'] as SyntaxName[]).flatMap((syntax) => [false, true].map((open) => [syntax, open] as const))
  it.each(written)('holds no name any more and is the same scan: %s, undefined lengths %s', async (syntax, open) => {
    const bytes = plain({ syntax, open })
    expect(latin1(bytes).split(marker).length).toBeGreaterThan(50)
    const given = emptied(bytes)
    expect(given).toHaveLength(bytes.length)
    expect(latin1(given)).not.toContain(marker)
    expect(await scanOf(given)).toEqual(await scanOf(bytes))
    // Only what was a marker, or stood beside one, is other.
    for (const text of ['20270311093000+0100', 'Generated', '2.25.7301548000001', 'PNAME']) expect(latin1(given)).toContain(text)
    expect(emptied(given)).toEqual(given)
  })

  it.each([1, 3, 131, 4096])('comes out the same in pieces of %i bytes', (piece) => {
    for (const syntax of ['explicit', 'implicit', 'big-endian'] as const) {
      const bytes = plain({ syntax, open: piece % 2 === 1 })
      expect(Buffer.from(emptied(bytes, piece)).equals(emptied(bytes, bytes.length, bytes.length))).toBe(true)
    }
  })

  it('keeps text text, and leaves what was handed in as it was', () => {
    const bytes = plain()
    const before = Uint8Array.from(bytes)
    const given = emptied(bytes)
    expect(bytes).toEqual(before)
    const name = encodeDataset([[0x00100010, 'PN', marker]], { explicit: true, bigEndian: false })
    expect(latin1(given)).toContain(latin1(name).replace(marker, ' '.repeat(marker.length)))
    expect(latin1(given.subarray(128, 132))).toBe('DICM')
  })

  it('is emptied in its preamble, too', () => {
    const bytes = plain()
    bytes.set(bytesOf(marker), 10)
    expect(latin1(emptied(bytes))).not.toContain(marker)
  })

  it('is walked through pictures in fragments to its end', async () => {
    const bytes = writeDicom({ ...about, syntax: 'rle' })
    const after = encodeDataset(
      [
        [0x7fe10010, 'LO', marker],
        [0xfffcfffc, 'OB', bytesOf(marker)],
      ],
      { explicit: true, bigEndian: false },
    )
    const given = emptied(concat([bytes, after]), 1000)
    expect(latin1(given)).not.toContain(marker)
    expect(await scanOf(given)).toEqual(await scanOf(concat([bytes, after])))
    // What cannot be walked there is emptied.
    const rubbish = bytesOf(`${marker} ${marker}`)
    for (const piece of [1, 7, 1e9]) {
      const cut = emptied(concat([bytes, rubbish]), piece)
      expect(cut).toHaveLength(bytes.length + rubbish.length)
      expect(latin1(cut)).not.toContain(marker)
    }
    expect(latin1(emptied(concat([bytes, bytesOf('ERIKA')])))).not.toContain('ERIKA')
  })

  it('is emptied in sequences of unknown kind, which are written implicitly', () => {
    const hidden = encodeDataset([[0x00100010, 'PN', marker]], { explicit: false, bigEndian: false })
    const items = concat([item(0xfffee000, hidden.length), hidden])
    const base = plain({ extra: [] })
    const at = latin1(base).indexOf(latin1(elementHeader(0x00100010, 'PN', 8, true, true)))
    for (const length of [items.length, 0xffffffff]) {
      const tail = length === items.length ? new Uint8Array(0) : item(0xfffee0dd, 0)
      const bytes = concat([base.subarray(0, at), elementHeader(0x00082218, 'UN', length, true, true), items, tail, base.subarray(at)])
      const given = emptied(bytes, 11)
      expect(given).toHaveLength(bytes.length)
      expect(latin1(given)).not.toContain(marker)
    }
  })
})

describe('a DICOM file that cannot be walked', () => {
  const whole = plain()
  const header = latin1(elementHeader(0x00100010, 'PN', 8, true, true))
  const broken = (change: (bytes: Uint8Array, at: number) => void) => {
    const bytes = Uint8Array.from(whole)
    change(bytes, latin1(bytes).indexOf(header))
    return bytes
  }
  it.each<[string, Uint8Array]>([
    ['deflated', plain({ syntax: 'deflated' })],
    ['cut in its header', whole.subarray(0, latin1(whole).indexOf(header) + 10)],
    ['cut in its pictures', whole.subarray(0, whole.length - 10)],
    ['of an unknown kind of element', broken((bytes, at) => bytes.set(bytesOf('??'), at + 4))],
    ['shifted by a wrong length', broken((bytes, at) => bytes.set([3, 0], at + 6))],
    ['of no transfer syntax', writeDicom(about).fill(0x31, 132 + 12, 330)],
    ['without a data set', whole.subarray(0, 140)],
  ])('is refused where it is %s', (_what, bytes) => {
    for (const piece of [5, 1e9]) {
      let message = ''
      try {
        emptied(bytes, piece, bytes.length)
      } catch (error) {
        message = String(error)
      }
      expect(message).toMatch(/cannot be given to a container without the patient’s name/)
      expect(message).not.toContain(marker)
    }
  })

  it('is refused before a byte of it that follows is given where an element claims more than there is', () => {
    const bytes = broken((copy, at) => copy.set([0xff, 0xff], at + 6)).subarray(0, 3000)
    expect(() => pseudonymiseDicom(bytes.length).push(bytes)).toThrow(/more bytes than there are/)
  })
})
