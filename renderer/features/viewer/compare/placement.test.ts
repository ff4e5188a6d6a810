import { expect, it } from 'vitest'
import type { Location } from '../geometry.ts'
import { centreOffset, inDirections, ontoA, scanCentre } from './placement.ts'
import { levelLines, ring, scanWith } from './scans.fixture.ts'

const slo = { width: 800, height: 800, spacing: { x: 0.01, y: 0.01 }, coding: { kind: 'reflectivity-f32' as const }, field: null }
const still = { shift: { x: 0, y: 0 }, turn: 0 }

it('turns about the middle, then shifts', () => {
  const at = ontoA({ x: 5, y: 4 }, { shift: { x: 0.5, y: 0 }, turn: 90 }, { x: 4, y: 4 }, { x: 4, y: 4 })
  expect(at.x).toBeCloseTo(4.5)
  expect(at.y).toBeCloseTo(5)
})

it('knows the middle of what was scanned', () => {
  expect(scanCentre(scanWith('OD', [ring]))).toEqual({ x: 4, y: 4 })
  expect(scanCentre(scanWith('OD', levelLines(2, 3, 7)))).toEqual({ x: 4, y: 4 })
  expect(scanCentre(scanWith('OD', [{ kind: 'unknown' }]))).toBeNull()
})

const moved: Location = { kind: 'ring', start: { x: 2.3, y: 4 }, centre: { x: 4.3, y: 4 }, radius: 2 }

it('tells how far apart two scans were centred on the same retina', () => {
  const a = { ...scanWith('OD', [ring]), slo }
  const b = { ...scanWith('OD', [moved]), slo }
  const apart = centreOffset(a, b, { shift: { x: -0.3, y: 0.1 }, turn: 0 })
  expect(apart?.x).toBeCloseTo(0)
  expect(apart?.y).toBeCloseTo(0.1)
  expect(centreOffset(a, { ...b, slo: { ...slo, spacing: { x: 0, y: 0 } } }, still)).toBeNull()
})

it('names directions by the eye', () => {
  expect(inDirections({ x: 0.1, y: -0.2 }, 'OD', 0.01)).toEqual([
    { letter: 'S', length: 0.2 },
    { letter: 'N', length: 0.1 },
  ])
  expect(inDirections({ x: 0.1, y: 0 }, 'OS', 0.01)).toEqual([{ letter: 'T', length: 0.1 }])
  expect(inDirections({ x: 0.1, y: 0 }, 'unknown', 0.01)).toEqual([])
})
