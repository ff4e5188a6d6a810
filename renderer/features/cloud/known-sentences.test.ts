import { describe, expect, it } from 'vitest'
import { warningsOf } from '../../../main/cloud/warnings.ts'
import { choosePlace, type Situation } from '../../../main/runs/place.ts'
import en from './en.ts'
import { readSaid } from './known-sentences.ts'

/** The sentence again, of our own words. */
const again = (sentence: string): string | null => {
  const said = readSaid(sentence)
  if (!said) return null
  return Object.entries(said.blanks).reduce((text, [name, value]) => text.replace(`{{${name}}}`, value), en.said[said.key])
}

const worst: Parameters<typeof warningsOf>[0] = {
  roles: ['admin', 'swiftoperator'],
  expiresAt: '2026-03-20T00:00:00Z',
  links: false,
  means: 'password',
  engine: 'zun',
  limits: { instances: { used: 10, max: 10 }, cores: { used: 0, max: -1 }, ramMiB: { used: 0, max: -1 } },
  own: 0,
  now: Date.parse('2026-03-14T00:00:00Z'),
  clock: null,
}

describe('what the engine room says, word for word', () => {
  const days = ['2026-03-10', '2026-03-14', '2026-03-15', '2026-03-20'].map((day) => `${day}T12:00:00Z`)
  const sentences = days.flatMap((expiresAt) => warningsOf({ ...worst, expiresAt })).concat(warningsOf({ ...worst, roles: ['member'] }))
  it.each([...new Set(sentences)])('%s', (sentence) => expect(again(sentence)).toBe(sentence))
})

describe('why a place is chosen, word for word', () => {
  const load = { waiting: 0, running: 0, concurrency: 1, each: 20, guessed: false }
  const base: Situation = {
    runs: 1,
    local: false,
    places: ['here', 'cloud'],
    here: { ready: true, load },
    cloud: { obstacle: null, load: { ...load, concurrency: 10 }, start: 60 },
  }
  it.each<[string, Partial<Situation>]>([
    ['dropped scans', { local: true }],
    ['here alone', { places: ['here'] }],
    ['cloud alone', { places: ['cloud'] }],
    ['no engine', { here: { ready: false, load } }],
    ['sooner here', {}],
    ['the queue is long', { here: { ready: true, load: { ...load, waiting: 100 } } }],
    ['no room', { cloud: { ...base.cloud, load: { ...load, concurrency: 0 } } }],
    ['the queue is short', { here: { ready: true, load: { ...load, each: 70 } } }],
  ])('%s', (_, change) => {
    const { why } = choosePlace({ ...base, ...change })
    expect(again(why)).toBe(why)
  })
})

it('leaves other sentences as they are', () => expect(readSaid('keystone.example.org cannot be reached.')).toBeNull())
