import { describe, expect, it } from 'vitest'
import { agreementOf, agreementOfTable } from './agreement.ts'

describe('against published examples', () => {
  it('Fleiss, Levin and Paik 2003, chapter 18: two raters’ diagnoses of 100 subjects', () => {
    const found = agreementOfTable([
      [75, 1, 4],
      [5, 4, 1],
      [0, 0, 10],
    ])
    expect(found.kappa).toBeCloseTo(0.6765, 4)
    expect(found.agreement).toBeCloseTo(0.89, 10)
    expect(found.n).toBe(100)
    // Not in the first category: 20 of the first rater's, 20 of the second's.
    expect(found.prevalence).toBeCloseTo(0.2, 10)
  })

  it('PROC FREQ, agreement study: two dermatologists, 88 patients, four grades', () => {
    const found = agreementOfTable([
      [10, 4, 1, 0],
      [5, 10, 12, 2],
      [2, 4, 12, 5],
      [0, 2, 6, 13],
    ])
    expect(found.kappa).toBeCloseTo(0.3449, 4)
    expect(found.weighted).toBeCloseTo(0.5082, 4)
    expect(found.low).toBeCloseTo(0.3798, 3)
    expect(found.high).toBeCloseTo(0.6366, 3)
  })

  it('Agresti 1990, sexual fun, 91 couples: kappa 0.1293, weighted 0.2374 with a standard error of 0.0783', () => {
    const found = agreementOfTable([
      [7, 7, 2, 3],
      [2, 8, 3, 7],
      [1, 5, 4, 9],
      [2, 8, 9, 14],
    ])
    expect(found.kappa).toBeCloseTo(0.1293, 4)
    expect(found.weighted).toBeCloseTo(0.2374, 4)
    expect(((found.high ?? 0) - (found.low ?? 0)) / 2 / 1.96).toBeCloseTo(0.0783, 4)
  })
})

describe('what must hold for any two readers', () => {
  // A small generator with a fixed seed: the same tables each time.
  const tables = Array.from({ length: 60 }, (_, seed) => {
    let state = seed * 7919 + 1
    const next = () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    }
    return Array.from({ length: 30 }, (): [number, number] => {
      const a = Math.floor(next() * 3)
      return [a, next() < 0.5 ? a : Math.floor(next() * 3)]
    })
  })

  it.each(tables.map((pairs, index) => ({ index, pairs })))('table $index', ({ pairs }) => {
    const found = agreementOf(pairs, 3)
    expect(
      agreementOf(
        pairs.map(([a, b]) => [b, a]),
        3,
      ),
    ).toEqual({
      ...found,
      kappa: expect.closeTo(found.kappa ?? 9, 10),
      weighted: expect.closeTo(found.weighted ?? 9, 10),
      low: expect.closeTo(found.low ?? 9, 10),
      high: expect.closeTo(found.high ?? 9, 10),
      prevalence: expect.closeTo(found.prevalence ?? 9, 10),
      agreement: expect.closeTo(found.agreement ?? 9, 10),
    })
    const turned = agreementOf(
      pairs.map(([a, b]) => [2 - a, 2 - b]),
      3,
    )
    expect(turned.weighted).toBeCloseTo(found.weighted ?? 9, 10)
    expect(turned.kappa).toBeCloseTo(found.kappa ?? 9, 10)
    expect(found.low).toBeLessThanOrEqual(found.weighted ?? 9)
    expect(found.high).toBeGreaterThanOrEqual(found.weighted ?? -9)
    expect(found.low).toBeGreaterThanOrEqual(-1)
    expect(found.high).toBeLessThanOrEqual(1)
    // The same opinions four times over: the same kappa, half the interval, where it is not cut at 1.
    const four = agreementOf([...pairs, ...pairs, ...pairs, ...pairs], 3)
    expect(four.weighted).toBeCloseTo(found.weighted ?? 9, 10)
    expect((four.weighted ?? 0) - (four.low ?? 0)).toBeCloseTo(((found.weighted ?? 0) - (found.low ?? 0)) / 2, 10)
  })

  it('weights change nothing where there are two categories', () => {
    const found = agreementOf(
      [
        [0, 0],
        [0, 0],
        [1, 1],
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      2,
    )
    expect(found.weighted).toBeCloseTo(found.kappa ?? 9, 12)
  })

  it('what agrees no more than by chance is 0', () => {
    const found = agreementOf(
      [0, 1, 2].flatMap((a) => [0, 1, 2].map((b): [number, number] => [a, b])),
      3,
    )
    expect(found.kappa).toBeCloseTo(0, 12)
    expect(found.weighted).toBeCloseTo(0, 12)
  })
})

describe('what is not defined is null, not a number', () => {
  it('nothing graded', () =>
    expect(agreementOf([], 3)).toEqual({ kappa: null, weighted: null, low: null, high: null, n: 0, prevalence: null, agreement: null }))
  it('both always in one category: agreement is whole, kappa is none', () =>
    expect(
      agreementOf(
        [
          [0, 0],
          [0, 0],
        ],
        3,
      ),
    ).toEqual({ kappa: null, weighted: null, low: null, high: null, n: 2, prevalence: 0, agreement: 1 }))
  it('all agree over several categories: kappa is 1 and has no interval', () =>
    expect(
      agreementOf(
        [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
        3,
      ),
    ).toMatchObject({ kappa: 1, weighted: 1, low: null, high: null, agreement: 1 }))
  it('one reader never varies: kappa is 0', () =>
    expect(
      agreementOf(
        [
          [0, 0],
          [0, 1],
          [0, 2],
        ],
        3,
      ).kappa,
    ).toBeCloseTo(0, 12))
  it('no such category', () => expect(() => agreementOf([[0, 3]], 3)).toThrow(RangeError))
})
