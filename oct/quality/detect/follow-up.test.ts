import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EarlierScan, SloView } from '../examination.ts'
import { earlierScanOf, followUp } from './follow-up.ts'
import { generated, repainted, type Scanned, said, scanned, shifted } from './scanned.fixture.ts'

const keptOf = ({ exam }: Scanned): EarlierScan => earlierScanOf(exam.scan, exam.slo)
const against = (scan: Scanned, earlier: EarlierScan | null) => said(followUp, scan, { earlier })

describe('what is kept of an earlier scan', () => {
  it('is small, plain, and says where it lay', async () => {
    const ring = await generated({ width: 512 })
    const kept = keptOf(ring)
    expect(kept.slo).toMatchObject({ width: 384, height: 384 })
    expect((kept.slo?.spacing.x ?? 0) * 384).toBeCloseTo(9, 5)
    expect(kept).toMatchObject({ pattern: 'ring', laterality: 'OD', width: 512, frames: 1, ringRadius: expect.closeTo(1.8, 3) })
    expect(kept.centre?.x).toBeGreaterThan(0)
    expect(structuredClone(kept)).toEqual(kept)
    expect(earlierScanOf({ ...ring.exam.scan, frames: [] }, null)).not.toHaveProperty('slo')
  })
})

describe('a follow-up', () => {
  it('is left out without an earlier scan', async () => {
    const of = against(await generated({}), null)
    expect([of('F.pattern'), of('F.shift')]).toEqual([undefined, undefined])
  })

  it.each(['ring', 'volume'] as const)('of a %s at the same place passes', async (pattern) => {
    const first = await generated({ pattern, seed: 1010 })
    const second = await generated({ pattern, seed: 1010, take: 1 })
    expect(against(second, keptOf(first))('F.shift')).toMatchObject({ status: 'pass', unit: 'mm', evidence: 'own' })
    expect(against(second, keptOf(first))('F.shift')?.value).toBeLessThan(0.15)
  })

  it('further away is never better, and a device that looked elsewhere counts for nothing', async () => {
    const first = await generated({ seed: 1011 })
    const second = await generated({ seed: 1011, take: 2 })
    const values = [0, 0.1, 0.3, 0.6, 1.2].map((x) => against(shifted(second, { x, y: 0 }), keptOf(first))('F.shift'))
    values.forEach((found, i) => {
      expect(Math.abs((found?.value ?? 9) - ([0, 0.1, 0.3, 0.6, 1.2][i] as number))).toBeLessThan(0.2)
    })
    expect(values.at(-1)?.status).toBe('fail')
  })

  it('is told what was taken otherwise', async () => {
    const ring = await generated({})
    const kept = keptOf(ring)
    const found = (changes: Partial<EarlierScan>) => against(ring, { ...kept, ...changes })('F.pattern')
    expect(found({ width: 768 })).toMatchObject({ status: 'fail', value: 1, reason: /A-scans per B-scan is 96 instead of 768/ })
    expect(found({ ringRadius: 2.1 })).toMatchObject({ status: 'fail', reason: /radius of the ring is 1\.8 mm instead of 2\.1 mm/ })
    expect(found({ pattern: 'volume', frames: 61 })).toMatchObject({ status: 'fail', value: 1, reason: /pattern is ring instead of volume/ })
    expect(found({ laterality: 'OS' })).toMatchObject({ status: 'fail', reason: /other eye/ })
    expect(found({ pattern: 'unknown' })).toMatchObject({ status: 'unknown', value: null })
    const scan = { ...ring.exam.scan, resolution: 'HS' as const }
    expect(said(followUp, ring, { scan, earlier: { ...kept, resolution: 'HR' } })('F.pattern')).toMatchObject({ status: 'fail' })
    expect(said(followUp, ring, { scan, earlier: { ...kept, resolution: 'HS' } })('F.pattern')).toMatchObject({ status: 'pass', value: 0 })
    const { resolution: _, ...without } = kept
    expect(said(followUp, ring, { scan, earlier: without })('F.pattern')).toMatchObject({
      status: 'unknown',
      reason: /^Not measured: the resolution/,
    })
    const volume = await generated({ pattern: 'volume' })
    const wider = { ...keptOf(volume), spacing: { ...volume.exam.scan.spacing, between: 0.5 } }
    expect(against(volume, wider)('F.pattern')).toMatchObject({ status: 'fail', reason: /distance of the B-scans/ })
  })

  it('is unknown where the SLOs do not say', async () => {
    const ring = await generated({ seed: 1012 })
    const kept = keptOf(ring)
    const { slo: _, ...withoutSlo } = kept
    const { centre: __, ...withoutPlace } = kept
    const other = keptOf(await generated({ seed: 1, laterality: 'OS' }))
    const grey = repainted(kept.slo as SloView, () => 77)
    for (const earlier of [withoutSlo, withoutPlace, { ...kept, slo: grey }, { ...kept, slo: { ...grey, spacing: { x: 0, y: 0 } } }, other]) {
      expect(against(ring, earlier)('F.shift')).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
    expect(said(followUp, ring, { slo: null, earlier: kept })('F.shift')?.status).toBe('unknown')
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  it('the real ring and line of one eye are laid over one another: their centres lie 4.5 mm apart', async () => {
    const [ring, line] = await Promise.all(['ring-od.vol', 'line-od.vol'].map(async (name) => scanned(readFileSync(join(real, 'oct', name)))))
    if (!ring || !line) throw new Error('missing')
    const of = against(ring, keptOf(line))
    expect(of('F.pattern')).toMatchObject({ status: 'fail' })
    expect(Math.abs((of('F.shift')?.value ?? 0) - 4.6)).toBeLessThan(0.3)
  })
