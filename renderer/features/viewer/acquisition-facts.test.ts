import { describe, expect, it } from 'vitest'
import { layoutOf } from './acquisition-facts.ts'
import type { Location, OpenedScan } from './geometry.ts'

const scanOf = (
  frames: { width: number; height: number; location: Location }[],
  spacing = { lateral: 0.01, axial: 0.0039, between: 0 },
): OpenedScan => ({
  format: 'heidelberg-vol',
  device: '',
  formatVersion: '',
  laterality: 'OD',
  pattern: 'unknown',
  width: 768,
  height: 496,
  spacing,
  focus: null,
  art: null,
  edi: null,
  resolution: null,
  axialLength: null,
  field: null,
  acquiredAt: null,
  slo: null,
  pictures: [],
  frames: frames.map((frame) => ({ ...frame, quality: null, art: null, coding: { kind: 'reflectivity-f32' }, layers: [], bmo: null })),
  grids: [],
  remarks: [],
})

describe('layoutOf', () => {
  it('gives the ring of a long eye its own radius and scale', () => {
    const radius = 2.18
    const ring: Location = { kind: 'ring', start: { x: 0, y: 4 }, centre: { x: 2.18, y: 4 }, radius }
    const layout = layoutOf(
      scanOf([{ width: 768, height: 496, location: ring }], { lateral: (2 * Math.PI * radius) / 768, axial: 0.00387, between: 0 }),
      0,
    )
    expect(layout.radius).toBe(2.18)
    expect(layout.length).toBeNull()
    expect(layout.extent?.width).toBeCloseTo(13.697, 2)
  })
  it('tells each B-scan’s own size, and that they differ', () => {
    const line: Location = { kind: 'line', start: { x: 0, y: 0 }, end: { x: 5.11, y: 0 } }
    const scan = scanOf([
      { width: 768, height: 496, location: { kind: 'unknown' } },
      { width: 512, height: 384, location: line },
    ])
    expect(layoutOf(scan, 1)).toMatchObject({ width: 512, height: 384, mixed: true, length: 5.11 })
    expect(layoutOf(scan, 0).mixed).toBe(true)
  })
  it('leaves open what the file does not carry', () => {
    const layout = layoutOf(scanOf([{ width: 10, height: 10, location: { kind: 'unknown' } }], { lateral: 0, axial: 0.004, between: 0 }), 0)
    expect(layout).toMatchObject({ extent: null, scaling: null, between: null, radius: null, length: null, mixed: false })
  })
  it('tells the distance between B-scans in µm', () => {
    const scan = scanOf([{ width: 10, height: 10, location: { kind: 'unknown' } }], { lateral: 0.01, axial: 0.004, between: 0.24 })
    expect(layoutOf(scan, 0).between).toBeCloseTo(240)
  })
})
