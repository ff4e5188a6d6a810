/** Reflectivity as the file has it, straight to the grey of `toDisplay`. */
import { toDisplay } from './display.ts'
import { decodeU16f } from './e2e/u16f.ts'
import { absentAbove } from './vol-layout.ts'

/**
 * Grey values of float32 little-endian reflectivity, as `toDisplay` gives them, in one pass; 0 where not acquired.
 * @param bytes 4 for each pixel
 */
export function greyOfF32(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, bytes.byteLength >>> 2)
  const grey = new Uint8ClampedArray(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    grey[i] = value > 0 && value <= absentAbove ? Math.sqrt(Math.sqrt(value)) * 255 : 0
  }
  return new Uint8Array(grey.buffer)
}

let halves: Uint8Array | undefined

/** Grey values of Heidelberg's 16-bit floats, little-endian, as `toDisplay` gives them; 0 where not acquired. */
export function greyOfU16f(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  halves ??= new Uint8Array(toDisplay(decodeU16f(new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer))))
  const pixels = new Uint8Array(bytes.byteLength >>> 1)
  for (let i = 0; i < pixels.length; i++) pixels[i] = halves[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number
  return pixels
}
