import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../preload/contract.ts'
import { filtered, groupRuns, mergeRuns, waitsForCloud, waitsHere } from './grouping.ts'

const now = new Date(2026, 2, 14, 12, 0)
const run = (id: string, state: RunSummary['state'], hoursAgo: number, more: Partial<RunSummary> = {}): RunSummary => ({
  id,
  pipeline: { name: 'OCT quality', version: '0.1.0' },
  state,
  subject: '1 scan',
  scans: 1,
  startedBy: 'mr',
  createdAt: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
  endedAt: null,
  progress: null,
  verdicts: [],
  message: null,
  home: 'none',
  demo: true,
  ...more,
})

describe('groupRuns', () => {
  it('puts what goes on first, however old, then today, then earlier', () => {
    const groups = groupRuns([run('a', 'done', 1), run('b', 'running', 30), run('c', 'failed', 13)], now)
    expect(groups.map((group) => [group.kind, group.runs.map((one) => one.id)])).toEqual([
      ['active', ['b']],
      ['today', ['a']],
      ['earlier', ['c']],
    ])
  })
  it('leaves empty groups out', () => expect(groupRuns([], now)).toEqual([]))
  it('keeps a run whose time cannot be read', () => {
    expect(groupRuns([run('x', 'done', 0, { createdAt: 'never' })], now)).toMatchObject([{ kind: 'earlier', runs: [{ id: 'x' }] }])
  })
})

describe('filtered', () => {
  const runs = [run('a', 'done', 1), run('b', 'wiping', 1), run('c', 'failed', 1), run('d', 'cancelled', 1)]
  it('lets everything through', () => expect(filtered(runs, 'all')).toHaveLength(4))
  it('counts wiping as active', () => expect(filtered(runs, 'active').map((one) => one.id)).toEqual(['b']))
  it('does not count cancelled as failed', () => expect(filtered(runs, 'failed').map((one) => one.id)).toEqual(['c']))
})

describe('mergeRuns', () => {
  it('takes the pushed state of a run that was pulled before', () => {
    const merged = mergeRuns([run('a', 'done', 1)], [run('a', 'running', 1), run('b', 'done', 5)])
    expect(merged.map((one) => [one.id, one.state])).toEqual([
      ['a', 'done'],
      ['b', 'done'],
    ])
  })
})

describe('waitsForCloud', () => {
  const there = (state: RunSummary['state'], message: string | null = null) => run('a', state, 0, { place: 'cloud', message })
  it.each([
    [there('running'), 'ready', false],
    [there('running', 'Waits until the cloud is ready.'), 'ready', true],
    [there('running'), 'away', true],
    [there('queued'), 'signed-out', true],
    // A failed run being wiped has its sentence already.
    [there('wiping', 'The machine had no room.'), 'ready', false],
    [there('failed', 'The machine had no room.'), 'away', false],
    [run('a', 'running', 0), 'none', false],
  ] as const)('%#', (one, state, waits) => expect(waitsForCloud(one, { state })).toBe(waits))
})

it('knows a run that waits at this desk by what main says of it', () => {
  expect(waitsHere(run('a', 'running', 0, { message: 'Waits for the container engine, which does not answer.' }))).toBe(true)
  expect(waitsHere(run('a', 'running', 0))).toBe(false)
  // A failed run being wiped has its sentence already.
  expect(waitsHere(run('a', 'wiping', 0, { message: 'The pipeline failed.' }))).toBe(false)
  expect(waitsHere(run('a', 'failed', 0, { message: 'The pipeline failed.' }))).toBe(false)
  expect(waitsHere(run('a', 'queued', 0, { place: 'cloud', message: 'Waits.' }))).toBe(false)
})
