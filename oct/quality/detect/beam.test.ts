import { describe, expect, it } from 'vitest'
import type { Examination, FrameView } from '../examination.ts'
import { beam } from './beam.ts'
import { bscan, eightBit, examination, hostile } from './phantom.ts'

function found(views: FrameView[], exam: Examination = examination()) {
  const detector = beam(exam)
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}
const ofBScan = (view: FrameView, exam?: Examination) => found([view], exam).of('B')
const slanted = (low: number) => (t: number) => low + (1 - low) * t

describe('brightness of the ONL', () => {
  it('is the ratio of the quarters it was given', () => {
    expect(ofBScan(bscan())).toMatchObject({ status: 'pass', source: 'Tewarie 2012', evidence: 'own' })
    // Quarters of a ramp lie at 1/8 and 7/8 of it.
    for (const low of [0.2, 0.5, 0.8]) {
      const expected = slanted(low)(1 / 8) / slanted(low)(7 / 8)
      expect(Math.abs((ofBScan(bscan({ light: slanted(low) }))?.value ?? 0) - expected)).toBeLessThan(0.06)
    }
  })

  it('a steeper slant is never better, and the side is named', () => {
    const values = [1, 0.8, 0.6, 0.4, 0.2, 0].map((low) => ofBScan(bscan({ light: slanted(low) }))?.value ?? 9)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(ofBScan(bscan({ light: slanted(0.1) }))).toMatchObject({ status: 'fail', reason: /darkest at the left/ })
    expect(ofBScan(bscan({ light: (t) => 1.1 - t }))).toMatchObject({ status: 'fail', reason: /darkest at the right/ })
  })

  it('is not misled by vessels, nor helped by noise', () => {
    const shadows: [number, number][] = [
      [10, 40],
      [60, 75],
    ]
    expect(ofBScan(bscan({ shadows }))?.value).toBeGreaterThan(0.9)
    const slant = { light: slanted(0.2) }
    for (const noise of [0.05, 0.08]) expect(ofBScan(bscan({ ...slant, noise }))?.value).toBeLessThan(0.45)
  })

  it('is unknown in noise, without lines, where a third is not seen, and on other devices', () => {
    const view = bscan()
    const unseen = { ...view, states: view.states.map((_, x) => (x < 130 ? 4 : 0)) }
    for (const each of [bscan({ light: () => 0.1 }), { ...view, bm: view.bm.map(() => Number.NaN) }, unseen]) {
      expect(ofBScan(each)).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
    expect(ofBScan(view, examination({ device: 'Zeiss Cirrus' }))?.status).toBe('unknown')
    expect(ofBScan(view, examination({ spacing: { lateral: 0, axial: 0, between: 0 } }))).toMatchObject({ status: 'unknown', value: null })
    expect(ofBScan({ ...view, states: view.states.map((_, x) => (x > 350 ? 4 : 0)) })?.status).toBe('pass')
  })

  it('is the same on 8-bit pictures', () => {
    const light = slanted(0.5)
    expect(Math.abs((ofBScan(bscan({ light }))?.value ?? 0) - (ofBScan(bscan({ light, coding: eightBit }))?.value ?? 9))).toBeLessThan(0.03)
  })

  it('of radial scans is measured on both sides of the disc', () => {
    const view = bscan()
    const across = { ...view, bm: view.bm.map((row, x) => (x > 130 && x < 250 ? Number.NaN : row)) }
    expect(ofBScan(across)?.status).toBe('unknown')
    expect(ofBScan(across, examination({ pattern: 'radial' }))?.status).toBe('pass')
  })

  it('has a value for each B-scan', () => {
    const result = found([bscan({ width: 128 }), bscan({ width: 128, light: slanted(0.1) })])
    expect(result.series?.[0]?.values.map((each) => (each ?? 0) > 0.9)).toEqual([true, false])
  })
})

describe('tilt of BM', () => {
  it('is the angle it was given, in degrees of the eye, whichever way', () => {
    for (const tilt of [0, 5, 14, -14]) expect(found([bscan({ tilt })]).of('B.tilt')?.value).toBeCloseTo(Math.abs(tilt), 1)
    expect([5, 8, 12].map((tilt) => found([bscan({ tilt, ilm: 200 })]).of('B.tilt')?.status)).toEqual(['pass', 'warn', 'fail'])
  })

  it('is not asked of rings, and unknown without a line or a scale', () => {
    expect(found([bscan()], examination({ pattern: 'ring' })).of('B.tilt')).toBeUndefined()
    const view = bscan()
    const half = view.bm.map((row, x) => (x < 200 ? Number.NaN : row))
    for (const each of [found([{ ...view, bm: half }]), found([view], examination({ spacing: { lateral: 0, axial: 0.004, between: 0 } }))]) {
      expect(each.of('B.tilt')).toMatchObject({ status: 'unknown', value: null })
    }
  })
})

it('stumbles over nothing', () => {
  for (const view of hostile()) {
    for (const { value, status } of found([view]).criteria) expect(value === null ? status === 'unknown' : Number.isFinite(value)).toBe(true)
  }
})
