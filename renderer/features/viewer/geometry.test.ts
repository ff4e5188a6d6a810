import { describe, expect, it } from 'vitest'
import { aScanPoint, courseLength, distanceTo, frameSpacing, type Location, nearestAScan, nearestFrame, stretch } from './geometry.ts'

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

describe('nearestAScan', () => {
  it.each([
    ['first', 2, 4, 0],
    ['a quarter around', 4, 1.9, 192],
    ['half around', 6.1, 4, 384],
  ])('finds the A-scan of a ring: %s', (_, x, y, aScan) => expect(nearestAScan(ringOd, { x, y }, 768, 'OD')?.aScan).toBe(aScan))
  it('runs the other way around in OS', () => expect(nearestAScan(ringOs, { x: 4, y: 2 }, 768, 'OS')?.aScan).toBe(192))
  it('is the way back of aScanPoint', () => {
    for (const aScan of [0, 1, 100, 500, 767]) {
      const point = aScanPoint(ringOs, aScan, 768, 'OS')
      expect(point && nearestAScan(ringOs, point, 768, 'OS')?.aScan).toBe(aScan)
    }
  })
  it('stays on the line, and tells how far away it is', () => {
    expect(nearestAScan(row(3), { x: 4, y: 5 }, 513, 'unknown')).toEqual({ aScan: 256, distance: 2 })
    expect(nearestAScan(row(3), { x: -9, y: 3 }, 513, 'unknown')?.aScan).toBe(0)
  })
  it('takes the nearest point of a course', () => {
    const path: Location = { kind: 'path', points: [0, 1, 2].map((x) => ({ x, y: x })) }
    expect(nearestAScan(path, { x: 1.2, y: 1 }, 3, 'unknown')?.aScan).toBe(1)
  })
  it('tells none where the eye or the place is not known', () => {
    expect(nearestAScan(ringOd, { x: 2, y: 4 }, 768, 'unknown')).toBeNull()
    expect(nearestAScan({ kind: 'unknown' }, { x: 2, y: 4 }, 768, 'OD')).toBeNull()
    expect(nearestAScan({ kind: 'area', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } }, { x: 2, y: 4 }, 768, 'OD')).toBeNull()
  })
})

describe('areas', () => {
  const area = (size: number): Location => ({ kind: 'area', from: { x: 0, y: 0 }, to: { x: size, y: size } })
  it('are found by their edges', () => {
    expect(distanceTo(area(4), { x: 1, y: 2 })).toBe(1)
    expect(distanceTo(area(4), { x: 7, y: 8 })).toBe(5)
  })
  it('keep the current one of a stack', () => expect(nearestFrame([area(4), area(4), area(4)], { x: 1, y: 1 }, 2)).toBe(2))
  it('give way to one that is nearer', () => expect(nearestFrame([area(4), area(2)], { x: 2, y: 1 }, 0)).toBe(1))
})

describe('frameSpacing', () => {
  const scan = (frames: { width: number; location: Location }[], remarks: 'slo-scale-assumed'[] = []) => ({
    spacing: { lateral: 0.01, axial: 0.0039, between: 0 },
    frames: frames.map((frame) => ({
      ...frame,
      height: 496,
      quality: null,
      art: null,
      coding: { kind: 'reflectivity-f32' as const },
      layers: [],
      bmo: null,
    })),
    remarks,
  })
  it('is the file’s where the course agrees', () => {
    expect(frameSpacing(scan([{ width: 601, location: row(3) }]), 0)).toEqual({ lateral: 0.01, axial: 0.0039 })
  })
  it('is the course’s own for the circles among radial lines', () => {
    expect(frameSpacing(scan([{ width: 768, location: ringOd }]), 0).lateral).toBeCloseTo((4 * Math.PI) / 768)
  })
  it('is the file’s where the SLO’s scale is a guess, or the place is not known', () => {
    expect(frameSpacing(scan([{ width: 768, location: ringOd }], ['slo-scale-assumed']), 0).lateral).toBe(0.01)
    expect(frameSpacing(scan([{ width: 768, location: { kind: 'unknown' } }]), 0).lateral).toBe(0.01)
  })
  it('measures a course along its points', () => {
    const points = [0, 3, 3].map((x, i) => ({ x, y: i === 2 ? 4 : 0 }))
    expect(courseLength({ kind: 'path', points })).toBe(7)
    expect(courseLength(ringOd)).toBeCloseTo(4 * Math.PI)
  })
})
