import { describe, expect, it } from 'vitest'
import { estimateSchema } from '../../preload/cloud.ts'
import type { RunRecord, RunStep } from '../store/lab-runs.ts'
import { alike, guessed, type Known, lasted, startedIn } from './durations.ts'
import { choosePlace, estimateOf, forecast, type LaneLoad, type Situation, spoken } from './place.ts'

const load = (each: number, more: Partial<LaneLoad> = {}): LaneLoad => ({ waiting: 0, running: 0, concurrency: 2, each, guessed: false, ...more })
const situation = (more: Partial<Situation> = {}): Situation => ({
  runs: 1,
  local: false,
  places: ['here', 'cloud'],
  here: { ready: true, load: load(20) },
  cloud: { obstacle: null, load: load(80, { concurrency: 10 }), start: 60 },
  ...more,
})
const away = { obstacle: 'The cloud is not ready.', load: load(80), start: 60 }
const noEngine = { ready: false, load: load(20) }

describe('where a run goes by itself', () => {
  it.each<[string, Partial<Situation>, 'here' | 'cloud', RegExp]>([
    ['small', {}, 'here', /before a machine has started/],
    ['small, though there are a few', { runs: 6 }, 'here', /before a machine/],
    ['offline or signed out', { runs: 100, cloud: away }, 'here', /not ready/],
    ['dropped, whatever the queue', { runs: 100, local: true, here: noEngine }, 'here', /Dropped/],
    ['only here', { runs: 100, places: ['here'] }, 'here', /this computer alone/],
    ['only in the cloud', { places: ['cloud'], cloud: away }, 'cloud', /not on this computer/],
    ['no engine here', { here: noEngine }, 'cloud', /No container engine/],
    ['no engine here, and no cloud', { here: noEngine, cloud: away }, 'here', /not ready/],
    ['many', { runs: 40 }, 'cloud', /queue here takes/],
    ['one behind a long queue', { here: { ready: true, load: load(20, { waiting: 30 }) } }, 'cloud', /queue here takes/],
    ['one long run with nothing before it', { here: { ready: true, load: load(600) } }, 'here', /shorter than a machine/],
    [
      'one behind a long queue, and a longer one in the cloud',
      {
        here: { ready: true, load: load(20, { waiting: 30 }) },
        cloud: { obstacle: null, load: load(80, { waiting: 300, concurrency: 10 }), start: 60 },
      },
      'here',
      /done here \(about 5 min\) before it would be in the cloud \(about 40 min\)/,
    ],
    [
      'many, and the quota leaves no machine',
      { runs: 40, cloud: { obstacle: null, load: load(80, { concurrency: 0 }), start: 60 } },
      'here',
      /no room/,
    ],
  ])('%s', (_what, more, place, why) => {
    const chosen = choosePlace(situation(more))
    expect(chosen).toEqual({ place, why: expect.stringMatching(why) })
    expect(chosen.why).toMatch(/\.$/)
    expect(estimateSchema.parse(estimateOf(situation(more))).auto).toEqual(chosen)
  })

  it('is no other where more wait here, once it is the cloud', () => {
    let before: 'here' | 'cloud' = 'here'
    for (let waiting = 0; waiting < 60; waiting++) {
      const { place } = choosePlace(situation({ here: { ready: true, load: load(20, { waiting }) } }))
      if (before === 'cloud') expect(place).toBe('cloud')
      before = place
    }
    expect(before).toBe('cloud')
  })
})

describe('an estimate', () => {
  it('counts what is before, half of what is under way, and how many run at once', () => {
    expect(forecast(load(10), 1)).toEqual({ seconds: 10, untilLast: 0 })
    expect(forecast(load(10), 4)).toEqual({ seconds: 20, untilLast: 10 })
    expect(forecast(load(10, { waiting: 3, running: 2 }), 4)).toEqual({ seconds: 40, untilLast: 30 })
    expect(forecast(load(10, { concurrency: 0 }), 2).seconds).toBe(20)
  })

  it('says why not, and what is a guess', () => {
    const shown = estimateOf(situation({ cloud: { ...away, load: load(80) }, here: { ready: true, load: load(20, { guessed: true }) } }))
    expect(shown).toMatchObject({ here: { seconds: 20, why: expect.stringMatching(/^A guess/) }, cloud: { seconds: null, why: away.obstacle } })
    expect(estimateOf(situation({ local: true })).cloud).toEqual({ seconds: null, why: expect.stringMatching(/Upload them/) })
  })

  it.each([
    [0.2, '1 s'],
    [89, '89 s'],
    [90, '2 min'],
    [3_600, '60 min'],
    [7_200, '2.0 h'],
  ])('says %s seconds as %s', (seconds, text) => expect(spoken(seconds)).toBe(text))
})

describe('how long runs took', () => {
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString()
  const step = (state: RunStep['state'], seconds: number): RunStep => ({ state, at: at(seconds), note: '' })
  const record = (more: Partial<RunRecord> = {}) =>
    ({ state: 'done', pipeline: { name: 'p', version: '1' }, engine: 'docker 28', ...more }) as RunRecord
  const resume = (spoke: number) => ({ pipeline: '', values: {}, engine: null, workspace: null, spokeAt: at(spoke) })
  const known = (took: number, spoke: number | null = null, twice = false): Known => ({
    record: record(spoke === null ? {} : { place: 'cloud', resume: resume(10 + spoke) }),
    steps: [step('queued', 0), step('staging', 5), step('running', 10), ...(twice ? [step('running', 500)] : []), step('done', 5 + took)],
  })

  it('is the middle of those of this kind, without those that lay still between two lives', () => {
    expect(lasted([known(10), known(30), known(20), known(4_000, null, true)])).toBe(20)
    expect(lasted([])).toBeNull()
    expect(startedIn([known(90, 40), known(90, 60), known(90, 50), known(10)])).toBe(50)
    expect(startedIn([known(10)])).toBeNull()
  })

  it('knows kinds by pipeline and lane', () => {
    const own = record({ engine: 'this application 1.0' })
    const cloud = record({ place: 'cloud' })
    const all = [record(), own, cloud, record({ state: 'failed' }), record({ pipeline: { name: 'p', version: '2' } })]
    const pipeline = { name: 'p', version: '1' }
    expect(alike(all, pipeline, 'container')).toEqual([all[0]])
    expect(alike(all, pipeline, 'builtin')).toEqual([own])
    expect(alike(all, pipeline, 'cloud')).toEqual([cloud])
  })

  it('grows with the bytes where nothing is known', () => {
    expect(guessed('cloud', 200e6, 90)).toBeGreaterThan(guessed('cloud', 20e6, 90))
    expect(guessed('container', null)).toBeGreaterThan(0)
  })
})
