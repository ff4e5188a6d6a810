import { beforeEach, describe, expect, it } from 'vitest'
import type { ScanResult } from '../../oct/results.ts'
import { type Lab, openLab } from './lab.ts'
import type { InboxRecord } from './lab-inbox.ts'

let lab: Lab
beforeEach(() => {
  lab = openLab({ path: null, key: null, chainKey: '00'.repeat(32), now: () => new Date(0) })
})

const record = (id: string, more: Partial<InboxRecord> = {}): InboxRecord => ({
  id,
  digest: `digest-${id}`,
  patient: 'P-0142',
  visit: 'V01',
  day: '2027-03-14',
  takenAt: '10:00:00',
  arrivedAt: '2027-03-14T09:00:00Z',
  arrivedDay: '2027-03-14',
  laterality: 'OD',
  pattern: 'ring',
  protocol: 'ring',
  discSide: null,
  problem: null,
  folder: 'f',
  demo: false,
  read: false,
  copyMs: 1,
  analysisMs: 2,
  verdictMs: 3,
  ...more,
})
const result = (verdict: 'usable' | 'unusable'): ScanResult => ({
  inputs: [],
  verdict,
  action: 'keep',
  decidedBy: [],
  criteria: [],
  series: [],
  intervals: [],
  files: [],
})
const verdict = (profile: string, at: string, found = result('usable')) => ({
  profile,
  at,
  pipeline: { name: 'oct-quality', version: '2', profile },
  result: found,
})

describe('the Inbox’s records', () => {
  it('are written with their verdict or not at all', () => {
    const broken = { ...verdict('p', '2027'), result: { verdict: 'perhaps' } as unknown as ScanResult }
    expect(() =>
      lab.inbox.add(record('a'), [{ place: 'a', size: 1, modified: 1 }], ['aa'], { verdict: broken, thumb: null, earlier: null }),
    ).toThrow()
    expect(lab.inbox.byDigest('digest-a')).toBeNull()
    expect(lab.inbox.heldAt('f', 'a')).toBeNull()
    lab.inbox.add(record('a'), [], ['aa'], { verdict: verdict('p', '2027'), thumb: null, earlier: null })
    expect(lab.inbox.verdicts('a')).toHaveLength(1)
  })

  it('find a scan by its digest, day, patient and files', () => {
    lab.inbox.add(record('a'), [{ place: 'x/a.vol', size: 10, modified: 1000.5 }], ['aa', 'bb'])
    lab.inbox.add(record('old', { arrivedDay: '2026-01-01', read: true }), [], ['cc'])
    expect(lab.inbox.byDigest('digest-a')?.id).toBe('a')
    expect(lab.inbox.since('2027-03-14').map(({ id }) => id)).toEqual(['a'])
    expect(lab.inbox.ofPatient('P-0142').map(({ id }) => id)).toEqual(['a', 'old'])
    expect(lab.inbox.open(10).map(({ id }) => id)).toEqual(['a'])
    expect(lab.inbox.takenAs('f', { place: 'x/a.vol', size: 10, modified: 1000.5 })).toBe('a')
    expect(lab.inbox.takenAs('f', { place: 'x/a.vol', size: 11, modified: 1000.5 })).toBeNull()
    expect(lab.inbox.places('a')).toEqual([{ folder: 'f', place: 'x/a.vol', size: 10, modified: 1000.5 }])
    lab.inbox.update(record('a', { read: true }))
    expect(lab.inbox.get('a')?.read).toBe(true)
  })

  it('a new profile adds a verdict, and none is ever rewritten', () => {
    lab.inbox.add(record('a'), [], ['aa'])
    lab.inbox.addVerdict('a', verdict('one', '2027-01-01'), { width: 1, height: 2, pixels: Uint8Array.of(1, 2) }, { body: '{}', slo: null })
    lab.inbox.addVerdict('a', verdict('two', '2027-01-02'), null, null)
    lab.inbox.addVerdict('a', verdict('one', '2027-01-03', result('unusable')), null, null)
    expect(lab.inbox.verdicts('a').map(({ profile, result: { verdict: word } }) => [profile, word])).toEqual([
      ['two', 'usable'],
      ['one', 'usable'],
    ])
    expect(lab.inbox.ofFile('aa')).toHaveLength(2)
    expect(lab.inbox.thumb('a')).toEqual({ width: 1, height: 2, pixels: Uint8Array.of(1, 2) })
    expect(lab.inbox.earlier('a')).toEqual({ body: '{}', slo: null })
  })

  it('keep the fundus pictures of a patient’s two newest days', () => {
    const slo = Uint8Array.from({ length: 400 }, (_, i) => i % 7)
    const days = ['2027-01-01', '2027-02-01', '2027-03-01']
    for (const day of days) {
      lab.inbox.add(record(day, { day }), [], [])
      lab.inbox.addVerdict(day, verdict('one', day), null, { body: '{}', slo })
    }
    expect(days.map((day) => lab.inbox.earlier(day)?.slo ?? null)).toEqual([null, slo, slo])
  })

  it('keep every word, and the newest counts', () => {
    lab.inbox.add(record('a'), [], [])
    expect(lab.inbox.decision('a')).toBeNull()
    lab.inbox.decide('a', { what: 'keep', by: 'jk', at: '1' })
    lab.inbox.decide('a', { what: 'take-again', by: 'mt', at: '2' })
    expect(lab.inbox.decision('a')).toEqual({ what: 'take-again', by: 'mt', at: '2' })
    const word = { criterion: 'S', machine: 'warn', status: 'pass', reason: 'good enough', by: 'jk', at: '3' } as const
    lab.inbox.override('a', word)
    lab.inbox.override('a', { ...word, status: 'fail', at: '4' })
    expect(lab.inbox.overrides('a')).toEqual([{ ...word, status: 'fail', at: '4' }])
    lab.inbox.choose('slot', 'a', 'jk', '5')
    expect(lab.inbox.chosen('slot')).toBe('a')
  })

  it('forget what the demo device exported, and nothing else', () => {
    lab.inbox.add(record('a'), [], ['aa'])
    lab.inbox.add(record('demo', { demo: true }), [{ place: 'd', size: 1, modified: 1 }], ['dd'])
    lab.inbox.addVerdict('demo', verdict('one', '1'), null, null)
    lab.inbox.removeDemo()
    expect(lab.inbox.get('demo')).toBeNull()
    expect(lab.inbox.ofFile('dd')).toEqual([])
    expect(lab.inbox.get('a')).not.toBeNull()
  })
})
