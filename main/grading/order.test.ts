import { describe, expect, it } from 'vitest'
import { leastBetween, orderFor, randomFromText, repeatsOf } from './order.ts'

describe('the order of showings', () => {
  const cases = [1, 2, 3, 5, 12, 40, 120].flatMap((scans) => [0, 0.1, 0.3, 1].map((share) => ({ scans, share })))
  it.each(cases)('$scans scans, $share twice', ({ scans, share }) => {
    const repeats = repeatsOf(scans, share)
    for (let seed = 0; seed < 20; seed += 1) {
      const order = orderFor(scans, repeats, randomFromText(`seed ${seed}`))
      expect(order).toHaveLength(scans + repeats)
      expect(new Set(order.filter(({ repeat }) => !repeat).map(({ scan }) => scan)).size).toBe(scans)
      const again = order.filter(({ repeat }) => repeat)
      expect(new Set(again.map(({ scan }) => scan)).size).toBe(repeats)
      for (const [place, { scan, repeat }] of order.entries()) if (repeat) expect(order.findIndex((one) => one.scan === scan)).toBeLessThan(place)
      expect(leastBetween(order.map(({ scan }) => scan))).toBeGreaterThanOrEqual(1)
    }
  })

  it('shows repeats far apart where there is room', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const order = orderFor(40, 8, randomFromText(`far ${seed}`))
      expect(leastBetween(order.map(({ scan }) => scan))).toBeGreaterThanOrEqual(5)
    }
  })

  it('is the same for the same seed and another for another grader', () => {
    const of = (seed: string) => orderFor(30, 6, randomFromText(seed)).map(({ scan }) => scan)
    expect(of('a\ngrader-1')).toEqual(of('a\ngrader-1'))
    expect(of('a\ngrader-1')).not.toEqual(of('a\ngrader-2'))
  })

  it('repeats nothing where nothing could lie between, and at least one where any is asked for', () => {
    expect(repeatsOf(1, 1)).toBe(0)
    expect(repeatsOf(10, 0)).toBe(0)
    expect(repeatsOf(10, 0.01)).toBe(1)
    expect(repeatsOf(10, 0.25)).toBe(3)
    expect(repeatsOf(10, 1)).toBe(10)
  })
})
