import { describe, expect, it } from 'vitest'
import type { FrameInfo } from '../../scan.ts'
import type { Examination, FrameView, SloView } from '../examination.ts'
import { illumination } from './illumination.ts'
import { bscan, eightBit, examination, hostile, slo } from './phantom.ts'

function found(views: FrameView[], exam: Examination = examination()) {
  const detector = illumination(exam)
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}
const ofSlo = (picture: SloView | null, id: string) => found([], examination({}, picture)).of(id)
const ofBScan = (view: FrameView) => found([view]).of('I.bscan')

describe('the SLO', () => {
  it('is evenly lit, vessels or not', () => {
    expect(ofSlo(slo(), 'I')).toMatchObject({ status: 'pass', value: 0, evidence: 'own' })
    for (const id of ['I.vignette', 'I.saturated', 'I.dark']) expect(ofSlo(slo(), id)?.status).toBe('pass')
  })

  it('varies by what the light varies by', () => {
    // A ramp from 1 - a to 1 + a has a standard deviation of a / sqrt 3.
    const ramp = (a: number) => ofSlo(slo({ light: (u) => 0.8 * (1 + a * (2 * u - 1)) }), 'I')
    for (const a of [0.2, 0.4, 0.6]) expect(Math.abs((ramp(a)?.value ?? 0) - a / Math.sqrt(3))).toBeLessThan(0.02)
    expect([0.3, 0.5, 0.8].map((a) => ramp(a)?.status)).toEqual(['pass', 'warn', 'fail'])
  })

  it('has dark corners where it is vignetted', () => {
    const vignetted = (depth: number) => slo({ light: (u, v) => 1 - depth * Math.min(1, 2 * ((u - 0.5) ** 2 + (v - 0.5) ** 2)) })
    const values = [0, 0.3, 0.6, 0.95].map((depth) => ofSlo(vignetted(depth), 'I.vignette')?.value ?? 9)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(ofSlo(vignetted(0.95), 'I.vignette')).toMatchObject({ status: 'fail', reason: /darkest corner/ })
  })

  it('tells what is overexposed and what is black', () => {
    const bright = slo({ light: (u) => (u < 0.1 ? 3 : 1) })
    expect(ofSlo(bright, 'I.saturated')?.value).toBeCloseTo(10, 0)
    expect(ofSlo(bright, 'I.saturated')?.status).toBe('fail')
    const dark = slo({ light: (u) => (u < 0.1 ? 0 : 1) })
    expect(ofSlo(dark, 'I.dark')?.value).toBeCloseTo(10, 0)
    expect(ofSlo(dark, 'I.dark')?.status).toBe('warn')
  })

  it('does not take the disc of a ring for bad light', () => {
    const picture = slo()
    const centre = { x: 4.5, y: 4.5 }
    picture.pixels.forEach((_, i) => {
      const at = { x: (i % 384) * 0.0234, y: Math.floor(i / 384) * 0.0234 }
      if (Math.hypot(at.x - centre.x, at.y - centre.y) < 0.9) picture.pixels[i] = 30
    })
    const frame = { location: { kind: 'ring', start: { x: 2.7, y: 4.5 }, centre, radius: 1.8 } } as FrameInfo
    expect(found([], examination({ pattern: 'ring', frames: [frame] }, picture)).of('I')?.value).toBe(0)
    expect(found([], examination({}, picture)).of('I')?.value).toBeGreaterThan(0.1)
  })

  it('is unknown where there is none, none to speak of, or none of a known device', () => {
    for (const id of ['I', 'I.vignette', 'I.saturated', 'I.dark']) {
      expect(ofSlo(null, id)).toMatchObject({ status: 'unknown', value: null, reason: 'Not measured: there is no SLO image.' })
      expect(ofSlo(slo({ side: 16 }), id)).toMatchObject({ status: 'unknown', value: null })
      expect(found([], examination({ device: 'Topcon' })).of(id)?.status).toBe('unknown')
    }
    const black = slo({ light: () => 0 })
    expect(ofSlo(black, 'I')).toMatchObject({ status: 'unknown', value: null })
    expect(ofSlo(black, 'I.dark')).toMatchObject({ status: 'fail', value: 100 })
  })
})

describe('the B-scan', () => {
  it('passes evenly lit, with shadows of vessels', () => {
    expect(ofBScan(bscan())).toMatchObject({ status: 'pass' })
    const shadows: [number, number][] = [
      [20, 30],
      [100, 112],
      [250, 258],
    ]
    expect(ofBScan(bscan({ shadows }))?.value).toBeGreaterThan(0.95)
    expect(found([bscan({ shadows })]).intervals).toEqual([])
  })

  it('has the brightness it was given, and more unevenness is never better', () => {
    const ramp = (low: number) => ofBScan(bscan({ light: (t) => low + (1 - low) * Math.min(1, 2 * t) }))
    const values = [1, 0.8, 0.6, 0.4, 0.2, 0].map((low) => ramp(low)?.value ?? 9)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(Math.abs((ramp(0.4)?.value ?? 0) - 0.44)).toBeLessThan(0.06)
    expect([1, 0.5, 0.1].map((low) => ramp(low)?.status)).toEqual(['pass', 'warn', 'fail'])
  })

  it('marks the dark stretch', () => {
    const result = found([bscan({ index: 3, light: (t) => (t < 0.25 ? 0.3 : 1) })])
    expect(result.intervals).toEqual([{ frame: 3, from: 0, to: 95, kind: 'bad-illumination' }])
  })

  it('is the same on 8-bit pictures, and not compared where their contrast was changed', () => {
    const light = (t: number) => 0.5 + 0.5 * t
    const [raw, shown] = [bscan({ light }), bscan({ light, coding: eightBit })]
    expect(Math.abs((ofBScan(raw)?.value ?? 0) - (ofBScan(shown)?.value ?? 9))).toBeLessThan(0.03)
    expect(ofBScan({ ...shown, roots: shown.roots.map((value) => Math.min(1, 0.3 + 0.7 * value)) })).toMatchObject({ status: 'unknown', value: null })
  })

  it('is unknown in noise, without lines, or where a third is not seen', () => {
    const view = bscan()
    const unseen = view.states.map((_, x) => (x < 130 ? 4 : 0))
    for (const each of [bscan({ light: () => 0.05 }), { ...view, bm: view.bm.map(() => Number.NaN) }, { ...view, states: unseen }]) {
      expect(ofBScan(each)).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
    expect(ofBScan({ ...view, states: view.states.map((_, x) => (x < 40 ? 4 : 0)) })?.status).toBe('pass')
  })

  it('is told where a tenth of them is dark, with a value for each', () => {
    const views = Array.from({ length: 10 }, (_, index) => bscan({ index, width: 128, light: (t) => (index < 2 && t < 0.3 ? 0.2 : 1) }))
    const result = found(views)
    expect(result.of('I.bscan')?.status).toBe('fail')
    expect(result.series).toMatchObject([{ id: 'I.bscan', values: { length: 10 } }])
  })

  it('stumbles over nothing', () => {
    for (const view of hostile()) {
      const { value, status } = ofBScan(view) ?? {}
      expect(value === null ? status === 'unknown' : Number.isFinite(value)).toBe(true)
    }
  })
})
