/** Reflectivity as the file has it, straight to the grey of `toDisplay`: one look-up per pixel instead of two roots. */
import { toDisplay } from './display.ts'
import { decodeU16f } from './e2e/u16f.ts'
import { absentAbove } from './vol-layout.ts'

/** The grey of one linear reflectivity: what both tables are made of. */
const greyOf = (value: number): number => (Math.abs(value) <= absentAbove ? (toDisplay(Float32Array.of(value))[0] as number) : 0)

interface FloatTable {
  /** By the upper 16 bits of a float32: the grey where that range begins. */
  grey: Uint8Array
  /** By the same: the last bits of that grey; above, it is one lighter. A range spans less than one grey, so there is one such place at most. */
  last: Uint32Array
}

let floats: FloatTable | undefined
let halves: Uint8Array | undefined

/** Positive floats sort like their bits, and grey only rises with them: where each grey begins is found by halving. */
function floatTable(): FloatTable {
  const word = new Uint32Array(1)
  const float = new Float32Array(word.buffer)
  const greyAt = (bits: number) => {
    word[0] = bits
    return greyOf(float[0] as number)
  }
  float[0] = absentAbove
  const absent = (word[0] as number) + 1
  // The 257th entry is where acquired values end: one above white, kept in a byte, is black.
  const begins = Array.from({ length: 257 }, (_, grey) => {
    let low = 0
    let high = absent
    while (low < high) {
      const middle = (low + high) >>> 1
      if (greyAt(middle) >= grey) high = middle
      else low = middle + 1
    }
    return low
  })
  const grey = new Uint8Array(65_536)
  const last = new Uint32Array(65_536).fill(0xffffffff)
  for (let upper = 0; upper * 65_536 < absent; upper++) {
    const here = greyAt(upper * 65_536)
    grey[upper] = here
    last[upper] = (begins[here + 1] as number) - 1
  }
  return { grey, last }
}

/**
 * Grey values of float32 little-endian reflectivity, as `toDisplay` gives them; 0 where not acquired.
 * @param bytes 4 for each pixel
 */
export function greyOfF32(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  floats ??= floatTable()
  const { grey, last } = floats
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.byteLength >>> 2)
  const pixels = new Uint8Array(words.length)
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number
    const upper = word >>> 16
    pixels[i] = (grey[upper] as number) + (word > (last[upper] as number) ? 1 : 0)
  }
  return pixels
}

/** Grey values of Heidelberg's 16-bit floats, little-endian, as `toDisplay` gives them; 0 where not acquired. */
export function greyOfU16f(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  halves ??= new Uint8Array(toDisplay(decodeU16f(new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer))))
  const pixels = new Uint8Array(bytes.byteLength >>> 1)
  for (let i = 0; i < pixels.length; i++) pixels[i] = halves[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number
  return pixels
}
