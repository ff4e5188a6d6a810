/** From a picture's bytes to grey values ready to be shown, whatever the format kept them in. */
import { ScansideError } from '../errors.ts'
import type { Compression, PixelCoding } from '../scan.ts'
import { float32Copy } from './bytes.ts'
import { toDisplay } from './display.ts'
import { absentAbove } from './vol-layout.ts'

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

/**
 * Grey values 0..255, row-major, width x height, ready to be shown: reflectivity by Heidelberg's display transform, stored values by their
 * most significant 8 bits, inverted pictures turned. What was not acquired is 0.
 * @param bytes as `rawPixels` gives them
 * @throws ScansideError invalid-file where the bytes do not hold a picture of this size, not-supported where no decoder is there
 */
export async function decodePixels(
  coding: PixelCoding,
  bytes: Uint8Array,
  size: { width: number; height: number },
  codecs: Codecs,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = size.width * size.height
  if (coding.kind === 'reflectivity-f32') {
    if (bytes.byteLength !== count * 4) throw wrongSize(bytes.byteLength, count * 4)
    const pixels = float32Copy(bytes)
    for (let i = 0; i < pixels.length; i++) if (!(Math.abs(pixels[i] as number) <= absentAbove)) pixels[i] = Number.NaN
    return new Uint8Array(toDisplay(pixels))
  }
  if (coding.kind === 'stored' && coding.compression === 'none' && coding.allocated === 8) {
    if (bytes.byteLength < count) throw wrongSize(bytes.byteLength, count)
    return Uint8Array.from(bytes.subarray(0, count), coding.inverted ? (value) => 255 - value : undefined)
  }
  void codecs
  throw new ScansideError('not-supported', 'This picture is kept in a way that Scanside cannot show. Nothing was changed.', { coding: coding.kind })
}

function wrongSize(bytes: number, expected: number): ScansideError {
  return new ScansideError('invalid-file', 'A picture in this file is not as large as its header says. Nothing was changed; export the scan again.', {
    bytes,
    expected,
  })
}
