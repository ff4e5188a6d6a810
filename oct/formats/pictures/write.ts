/** Writers of picture files for generated scans: 8-bit grey, or the same grey in three channels as some exports have it. */

import { encode as encodePng } from 'fast-png'
import { zlibSync } from 'fflate'
import type { PictureSize } from './bounds.ts'

/** A grey picture, row-major, and in how many channels it is kept. */
export interface GreyPicture extends PictureSize {
  pixels: Uint8Array
  channels?: 1 | 3
}

export type TifCompression = 'none' | 'lzw' | 'deflate' | 'packbits'

const compressions: Record<TifCompression, { code: number; pack: (bytes: Uint8Array) => Uint8Array }> = {
  none: { code: 1, pack: (bytes) => bytes },
  lzw: { code: 5, pack: lzw },
  deflate: { code: 8, pack: (bytes) => zlibSync(bytes) },
  packbits: { code: 32773, pack: packBits },
}

/** TIFF 6.0, little-endian, strips of 64 rows. */
export function writeTif(picture: GreyPicture, compression: TifCompression = 'none'): Uint8Array {
  const { width, height, channels = 1 } = picture
  const rows = 64
  const raw = interleaved(picture)
  const { code, pack } = compressions[compression]
  const strips: Uint8Array[] = []
  for (let y = 0; y < height; y += rows) strips.push(pack(raw.subarray(y * width * channels, Math.min(y + rows, height) * width * channels)))

  const entryCount = 10
  const bitsAt = 8 + 2 + entryCount * 12 + 4
  const offsetsAt = bitsAt + 8
  const lengthsAt = offsetsAt + strips.length * 4
  let at = lengthsAt + strips.length * 4
  const file = new Uint8Array(at + strips.reduce((sum, strip) => sum + strip.length, 0))
  const view = new DataView(file.buffer)
  file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0])
  view.setUint16(8, entryCount, true)
  const short = 3
  const long = 4
  const one = strips.length === 1
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, channels === 1 ? 8 : bitsAt],
    [259, short, 1, code],
    [262, short, 1, channels === 1 ? 1 : 2],
    [273, long, strips.length, one ? at : offsetsAt],
    [277, short, 1, channels],
    [278, long, 1, rows],
    [279, long, strips.length, one ? (strips[0] as Uint8Array).length : lengthsAt],
    [284, short, 1, 1],
  ]
  entries.forEach(([tag, type, count, value], index) => {
    const entry = 10 + index * 12
    view.setUint16(entry, tag, true)
    view.setUint16(entry + 2, type, true)
    view.setUint32(entry + 4, count, true)
    view.setUint32(entry + 8, value, true)
  })
  for (let i = 0; i < 3; i++) view.setUint16(bitsAt + i * 2, 8, true)
  strips.forEach((strip, index) => {
    view.setUint32(offsetsAt + index * 4, at, true)
    view.setUint32(lengthsAt + index * 4, strip.length, true)
    file.set(strip, at)
    at += strip.length
  })
  return file
}

/** PNG, 8 bits. */
export function writePng(picture: GreyPicture): Uint8Array {
  const { width, height, channels = 1 } = picture
  return new Uint8Array(encodePng({ width, height, channels, depth: 8, data: interleaved(picture) }))
}

/** A Windows bitmap: 8 bits with a grey palette, or 24 bits; bottom-up unless `topDown`. */
export function writeBmp(picture: GreyPicture, topDown = false): Uint8Array {
  const { width, height, channels = 1 } = picture
  const palette = channels === 1 ? 256 : 0
  const rowsAt = 54 + palette * 4
  const stride = Math.ceil((width * channels) / 4) * 4
  const file = new Uint8Array(rowsAt + stride * height)
  const view = new DataView(file.buffer)
  file.set([0x42, 0x4d])
  view.setUint32(2, file.length, true)
  view.setUint32(10, rowsAt, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, width, true)
  view.setInt32(22, topDown ? -height : height, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, channels * 8, true)
  view.setUint32(34, stride * height, true)
  view.setUint32(46, palette, true)
  for (let i = 0; i < palette; i++) file.set([i, i, i, 0], 54 + i * 4)
  const raw = interleaved(picture)
  for (let y = 0; y < height; y++) {
    file.set(raw.subarray(y * width * channels, (y + 1) * width * channels), rowsAt + stride * (topDown ? y : height - 1 - y))
  }
  return file
}

function interleaved({ pixels, channels = 1 }: GreyPicture): Uint8Array {
  if (channels === 1) return pixels
  const raw = new Uint8Array(pixels.length * 3)
  pixels.forEach((value, index) => {
    raw.fill(value, index * 3, index * 3 + 3)
  })
  return raw
}

/** Apple PackBits: runs of at least two as runs, everything else as it is. */
function packBits(bytes: Uint8Array): Uint8Array {
  const packed: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let run = 1
    while (run < 128 && bytes[at + run] === bytes[at]) run++
    if (run > 1) {
      packed.push(257 - run, bytes[at] as number)
      at += run
      continue
    }
    let end = at + 1
    while (end < bytes.length && end - at < 128 && bytes[end] !== bytes[end + 1]) end++
    packed.push(end - at - 1, ...bytes.subarray(at, end))
    at = end
  }
  return Uint8Array.from(packed)
}

/** TIFF 6.0, section 13. */
function lzw(bytes: Uint8Array): Uint8Array {
  const packed: number[] = []
  let bits = 0
  let held = 0
  let width = 9
  const put = (code: number) => {
    bits = (bits << width) | code
    held += width
    while (held >= 8) {
      held -= 8
      packed.push((bits >> held) & 0xff)
    }
    bits &= (1 << held) - 1
  }
  /** code of (known string, next byte) */
  let table = new Map<number, number>()
  let next = 258
  let known = -1
  put(256)
  for (const byte of bytes) {
    const longer = known < 0 ? byte : table.get(known * 256 + byte)
    if (longer !== undefined) {
      known = longer
      continue
    }
    put(known)
    table.set(known * 256 + byte, next++)
    // The reader's table is one entry behind, so its codes widen one early. Before the table is full it is begun anew.
    if (next === 4094) {
      put(256)
      table = new Map()
      next = 258
      width = 9
    } else if (next === 1 << width) width++
    known = byte
  }
  if (known >= 0) {
    put(known)
    if (next + 1 === 1 << width) width++
  }
  put(257)
  if (held > 0) packed.push((bits << (8 - held)) & 0xff)
  return Uint8Array.from(packed)
}
