/** From a picture's bytes to grey values ready to be shown, whatever the format kept them in. */
import { ScansideError } from '../errors.ts'
import type { Compression, PixelCoding } from '../scan.ts'
import { decodeRle } from './dicom/rle.ts'
import { toGrey } from './pictures/grey.ts'
import { decodePicture } from './pictures/index.ts'
import { greyOfF32, greyOfU16f } from './reflectivity.ts'

/** A decompressed picture: `samples` interleaved channels of `bits` significant bits each, row-major. */
export interface Decoded {
  width: number
  height: number
  samples: number
  bits: number
  pixels: Uint8Array | Uint16Array
}

/** Decoders that are not ours, given by whoever runs them (a worker of the window, Node): WebAssembly, loaded at first use. */
export interface Codecs {
  decode(compression: Exclude<Compression, 'none' | 'rle'>, bytes: Uint8Array, limit: { width: number; height: number }): Promise<Decoded>
}

type Size = { width: number; height: number }
type Stored = Extract<PixelCoding, { kind: 'stored' }>

/**
 * Grey values 0..255, row-major, width x height, ready to be shown: reflectivity by Heidelberg's display transform, stored values by their
 * most significant 8 bits, inverted pictures turned. What was not acquired is 0.
 * @param bytes as `rawPixels` gives them
 * @throws ScansideError invalid-file where the bytes do not hold a picture of this size, not-supported where no decoder is there
 */
export async function decodePixels(coding: PixelCoding, bytes: Uint8Array, size: Size, codecs: Codecs): Promise<Uint8Array<ArrayBuffer>> {
  const count = size.width * size.height
  if (coding.kind === 'reflectivity-f32') return greyOfF32(exactly(bytes, count * 4))
  if (coding.kind === 'reflectivity-u16f') return greyOfU16f(exactly(bytes, count * 2))
  const grey = coding.kind === 'picture' ? owned(await pictureGrey(coding.type, bytes, size, codecs)) : await storedGrey(coding, bytes, size, codecs)
  if (coding.inverted) for (let i = 0; i < grey.length; i++) grey[i] = 255 - (grey[i] as number)
  return grey
}

async function pictureGrey(type: 'tif' | 'png' | 'jpg' | 'bmp', bytes: Uint8Array, size: Size, codecs: Codecs): Promise<Uint8Array> {
  const { pixels } = await decodePicture(type, bytes, size, codecs)
  return exactly(pixels as Uint8Array, size.width * size.height)
}

async function storedGrey(coding: Stored, bytes: Uint8Array, size: Size, codecs: Codecs): Promise<Uint8Array<ArrayBuffer>> {
  const { compression, allocated, bits } = coding
  const count = size.width * size.height
  if (compression === 'none') {
    // Frames may be padded to an even length.
    if (bytes.byteLength < count * (allocated / 8)) throw wrongSize(bytes.byteLength, count * (allocated / 8))
    return allocated === 8 ? highest8(bytes.subarray(0, count), bits) : words(bytes, count, bits, coding.bigEndian)
  }
  if (compression === 'rle') return highest8(decodeRle(bytes, { ...size, allocated }), bits)
  const decoded = await codecs.decode(compression, bytes, size)
  if (decoded.width !== size.width || decoded.height !== size.height) throw wrongSize(decoded.width * decoded.height, count)
  const grey = highest8(decoded.pixels, Math.min(bits, decoded.bits))
  return decoded.samples === 1 ? grey : owned(toGrey(grey, decoded.samples, count))
}

/** The most significant 8 of `bits`; fewer are stretched to the whole range. What lies above them is not part of the value. */
function highest8(values: Uint8Array | Uint16Array, bits: number): Uint8Array<ArrayBuffer> {
  if (bits === 8 && values instanceof Uint8Array) return owned(values)
  const grey = new Uint8Array(values.length)
  const most = 2 ** bits - 1
  const shift = bits - 8
  if (shift >= 0) for (let i = 0; i < grey.length; i++) grey[i] = ((values[i] as number) & most) >> shift
  else for (let i = 0; i < grey.length; i++) grey[i] = (((values[i] as number) & most) * 255) / most + 0.5
  return grey
}

/** As `highest8`, of 16-bit values in a file's byte order. */
function words(bytes: Uint8Array, count: number, bits: number, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  const [high, low] = bigEndian ? [0, 1] : [1, 0]
  const values = new Uint16Array(count)
  for (let i = 0; i < count; i++) values[i] = ((bytes[2 * i + high] as number) << 8) | (bytes[2 * i + low] as number)
  return highest8(values, bits)
}

/** Bytes that may be changed and handed over: the file's own are copied. */
function owned(values: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values)
}

function exactly(bytes: Uint8Array, expected: number): Uint8Array {
  if (bytes.byteLength !== expected) throw wrongSize(bytes.byteLength, expected)
  return bytes
}

function wrongSize(found: number, expected: number): ScansideError {
  return new ScansideError(
    'invalid-file',
    'A picture in this file is not as large as its header says. Nothing was changed; export the scan again from the device.',
    { found, expected },
  )
}
