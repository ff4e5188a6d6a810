import { describe, expect, test } from 'vitest'
import { ScansideError } from '../../errors.ts'
import { decodeRle, encodeRle } from './rle.ts'

const size = { width: 37, height: 11 }

function noise(count: number, top: number): number[] {
  let state = 7
  return Array.from({ length: count }, (_, i) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return i % 50 < 20 ? 9 : state % top
  })
}

describe('RLE Lossless', () => {
  test('8 and 16 bit come back pixel for pixel', () => {
    const narrow = Uint8Array.from(noise(size.width * size.height, 256))
    expect(decodeRle(encodeRle(narrow, size.width), { ...size, allocated: 8 })).toEqual(narrow)
    const wide = Uint16Array.from(noise(size.width * size.height, 65536))
    expect(decodeRle(encodeRle(wide, size.width), { ...size, allocated: 16 })).toEqual(wide)
  })

  test('long runs and long literals are split at 128', () => {
    const wide = 700
    const pixels = Uint8Array.from({ length: wide * 2 }, (_, i) => (i < wide ? 5 : i * 7))
    expect(decodeRle(encodeRle(pixels, wide), { width: wide, height: 2, allocated: 8 })).toEqual(pixels)
  })

  test("the standard's own example of a literal, a run and the byte that means nothing", () => {
    const bytes = new Uint8Array(64 + 8)
    bytes.set([1, 0, 0, 0, 64])
    bytes.set([2, 10, 11, 12, 128, 254, 7, 0], 64)
    expect([...decodeRle(bytes, { width: 6, height: 1, allocated: 8 })]).toEqual([10, 11, 12, 7, 7, 7])
  })

  test('whatever is cut or altered ends in a picture or a ScansideError', () => {
    const good = encodeRle(Uint16Array.from(noise(size.width * size.height, 65536)), size.width)
    const tries: Uint8Array[] = []
    for (let at = 0; at < good.length; at += 7) {
      tries.push(good.subarray(0, at))
      for (const value of [0, 127, 128, 129, 255]) {
        const mutant = good.slice()
        mutant[at] = value
        tries.push(mutant)
      }
    }
    for (const bytes of tries) {
      try {
        expect(decodeRle(bytes, { ...size, allocated: 16 })).toHaveLength(size.width * size.height)
      } catch (error) {
        expect(error).toBeInstanceOf(ScansideError)
      }
    }
  })

  test('a picture of claimed 4 gigapixels is refused before it is allocated', () => {
    const good = encodeRle(new Uint8Array(16), 4)
    expect(() => decodeRle(good, { width: 65535, height: 65535, allocated: 8 })).toThrow(/too short/)
  })
})
