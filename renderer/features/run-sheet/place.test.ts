import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../../preload/cloud.ts'
import { cloudStatus } from '../cloud/status.fixture.ts'
import { aboutTime, type PlaceFacts, placeOptions, placeTaken } from './place.ts'

const estimate: Estimate = {
  here: { seconds: 20, why: null },
  cloud: { seconds: 180, why: null },
  auto: { place: 'cloud', why: 'The queue here is long.' },
}
const facts: PlaceFacts = { pipeline: { places: ['here', 'cloud'] }, local: false, engineReady: true, cloud: cloudStatus(), estimate }
const whys = (change: Partial<PlaceFacts>) => placeOptions({ ...facts, ...change }).map(({ place, whyNot }) => [place, whyNot])

describe('placeOptions', () => {
  it('lets a person choose, with the time of each', () => {
    expect(placeOptions(facts)).toEqual([
      { place: 'here', whyNot: null, seconds: 20 },
      { place: 'cloud', whyNot: null, seconds: 180 },
      { place: 'auto', whyNot: null, seconds: 180 },
    ])
  })
  it('needs no estimate to let them', () =>
    expect(whys({ estimate: null })).toEqual([
      ['here', null],
      ['cloud', null],
      ['auto', null],
    ]))
  it.each<[string, Partial<PlaceFacts>, unknown, unknown]>([
    ['no cloud', { cloud: cloudStatus({ state: 'none', runs: false }) }, null, { own: 'none' }],
    ['dropped scans', { local: true }, null, { own: 'local' }],
    ['a cloud that is away', { cloud: cloudStatus({ state: 'away', runs: false }) }, null, { own: 'away' }],
    ['a pipeline of this desk alone', { pipeline: { places: ['here'] } }, null, { own: 'pipeline' }],
    ['a pipeline that says nothing', { pipeline: {} }, null, { own: 'pipeline' }],
    ['a pipeline of the cloud alone', { pipeline: { places: ['cloud'] } }, { own: 'cloud-only' }, null],
    ['no engine', { engineReady: false }, { own: 'engine' }, null],
    ['an image that was not sent', { estimate: { ...estimate, cloud: { seconds: null, why: 'Send it.' } } }, null, { said: 'Send it.' }],
    ['an estimate that is a guess', { estimate: { ...estimate, cloud: { seconds: 9, why: 'A guess.' } } }, null, null],
  ])('%s', (_, change, here, cloud) => {
    expect(whys(change).slice(0, 2)).toEqual([
      ['here', here],
      ['cloud', cloud],
    ])
    expect(whys(change)).toHaveLength(here === null && cloud === null ? 3 : 2)
  })
  it('runs what the application is itself without an engine', () =>
    expect(whys({ engineReady: false, pipeline: { builtin: true, places: ['here'] } })[0]).toEqual(['here', null]))
})

it('takes what is wanted where it can be, else what can, else here', () => {
  const taken = (wanted: 'here' | 'cloud' | 'auto', change: Partial<PlaceFacts>) => placeTaken(wanted, placeOptions({ ...facts, ...change }))
  expect(taken('cloud', {})).toBe('cloud')
  expect(taken('auto', {})).toBe('auto')
  expect(taken('cloud', { local: true })).toBe('here')
  expect(taken('auto', { engineReady: false })).toBe('cloud')
  expect(taken('cloud', { local: true, engineReady: false })).toBe('here')
})

it.each([
  [0.3, { unit: 'instant' }],
  [4.2, { unit: 'seconds', count: 4 }],
  [21, { unit: 'seconds', count: 20 }],
  [57, { unit: 'seconds', count: 55 }],
  [58, { unit: 'minutes', count: 1 }],
  [184, { unit: 'minutes', count: 3 }],
  [1_700, { unit: 'minutes', count: 30 }],
  [5_400, { unit: 'hours', count: 1.5 }],
  [36_000, { unit: 'hours', count: 10 }],
])('%d s are told as %j', (seconds, told) => expect(aboutTime(seconds)).toEqual(told))
