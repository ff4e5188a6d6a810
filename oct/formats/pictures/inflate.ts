/** Decompression whose output never exceeds what the picture's size allows, and whose work ends with it. */
import { Unzlib } from 'fflate'
import { damaged } from './bounds.ts'

/** Compressed bytes given at once: one piece can grow 1032-fold before the growth is seen. */
const piece = 2 * 1024

/** Bytes after which a stream that gives nothing more has ended; what follows it would be kept and copied again and again. */
const silence = 128 * 1024

/**
 * Inflates a zlib stream to exactly `target.length` bytes; the rest of a longer stream is not read.
 * @throws ScansideError invalid-file where the stream is damaged or ends before
 */
export function inflateInto(packed: Uint8Array, target: Uint8Array, tag: string, offset: number): void {
  let at = 0
  let from = 0
  let heard = 0
  const stream = new Unzlib((chunk) => {
    if (chunk.length > 0) heard = from
    const fits = chunk.subarray(0, target.length - at)
    target.set(fits, at)
    at += fits.length
  })
  try {
    for (; from < packed.length && at < target.length && from - heard <= silence; from += piece)
      stream.push(packed.subarray(from, from + piece), false)
  } catch {
    throw damaged(tag, offset, { inflated: at })
  }
  if (at < target.length) throw damaged(tag, offset, { inflated: at, expected: target.length })
}

/** PackBits (Apple; TIFF 6.0, section 9) to exactly `target.length` bytes. */
export function unpackBits(source: Uint8Array, target: Uint8Array, offset: number): void {
  let at = 0
  let from = 0
  while (at < target.length) {
    const code = source[from++]
    if (code === undefined) throw damaged('PackBits', offset + from, { unpacked: at, expected: target.length })
    if (code === 128) continue
    if (code < 128) {
      const length = Math.min(code + 1, target.length - at)
      if (from + length > source.length) throw damaged('PackBits', offset + from, { unpacked: at, expected: target.length })
      target.set(source.subarray(from, from + length), at)
      from += code + 1
      at += length
      continue
    }
    const value = source[from++]
    if (value === undefined) throw damaged('PackBits', offset + from, { unpacked: at, expected: target.length })
    target.fill(value, at, at + 257 - code)
    at += 257 - code
  }
}

const clear = 256
const end = 257

/** LZW as TIFF 6.0 has it (section 13: most significant bit first, codes widen one early) to exactly `target.length` bytes. */
export function unLzw(source: Uint8Array, target: Uint8Array, offset: number): void {
  const prefix = new Uint16Array(4096)
  const suffix = new Uint8Array(4096)
  const lengths = new Uint16Array(4096)
  for (let i = 0; i < 256; i++) {
    suffix[i] = i
    lengths[i] = 1
  }
  let next = 258
  let width = 9
  let previous = -1
  let bits = 0
  let held = 0
  let from = 0
  let at = 0
  while (at < target.length) {
    while (held < width) {
      const byte = source[from++]
      if (byte === undefined) throw damaged('LZW', offset + from, { unpacked: at, expected: target.length })
      bits = ((bits << 8) | byte) & 0xffffff
      held += 8
    }
    held -= width
    const code = (bits >> held) & ((1 << width) - 1)
    if (code === end) throw damaged('LZW', offset + from, { unpacked: at, expected: target.length })
    if (code === clear) {
      next = 258
      width = 9
      previous = -1
      continue
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > 255)) throw damaged('LZW', offset + from, { code })
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous
      lengths[next] = (lengths[previous] as number) + 1
      suffix[next] = first(code === next ? previous : code, prefix, suffix)
      next++
    } else if (code >= next) {
      throw damaged('LZW', offset + from, { code })
    }
    const length = lengths[code] as number
    for (let place = at + length - 1, walk = code; place >= at; place--, walk = prefix[walk] as number) {
      if (place < target.length) target[place] = suffix[walk] as number
    }
    at += length
    previous = code
    if (next >= (1 << width) - 1 && width < 12) width++
  }
}

/** The first byte of a code's string: each code's string is shorter than 4096, so this ends. */
function first(code: number, prefix: Uint16Array, suffix: Uint8Array): number {
  let walk = code
  while (walk > 255) walk = prefix[walk] as number
  return suffix[walk] as number
}
