import { describe, expect, it } from 'vitest'
import { inboxStoreSchema } from '../../../preload/inbox.ts'
import { criterionOf, inboxOf, scanOf, slotOf, visitOf } from './fixture.ts'
import {
  attemptBeside,
  byEye,
  firstWord,
  folderInFront,
  identified,
  inLanguage,
  inMiddle,
  opener,
  openVisit,
  rowBeside,
  rows,
  scansById,
  slotMark,
  strip,
  tellingFrame,
  type WatchedFolder,
} from './model.ts'

const first = scanOf('a1', { verdict: 'unusable', attempt: 1 })
const second = scanOf('a2', { attempt: 2, study: true })
const left = scanOf('b1', { laterality: 'OS', read: false })
const other = scanOf('c1')
const visits = [
  visitOf('1', [slotOf('OD', 'ring', ['a2', 'a1']), slotOf('OS', 'ring', ['b1'], { state: 'unread' }), slotOf('OS', 'macula', [])]),
  visitOf('2', [slotOf('OD', 'ring', ['c1'], { state: 'again' })]),
]
const scans = [first, second, left, other]
const inbox = inboxOf(visits, scans)

it('is what the contract allows', () => expect(inboxStoreSchema.parse(inbox)).toEqual(inbox))

describe('a visit', () => {
  it('has the right eye first and leaves out eyes without a slot', () => {
    expect(byEye(visits[0] as (typeof visits)[0], scansById(scans)).map(({ eye, slots }) => [eye, slots.length])).toEqual([
      ['OD', 1],
      ['OS', 2],
    ])
  })
  it('stands for what is unread, else for what is on its way, else for the study’s scan', () => {
    const front = (a1: Partial<typeof first>) =>
      byEye(visits[0] as (typeof visits)[0], scansById([{ ...first, ...a1 }, second, left]))[0]?.slots[0]?.front?.id
    expect(front({})).toBe('a2')
    expect(front({ read: false })).toBe('a1')
    expect(front({ state: 'judging', verdict: null })).toBe('a1')
  })
  it('opens with what is to be read, else with what is to be taken again', () => {
    expect(opener(visits[0] as (typeof visits)[0], scansById(scans))).toBe('b1')
    expect(opener(visits[1] as (typeof visits)[0], scansById(scans))).toBe('c1')
    expect(opener(visitOf('3', [slotOf('OD', 'ring', [])]), scansById(scans))).toBeNull()
  })
})

describe('the shape of a slot', () => {
  const view = (state: Parameters<typeof slotOf>[3], front = second) => ({ slot: slotOf('OD', 'ring', ['a2'], state), attempts: [front], front })
  it.each([
    ['missing', 'none'],
    ['judging', 'wait'],
    ['unread', 'wait'],
    ['good', 'usable'],
    ['look', 'ambiguous'],
    ['again', 'unusable'],
  ] as const)('%s is %s: a verdict nobody has read is not told', (state, mark) => expect(slotMark(view({ state }))).toBe(mark))
  it('is that of no verdict for a file that could not be read', () =>
    expect(slotMark(view({ state: 'again' }, scanOf('x', { state: 'refused', verdict: null })))).toBe('unknown'))
})

describe('the first word', () => {
  const coming = { state: 'judging', verdict: null } as const
  it('is told while the rest is judged', () =>
    expect(firstWord(scanOf('a', { ...coming, provisional: { verdict: 'unusable', decidedBy: [] } }))).toBe('unusable'))
  it('is `unknown` where no fault was found so far: never usable', () =>
    expect(firstWord(scanOf('a', { ...coming, provisional: { verdict: 'unknown', decidedBy: [] } }))).toBe('unknown'))
  it('is none before anything was looked at, and after the verdict', () => {
    expect(firstWord(scanOf('a', coming))).toBeNull()
    expect(firstWord(scanOf('a', { provisional: { verdict: 'unusable', decidedBy: [] } }))).toBeNull()
  })
})

describe('the middle', () => {
  it('is the verdict being read, whatever else has come', () => {
    const coming = scanOf('n', { state: 'judging', verdict: null, provisional: { verdict: 'unusable', decidedBy: [] } })
    expect(inMiddle(inboxOf(visits, [...scans, coming], { reading: 'a1' }))?.id).toBe('a1')
    expect(inMiddle(inboxOf(visits, [...scans, coming]))?.id).toBe('n')
  })
  it('is, where nothing is read, the scan with a first word before one without', () => {
    const word = scanOf('w', { state: 'judging', verdict: null, provisional: { verdict: 'usable', decidedBy: [] } })
    expect(inMiddle({ reading: null, scans: [word, scanOf('n', { state: 'judging', verdict: null })] })?.id).toBe('w')
  })
  it('is empty while nothing is read and nothing comes', () => expect(inMiddle(inbox)).toBeNull())
  it('opens its own visit, else the newest', () => {
    expect(openVisit(inbox, other)?.id).toBe('2')
    expect(openVisit(inbox, null)?.id).toBe('1')
  })
})

describe('the arrows', () => {
  it('pass the slots as they are listed', () => expect(rows(inbox).map(({ id }) => id)).toEqual(['a2', 'b1', 'c1']))
  it('go on from any attempt of a slot, over the end of a visit, and stop at the ends', () => {
    expect(rowBeside(inbox, 'a1', 1)).toBe('b1')
    expect(rowBeside(inbox, 'b1', 1)).toBe('c1')
    expect(rowBeside(inbox, 'c1', 1)).toBeNull()
    expect(rowBeside(inbox, 'a2', -1)).toBeNull()
    expect(rowBeside(inbox, null, 1)).toBe('a2')
  })
  it('go through the attempts, best first', () => {
    expect(attemptBeside(visits, 'a2', 1)).toBe('a1')
    expect(attemptBeside(visits, 'a2', -1)).toBeNull()
    expect(attemptBeside(visits, 'a1', -1)).toBe('a2')
  })
})

describe('the strip of criteria', () => {
  it('has failed ones first and not judged ones last, one of each kind', () => {
    const criteria = [
      criterionOf('S', 'pass'),
      criterionOf('A', 'unknown'),
      criterionOf('completeness', 'fail'),
      criterionOf('completeness.upper', 'fail'),
      criterionOf('I', 'warn'),
      criterionOf('QI', 'pass', { experimental: true }),
      criterionOf('R', 'unknown'),
    ]
    const shown = strip({ criteria, decidedBy: ['completeness.upper'], overrides: [] })
    expect(shown.map(({ criterion }) => criterion.id)).toEqual(['completeness.upper', 'I', 'S', 'A'])
  })
  it('shows a person’s newest word, also on what no machine decides', () => {
    const word = (status: 'pass' | 'fail') => ({ criterion: 'R', machine: 'unknown' as const, status, reason: 'seen', by: 'JK', at: '' })
    const [shown] = strip({ criteria: [criterionOf('R', 'unknown')], decidedBy: [], overrides: [word('fail'), word('pass')] })
    expect(shown?.override?.status).toBe('pass')
  })
})

describe('the B-scan to show', () => {
  const at = (frame: number, from: number, to: number) => ({ frame, from, to, kind: 'cut-upper' as const })
  it('is the one with the longest faults together', () => expect(tellingFrame(61, [at(3, 0, 50), at(7, 0, 30), at(7, 60, 100)])).toBe(7))
  it('is the first of equals', () => expect(tellingFrame(61, [at(9, 0, 50), at(3, 0, 50)])).toBe(3))
  it('is the middle one without faults, and leaves out B-scans that are none', () => {
    expect(tellingFrame(61, [])).toBe(30)
    expect(tellingFrame(7, [at(9, 0, 50)])).toBe(3)
    expect(tellingFrame(1, [])).toBe(0)
  })
})

describe('folders', () => {
  const folder = (id: string, given: Partial<WatchedFolder>): WatchedFolder => ({
    id,
    label: id,
    state: 'watching',
    message: { en: '', de: '' },
    lastFileAt: null,
    waiting: 0,
    older: 0,
    identified: { files: 2, oldestDays: 3 },
    fixed: false,
    ...given,
  })
  it('show the one that is away first, then the one a file came from last', () => {
    const a = folder('a', { lastFileAt: '2026-03-14T10:00:00Z' })
    const b = folder('b', { lastFileAt: '2026-03-14T11:00:00Z' })
    expect(folderInFront([a, b])?.id).toBe('b')
    expect(folderInFront([a, b, folder('c', { state: 'away' })])?.id).toBe('c')
    expect(folderInFront([])).toBeNull()
  })
  it('are counted together', () =>
    expect(identified([folder('a', {}), folder('b', { identified: { files: 1, oldestDays: 12 } })])).toEqual({ files: 3, oldestDays: 12 }))
})

it('speaks the window’s language, English where it is neither', () => {
  const words = { en: 'take again', de: 'wiederholen' }
  expect(['de', 'de-AT', 'en', 'fr'].map((language) => inLanguage(words, language))).toEqual([
    'wiederholen',
    'wiederholen',
    'take again',
    'take again',
  ])
})
