import { describe, expect, it } from 'vitest'
import { randomFrom } from '../synth/random.ts'
import { toDisplay } from './display.ts'
import { decodeU16f } from './e2e/u16f.ts'
import { greyOfF32, greyOfU16f } from './reflectivity.ts'
import { absent, absentAbove } from './vol-layout.ts'

const bytesOf = (values: Float32Array | Uint32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
/** The plain way: what was not acquired is NaN for the display transform. */
const plain = (values: Float32Array) => new Uint8Array(toDisplay(values.map((value) => (Math.abs(value) <= absentAbove ? value : Number.NaN))))

describe('greyOfF32', () => {
  it('is the display transform around every border between two greys', () => {
    const word = new Uint32Array(1)
    const float = new Float32Array(word.buffer)
    const near: number[] = []
    for (let grey = 0; grey < 256; grey++) {
      float[0] = ((grey + 0.5) / 255) ** 4
      for (let off = -3; off <= 3; off++) near.push((word[0] as number) + off)
    }
    const words = Uint32Array.from(near)
    expect(greyOfF32(bytesOf(words))).toEqual(plain(new Float32Array(words.buffer)))
  })

  it('is the display transform for any 32 bits, whatever they mean', () => {
    const random = randomFrom(7)
    const words = Uint32Array.from({ length: 200_000 }, () => random() * 2 ** 32)
    expect(greyOfF32(bytesOf(words))).toEqual(plain(new Float32Array(words.buffer)))
    const within = Float32Array.from({ length: 200_000 }, () => random())
    expect(greyOfF32(bytesOf(within))).toEqual(plain(within))
  })

  it('is black where nothing was acquired and white above full scale', () => {
    const values = Float32Array.of(absent, Number.NaN, Number.POSITIVE_INFINITY, -1, -absent, 0, -0, 9e29, 2, 1, 1.1e30)
    expect([...greyOfF32(bytesOf(values))]).toEqual([0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0])
    expect([...greyOfF32(bytesOf(Uint32Array.of(0xffffffff, 0x7fffffff)))]).toEqual([0, 0])
  })

  it('reads from anywhere in a buffer', () => {
    const values = Float32Array.of(0.1, 0.5)
    const shifted = new Uint8Array(9)
    shifted.set(bytesOf(values), 1)
    expect(greyOfF32(shifted.subarray(1))).toEqual(plain(values))
  })
})

describe('greyOfU16f', () => {
  it('is the display transform of every value there is', () => {
    const all = bytesOf(new Uint32Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer))
    expect(greyOfU16f(all)).toEqual(new Uint8Array(toDisplay(decodeU16f(all))))
  })
})
