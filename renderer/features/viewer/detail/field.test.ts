import { describe, expect, it } from 'vitest'
import type { Point } from '../geometry.ts'
import { type Field, fieldOf, pointOn, sampleField, scanAt } from './field.ts'
import { scanOf, starAt, volumeAt } from './scan.fixture.ts'

const centre = { x: 4.5, y: 4.2 }
/** Values that are a plane over the SLO. */
const plane = ({ x, y }: Point) => 300 + 20 * (x - centre.x) - 35 * (y - centre.y)

const valuesOf = (scan: ReturnType<typeof scanOf>, at: (point: Point) => number) =>
  scan.frames.map(({ width }, frame) => Float32Array.from({ length: width }, (_, i) => at(pointOn(scan, frame, i) ?? { x: Number.NaN, y: 0 })))

const cells = (field: Field) =>
  Array.from(field.first, (frame, cell) => ({
    cell,
    inside: frame >= 0,
    at: {
      x: field.origin.x + ((cell % field.width) + 0.5) * field.step,
      y: field.origin.y + (Math.floor(cell / field.width) + 0.5) * field.step,
    },
  }))

describe('the scanned area of a volume', () => {
  it.each([0, 8, -30, 90, 180])('turned by %i degrees is filled, and a plane stays a plane', (degrees) => {
    const scan = scanOf('volume', volumeAt(centre, degrees))
    const field = fieldOf(scan, 120)
    if (!field) throw new Error('no field')
    const sampled = sampleField(field, valuesOf(scan, plane), 'linear')
    const inside = cells(field).filter((cell) => cell.inside)
    expect(inside.length * field.step ** 2).toBeGreaterThan(35.5)
    expect(inside.length * field.step ** 2).toBeLessThan(36.5)
    for (const { cell, at } of inside) expect(sampled[cell]).toBeCloseTo(plane(at), 1)
    expect(field.gap).toBeCloseTo(0.25)
  })
  it('has nothing between a B-scan that is not segmented and its neighbours', () => {
    const scan = scanOf('volume', volumeAt(centre))
    const field = fieldOf(scan, 120)
    if (!field) throw new Error('no field')
    const values = valuesOf(scan, plane).map((rows, frame) => (frame === 12 ? rows.map(() => Number.NaN) : rows))
    const sampled = sampleField(field, values, 'linear')
    for (const { cell, at } of cells(field)) expect(Number.isNaN(sampled[cell])).toBe(Math.abs(at.y - centre.y) < 0.25)
  })
  it('shows the nearest A-scan as it is where nothing is to be interpolated', () => {
    const scan = scanOf('volume', volumeAt(centre))
    const field = fieldOf(scan, 240)
    if (!field) throw new Error('no field')
    const rows = scan.frames.map(({ width }, frame) => Float32Array.from({ length: width }, (_, i) => 100 * frame + i))
    const sampled = sampleField(field, rows, 'nearest')
    for (const { cell, inside, at } of cells(field)) {
      const found = inside ? scanAt(field, at) : null
      expect(sampled[cell]).toBe(found ? 100 * found.frame + found.aScan : Number.NaN)
    }
  })
  it('knows the B-scan and A-scan at a point, the first B-scan inferior', () => {
    const scan = scanOf('volume', volumeAt(centre))
    const field = fieldOf(scan, 240)
    if (!field) throw new Error('no field')
    expect(scanAt(field, { x: centre.x, y: centre.y + 2.95 })).toEqual({ frame: 0, aScan: 30 })
    expect(scanAt(field, { x: centre.x - 2.9, y: centre.y - 2.95 })).toEqual({ frame: 24, aScan: 1 })
    expect(scanAt(field, { x: centre.x, y: centre.y + 3.2 })).toBeNull()
  })
  it.each([
    ['one B-scan', volumeAt(centre, 0, 1)],
    ['the same line again and again', Array.from({ length: 3 }, () => ({ kind: 'line' as const, start: { x: 1, y: 1 }, end: { x: 5, y: 1 } }))],
    ['a B-scan without a place', [{ kind: 'unknown' as const }, { kind: 'unknown' as const }]],
    ['no B-scan', []],
  ])('is none for %s', (_, locations) => expect(fieldOf(scanOf('volume', locations), 100)).toBeNull())
})

describe('the scanned area of a radial scan', () => {
  const scan = scanOf('radial', starAt(centre, 24))
  const field = fieldOf(scan, 120)
  it('is a disc, interpolated by angle', () => {
    if (!field) throw new Error('no field')
    const inside = cells(field).filter((cell) => cell.inside)
    expect(inside.length * field.step ** 2).toBeCloseTo(Math.PI * 9, 0)
    const cone = ({ x, y }: Point) => 300 - 40 * Math.hypot(x - centre.x, y - centre.y)
    const sampled = sampleField(field, valuesOf(scan, cone), 'linear')
    for (const { cell, at } of inside) expect(Math.abs((sampled[cell] ?? 0) - cone(at))).toBeLessThan(2.1)
  })
  it('tells its widest gap', () => expect(field?.gap).toBeCloseTo(2 * 3 * Math.sin(Math.PI / 48)))
  it('is none where the B-scans do not cross in one point', () => expect(fieldOf(scanOf('radial', volumeAt(centre)), 100)).toBeNull())
})
