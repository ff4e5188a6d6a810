import { expect, it } from 'vitest'
import { pairOf } from './difference.ts'

const rnfl = (...values: (number | null)[]) => ({ of: 'RNFL' as const, values })

it('tells B minus A where both were measured', () => {
  expect(pairOf(rnfl(100, 90, null, 80), rnfl(104, 92, 50, null), false)).toEqual({
    of: 'RNFL',
    a: [100, 90, null, 80],
    b: [104, 92, 50, null],
    mean: 3,
    measured: 0.5,
  })
})
it('turns a mirrored one round', () => {
  expect(pairOf(rnfl(1, 2, 3), rnfl(3, 2, 1), true)?.mean).toBe(0)
})
it('brings different widths together, never over a gap', () => {
  const pair = pairOf(rnfl(10, 20), rnfl(10, 12, null, 20), false)
  expect(pair?.a).toEqual([10, 12.5, 17.5, 20])
  expect(pair?.measured).toBe(0.75)
})
it('compares only like with like', () => {
  expect(pairOf(rnfl(1), { of: 'retina', values: [1] }, false)).toBeNull()
  expect(pairOf(null, rnfl(1), false)).toBeNull()
  expect(pairOf(rnfl(null), rnfl(1), false)?.mean).toBeNull()
})
