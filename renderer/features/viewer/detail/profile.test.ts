import { describe, expect, it } from 'vitest'
import { aScanAt, ceilingOf, meanOf, plotPath, plotPoints } from './profile.ts'

const values = Float32Array.of(70, 130, 80, Number.NaN)

describe('thickness along a B-scan', () => {
  it('stands A-scan by A-scan along a line', () => {
    expect(plotPoints(values, null, 'TSNIT').map(({ at, aScan }) => [at, aScan])).toEqual([
      [0.125, 0],
      [0.375, 1],
      [0.625, 2],
      [0.875, 3],
    ])
  })
  it.each([
    ['TSNIT', [0, 1, 2, 3]],
    ['NSTIN', [2, 1, 0, 3]],
  ] as const)('stands by angle around a ring, %s', (order, aScans) => {
    expect(plotPoints(values, Float32Array.of(0, 90, 180, 270), order).map(({ aScan }) => aScan)).toEqual(aScans)
  })
  it('finds the A-scan under a pointer', () => {
    const points = plotPoints(values, Float32Array.of(0, 90, 180, 270), 'NSTIN')
    expect([0, 0.2, 0.45, 0.99].map((at) => aScanAt(points, at))).toEqual([2, 1, 0, 3])
    expect(aScanAt([], 0.5)).toBeNull()
  })
  it('is drawn with a gap where nothing was measured', () => {
    const points = plotPoints(Float32Array.of(50, Number.NaN, 20, 30), null, 'TSNIT')
    expect(plotPath(points, 100)).toBe('M125 50M625 80L875 70')
  })
  it('has a mean of what was measured', () => {
    expect(meanOf(values)).toBeCloseTo(280 / 3)
    expect(meanOf(Float32Array.of(Number.NaN))).toBeNull()
  })
  it.each([
    [[[20]], 100],
    [[[240, Number.NaN], [310]], 400],
    [[[Number.NaN]], 100],
    [[], 100],
  ])('is plotted to a round number for all B-scans (%j)', (frames, ceiling) => {
    expect(ceilingOf(frames.map((one) => Float32Array.from(one)))).toBe(ceiling)
  })
})
