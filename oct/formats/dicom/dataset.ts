/**
 * The header of a DICOM file, read by ranges up to its pixel data. Only the attributes in `wanted` are kept. What a hostile file can cost is
 * bounded: elements looked at, elements and bytes kept, depth of sequences.
 */
import { ScansideError } from '../../errors.ts'
import type { ByteSource } from '../../scan.ts'
import { Cursor } from './cursor.ts'
import { syntaxOf, type TransferSyntax } from './syntaxes.ts'
import { tag, tagName, wanted } from './tags.ts'
import { decodeValue, text } from './values.ts'

/** What is kept of an element: its text, its numbers, or its items. */
export type Value = string | ArrayLike<number> | Dataset[]

export type Dataset = Map<number, Value>

/** Where the pixel data lie: `offset` of the value; `length` absent where it is encapsulated. */
export interface PixelElement {
  vr: string
  offset: number
  length?: number
}

/** What the file says of itself before the data set begins (PS3.10, section 7.1). */
export interface FileMeta {
  sopClass: string
  syntax: string
  /** Where the data set begins. */
  offset: number
}

const limits = { elements: 1_000_000, kept: 400_000, bytes: 16 * 1024 * 1024, leaf: 1024 * 1024, depth: 16 }
const undefinedLength = 0xffffffff
const itemTag = 0xfffee000
const itemEnd = 0xfffee00d
const sequenceEnd = 0xfffee0dd
const shortForms = new Set('AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' '))
const longForms = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '))

/** What reading has cost so far; shared by all files of a set. */
export interface Spent {
  elements: number
  kept: number
  bytes: number
  /** bytes that deflated files take beyond their own size */
  growth: number
}

interface Reading {
  cursor: Cursor
  explicit: boolean
  /** Nothing below is kept. */
  skipping: boolean
  spent: Spent
}

/** The file meta information: always explicit little-endian, behind 128 bytes and `DICM`. */
export async function readMeta(source: ByteSource): Promise<FileMeta> {
  const cursor = new Cursor(source, 132)
  const reading: Reading = { cursor, explicit: true, skipping: false, spent: nothingSpent() }
  const meta: Dataset = new Map()
  while (source.size - cursor.position >= 8) {
    if (!cursor.has(8)) await cursor.fill(8, 4096)
    const start = cursor.position
    const number = cursor.tag()
    cursor.position = start
    if (number >>> 16 !== 2) break
    const element = await readHeader(reading)
    if (element.length === undefined) throw refuse(element.tag, start, 'has no length')
    await readValue(reading, element.tag, element.vr, element.length, source.size, start, meta, 0)
  }
  return { sopClass: text(meta, tag.mediaClass), syntax: text(meta, tag.transferSyntax), offset: cursor.position }
}

/** The transfer syntax, or a refusal in plain words. */
export function knownSyntax(uid: string): TransferSyntax {
  const syntax = syntaxOf(uid)
  if (syntax) return syntax
  throw new ScansideError(
    'not-supported',
    `The pictures in this DICOM file are written in a way that Scanside cannot read (transfer syntax ${printable(uid)}). ` +
      'Nothing was changed; export the scan uncompressed or as JPEG 2000.',
    { tag: tagName(tag.transferSyntax) },
  )
}

export function nothingSpent(): Spent {
  return { elements: 0, kept: 0, bytes: 0, growth: 0 }
}

/** Everything wanted up to the pixel data. `source` is already inflated where the syntax is deflated. */
export async function readDataset(
  source: ByteSource,
  syntax: TransferSyntax,
  offset: number,
  spent: Spent,
): Promise<{ dataset: Dataset; pixels?: PixelElement }> {
  const cursor = new Cursor(source, offset)
  cursor.bigEndian = syntax.bigEndian
  const reading: Reading = { cursor, explicit: syntax.explicit, skipping: false, spent }
  const dataset: Dataset = new Map()
  while (source.size - cursor.position >= 8) {
    const start = cursor.position
    const element = await readHeader(reading)
    if (element.tag === tag.pixels) {
      return { dataset, pixels: { vr: element.vr, offset: cursor.position, ...(element.length === undefined ? {} : { length: element.length }) } }
    }
    if (element.tag === tag.floatPixels || element.tag === tag.doublePixels) {
      throw new ScansideError(
        'not-supported',
        'The pictures in this DICOM file are kept as fractions, which Scanside cannot show. Nothing was changed.',
        {
          tag: tagName(element.tag),
        },
      )
    }
    await readValue(reading, element.tag, element.vr, element.length, source.size, start, dataset, 0)
  }
  return { dataset }
}

/** Tag, VR and length; the length is absent where a delimiter ends the element. */
async function readHeader(reading: Reading): Promise<{ tag: number; vr: string; length?: number }> {
  const { cursor } = reading
  if (++reading.spent.elements > limits.elements) throw refuse(0, cursor.position, 'comes after more elements than any device writes')
  if (!cursor.has(12)) await cursor.fill(Math.min(12, Math.max(8, cursor.source.size - cursor.position)))
  const start = cursor.position
  const number = cursor.tag()
  if (number >>> 16 === 0xfffe || !reading.explicit) {
    const length = cursor.u32()
    const vr = wanted.get(number) ?? (length === undefinedLength ? 'SQ' : 'UN')
    return { tag: number, vr, ...(length === undefinedLength ? {} : { length }) }
  }
  const vr = cursor.letters()
  if (shortForms.has(vr)) return { tag: number, vr, length: cursor.u16() }
  if (!longForms.has(vr)) throw refuse(number, start, 'is of no kind that DICOM knows')
  cursor.position += 2
  if (!cursor.has(4)) await cursor.fill(4)
  const length = cursor.u32()
  return { tag: number, vr, ...(length === undefinedLength ? {} : { length }) }
}

async function readValue(
  reading: Reading,
  number: number,
  vr: string,
  length: number | undefined,
  end: number,
  start: number,
  into: Dataset,
  depth: number,
): Promise<void> {
  const { cursor, spent } = reading
  const known = reading.skipping ? undefined : wanted.get(number)
  if (length !== undefined && length > end - cursor.position) throw refuse(number, start, `claims ${length} bytes, more than there are`)
  const isSequence = vr === 'SQ' || length === undefined || (vr === 'UN' && known === 'SQ')
  if (isSequence && (known === 'SQ' || length === undefined)) {
    // A sequence hidden in an element of unknown kind is implicit (PS3.5, 6.2.2).
    const inner = vr === 'UN' ? { ...reading, explicit: false } : reading
    const items = await readItems(known === 'SQ' ? inner : { ...inner, skipping: true }, number, length, end, depth + 1)
    if (known === 'SQ') into.set(number, items)
    return
  }
  if (length === undefined || known === undefined || known === 'SQ' || vr === 'SQ') {
    cursor.position += length ?? 0
    return
  }
  if (length > limits.leaf) throw refuse(number, start, `claims ${length} bytes, more than any device writes`)
  spent.bytes += length
  if (++spent.kept > limits.kept || spent.bytes > limits.bytes) throw refuse(number, start, 'comes after more values than any device writes')
  into.set(number, decodeValue(vr === 'UN' ? known : vr, await cursor.take(length), cursor.bigEndian))
}

async function readItems(reading: Reading, number: number, length: number | undefined, outer: number, depth: number): Promise<Dataset[]> {
  const { cursor, spent } = reading
  if (depth > limits.depth) throw refuse(number, cursor.position, 'is nested deeper than any device nests')
  const end = length === undefined ? outer : cursor.position + length
  const items: Dataset[] = []
  while (cursor.position < end) {
    const start = cursor.position
    if (end - start < 8) throw refuse(number, start, 'ends in the middle of an item')
    const item = await readHeader(reading)
    if (item.tag === sequenceEnd && length === undefined) return items
    if (item.tag !== itemTag) throw refuse(number, start, `holds ${tagName(item.tag)} where an item should begin`)
    if (item.length !== undefined && item.length > end - cursor.position)
      throw refuse(number, start, `claims an item of ${item.length} bytes, more than there are`)
    if (reading.skipping && item.length !== undefined) {
      cursor.position += item.length
      continue
    }
    const dataset: Dataset = new Map()
    const last = item.length === undefined ? end : cursor.position + item.length
    let delimited = item.length !== undefined
    while (cursor.position < last) {
      const at = cursor.position
      if (last - at < 8) throw refuse(number, at, 'ends in the middle of an element')
      const element = await readHeader(reading)
      if (element.tag === itemEnd && item.length === undefined) {
        delimited = true
        break
      }
      if (element.tag >>> 16 === 0xfffe) throw refuse(number, at, `holds ${tagName(element.tag)} where an element should begin`)
      await readValue(reading, element.tag, element.vr, element.length, last, at, dataset, depth)
    }
    if (!delimited) throw refuse(number, start, 'has an item that never ends')
    if (reading.skipping) continue
    // An item costs as much memory as a few values.
    spent.kept += 3
    if (spent.kept > limits.kept) throw refuse(number, start, 'holds more items than any device writes')
    items.push(dataset)
  }
  if (length === undefined) throw refuse(number, end, 'never ends')
  return items
}

/** An element that is not what it should be, by its tag and its place. */
export function refuse(number: number, offset: number, why: string): ScansideError {
  return new ScansideError(
    'invalid-file',
    `The element ${tagName(number)} at byte ${offset} of this DICOM file ${why}. Nothing was changed; export the scan again from the device.`,
    { tag: tagName(number), offset },
  )
}

/** A UID as it may stand in a sentence: digits and dots. */
export function printable(uid: string): string {
  return /^[0-9.]{1,64}$/.test(uid) ? uid : 'not given'
}
