/**
 * A picture without what is no picture: texts, EXIF, comments and whatever lies between or behind its parts are overwritten, the size stays.
 * Only what a decoder needs is kept, so that nothing has to be known of the places a name may stand in.
 */
import { ScansideError } from '../../errors.ts'
import { pictureType } from './index.ts'

const refused = (type: string): ScansideError =>
  new ScansideError(
    'not-supported',
    `A picture of this scan (${type}) is built in a way that Scanside cannot take names out of. Nothing was analysed; export the scan as RAW (.vol) instead.`,
  )

/**
 * A copy of the same size that decodes to the same pixels.
 * @throws ScansideError not-supported where the picture's parts cannot be told apart: it may be given to nobody
 */
export function blankMetadata(bytes: Uint8Array): Uint8Array {
  const type = pictureType(bytes)
  try {
    if (type === 'png') return blankPng(bytes)
    if (type === 'jpg') return blankJpg(bytes)
    if (type === 'bmp') return blankBmp(bytes)
    if (type === 'tif') return blankTif(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw refused(type ?? 'unknown')
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Copies a range into an empty file; throws RangeError where the file ends before. */
function keep(from: Uint8Array, into: Uint8Array, at: number, length: number): void {
  if (at < 0 || length < 0 || at + length > from.length) throw new RangeError('beyond the file')
  into.set(from.subarray(at, at + length), at)
}

const pngKept = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS'])

function blankPng(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length)
  const view = viewOf(bytes)
  keep(bytes, kept, 0, 8)
  for (let at = 8; ; ) {
    const length = view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (pngKept.has(name)) keep(bytes, kept, at, length + 12)
    else emptyChunk(kept, at, length)
    if (name === 'IEND') return kept
    at += length + 12
  }
}

/** A chunk of zeros under a name of nobody's (ancillary, private, safe to copy). */
function emptyChunk(into: Uint8Array, at: number, length: number): void {
  if (at + length + 12 > into.length) throw new RangeError('beyond the file')
  const view = viewOf(into)
  view.setUint32(at, length)
  into.set([0x73, 0x63, 0x41, 0x6e], at + 4)
  view.setUint32(at + 8 + length, crc32(into.subarray(at + 4, at + 8 + length)))
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

function blankJpg(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length)
  const view = viewOf(bytes)
  keep(bytes, kept, 0, 2)
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw refused('JPEG')
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      keep(bytes, kept, at++, 1)
      continue
    }
    if (marker === 0xd9) {
      keep(bytes, kept, at, 2)
      return kept
    }
    const length = view.getUint16(at + 2)
    if (length < 2) throw refused('JPEG')
    // Tables and frames are needed, and Adobe's word on colours; of all else only the room it takes.
    const needed = marker >= 0xc0 && marker <= 0xdf
    keep(bytes, kept, at, needed ? length + 2 : 4)
    if (marker === 0xee) keep(bytes, kept, at, Math.min(16, length + 2))
    at += length + 2
    if (marker === 0xda) at = keepScan(bytes, kept, at)
  }
}

/** Compressed data up to the next marker that is no restart; where it begins. */
function keepScan(bytes: Uint8Array, kept: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] as number
    if (bytes[at] !== 0xff || next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)) continue
    keep(bytes, kept, from, at - from)
    return at
  }
  throw new RangeError('no end of the picture')
}

function blankBmp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes)
  const pixels = view.getUint32(10, true)
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  if (compression !== 0 && compression !== 3) throw refused('BMP')
  const row = Math.ceil((view.getInt32(18, true) * bits) / 32) * 4
  const kept = new Uint8Array(bytes.length)
  keep(bytes, kept, 0, Math.min(54, pixels))
  const palette = bits <= 8 ? 4 * (view.getUint32(46, true) || 2 ** bits) : compression === 3 ? 12 : 0
  const tables = 14 + view.getUint32(14, true)
  if (tables + palette <= pixels) keep(bytes, kept, tables, palette)
  keep(bytes, kept, pixels, row * Math.abs(view.getInt32(22, true)))
  return kept
}

/** Tags of TIFF 6.0 that say how the pixels lie. */
const tifKept = new Set([254, 255, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323, 324, 325, 338, 339])
/** Bytes per value by type. */
const tifWidths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
const mostEntries = 1024

/** The first picture alone: its directory without other tags, the values it points at, its strips or tiles. */
function blankTif(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes)
  const little = view.getUint8(0) === 0x49
  const kept = new Uint8Array(bytes.length)
  const out = viewOf(kept)
  keep(bytes, kept, 0, 8)
  const directory = view.getUint32(4, little)
  const count = view.getUint16(directory, little)
  if (count > mostEntries) throw refused('TIFF')
  const values = new Map<number, number[]>()
  let written = 0
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i
    const tag = view.getUint16(at, little)
    if (!tifKept.has(tag)) continue
    const width = tifWidths[view.getUint16(at + 2, little)] ?? 0
    const number = view.getUint32(at + 4, little)
    const place = width * number <= 4 ? at + 8 : view.getUint32(at + 8, little)
    if (place !== at + 8) keep(bytes, kept, place, width * number)
    if ([273, 279, 324, 325].includes(tag)) {
      if (width !== 2 && width !== 4) throw refused('TIFF')
      if (place + width * number > bytes.length) throw new RangeError('beyond the file')
      values.set(
        tag,
        Array.from({ length: number }, (_, n) => (width === 2 ? view.getUint16(place + 2 * n, little) : view.getUint32(place + 4 * n, little))),
      )
    }
    kept.set(bytes.subarray(at, at + 12), directory + 2 + 12 * written++)
  }
  out.setUint16(directory, written, little)
  const strips = values.get(273) ?? values.get(324)
  const lengths = values.get(279) ?? values.get(325)
  if (!strips) throw refused('TIFF')
  // Without lengths there is one strip to the end of the file: what else lies there cannot be told apart.
  if (!lengths || lengths.length < strips.length) throw refused('TIFF')
  if (lengths.reduce((sum, length) => sum + length, 0) > bytes.length) throw refused('TIFF')
  for (const [i, at] of strips.entries()) keep(bytes, kept, at, lengths[i] as number)
  return kept
}
