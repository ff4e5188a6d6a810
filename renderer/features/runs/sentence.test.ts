import { expect, it } from 'vitest'
import type { Receipt, RunSummary } from '../../../preload/contract.ts'
import { sentenceOf } from './sentence.ts'

const receipt = (owed: string[]): Receipt => ({
  id: 'x',
  run: 'r',
  by: 'mr',
  at: '',
  complete: owed.length === 0,
  items: [],
  published: [],
  owed,
  cannotProve: [],
  engine: '',
  chain: '',
})

it.each<[RunSummary['state'], RunSummary['home'], string[], string]>([
  ['queued', 'none', [], 'going'],
  ['running', 'none', [], 'going'],
  ['wiping', 'read-back', [], 'wiping-home'],
  ['wiping', 'waiting', [], 'wiping-waiting'],
  ['wiping', 'none', [], 'wiping-none'],
  ['done', 'read-back', [], 'home'],
  ['done', 'waiting', [], 'waiting'],
  ['done', 'local', [], 'local'],
  ['done', 'none', [], 'done-none'],
  ['done', 'read-back', ['volume'], 'done-owed'],
  ['failed', 'none', [], 'failed'],
  ['failed', 'none', ['container'], 'failed-owed'],
  ['cancelled', 'none', [], 'cancelled'],
  ['cancelled', 'none', ['container'], 'cancelled-owed'],
])('%s, %s, owed %j: %s', (state, home, owed, sentence) => expect(sentenceOf({ state, home }, receipt(owed))).toBe(sentence))

it('has nothing owed without a receipt', () => expect(sentenceOf({ state: 'done', home: 'read-back' }, null)).toBe('home'))

it('does not call a run clean whose receipt is not complete', () => {
  expect(sentenceOf({ state: 'done', home: 'read-back' }, { ...receipt([]), complete: false })).toBe('done-owed')
})

it('tells results kept in memory alone from those that outlive the window', () => {
  expect(sentenceOf({ state: 'done', home: 'waiting' }, null, { kept: false })).toBe('waiting-memory')
})

it('tells a run that waits for its engine here', () => {
  expect(sentenceOf({ state: 'running', home: 'none', place: 'here' }, null, { waits: true })).toBe('waits-here')
  expect(sentenceOf({ state: 'wiping', home: 'waiting', place: 'here' }, null, { waits: true })).toBe('wiping-waiting')
})

it('tells a run that goes on in the cloud from one that waits for it', () => {
  expect(sentenceOf({ state: 'running', home: 'none', place: 'cloud' }, null)).toBe('going-cloud')
  expect(sentenceOf({ state: 'running', home: 'none', place: 'cloud' }, null, { kept: false })).toBe('going-cloud-here')
  expect(sentenceOf({ state: 'wiping', home: 'none', place: 'cloud' }, null)).toBe('wiping-cloud')
  expect(sentenceOf({ state: 'queued', home: 'none', place: 'cloud' }, null)).toBe('going')
  expect(sentenceOf({ state: 'running', home: 'none', place: 'cloud' }, null, { cloudWaits: true })).toBe('cloud-waits')
})
