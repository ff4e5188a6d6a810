import { describe, expect, it } from 'vitest'
import { defaultProfile } from '../../oct/quality/profile.ts'
import { criterion } from './inbox.fixture.ts'
import { type Attempt, bestFirst, inOrder, queueOf, slotOf, studyOf, visitKey, visitOf } from './visits.ts'

const attempt = (id: string, more: Partial<Attempt> = {}): Attempt => ({
  id,
  patient: 'P-0142',
  visit: 'V02',
  demo: false,
  day: '2027-03-14',
  takenAt: `10:00:0${id.slice(-1)}`,
  arrivedAt: `2027-03-14T09:00:0${id.slice(-1)}Z`,
  laterality: 'OD',
  protocol: 'ring',
  state: 'judged',
  verdict: 'usable',
  decidedBy: [],
  criteria: [],
  read: true,
  decision: null,
  ...more,
})
const nobody = () => null
const visit = (attempts: Attempt[], chosen: (slot: string) => string | null = nobody) => visitOf(attempts, defaultProfile, chosen, '2027-03-14')
const slot = (attempts: Attempt[], chosen: (slot: string) => string | null = nobody) => visit(attempts, chosen).slots[0]
const whole = () =>
  (['OD', 'OS'] as const).flatMap((laterality, eye) => ['ring', 'macula'].map((protocol, n) => attempt(`s${2 * eye + n}`, { laterality, protocol })))

describe('visits', () => {
  it('belong together by patient and visit, else by the local date', () => {
    expect(visitKey(attempt('1'))).toBe(visitKey(attempt('2', { day: '2027-03-15' })))
    expect(visitKey(attempt('1', { visit: '' }))).not.toBe(visitKey(attempt('2', { visit: '', day: '2027-03-15' })))
    expect(visitKey(attempt('1', { patient: '' }))).toBe(visitKey(attempt('2', { patient: '', visit: 'V09' })))
    expect(visitKey(attempt('1', { demo: true }))).not.toBe(visitKey(attempt('2')))
    expect(slotOf(attempt('1', { protocol: null }))).toBe('other/OD')
  })

  it('are complete once every slot the profile asks for is good', () => {
    expect(visit(whole())).toMatchObject({ good: 4, wanted: 4, complete: true, sentence: { en: 'Complete, the patient may go.' } })
    const without = visit(whole().slice(1))
    expect(without).toMatchObject({ good: 3, complete: false })
    expect(without.sentence).toEqual({
      en: 'The patient stays. Not taken yet: Ring 12° OD.',
      de: 'Die Person bleibt. Noch nicht aufgenommen: Ring 12° OD.',
    })
    expect(without.slots.map(({ protocol, eye, state }) => `${protocol}/${eye} ${state}`)).toEqual([
      'ring/OD missing',
      'macula/OD good',
      'ring/OS good',
      'macula/OS good',
    ])
  })

  it('let nobody go by scans of another day under the same visit’s id', () => {
    const old = whole().map((each) => ({ ...each, id: `old-${each.id}`, day: '2026-09-01' }))
    const today = attempt('s0')
    expect(visit([...old, today]).sentence.en).toBe('Complete with scans of 2026-09-01. If they are of another visit, the patient stays.')
    expect(visit([...old, ...whole()]).sentence.en).toBe('Complete, the patient may go.')
  })

  it('of another day say what is lacking, and let nobody stay or go', () => {
    const old = whole().map((each) => ({ ...each, day: '2026-09-01' }))
    expect(visit(old).sentence.en).toBe('Complete.')
    expect(visit(old.slice(1)).sentence.en).toBe('An earlier visit. Not taken yet: Ring 12° OD.')
  })

  it.each([
    ['good', [attempt('1')]],
    ['unread', [attempt('1', { read: false })]],
    ['judging', [attempt('1', { state: 'judging', verdict: null, read: false })]],
    ['again', [attempt('1', { verdict: 'unusable' })]],
    ['look', [attempt('1', { verdict: 'ambiguous' })]],
    ['good', [attempt('1', { verdict: 'ambiguous', decision: 'keep' })]],
    ['good', [attempt('1', { verdict: 'unusable', decision: 'keep-best' })]],
    ['look', [attempt('1', { verdict: 'unusable', decision: 'ask-reader' })]],
    ['look', [attempt('1', { decision: 'ask-reader' })]],
    ['again', [attempt('1', { decision: 'take-again' })]],
    ['good', [attempt('1'), attempt('2', { state: 'judging', verdict: null, read: false })]],
    ['judging', [attempt('1', { verdict: 'unusable' }), attempt('2', { state: 'judging', verdict: null, read: false })]],
    ['unread', [attempt('1', { verdict: 'unusable' }), attempt('2', { read: false })]],
    ['again', [attempt('1', { state: 'refused', verdict: null })]],
  ] as const)('a slot is %s (%#)', (state, attempts) => {
    expect(slot([...attempts])?.state).toBe(state)
  })

  it('an eye or a protocol nobody asked for has a slot of its own, and counts for nothing', () => {
    const { slots, wanted } = visit([attempt('1', { laterality: 'unknown' }), attempt('2', { protocol: null }), attempt('3', { protocol: 'gone' })])
    expect(slots.map(({ protocol, eye }) => `${protocol}/${eye}`)).toEqual([
      'ring/OD',
      'macula/OD',
      'other/OD',
      'ring/OS',
      'macula/OS',
      'ring/unknown',
    ])
    expect(slots.find(({ protocol }) => protocol === 'other')?.attempts).toHaveLength(2)
    expect(wanted).toBe(4)
  })

  it('without a patient ask for nothing', () => {
    expect(visit([attempt('1', { patient: '' })])).toMatchObject({ patient: '', visit: '', wanted: 0, complete: false })
  })

  it('offer to keep the best after three attempts without a good one', () => {
    const bad = ['1', '2', '3'].map((id) => attempt(id, { verdict: 'unusable' }))
    expect(slot(bad.slice(0, 2))?.offerKeepBest).toBe(false)
    expect(slot(bad)?.offerKeepBest).toBe(true)
    expect(slot([...bad, attempt('4')])?.offerKeepBest).toBe(false)
    expect(slot([{ ...(bad[0] as Attempt), decision: 'keep-best' }, ...bad.slice(1)])?.offerKeepBest).toBe(false)
  })
})

describe('attempts', () => {
  const value = (id: string, verdict: Attempt['verdict'], number: number) =>
    attempt(id, { verdict, decidedBy: ['S'], criteria: [{ ...criterion('S', 'warn', number), threshold: '>= 15' }] })

  it('come best first: by verdict, then by what decided, then the newer', () => {
    const list = [value('1', 'unusable', 9), value('2', 'ambiguous', 12), value('3', 'ambiguous', 14), attempt('4'), attempt('5')]
    expect(bestFirst(list).map(({ id }) => id)).toEqual(['5', '4', '3', '2', '1'])
    const lower = (id: string, number: number) =>
      attempt(id, { verdict: 'unusable', decidedBy: ['C'], criteria: [{ ...criterion('C', 'fail', number), threshold: '<= 0.2' }] })
    expect(bestFirst([lower('1', 0.3), lower('2', 0.9)]).map(({ id }) => id)).toEqual(['1', '2'])
    expect(bestFirst([attempt('1', { state: 'judging', verdict: null }), value('2', 'unusable', 1)]).map(({ id }) => id)).toEqual(['2', '1'])
  })

  it('are counted in the order of acquisition, whenever they arrived', () => {
    const late = attempt('1', { takenAt: '11:00:00', arrivedAt: '2027-03-14T09:00:00Z' })
    expect(inOrder([late, attempt('2')]).map(({ id }) => id)).toEqual(['2', '1'])
  })

  it('one is the study’s: a person’s choice, else what a person kept, else the best', () => {
    const list = [attempt('1'), value('2', 'ambiguous', 12), value('3', 'unusable', 3)]
    expect(studyOf(list, null)?.id).toBe('1')
    expect(studyOf(list, '3')?.id).toBe('3')
    expect(studyOf(list, 'gone')?.id).toBe('1')
    expect(studyOf([list[0] as Attempt, { ...(list[1] as Attempt), decision: 'keep' }], null)?.id).toBe('2')
    expect(studyOf([attempt('1', { decision: 'take-again' }), value('2', 'unusable', 3)], null)?.id).toBe('2')
    expect(studyOf([attempt('1', { state: 'judging', verdict: null })], null)).toBeNull()
    const key = visitKey(attempt('1'))
    expect(slot(list, (name) => (name === `${key} ring/OD` ? '3' : null))?.study).toBe('3')
  })

  it('wait to be read, oldest first, without the one being read', () => {
    const list = [attempt('3', { read: false }), attempt('1', { read: false }), attempt('2'), attempt('4', { state: 'judging', read: false })]
    expect(queueOf(list, null)).toEqual(['1', '3'])
    expect(queueOf(list, '1')).toEqual(['3'])
  })
})
