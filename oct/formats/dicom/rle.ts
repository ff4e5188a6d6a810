/** DICOM's RLE Lossless (PS3.5 annex G): a 64-byte header of segment offsets, then one PackBits segment per byte of a pixel, the high byte first. */
import { ScansideError } from '../../errors.ts'

/** px, and bits allocated for each */
export interface RleSize {
  width: number
  height: number
  allocated: 8 | 16
}

const headerBytes = 64

/**
 * The grey values of one RLE frame, row-major: u8 where 8 bits are allocated, u16 where 16.
 * @throws ScansideError invalid-file, with the offset in the frame, where the segments do not hold exactly such a picture
 */
export function decodeRle(bytes: Uint8Array, size: RleSize): Uint8Array | Uint16Array {
  const count = size.width * size.height
  const planes = size.allocated / 8
  if (bytes.byteLength < headerBytes) throw broken('is shorter than its own header', bytes.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== planes) throw broken(`does not have the ${planes} segments of a grey picture`, 0)
  // A segment of 128 bytes grows out of two at best: what is too short for its picture is refused before the picture is allocated.
  if ((bytes.byteLength - headerBytes) * 64 < count * planes) throw broken('is too short for its picture', bytes.byteLength)
  const starts = Array.from({ length: planes }, (_, plane) => view.getUint32(4 + 4 * plane, true))
  if (planes === 1) {
    const pixels = new Uint8Array(count)
    unpack(bytes, starts[0] as number, bytes.byteLength, count, (at, value) => {
      pixels[at] = value
    })
    return pixels
  }
  const pixels = new Uint16Array(count)
  unpack(bytes, starts[0] as number, starts[1] as number, count, (at, value) => {
    pixels[at] = value << 8
  })
  unpack(bytes, starts[1] as number, bytes.byteLength, count, (at, value) => {
    pixels[at] = (pixels[at] as number) | value
  })
  return pixels
}

/** One frame as RLE Lossless, row by row as the standard asks; for fixtures. Even in length. */
export function encodeRle(pixels: Uint8Array | Uint16Array, width: number): Uint8Array {
  const planes =
    pixels instanceof Uint8Array ? [pixels] : [Uint8Array.from(pixels, (value) => value >> 8), Uint8Array.from(pixels, (value) => value & 0xff)]
  const segments = planes.map((plane) => pack(plane, width))
  const whole = new Uint8Array(headerBytes + segments.reduce((sum, segment) => sum + segment.length, 0))
  const view = new DataView(whole.buffer)
  view.setUint32(0, segments.length, true)
  let at = headerBytes
  for (const [plane, segment] of segments.entries()) {
    view.setUint32(4 + 4 * plane, at, true)
    whole.set(segment, at)
    at += segment.length
  }
  return whole
}

function unpack(bytes: Uint8Array, start: number, end: number, count: number, put: (at: number, value: number) => void): void {
  if (start < headerBytes || end > bytes.byteLength || start > end) throw broken('names a segment that lies outside of it', 4)
  let from = start
  let to = 0
  while (to < count) {
    if (from >= end) throw broken('ends before its picture does', from)
    const control = bytes[from++] as number
    if (control === 128) continue
    const length = control < 128 ? control + 1 : 257 - control
    if (to + length > count) throw broken('holds more pixels than its picture', from - 1)
    if (from + (control < 128 ? length : 1) > end) throw broken('ends before its picture does', from)
    if (control < 128) for (let i = 0; i < length; i++) put(to + i, bytes[from++] as number)
    else {
      const value = bytes[from++] as number
      for (let i = 0; i < length; i++) put(to + i, value)
    }
    to += length
  }
}

function pack(plane: Uint8Array, width: number): Uint8Array {
  const out: number[] = []
  for (let row = 0; row < plane.length; row += width) packRow(plane.subarray(row, row + width), out)
  if (out.length % 2 === 1) out.push(0)
  return Uint8Array.from(out)
}

function packRow(row: Uint8Array, out: number[]): void {
  let at = 0
  while (at < row.length) {
    let run = 1
    while (run < 128 && at + run < row.length && row[at + run] === row[at]) run++
    if (run > 1) {
      out.push(257 - run, row[at] as number)
      at += run
      continue
    }
    const start = at
    while (at < row.length && at - start < 128 && row[at] !== row[at + 1]) at++
    out.push(at - start - 1, ...row.subarray(start, at))
  }
}

function broken(why: string, offset: number): ScansideError {
  return new ScansideError(
    'invalid-file',
    `A run-length coded picture of this file ${why}. Nothing was changed; export the scan again from the device.`,
    {
      offset,
    },
  )
}
