/** Where the frames of a DICOM file lie: native ones by counting, encapsulated ones by their fragments and tables of offsets (PS3.5 annex A.4). */
import type { ScansideError } from '../../errors.ts'
import type { ByteRange, ByteSource, Compression } from '../../scan.ts'
import { Cursor, endsEarly } from './cursor.ts'
import { type PixelElement, refuse } from './dataset.ts'
import { tag } from './tags.ts'

/** What the header says of the pictures. */
export interface PictureShape {
  width: number
  height: number
  frames: number
  allocated: 8 | 16
  /** Offsets from the extended table, bytes from the first fragment; empty where there is none. */
  extended: readonly number[]
}

/** Fragments of a frame that devices write: more are refused. */
const maxFragments = 200_000
const itemTag = 0xfffee000
const sequenceEnd = 0xfffee0dd

/** The byte ranges of every frame, in order. What the header claims is checked against the source's size first. */
export async function locateFrames(source: ByteSource, pixels: PixelElement, shape: PictureShape, compression: Compression): Promise<ByteRange[][]> {
  if (compression === 'none') return nativeFrames(source, pixels, shape)
  if (pixels.length !== undefined) throw refuse(tag.pixels, pixels.offset, 'should hold compressed pictures and holds plain ones')
  // Every frame costs an item of at least 8 bytes and 2 of content.
  if (shape.frames * 10 > source.size - pixels.offset) throw tooFew(pixels, shape.frames)
  const { table, first, fragments } = await readFragments(source, pixels)
  if (fragments.length < shape.frames) throw tooFew(pixels, shape.frames)
  if (shape.frames === 1) return [fragments]
  if (fragments.length === shape.frames) return fragments.map((fragment) => [fragment])
  const grouped = byStarts(fragments, shape.extended, first, shape.frames) ?? byStarts(fragments, table, first, shape.frames)
  if (grouped) return grouped
  const found = compression === 'rle' ? undefined : await byBeginnings(source, fragments, shape.frames)
  if (found) return found
  throw refuse(tag.pixels, pixels.offset, `does not say which of its ${fragments.length} fragments make up each of the ${shape.frames} pictures`)
}

function nativeFrames(source: ByteSource, pixels: PixelElement, shape: PictureShape): ByteRange[][] {
  if (pixels.length === undefined) throw refuse(tag.pixels, pixels.offset, 'should hold plain pictures and holds compressed ones')
  const bytes = shape.width * shape.height * (shape.allocated / 8)
  if (bytes * shape.frames > source.size - pixels.offset) throw endsEarly(pixels.offset, source.size)
  if (bytes * shape.frames > pixels.length) {
    throw refuse(
      tag.pixels,
      pixels.offset,
      `holds ${pixels.length} bytes, fewer than its ${shape.frames} pictures of ${shape.width} x ${shape.height} need`,
    )
  }
  return Array.from({ length: shape.frames }, (_, index) => [{ offset: pixels.offset + index * bytes, length: bytes }])
}

/** Every fragment, the basic offset table, and where the first fragment's item begins: what offsets count from. */
async function readFragments(source: ByteSource, pixels: PixelElement): Promise<{ table: number[]; first: number; fragments: ByteRange[] }> {
  const cursor = new Cursor(source, pixels.offset)
  const fragments: ByteRange[] = []
  let table: number[] | undefined
  let first = 0
  while (source.size - cursor.position >= 8) {
    const start = cursor.position
    if (!cursor.has(8)) await cursor.fill(8, 1024)
    const number = cursor.tag()
    const length = cursor.u32()
    if (number === sequenceEnd) return { table: table ?? [], first, fragments }
    if (number !== itemTag) throw refuse(tag.pixels, start, 'holds something else where a fragment should begin')
    if (length > source.size - cursor.position) throw endsEarly(cursor.position, source.size)
    if (table === undefined) {
      table = await readTable(cursor, length)
      first = cursor.position
      continue
    }
    if (fragments.length === maxFragments) throw refuse(tag.pixels, start, 'has more fragments than any device writes')
    fragments.push({ offset: cursor.position, length })
    cursor.position += length
  }
  // Some writers forget the last delimiter; a fragment that is cut off was refused above.
  if (table === undefined || fragments.length === 0) throw endsEarly(pixels.offset, source.size)
  return { table, first, fragments }
}

async function readTable(cursor: Cursor, length: number): Promise<number[]> {
  if (length > 4 * maxFragments) throw refuse(tag.pixels, cursor.position, 'has a longer table of offsets than any device writes')
  const bytes = await cursor.take(length)
  const view = new DataView(bytes.buffer)
  return Array.from({ length: Math.floor(length / 4) }, (_, index) => view.getUint32(4 * index, true))
}

/** Fragments put together by a table of frame starts; undefined where the table does not fit them. */
function byStarts(fragments: readonly ByteRange[], starts: readonly number[], first: number, frames: number): ByteRange[][] | undefined {
  if (starts.length !== frames || starts[0] !== 0) return undefined
  const groups: ByteRange[][] = []
  for (const fragment of fragments) {
    const at = fragment.offset - 8 - first
    if (at === starts[groups.length]) groups.push([])
    groups.at(-1)?.push(fragment)
  }
  return groups.length === frames ? groups : undefined
}

/** Fragments put together by how they begin: a JPEG's, JPEG-LS's or JPEG 2000's first marker. */
async function byBeginnings(source: ByteSource, fragments: readonly ByteRange[], frames: number): Promise<ByteRange[][] | undefined> {
  const groups: ByteRange[][] = []
  const cursor = new Cursor(source)
  for (const fragment of fragments) {
    if (begins(await cursor.peek(fragment.offset, Math.min(fragment.length, 12)))) groups.push([])
    else if (groups.length === 0) return undefined
    groups.at(-1)?.push(fragment)
  }
  return groups.length === frames ? groups : undefined
}

/** True for the first bytes of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K picture, bare or in its file format. */
export function begins(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) || beginsJpeg2000(bytes)
}

export function beginsJpeg2000(bytes: Uint8Array): boolean {
  const mark = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return mark.startsWith('ff4fff51') || mark === '0000000c6a502020'
}

function tooFew(pixels: PixelElement, frames: number): ScansideError {
  return refuse(tag.pixels, pixels.offset, `holds fewer pictures than the ${frames} that the header names`)
}
