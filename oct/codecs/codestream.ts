/** What a compressed picture says of itself, read from its own header before any decoder sees it: hostile sizes must not reach WebAssembly. */
import { ScansideError } from '../errors.ts'
import type { Compression } from '../scan.ts'

export type Coded = Exclude<Compression, 'none' | 'rle'>

/** A codestream's own claims. */
export interface Codestream {
  /** px */
  width: number
  height: number
  /** channels */
  samples: number
  /** significant bits of a sample */
  bits: number
  /** The codestream without what wraps it (JP2 boxes). */
  bytes: Uint8Array
}

/**
 * The header of a JPEG (SOF0-2), lossless JPEG (SOF3), JPEG-LS (SOF55), JPEG 2000 or HTJ2K (SIZ) codestream.
 * @throws ScansideError invalid-file where it is none of that kind, not-supported where Scanside has no decoder for what it says
 */
export function readCodestream(compression: Coded, bytes: Uint8Array): Codestream {
  const found = compression === 'jpeg-2000' || compression === 'htj2k' ? jpeg2000(bytes) : jpeg(compression, bytes)
  if (found.width === 0 || found.height === 0) throw damaged('has no size of its own', 0)
  if (found.samples !== 1 && found.samples !== 3) throw unsupported('has neither one channel nor three', { samples: found.samples })
  return found
}

/** @throws ScansideError invalid-file where the picture is larger than the file says it may be */
export function holdToLimit(stream: Codestream, limit: { width: number; height: number }): void {
  if (stream.width <= limit.width && stream.height <= limit.height) return
  throw new ScansideError(
    'invalid-file',
    `A picture in this file claims ${stream.width} x ${stream.height} px where its header says ${limit.width} x ${limit.height}. ` +
      'Nothing was changed; export the scan again from the device.',
    { width: stream.width, height: stream.height, expectedWidth: limit.width, expectedHeight: limit.height },
  )
}

const starts = { jpeg: [0xc0, 0xc1, 0xc2], 'jpeg-lossless': [0xc3], 'jpeg-ls': [0xf7] } as const

function jpeg(compression: keyof typeof starts, bytes: Uint8Array): Codestream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 4 || view.getUint16(0) !== 0xffd8) throw damaged('does not begin as a JPEG', 0)
  let at = 2
  let found: Codestream | null = null
  let restart = 0
  while (at + 4 <= bytes.byteLength) {
    if (bytes[at] !== 0xff) throw damaged('holds no JPEG marker', at)
    const marker = bytes[at + 1] as number
    // Any number of 0xff may fill the room before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = view.getUint16(at + 2)
    if (length < 2 || at + 2 + length > bytes.byteLength) throw damaged('ends within a JPEG segment', at)
    if (isFrameHeader(marker)) {
      if (found || length < 8) throw damaged(found ? 'has two JPEG frame headers' : 'has a JPEG frame header too short', at)
      if (!(starts[compression] as readonly number[]).includes(marker)) throw unsupported('is a kind of JPEG that Scanside cannot show', { marker })
      const bits = view.getUint8(at + 4)
      if (compression === 'jpeg' ? bits !== 8 : bits < 2 || bits > 16) throw unsupported(`has ${bits} bits per sample`, { bits })
      found = { bits, height: view.getUint16(at + 5), width: view.getUint16(at + 7), samples: view.getUint8(at + 9), bytes }
    }
    if (marker === 0xdd && length >= 4) restart = view.getUint16(at + 4)
    if (marker === 0xda || marker === 0xd9) break
    at += 2 + length
  }
  if (!found) throw damaged('has no JPEG frame header', at)
  if (compression === 'jpeg-lossless' && restart > 0) holdRestarts(bytes, at, Math.ceil((found.width * found.height) / restart))
  return found
}

function isFrameHeader(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7
}

/** The lossless decoder works through a whole interval for each restart marker it meets: more of them than pixels would never end. */
function holdRestarts(bytes: Uint8Array, from: number, most: number): void {
  let restarts = 0
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (((bytes[at + 1] ?? 0) & 0xf8) === 0xd0) restarts += 1
    if (restarts > most) throw damaged('has more restart markers than pixels', at)
  }
}

/** Tiles an OCT picture is never cut into; each costs a decoder memory before it has seen a pixel. */
const mostTiles = 4096

function jpeg2000(wrapped: Uint8Array): Codestream {
  const bytes = unwrapped(wrapped)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 45 || view.getUint32(0) !== 0xff4fff51) throw damaged('does not begin as a JPEG 2000 codestream', 0)
  const at = (index: number) => view.getUint32(8 + index * 4)
  const [right, bottom, left, top] = [at(0), at(1), at(2), at(3)]
  const tile = { width: at(4), height: at(5), left: at(6), top: at(7) }
  if (left >= right || top >= bottom || right > 0x7fffffff || bottom > 0x7fffffff) throw damaged('has no size of its own', 8)
  if (tile.width === 0 || tile.height === 0 || tile.left > left || tile.top > top) throw damaged('has tiles of no size', 24)
  const tiles = Math.ceil((right - tile.left) / tile.width) * Math.ceil((bottom - tile.top) / tile.height)
  if (tiles > mostTiles) throw unsupported(`is cut into ${tiles} tiles`, { tiles })
  const samples = view.getUint16(40)
  if (bytes.byteLength < 42 + samples * 3) throw damaged('ends within its header', 40)
  const depth = view.getUint8(42)
  for (let channel = 0; channel < samples; channel++) {
    const from = 42 + channel * 3
    if (view.getUint8(from) !== depth) throw unsupported('has channels of different depth', { channel })
    if (view.getUint8(from + 1) !== 1 || view.getUint8(from + 2) !== 1) throw unsupported('has channels of different size', { channel })
  }
  if (depth & 0x80) throw unsupported('has values below zero', {})
  const bits = (depth & 0x7f) + 1
  if (bits > 16) throw unsupported(`has ${bits} bits per sample`, { bits })
  return { width: right - left, height: bottom - top, samples, bits, bytes }
}

/** The codestream inside JP2 boxes; bytes without boxes come back as they are. */
function unwrapped(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 12 || view.getUint32(0) !== 12 || view.getUint32(4) !== 0x6a502020) return bytes
  let at = 0
  for (let boxes = 0; boxes < 64 && at + 8 <= bytes.byteLength; boxes++) {
    const length = view.getUint32(at)
    if (view.getUint32(at + 4) === 0x6a703263) return bytes.subarray(at + (length === 1 ? 16 : 8))
    if (length < 8) break
    at += length
  }
  throw damaged('has no JPEG 2000 codestream in its boxes', at)
}

/** @param offset bytes within the picture */
function damaged(what: string, offset: number): ScansideError {
  return new ScansideError(
    'invalid-file',
    `A picture in this file ${what} (its byte ${offset}). Nothing was changed; export the scan again from the device.`,
    { offset },
  )
}

function unsupported(what: string, details: Record<string, number>): ScansideError {
  return new ScansideError(
    'not-supported',
    `A picture in this file ${what}. Scanside cannot show that. Nothing was changed; export the scan uncompressed, or as RAW or XML.`,
    details,
  )
}
