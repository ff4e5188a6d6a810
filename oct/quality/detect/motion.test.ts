import { describe, expect, it } from 'vitest'
import type { Scan } from '../../scan.ts'
import type { SynthDetail } from '../../synth/detail.ts'
import { type SynthOptions, synthesise } from '../../synth/index.ts'
import type { FrameView } from '../examination.ts'
import { opened } from '../opened.ts'
import { statesOf } from '../states.ts'
import { motion } from './motion.ts'
import { examination, hostile } from './phantom.ts'

const width = 256

const volume = (detail: SynthDetail = {}, options: Partial<SynthOptions> = {}) =>
  opened(synthesise({ pattern: 'volume', laterality: 'OS', seed: 71, width, frames: 7, detail: { breadth: 1.68, ...detail }, ...options }))

function found({ scan, views }: { scan: Partial<Scan>; views: FrameView[] }) {
  const detector = motion(examination({ ...scan, frames: views.map(({ info }) => info) }))
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}

describe('jumps', () => {
  it('there is none in a still eye, however far apart the B-scans are', async () => {
    for (const each of [await volume(), await volume({ breadth: 6 }), await volume({}, { frames: 13, fault: 'dark' })]) {
      const result = found(each)
      expect(result.of('motion')).toMatchObject({ status: 'pass', unit: 'mm', evidence: 'own' })
      expect(result.of('motion')?.value).toBeLessThan(0.06)
      expect(result.series?.[0]).toMatchObject({ id: 'motion', unit: 'mm', values: { length: each.views.length } })
    }
  })

  it.each([0.06, 0.2, 0.3, 0.5])('of %f mm in depth are measured', async (deeper) => {
    for (const from of [1, 3, 6]) {
      const result = found(await volume({ jump: { from, deeper, along: 0 } }))
      expect(Math.abs((result.of('motion')?.value ?? 0) - deeper)).toBeLessThan(0.03)
      expect(result.series?.[0]?.values.indexOf(result.of('motion')?.value ?? 0)).toBe(from)
    }
  })

  it.each([0.2, 0.3, -0.45])('of %f mm along the B-scan are measured', async (along) => {
    const result = found(await volume({ jump: { from: 3, deeper: 0, along } }))
    expect(Math.abs((result.of('motion')?.value ?? 0) - Math.abs(along))).toBeLessThan(0.06)
    expect(result.of('motion')?.reason).toMatch(/^The eye moved: B-scan 4 /)
  })

  it('a larger one is never better', async () => {
    const values: number[] = []
    for (const deeper of [0, 0.1, 0.2, 0.4]) values.push(found(await volume({ jump: { from: 3, deeper, along: deeper } })).of('motion')?.value ?? -1)
    expect(values).toEqual([...values].sort((a, b) => a - b))
  })

  it('a B-scan that is off alone is measured once, not twice', async () => {
    const { scan, views } = await volume()
    const off = views.map((view, i) => (i === 3 ? { ...view, bm: view.bm.map((row) => row + 60) } : view))
    expect(Math.abs((found({ scan, views: off }).of('motion')?.value ?? 0) - 60 * scan.spacing.axial)).toBeLessThan(0.03)
  })

  it('are unknown where the lines or the scale are lacking', async () => {
    const { scan, views } = await volume()
    const none = new Float32Array(width).fill(Number.NaN)
    expect(found({ scan, views: views.map((view) => ({ ...view, ilm: none, bm: none })) }).of('motion')).toMatchObject({
      status: 'unknown',
      value: null,
      reason: /^Not measured:/,
    })
    expect(found({ scan: { ...scan, spacing: { lateral: 0, axial: 0, between: 0 } }, views }).of('motion')?.status).toBe('unknown')
  })
})

describe('blank B-scans', () => {
  const noise = (view: FrameView): FrameView => {
    const roots = view.roots.map((_, i) => view.roots[(i * 7) % (60 * width)] as number)
    const blank = { ...view, roots, found: { ilm: new Float32Array(width).fill(Number.NaN), bm: new Float32Array(width).fill(Number.NaN) } }
    return { ...blank, states: statesOf(blank, 0.00387) }
  }

  it('are counted, also through a closing lid', async () => {
    const { scan, views } = await volume()
    expect(found({ scan, views }).of('motion.blank')).toMatchObject({ status: 'pass', value: 0 })
    const two = views.map((view, i) => (i === 2 || i === 5 ? noise(view) : view))
    expect(found({ scan, views: two }).of('motion.blank')).toMatchObject({
      status: 'fail',
      value: 2,
      reason: '2 of 7 B-scans are blank, as by a blink.',
    })
    const dim = views.map((view, i) => (i === 4 ? { ...view, roots: view.roots.map((root) => 0.1 + 0.15 * (root - 0.1)) } : view))
    expect(found({ scan, views: dim }).of('motion.blank')).toMatchObject({ status: 'fail', value: 1 })
  })

  it('are not told by contrast where the whole volume has none', async () => {
    const { scan, views } = await volume()
    const flat = views.map((view, i) => ({ ...view, roots: view.roots.map((root) => 0.3 + 0.02 * (i % 2) * root) }))
    expect(found({ scan, views: flat }).of('motion.blank')?.value).toBe(0)
  })

  it('say nothing about jumps', async () => {
    const { scan, views } = await volume()
    const result = found({ scan, views: views.map((view, i) => (i === 2 ? noise(view) : view)) })
    expect(result.of('motion')?.status).toBe('pass')
    expect(result.series?.[0]?.values.slice(2, 4)).toEqual([null, null])
  })
})

it('is not asked of a single B-scan, and of radial scans for blinks alone', async () => {
  const line = await opened(synthesise({ pattern: 'line', laterality: 'OD', seed: 72, width }))
  expect(found(line).criteria).toEqual([])
  const radial = await opened(synthesise({ pattern: 'radial', laterality: 'OD', seed: 72, width, frames: 4 }))
  expect(found(radial).criteria.map(({ id }) => id)).toEqual(['motion.blank'])
})

it('stumbles over nothing', () => {
  const { criteria } = found({ scan: { pattern: 'volume' }, views: hostile() })
  for (const { value } of criteria) expect(value === null || Number.isFinite(value)).toBe(true)
})

it('ends whatever scale a file claims', async () => {
  const { scan, views } = await volume()
  for (const lateral of [1e-12, 1e6, Number.NaN]) {
    const value = found({ scan: { ...scan, spacing: { ...scan.spacing, lateral } }, views }).of('motion')?.value ?? 0
    expect(Number.isFinite(value)).toBe(true)
  }
  const endless = found({ scan: { ...scan, spacing: { ...scan.spacing, axial: Number.POSITIVE_INFINITY } }, views })
  expect(endless.of('motion')).toMatchObject({ status: 'unknown', value: null })
})
