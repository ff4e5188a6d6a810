import { describe, expect, it } from 'vitest'
import type { EarlierScan } from '../../oct/quality/examination.ts'
import { fromStored, lastScans, toStored } from './earlier.ts'
import type { ShelvedScan } from './shelf.ts'

const earlier: EarlierScan = {
  pattern: 'ring',
  laterality: 'OD',
  width: 768,
  frames: 1,
  spacing: { lateral: 0.014, axial: 0.0039, between: 0 },
  ringRadius: 1.75,
  centre: { x: 4.4, y: 4.1 },
  slo: { width: 2, height: 2, spacing: { x: 0.01, y: 0.01 }, pixels: Uint8Array.of(1, 2, 3, 4) },
}

describe('what the next visit is held against', () => {
  it('is kept whole, and read again', () => {
    expect(fromStored(toStored(earlier))).toEqual(earlier)
    const { slo: _slo, ...rest } = earlier
    expect(fromStored(toStored(rest))).toEqual(rest)
  })

  it('does without a picture that is gone or does not fit, and without what it does not know', () => {
    const { slo: _slo, ...rest } = earlier
    const stored = toStored(earlier)
    expect(fromStored({ ...stored, slo: null })).toEqual(rest)
    expect(fromStored({ ...stored, slo: Uint8Array.of(1) })).toEqual(rest)
    expect(fromStored({ body: '{"pattern":"new"}', slo: null })).toBeNull()
    expect(fromStored(null)).toBeNull()
  })
})

describe('the last visit', () => {
  const scan = (id: string, visit: string, day: string, more: Partial<ShelvedScan['record']> = {}): ShelvedScan => ({
    record: {
      id,
      digest: id,
      patient: 'P-1',
      visit,
      day,
      takenAt: '',
      arrivedAt: day,
      arrivedDay: day,
      laterality: 'OD',
      pattern: 'ring',
      protocol: 'ring',
      discSide: null,
      problem: null,
      folder: '',
      demo: false,
      read: true,
      copyMs: null,
      analysisMs: null,
      verdictMs: null,
      ...more,
    },
    state: 'judged',
    verdict: null,
    provisional: null,
    local: null,
    decision: null,
    overrides: [],
  })
  const now = { patient: 'P-1', visit: 'V03', day: '2027-03-14', demo: false }
  const last = (scans: ShelvedScan[], chosen: (slot: string) => string | null = () => null) =>
    [...lastScans(scans, now, chosen)].map(([slot, { record }]) => `${slot} ${record.id}`)

  it('is the newest before this one that has the slot, of the same patient', () => {
    const scans = [
      scan('a', 'V01', '2026-01-01'),
      scan('b', 'V02', '2026-09-01'),
      scan('c', 'V01', '2026-01-01', { laterality: 'OS' }),
      scan('d', 'V03', '2027-03-14'),
      scan('e', 'V04', '2027-06-01'),
      scan('f', 'V02', '2026-09-01', { patient: 'P-2' }),
      scan('g', 'V02', '2026-09-01', { protocol: null }),
      scan('h', 'V02', '2026-12-01', { demo: true }),
    ]
    expect(last(scans)).toEqual(['ring/OD b', 'ring/OS c'])
    expect(lastScans(scans, { ...now, patient: '' }, () => null).size).toBe(0)
  })

  it('shows the study’s scan of its attempts', () => {
    const scans = [scan('a', 'V02', '2026-09-01'), scan('b', 'V02', '2026-09-01')]
    expect(last(scans)).toEqual(['ring/OD b'])
    expect(last(scans, (slot) => (slot.endsWith('ring/OD') ? 'a' : null))).toEqual(['ring/OD a'])
  })
})
