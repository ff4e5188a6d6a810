import { describe, expect, it } from 'vitest'
import type { Examination, FrameView } from '../examination.ts'
import { lightOf } from './contrast.ts'
import { bscan, eightBit, examination, hostile } from './phantom.ts'
import { signal } from './signal.ts'

function found(views: FrameView[], exam: Examination = examination()) {
  const detector = signal(exam)
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}

const good = (changes = {}) => bscan({ quality: 30, ...changes })
const weak = (changes = {}) => good({ light: () => 0.15, ...changes })

describe('contrast', () => {
  it('is what the picture was made with', () => {
    const { vitreous, retina } = lightOf(bscan({ noise: 0.02 }))
    expect(vitreous?.mean).toBeCloseTo(0.1, 2)
    expect(vitreous?.noise).toBeCloseTo(0.02, 3)
    // 150 um at .45, 70 at .24, 80 at .70
    expect(retina).toBeCloseTo((150 * 0.45 + 70 * 0.24 + 80 * 0.7) / 300, 1)
    expect(found([good({ noise: 0.02 })]).of('S.cnr')?.value).toBeCloseTo(((retina as number) - 0.1) / 0.02, 0)
  })

  it('is measured in whole A-scans alone', () => {
    const view = good()
    const before = found([view]).of('S.cnr')?.value
    const states = view.states.map((_, x) => (x < 100 ? 1 : 0))
    const roots = view.roots.map((value, i) => (i % view.width < 100 ? 1 : value))
    expect(Math.abs((found([{ ...view, states, roots }]).of('S.cnr')?.value ?? 0) - (before ?? 0))).toBeLessThan(0.2)
  })

  it('falls as noise grows and as light fades', () => {
    const noisy = [0.02, 0.04, 0.08, 0.12].map((noise) => found([good({ noise })]).of('S.cnr')?.value ?? 0)
    const dim = [1, 0.6, 0.3, 0.1].map((light) => found([good({ light: () => light })]).of('S.cnr')?.value ?? 0)
    for (const values of [noisy, dim]) expect(values).toEqual([...values].sort((a, b) => b - a))
  })
})

describe('S', () => {
  it('passes at 15 dB and fails below it where the layers hardly stand out', () => {
    expect(found([good({ quality: 15 })]).of('S')).toMatchObject({ status: 'pass', evidence: 'published' })
    expect(found([weak({ quality: 14.9 })]).of('S')).toMatchObject({ status: 'fail', value: 14.9 })
  })

  it('is a warning below 15 dB where the layers stand out well', () => {
    expect(found([good({ quality: 12 })]).of('S')).toMatchObject({ status: 'warn', value: 12 })
  })

  it('does not pass a scan that is cut off', () => {
    const view = good({ quality: 40 })
    const cut = { ...view, states: view.states.map(() => 1) }
    const result = found([cut])
    for (const id of ['S', 'S.snr', 'S.cnr'])
      expect(result.of(id)).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: too little/ })
  })

  it('of a volume is no pass where only a few B-scans were measured, but a fault of those counts', () => {
    const cut = (index: number) => ({ ...good({ index }), states: new Uint8Array(384).fill(1) })
    const most = (first: FrameView) => found([first, ...[1, 2, 3].map(cut)])
    for (const id of ['S.snr', 'S.cnr']) expect(most(good()).of(id)).toMatchObject({ status: 'unknown', value: null })
    expect(most(weak()).of('S.cnr')?.status).toBe('fail')
    const { quality: _, ...info } = good().info
    const bare = { ...good(), info }
    expect(found([good(), bare, bare]).of('S')).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: most B-scans/ })
    expect(found([good(), good(), bare]).of('S')?.status).toBe('pass')
    expect(found([weak({ quality: 10 }), bare, bare]).of('S')?.status).not.toBe('pass')
  })

  it('by a limit above the published one is held by an own limit', () => {
    const exam = examination()
    const stricter = (least: number) => ({ ...exam, device: { device: 'Heidelberg', contrast: true, quality: { least, source: 'Site' } } })
    expect(found([weak({ quality: 20 })], stricter(25)).of('S')).toMatchObject({ status: 'fail', evidence: 'own' })
    expect(found([weak({ quality: 10 })], stricter(12)).of('S')).toMatchObject({ status: 'fail', evidence: 'published' })
  })

  it('never holds decibels against another device', () => {
    for (const device of ['Zeiss Cirrus HD-OCT 5000', 'Topcon 3D OCT-2000', '']) {
      const result = found([weak({ quality: 8 })], examination({ device }))
      expect(result.of('S')).toMatchObject({ status: 'unknown', value: null })
      for (const id of ['S.snr', 'S.cnr']) expect(result.of(id)?.status).toBe('unknown')
      expect(result.intervals).toEqual([])
    }
  })

  it('tells a volume with weak B-scans, and where they are', () => {
    const views = Array.from({ length: 10 }, (_, index) => (index < 2 ? weak({ index, quality: 10 }) : good({ index })))
    const result = found(views)
    expect(result.of('S')).toMatchObject({ status: 'warn' })
    expect(result.of('S.cnr')?.status).toBe('fail')
    expect(result.intervals).toEqual([0, 1].map((frame) => ({ frame, from: 0, to: 383, kind: 'high-noise' })))
  })

  it('marks the stretch that drowns in noise', () => {
    const result = found([good({ light: (t: number) => (t < 0.25 ? 0.1 : 1) })])
    expect(result.intervals).toEqual([{ frame: 0, from: 0, to: 95, kind: 'high-noise' }])
  })
})

describe('8-bit pictures', () => {
  it('give what the reflectivity gives, within a tenth', () => {
    for (const make of [good, weak]) {
      const [raw, shown] = [make(), make({ coding: eightBit })].map((view) => found([view]))
      for (const id of ['S.snr', 'S.cnr']) expect(Math.abs((raw?.of(id)?.value ?? 0) - (shown?.of(id)?.value ?? 9))).toBeLessThan(0.15)
    }
  })

  it('are not compared where somebody has changed their contrast', () => {
    const view = good({ coding: eightBit })
    for (const [factor, offset] of [
      [1.5, -0.2],
      [0.8, 0.2],
    ] as const) {
      const roots = view.roots.map((value) => Math.max(0, Math.min(1, factor * value + offset)))
      expect(found([{ ...view, roots }]).of('S.cnr')).toMatchObject({ status: 'unknown', value: null, reason: /another contrast/ })
    }
  })

  it('must show more where they were compressed with loss', () => {
    const lossy = examination({ remarks: ['lossy'] })
    expect(found([good()], lossy).of('S.cnr')).toMatchObject({ status: 'pass', threshold: '>= 5.33' })
    const between = good({ light: () => 0.38 })
    expect([found([between]).of('S.cnr')?.status, found([between], lossy).of('S.cnr')?.status]).toEqual(['pass', 'warn'])
  })
})

it('never passes what cannot be measured', () => {
  for (const view of hostile()) {
    for (const each of found([view]).criteria) {
      expect(each.value === null || Number.isFinite(each.value)).toBe(true)
      if (each.value === null) expect(each.status).toBe('unknown')
    }
  }
  expect(found([]).criteria.map((each) => each.status)).toEqual(['unknown', 'unknown', 'unknown'])
})
