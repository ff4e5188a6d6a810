import { expect, it } from 'vitest'
import { decodeU16f, encodeU16f } from './u16f.ts'

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer)

it('reads exponent and mantissa', () => {
  expect(Array.from(decodeU16f(words(0, 1023, 62 << 10, (62 << 10) | 512, 61 << 10, 63 << 10, 0xfe00, 0xffff)))).toEqual([
    0,
    0,
    0.5,
    0.75,
    0.25,
    1,
    1.5,
    NaN,
  ])
  expect(decodeU16f(words(1 << 10))[0]).toBeCloseTo(2 ** -62, 25)
  expect(decodeU16f(Uint8Array.of(0, 0, 9))).toHaveLength(1)
})

it('gives back every value that was written', () => {
  const every = decodeU16f(words(...Array.from({ length: (63 << 10) + 1 }, (_, bits) => (bits < 1024 ? 0 : bits))))
  expect(decodeU16f(encodeU16f(every))).toEqual(every)
  expect(decodeU16f(encodeU16f(Float32Array.of(-1, 7, Number.NaN)))).toEqual(Float32Array.of(0, 1, Number.NaN))
})
