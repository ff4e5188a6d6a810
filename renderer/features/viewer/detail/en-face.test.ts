import { describe, expect, it } from 'vitest'
import { projectFrame, slabRows, slabsOf, stretched } from './en-face.ts'

// 3 A-scans of 6 samples; sample y of A-scan x is 10 y + x.
const pixels = Uint8Array.from({ length: 18 }, (_, i) => 10 * Math.floor(i / 3) + (i % 3))
const rows = (from: number[], to: number[]) => ({ from: Float32Array.from(from), to: Float32Array.from(to) })

describe('the projection of a B-scan', () => {
  it('is the mean or the maximum of the whole depth', () => {
    expect([...projectFrame(pixels, 3, 6, null, 'mean')]).toEqual([25, 26, 27])
    expect([...projectFrame(pixels, 3, 6, null, 'maximum')]).toEqual([50, 51, 52])
  })
  it('takes what lies between two boundaries', () => {
    expect([...projectFrame(pixels, 3, 6, rows([1, 0, 4], [3, 2, 9]), 'mean')]).toEqual([15, 6, 47])
  })
  it('has nothing where a boundary is missing or the slab holds no pixel', () => {
    expect([...projectFrame(pixels, 3, 6, rows([Number.NaN, 2, 8], [3, 2, 9]), 'mean')]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })
  it('moves boundaries by µm, down is positive', () => {
    const { from, to } = slabRows(Float32Array.of(100), Float32Array.of(100), -20, 40, 0.004)
    expect([from[0], to[0]]).toEqual([95, 110])
  })
})

describe('slabs', () => {
  it('are only the whole depth without boundaries', () => expect(slabsOf([]).map(({ name }) => name)).toEqual(['whole']))
  it('are those the boundaries allow', () => {
    expect(slabsOf(['ILM', 'RNFL', 'BM']).map(({ name }) => name)).toEqual(['whole', 'retina', 'RNFL', 'BM'])
    expect(slabsOf(['BM']).map(({ name }) => name)).toEqual(['whole', 'BM'])
  })
})

it('stretches the greys, and leaves what is missing', () => {
  const values = stretched(Float32Array.of(10, 20, 30, Number.NaN))
  expect([...values]).toEqual([0, 127.5, 255, Number.NaN])
})
