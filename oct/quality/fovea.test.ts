import { describe, expect, it } from 'vitest'
import { normal, randomFrom } from '../synth/random.ts'
import { findPit, type ThicknessSample } from './fovea.ts'

/** A macula by formula, um: a tilted, bowed ground, a pit of `depth` and width `wide` at (x, y), its rim. */
const macula =
  (at: { x: number; y: number }, depth = 130, wide = 0.4) =>
  (x: number, y: number) => {
    const r = Math.hypot(x - at.x, y - at.y)
    return 330 + 5 * x - 3 * y - 2 * r * r - depth * Math.exp(-(r * r) / (2 * wide * wide)) + 20 * Math.exp(-((r - 1.1) ** 2) / 0.8)
  }

function map(thickness: (x: number, y: number) => number, rows: number, noise = 4, extent = 6): ThicknessSample[] {
  const random = randomFrom(5)
  const samples: ThicknessSample[] = []
  for (let row = 0; row < rows; row++) {
    const y = extent * ((row + 0.5) / rows - 0.5)
    for (let i = 0; i < 100; i++) {
      const x = extent * ((i + 0.5) / 100 - 0.5)
      samples.push({ x, y, um: thickness(x, y) + noise * normal(random) })
    }
  }
  return samples
}
const along = (thickness: (x: number, y: number) => number, y: number, noise = 4) =>
  map((x) => thickness(x, y), 1, noise).map((sample) => ({ ...sample, y: 0 }))

describe('the pit of a thickness map', () => {
  it.each([
    [0, 0, 61],
    [0.5, -0.3, 25],
    [-1.1, 0.8, 25],
    [0.3, 0.2, 7],
  ])('lies at %f, %f mm in %i B-scans', (x, y, rows) => {
    for (const wide of [0.3, 0.42, 0.5]) {
      const pit = findPit(map(macula({ x, y }, 130, wide), rows))
      expect(Math.abs((pit?.at.x ?? 9) - x)).toBeLessThan(0.06)
      expect(Math.abs((pit?.at.y ?? 9) - y)).toBeLessThan(rows < 10 ? 0.15 : 0.08)
      expect(pit?.depth).toBeGreaterThan(80)
      expect(pit?.confidence).toBeGreaterThan(0.5)
    }
  })

  it('is as deep as it is', () => {
    const depths = [40, 80, 120, 160].map((depth) => findPit(map(macula({ x: 0, y: 0 }, depth), 25))?.depth ?? 0)
    expect(depths).toEqual([...depths].sort((a, b) => a - b))
  })

  it('is not led astray by lines that ran away', () => {
    const random = randomFrom(8)
    const samples = map(macula({ x: 0.3, y: 0 }), 25).map((each) => (random() < 0.03 ? { ...each, um: 1e5 * random() } : each))
    expect(findPit(samples)?.at.x).toBeCloseTo(0.3, 1)
  })

  it.each<[string, (x: number, y: number) => number]>([
    ['a level map', () => 300],
    ['a tilted one', (x, y) => 300 + 20 * x - 10 * y],
    ['a bowl', (x, y) => 250 + 6 * (x * x + y * y)],
    ['a hill', (x, y) => 300 + 100 * Math.exp(-(x * x + y * y) / 0.5)],
  ])('is not found with confidence in %s', (_, thickness) => {
    const pit = findPit(map(thickness, 25))
    expect(pit === null || pit.depth < 40 || pit.confidence < 0.3).toBe(true)
  })

  it('needs samples, and finite ones', () => {
    expect(findPit([])).toBeNull()
    expect(findPit(map(() => Number.NaN, 25))).toBeNull()
    expect(findPit(map(macula({ x: 0, y: 0 }), 25).map((each) => ({ ...each, x: each.x * 1e9 })))).toBeNull()
    expect(findPit(map(macula({ x: 0, y: 0 }), 25).map((each) => ({ ...each, y: Number.NaN })))).toBeNull()
    expect(findPit(map(macula({ x: 0, y: 0 }), 25).map(({ um }) => ({ x: 1, y: 1, um })))).toBeNull()
  })
})

describe('the pit along a line', () => {
  it.each([0, 0.35, -0.9])('lies %f mm from its middle', (x) => {
    const pit = findPit(along(macula({ x, y: 0 }), 0))
    expect(Math.abs((pit?.at.x ?? 9) - x)).toBeLessThan(0.05)
    expect(pit?.depth).toBeGreaterThan(100)
  })

  it('is shallower the further the line runs beside it', () => {
    const depths = [0, 0.3, 0.6, 0.9].map((y) => findPit(along(macula({ x: 0, y: 0 }), y))?.depth ?? 0)
    expect(depths).toEqual([...depths].sort((a, b) => b - a))
    expect(depths[3]).toBeLessThan(20)
  })
})
