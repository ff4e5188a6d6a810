import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Laterality } from '../../scan.ts'
import { discSideOf } from '../disc-side.ts'
import type { SloView, VisitScan } from '../examination.ts'
import { laterality } from './laterality.ts'
import { generated, mirrored, repainted, type Scanned, said, scanned } from './scanned.fixture.ts'

const labelled = ({ exam, views }: Scanned, eye: Laterality): Scanned => ({ exam: { ...exam, scan: { ...exam.scan, laterality: eye } }, views })
const kinds = [
  { pattern: 'ring', height: 496 },
  { pattern: 'volume', frames: 7 },
  { pattern: 'line', width: 192 },
] as const

describe('the header', () => {
  it('names the eye or leaves it open', async () => {
    const ring = await generated({ laterality: 'OS' })
    expect(said(laterality, ring)('L')).toMatchObject({ status: 'pass', value: null, reason: 'The file says left eye (OS).' })
    expect(said(laterality, labelled(ring, 'unknown'))('L')).toMatchObject({
      status: 'unknown',
      value: null,
      reason: 'Not known: the file does not say which eye; set it before results can be sent.',
    })
  })
})

describe('the anatomy', () => {
  it.each(kinds)('of a $pattern agrees with the header, or contradicts a wrong one', async (options) => {
    for (const eye of ['OD', 'OS'] as const) {
      const scan = await generated({ ...options, laterality: eye })
      expect(said(laterality, scan)('L.anatomy')).toMatchObject({ status: 'pass', value: null })
      const wrong = said(laterality, labelled(scan, eye === 'OD' ? 'OS' : 'OD'))
      expect(wrong('L.anatomy')).toMatchObject({ status: 'fail', reason: /^Check the eye: the file says (right|left) eye/ })
      expect(wrong('L')?.status).toBe('pass')
    }
  })

  it('is unknown where the disc cannot be found, and where the file names no eye', async () => {
    for (const options of kinds) {
      const scan = await generated(options)
      const dark = { slo: repainted(scan.exam.slo as SloView, () => 20) }
      for (const found of [said(laterality, scan, dark), said(laterality, scan, { slo: null }), said(laterality, labelled(scan, 'unknown'))]) {
        expect(found('L.anatomy')).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
      }
    }
  })

  it('is not guessed from a decentred ring, nor from one without lines', async () => {
    for (const eye of ['OD', 'OS'] as const) {
      const ring = await generated({ laterality: eye, fault: 'decentred', height: 496 })
      for (const scan of [ring, labelled(ring, eye === 'OD' ? 'OS' : 'OD')]) expect(said(laterality, scan)('L.anatomy')?.status).toBe('unknown')
    }
    const ring = await generated({ height: 496 })
    const bare = ring.views.map((view) => ({ ...view, info: { ...view.info, layers: [] }, ilm: view.ilm.map(() => Number.NaN) }))
    expect(said(laterality, { ...ring, views: bare })('L.anatomy')?.status).toBe('unknown')
  })

  it('goes by the whole thickness where the device drew no nerve fibre layer', async () => {
    const ring = await generated({ laterality: 'OS', height: 496 })
    const views = ring.views.map((view) => ({ ...view, info: { ...view.info, layers: [] } }))
    expect(said(laterality, { ...ring, views })('L.anatomy')?.status).toBe('pass')
  })
})

describe('the side of the disc', () => {
  it('is right in a right eye and left in a left one', async () => {
    for (const options of kinds) {
      for (const eye of ['OD', 'OS'] as const) {
        const { exam } = await generated({ ...options, laterality: eye })
        expect(discSideOf(exam.scan, exam.slo)).toBe(eye === 'OD' ? 'right' : 'left')
      }
    }
  })

  it('is null without an SLO or a disc', async () => {
    const { exam } = await generated({})
    expect(discSideOf(exam.scan, null)).toBeNull()
    expect(
      discSideOf(
        exam.scan,
        repainted(exam.slo as SloView, () => 99),
      ),
    ).toBeNull()
  })
})

describe('the pair of the visit', () => {
  const against = async (visit: VisitScan[], eye: Laterality = 'OD') =>
    said(laterality, labelled(await generated({ laterality: 'OD' }), eye), { visit })('L.pair')

  it.each<[VisitScan[], string]>([
    [[{ laterality: 'OD', discSide: 'right' }], 'pass'],
    [[{ laterality: 'OS', discSide: 'left' }], 'pass'],
    [[{ laterality: 'OD', discSide: 'left' }], 'fail'],
    [[{ laterality: 'OS', discSide: 'right' }], 'fail'],
    [
      [
        { laterality: 'OD', discSide: 'right' },
        { laterality: 'OS', discSide: 'right' },
      ],
      'fail',
    ],
    [[{ laterality: 'OD', discSide: null }], 'unknown'],
    [[{ laterality: 'unknown', discSide: 'left' }], 'unknown'],
  ])('%j: %s', async (visit, status) => {
    const found = await against(visit)
    expect(found).toMatchObject({ status, value: null })
    if (status === 'fail') expect(found?.reason).toMatch(/^Check the eye: /)
  })

  it('is left out of a lone scan, and unknown where the eye is', async () => {
    expect(await against([])).toBeUndefined()
    expect(await against([{ laterality: 'OD', discSide: 'left' }], 'unknown')).toMatchObject({ status: 'unknown' })
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans', () => {
    it.each(['ring-od.vol', 'line-od.vol'])('%s is a right eye', async (name) => {
      const scan = await scanned(readFileSync(join(real, 'oct', name)))
      expect(said(laterality, scan)('L.anatomy')).toMatchObject({ status: 'pass' })
      expect(said(laterality, labelled(scan, 'OS'))('L.anatomy')).toMatchObject({ status: 'fail' })
      expect(discSideOf(scan.exam.scan, scan.exam.slo)).toBe('right')
      expect(discSideOf(scan.exam.scan, mirrored(scan.exam.slo as SloView))).toBe('left')
    })
  })
