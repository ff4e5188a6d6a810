import { expect, it } from 'vitest'
import { pairOf, profileOf } from './difference.ts'

const points = (...values: number[]) => values.map((value, i) => ({ at: (i + 0.5) / values.length, value, aScan: i }))

it('tells B minus A where both were measured', () => {
  const pair = pairOf(points(100, 90, Number.NaN, 80), points(104, 92, 50, Number.NaN), false)
  expect([...pair.a]).toEqual([100, 90, Number.NaN, 80])
  expect(pair.mean).toBe(3)
  expect(pair.measured).toBe(0.5)
})
it('turns a mirrored one round', () => {
  expect(pairOf(points(1, 2, 3), points(3, 2, 1), true).mean).toBe(0)
})
it('brings different widths together', () => {
  const pair = pairOf(points(10, 20), points(10, 12, Number.NaN, 20), false)
  expect([...pair.a]).toEqual([10, 10, 20, 20])
  expect(pair.measured).toBe(0.75)
})
it('says when nothing was measured in both', () => {
  expect(pairOf(points(Number.NaN), points(1), false)).toMatchObject({ mean: null, measured: 0 })
  expect(pairOf([], [], false)).toMatchObject({ mean: null, measured: 0 })
})
it('measures the RNFL around a ring and the retina elsewhere', () => {
  const layers = [
    { name: 'ILM', rows: [10, 10] },
    { name: 'RNFL', rows: [20, null] },
    { name: 'BM', rows: [60, 70] },
  ]
  expect([...(profileOf(layers, 0.004, true)?.values ?? [])]).toEqual([40, Number.NaN])
  expect([...(profileOf(layers, 0.004, false)?.values ?? [])]).toEqual([200, 240])
  expect(profileOf(layers.slice(0, 1), 0.004, true)).toBeNull()
  expect(profileOf(layers, 0, true)).toBeNull()
})
