import { describe, expect, it } from 'vitest'
import { aScanPoint, distanceTo, type Location, nearestFrame, stretch } from './geometry.ts'

const ringOd: Location = { kind: 'ring', start: { x: 2, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }
const ringOs: Location = { kind: 'ring', start: { x: 6, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }
const row = (y: number): Location => ({ kind: 'line', start: { x: 1, y }, end: { x: 7, y } })

function near(point: { x: number; y: number } | null, x: number, y: number) {
  expect(point?.x).toBeCloseTo(x, 6)
  expect(point?.y).toBeCloseTo(y, 6)
}

describe('aScanPoint', () => {
  it('starts a ring at its first A-scan', () => near(aScanPoint(ringOd, 0, 768, 'OD'), 2, 4))
  it('runs clockwise for OD: a quarter further is superior', () => near(aScanPoint(ringOd, 192, 768, 'OD'), 4, 2))
  it('runs counter-clockwise for OS: a quarter further is superior too', () => near(aScanPoint(ringOs, 192, 768, 'OS'), 4, 2))
  it('is nasal after half a turn in both eyes', () => {
    near(aScanPoint(ringOd, 384, 768, 'OD'), 6, 4)
    near(aScanPoint(ringOs, 384, 768, 'OS'), 2, 4)
  })
  it('guesses no direction where the eye is not known', () => expect(aScanPoint(ringOd, 10, 768, 'unknown')).toBeNull())
  it('follows a line from its first to its last A-scan', () => {
    near(aScanPoint(row(3), 0, 512, 'unknown'), 1, 3)
    near(aScanPoint(row(3), 511, 512, 'unknown'), 7, 3)
  })
  it('has no point for a B-scan without a place', () => expect(aScanPoint({ kind: 'unknown' }, 0, 10, 'OD')).toBeNull())
  it('keeps to the start of a B-scan of one A-scan', () => near(aScanPoint(row(3), 0, 1, 'OD'), 1, 3))
})

describe('nearestFrame', () => {
  const rows = [row(1), row(2), row(3)]
  it('takes the line under the click', () => expect(nearestFrame(rows, { x: 4, y: 2.2 })).toBe(1))
  it('measures to the end of a line, not to its continuation', () => expect(distanceTo(row(1), { x: 10, y: 1 })).toBeCloseTo(3))
  it('measures to a ring, not to its centre', () => expect(distanceTo(ringOd, { x: 4, y: 4 })).toBeCloseTo(2))
  it('finds nothing where no B-scan has a place', () => expect(nearestFrame([{ kind: 'unknown' }], { x: 0, y: 0 })).toBeNull())
})

describe('stretch', () => {
  it('lies outside the ring', () => {
    const points = stretch(ringOd, 0, 192, 768, 'OD', 0.2)
    near(points[0] ?? null, 1.8, 4)
    near(points.at(-1) ?? null, 4, 1.8)
  })
  it('is empty where the direction is not known', () => expect(stretch(ringOd, 0, 192, 768, 'unknown')).toEqual([]))
})
