/**
 * TIFF 6.0, the part of it that scan exports use: the first picture of the file, 8 or 16 bits in 1, 3 or 4 channels or a palette, in strips,
 * uncompressed, LZW, deflate or PackBits. Every count and range is checked against the file before it is followed.
 */
import type { ByteSource } from '../../scan.ts'
import { bytesSource, readExactly } from '../bytes.ts'
import { checkClaim, checkRaw, checkSide, damaged, maxSide, type PictureSize, unsupported } from './bounds.ts'
import { high8, paletteToGrey, toGrey } from './grey.ts'
import { inflateInto, unLzw, unpackBits } from './inflate.ts'

/** Tags of TIFF 6.0, by what they mean. */
const tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samples: 277,
  rowsPerStrip: 278,
  stripLengths: 279,
  planar: 284,
  predictor: 317,
  colours: 320,
  tileWidth: 322,
} as const

/** Entries of one directory; scan exports have about 14, 1,024 leaves room for every private tag. */
const maxEntries = 1024

interface Entry {
  /** byte offset of the entry in the file */
  at: number
  type: number
  count: number
}

interface Directory {
  source: ByteSource
  view: (bytes: Uint8Array) => DataView
  little: boolean
  entries: Map<number, Entry>
}

/** Bytes per value of the types whose values are whole numbers: BYTE, SHORT, LONG. */
const widths: Record<number, number> = { 1: 1, 3: 2, 4: 4 }

/** Width and height of a TIF's first picture, in px, from its directory alone. */
export async function tifSize(source: ByteSource): Promise<PictureSize> {
  return sizeOf(await directory(source))
}

/**
 * A whole TIF file as grey values, row-major.
 * @throws ScansideError invalid-file or not-supported
 */
export async function decodeTif(bytes: Uint8Array, claimed: PictureSize): Promise<Uint8Array> {
  const dir = await directory(bytesSource(bytes))
  const size = await sizeOf(dir)
  checkClaim(size, claimed)
  if (dir.entries.has(tag.tileWidth)) throw unsupported('a TIF in tiles', 'TileWidth')
  const samples = await number(dir, tag.samples, 1)
  const photometric = await number(dir, tag.photometric, 1)
  const predictor = await number(dir, tag.predictor, 1)
  const bits = await list(dir, tag.bits, samples === 1 ? 1 : samples)
  const depth = bits[0] ?? 1
  if (samples < 1 || samples > 4 || (depth !== 8 && depth !== 16) || bits.some((bit) => bit !== depth)) {
    throw unsupported('a TIF of unusual depth', 'BitsPerSample', { bits: depth, samples })
  }
  if (samples > 1 && (await number(dir, tag.planar, 1)) !== 1) throw unsupported('a TIF of separate colour planes', 'PlanarConfiguration')
  if (photometric > 3 || (photometric === 2) !== samples > 2 || (photometric === 3 && samples > 1))
    throw unsupported('a TIF of unusual colours', 'PhotometricInterpretation', { photometric, samples })
  if (predictor !== 1 && predictor !== 2) throw unsupported('a TIF of unusual prediction', 'Predictor', { predictor })

  const rowBytes = size.width * samples * (depth / 8)
  checkRaw(size, rowBytes, 'ImageWidth, ImageLength')
  const raw = await strips(dir, bytes, size.height, rowBytes)
  if (predictor === 2) undoPrediction(raw, rowBytes, samples, depth, dir.little)
  const data = depth === 16 ? high8(raw, !dir.little) : raw
  if (photometric === 3) return paletteToGrey(data, await palette(dir))
  const grey = toGrey(data, samples, size.width * size.height)
  return photometric === 0 ? grey.map((value) => 255 - value) : grey
}

/** Every strip, decompressed, one after the other. */
async function strips(dir: Directory, bytes: Uint8Array, height: number, rowBytes: number): Promise<Uint8Array> {
  const compression = await number(dir, tag.compression, 1)
  const rows = Math.min(await number(dir, tag.rowsPerStrip, height), height)
  if (rows < 1) throw damaged('RowsPerStrip', place(dir, tag.rowsPerStrip))
  const count = Math.ceil(height / rows)
  const offsets = await list(dir, tag.stripOffsets, count)
  const lengths =
    compression === 1 && !dir.entries.has(tag.stripLengths) ? offsets.map(() => rows * rowBytes) : await list(dir, tag.stripLengths, count)
  if (offsets.length !== count || lengths.length !== count)
    throw damaged('StripOffsets', place(dir, tag.stripOffsets), { strips: offsets.length, count })
  // Strips do not overlap, so together they are no longer than the file: this bounds the work, whatever they hold.
  if (lengths.reduce((sum, length) => sum + length, 0) > bytes.length + rows * rowBytes)
    throw damaged('StripByteCounts', place(dir, tag.stripLengths))

  const raw = new Uint8Array(height * rowBytes)
  for (let i = 0; i < count; i++) {
    const offset = offsets[i] as number
    const target = raw.subarray(i * rows * rowBytes, Math.min((i + 1) * rows, height) * rowBytes)
    const strip = bytes.subarray(offset, offset + (lengths[i] as number))
    if (compression === 1) {
      if (strip.length < target.length) throw damaged('StripOffsets', offset, { strip: i, bytes: strip.length, expected: target.length })
      target.set(strip.subarray(0, target.length))
    } else if (compression === 5) unLzw(strip, target, offset)
    else if (compression === 8 || compression === 32946) inflateInto(strip, target, 'deflate', offset)
    else if (compression === 32773) unpackBits(strip, target, offset)
    else throw unsupported('a TIF of unusual compression', 'Compression', { compression })
  }
  return raw
}

/** Predictor 2: each sample was stored as its difference to the pixel on its left. */
function undoPrediction(raw: Uint8Array, rowBytes: number, samples: number, depth: number, little: boolean): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const step = samples * (depth / 8)
  for (let row = 0; row < raw.length; row += rowBytes) {
    for (let at = row + step; at < row + rowBytes; at += depth / 8) {
      if (depth === 8) raw[at] = (raw[at] as number) + (raw[at - step] as number)
      else view.setUint16(at, view.getUint16(at, little) + view.getUint16(at - step, little), little)
    }
  }
}

/** The colour map: all reds, all greens, all blues, 16 bits each; here 8 bits, interleaved. */
async function palette(dir: Directory): Promise<Uint8Array> {
  const values = await list(dir, tag.colours, 768)
  if (values.length !== 768) throw damaged('ColorMap', place(dir, tag.colours), { values: values.length })
  return Uint8Array.from({ length: 768 }, (_, i) => (values[(i % 3) * 256 + Math.floor(i / 3)] as number) >> 8)
}

async function sizeOf(dir: Directory): Promise<PictureSize> {
  const size = { width: await number(dir, tag.width, 0), height: await number(dir, tag.height, 0) }
  checkSide(size, 'ImageWidth, ImageLength', place(dir, tag.width))
  return size
}

async function directory(source: ByteSource): Promise<Directory> {
  if (source.size < 8) throw damaged('TIF header', 0, { bytes: source.size })
  const head = await readExactly(source, 0, 8)
  const little = head[0] === 0x49
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view(head).getUint16(2, little)
  if (magic === 43) throw unsupported('a BigTIFF', 'TIF header')
  if (magic !== 42) throw damaged('TIF header', 2)
  const start = view(head).getUint32(4, little)
  if (start + 2 > source.size) throw damaged('TIF directory', 4, { directory: start })
  const count = view(await readExactly(source, start, 2)).getUint16(0, little)
  if (count > maxEntries || start + 2 + count * 12 > source.size) throw damaged('TIF directory', start, { entries: count })
  const table = view(await readExactly(source, start + 2, count * 12))
  const entries = new Map<number, Entry>()
  for (let i = 0; i < count; i++) {
    const id = table.getUint16(i * 12, little)
    if (!entries.has(id))
      entries.set(id, { at: start + 2 + i * 12, type: table.getUint16(i * 12 + 2, little), count: table.getUint32(i * 12 + 4, little) })
  }
  return { source, view, little, entries }
}

/** The whole numbers of a tag; at most `most` and one more are read, so that a hostile count costs nothing. */
async function list(dir: Directory, id: number, most: number): Promise<number[]> {
  const entry = dir.entries.get(id)
  if (!entry) return []
  const width = widths[entry.type]
  if (width === undefined || entry.count < 1) throw damaged(`TIF tag ${id}`, entry.at, { type: entry.type })
  const count = Math.min(entry.count, most + 1, maxSide + 1)
  let at = entry.at + 8
  if (entry.count * width > 4) at = dir.view(await readExactly(dir.source, at, 4)).getUint32(0, dir.little)
  if (at + count * width > dir.source.size) throw damaged(`TIF tag ${id}`, entry.at, { count: entry.count })
  const values = dir.view(await readExactly(dir.source, at, count * width))
  return Array.from({ length: count }, (_, i) => {
    if (width === 1) return values.getUint8(i)
    return width === 2 ? values.getUint16(i * 2, dir.little) : values.getUint32(i * 4, dir.little)
  })
}

async function number(dir: Directory, id: number, otherwise: number): Promise<number> {
  return (await list(dir, id, 1))[0] ?? otherwise
}

function place(dir: Directory, id: number): number {
  return dir.entries.get(id)?.at ?? 0
}
