import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SloView } from '../examination.ts'
import { circlesCrossed } from '../ring-rule.ts'
import { centring } from './centring.ts'
import { cropped, generated, repainted, said, scanned, shifted } from './scanned.fixture.ts'

const order = ['pass', 'warn', 'fail'] as const
const rank = (status: string | undefined) => order.indexOf(status as (typeof order)[number])
const offsets = [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.3, 1.7, 2.5]

/** A disc as found: a circle. */
const disc = (x: number, radius = 0.85) => ({
  centre: { x, y: 0 },
  radius,
  edge: Array.from({ length: 72 }, (_, i) => ({ x: x + radius * Math.cos((i * Math.PI) / 36), y: radius * Math.sin((i * Math.PI) / 36) })),
})

describe('the published ring rule', () => {
  it.each([
    [0, 0],
    [0.2, 0],
    [0.3, 1],
    [0.5, 2],
    [0.9, 2],
    [1.1, 3],
    [2, 3],
    [4, 3],
  ])('a disc %f mm beside the ring crosses %i circles', (x, crossed) => {
    expect(circlesCrossed(disc(x), { x: 0, y: 0 }, 1.8)).toBe(crossed)
  })

  it('goes with the ring: a larger ring leaves room', () => {
    expect(circlesCrossed(disc(1.1), { x: 0, y: 0 }, 2.18)).toBe(2)
  })
})

describe('a generated ring', () => {
  it('is centred', async () => {
    for (const [seed, laterality] of [
      [1000, 'OD'],
      [1001, 'OS'],
      [1002, 'OD'],
    ] as const) {
      const of = said(centring, await generated({ seed, laterality }))
      expect(of('C')).toMatchObject({ status: 'pass', unit: 'mm', threshold: '<= 0.2', evidence: 'own' })
      expect(of('C.ring')).toMatchObject({ status: 'pass', evidence: 'published', threshold: '<= 2' })
    }
  })

  it('decentred is told, with the distance and the direction', async () => {
    for (const laterality of ['OD', 'OS'] as const) {
      const c = said(centring, await generated({ laterality, fault: 'decentred' }))('C')
      expect(c?.status).toBe('fail')
      expect(Math.abs((c?.value ?? 0) - Math.hypot(0.62, 0.38))).toBeLessThan(0.08)
      expect(c?.reason).toMatch(laterality === 'OD' ? /0\.\d+ mm too far left, 0\.\d+ mm too low/ : /0\.\d+ mm too far right, 0\.\d+ mm too low/)
    }
  })

  it('is never better further away, and breaks the published rule where it cuts the disc', async () => {
    const ring = await generated({ seed: 1003 })
    for (const [x, y] of [
      [1, 0],
      [0, -1],
      [-0.7, 0.7],
    ] as const) {
      const found = offsets.map((by) => said(centring, shifted(ring, { x: x * by, y: y * by })))
      for (const id of ['C', 'C.ring']) {
        const ranks = found.map((of) => rank(of(id)?.status))
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
      }
      expect(found.at(-1)?.('C.ring')).toMatchObject({ status: 'fail', value: 3 })
      const values = found.map((of) => of('C')?.value ?? 0)
      offsets.forEach((by, i) => {
        expect(Math.abs((values[i] as number) - by)).toBeLessThan(0.12)
      })
    }
  })

  it('a stricter limit of a site is its own, not the published one', async () => {
    const ring = await generated({ fault: 'decentred' })
    const { profile } = ring.exam
    const strict = { ...profile, name: 'site', limits: { ...profile.limits, 'C.ring': { warn: 0, fail: 1 } } }
    expect(said(centring, ring)('C.ring')).toMatchObject({ status: 'warn', value: 2, evidence: 'published', threshold: '<= 2' })
    expect(said(centring, ring, { profile: strict })('C.ring')).toMatchObject({ status: 'fail', value: 2, evidence: 'own', threshold: '<= 1' })
  })

  it('is unknown without an SLO, a place, or a disc', async () => {
    const ring = await generated({ seed: 1004 })
    const slo = ring.exam.slo as SloView
    const nowhere = { ...ring.exam.scan, frames: ring.exam.scan.frames.map((frame) => ({ ...frame, location: { kind: 'unknown' as const } })) }
    for (const changes of [
      { slo: null },
      { slo: repainted(slo, () => 90) },
      { slo: repainted(slo, () => 0) },
      { slo: cropped(slo, 0, 0, 150, 150) },
      { scan: nowhere },
    ]) {
      const of = said(centring, ring, changes)
      for (const id of ['C', 'C.ring']) expect(of(id)).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
  })
})

describe('a generated volume', () => {
  it('is centred, or so far from the pit', async () => {
    for (const [laterality, frames] of [
      ['OD', 7],
      ['OS', 25],
    ] as const) {
      expect(said(centring, await generated({ pattern: 'volume', laterality, frames }))('C')).toMatchObject({ status: 'pass' })
      const off = said(centring, await generated({ pattern: 'volume', laterality, frames, fault: 'decentred' }))('C')
      expect(off?.status).toBe('fail')
      expect(Math.abs((off?.value ?? 0) - Math.hypot(0.9, 0.7))).toBeLessThan(0.15)
      expect(off?.reason).toMatch(/foveal pit: .* too far .*, .* too low/)
    }
  })

  it('has no ring rule', async () => {
    expect(said(centring, await generated({ pattern: 'volume' }))('C.ring')).toBeUndefined()
  })

  it('is unknown without lines, without places, and with lines that are nothing', async () => {
    const volume = await generated({ pattern: 'volume' })
    const lost = (row: number) => ({
      ...volume,
      views: volume.views.map((view) => ({ ...view, ilm: view.ilm.map(() => row), bm: view.bm.map(() => row) })),
    })
    const nowhere = volume.exam.scan.frames.map((frame) => ({ ...frame, location: { kind: 'unknown' as const } }))
    const places = { exam: { ...volume.exam, scan: { ...volume.exam.scan, frames: nowhere } }, views: volume.views }
    for (const one of [lost(Number.NaN), lost(0), lost(1e30), places, { ...volume, views: [] }]) {
      expect(said(centring, one)('C')).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
  })

  it('over the disc is no macula', async () => {
    const volume = await generated({ pattern: 'volume', seed: 1002 })
    const ring = await generated({ pattern: 'ring', seed: 1002 })
    const flat = volume.views.map((view) => ({ ...view, ilm: view.ilm.map(() => 40), bm: view.bm.map(() => 110) }))
    const moved = shifted({ exam: volume.exam, views: flat }, { x: 0.9, y: 0 })
    expect(said(centring, moved, { slo: ring.exam.slo })('C')).toMatchObject({ status: 'fail', reason: /going by the optic disc, lies at least/ })
    const wanted = { ...(volume.exam.protocol as NonNullable<typeof volume.exam.protocol>), region: 'disc' as const }
    expect(said(centring, moved, { slo: ring.exam.slo, protocol: wanted })('C')?.reason).toMatch(/The pattern's centre lies .* from the disc's/)
  })
})

describe('a generated volume anywhere', () => {
  it('is never better further from the fovea, even where its pit is lost', async () => {
    for (const [x, y] of [
      [1, 0],
      [-1, 0],
      [0.6, -0.8],
    ] as const) {
      const found = await Promise.all(
        [0, 0.15, 0.3, 0.6, 1, 1.6, 2.6, 4].map(async (by) =>
          said(centring, await generated({ pattern: 'volume', height: 496, detail: { off: { x: x * by, y: y * by } } }))('C'),
        ),
      )
      const ranks = found.map((each) => rank(each?.status))
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
      expect(ranks[0]).toBe(0)
      expect(ranks.at(-1)).toBe(2)
    }
  })
})

describe('a generated line', () => {
  it('through the pit is centred; beside it, it never passes', async () => {
    expect(said(centring, await generated({ pattern: 'line', width: 192 }))('C')).toMatchObject({ status: 'pass' })
    expect(said(centring, await generated({ pattern: 'line', width: 192, fault: 'decentred' }))('C')).toMatchObject({
      status: 'fail',
      reason: /runs beside the foveal pit/,
    })
  })

  it('without a macula is left out', async () => {
    const line = await generated({ pattern: 'line', width: 192 })
    const flat = line.views.map((view) => ({ ...view, ilm: view.ilm.map(() => 40), bm: view.bm.map(() => 110) }))
    expect(said(centring, { exam: line.exam, views: flat })('C')).toBeUndefined()
  })
})

describe('places that are no numbers', () => {
  it('never pass', async () => {
    for (const pattern of ['ring', 'volume', 'radial'] as const) {
      const scan = await generated({ pattern })
      for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(said(centring, shifted(scan, { x, y: 0 }))('C')).toMatchObject({ status: 'unknown', value: null })
        expect(said(centring, shifted(scan, { x, y: 0 }))('C.ring')?.status).not.toBe('pass')
      }
    }
  })
})

describe('radial scans', () => {
  it('are held against the disc', async () => {
    for (const pattern of ['radial', 'radial-circles'] as const) {
      const found = said(centring, await generated({ pattern, frames: 6, width: 96 }))('C')
      expect(found).toMatchObject({ status: 'pass', reason: /from the disc's/ })
      expect(said(centring, await generated({ pattern, frames: 6, width: 96, fault: 'decentred' }))('C')).toMatchObject({ status: 'fail' })
    }
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans', () => {
    it('the ring passes and fails where it is laid elsewhere', async () => {
      const ring = await scanned(readFileSync(join(real, 'oct', 'ring-od.vol')))
      expect(said(centring, ring)('C')).toMatchObject({ status: 'pass' })
      expect(said(centring, ring)('C.ring')).toMatchObject({ status: 'pass', value: 0 })
      const far = said(centring, shifted(ring, { x: 1.2, y: 0 }))
      expect(far('C')).toMatchObject({ status: 'fail' })
      expect(far('C.ring')).toMatchObject({ status: 'fail', value: 3 })
    })

    it('the line passes: its pit lies 0.13 mm from its middle', async () => {
      expect(said(centring, await scanned(readFileSync(join(real, 'oct', 'line-od.vol'))))('C')).toMatchObject({ status: 'pass', value: 0.13 })
    })
  })
