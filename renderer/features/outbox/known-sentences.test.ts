import { describe, expect, it } from 'vitest'
import { answerTo, waitingSentence } from '../../../main/outbox/answers.ts'
import { ScansideError } from '../../../oct/errors.ts'
import type { OutboxItem } from '../../../preload/outbox.ts'
import { type SayKey, sayOf } from './known-sentences.ts'

const waiting = (message: string | null, kind: OutboxItem['kind'] = 'results') => ({ state: 'waiting', kind, message }) as const
const why = (error: unknown): string | null => {
  const answer = answerTo(error)
  return answer.is === 'waits' ? answer.why : answer.message
}

describe('what waits', () => {
  it('waits for its archive before anything else', () => {
    const message = waitingSentence('results', why(new Error('unforeseen')))
    expect(sayOf(waiting(message), 'offline')).toBe('offline')
    expect(sayOf(waiting(message), 'expired')).toBe('signIn')
    expect(sayOf(waiting(message), 'signed-out')).toBe('signIn')
    expect(sayOf(waiting(message), 'signed-in')).toBe('fault')
  })
  it('waits for a sign-in to another archive', () => {
    for (const kind of ['results', 'grading'] as const) expect(sayOf(waiting(waitingSentence(kind, null), kind), 'signed-in')).toBe('signIn')
  })
  it('is sent at the next attempt where nothing is wrong', () => expect(sayOf(waiting(null), 'signed-in')).toBe('next'))
  it('keeps a sentence of the engine room that says more', () => {
    const message = waitingSentence('results', 'Something nobody has foreseen.')
    expect(sayOf(waiting(message), 'signed-in')).toBeNull()
  })
})

it.each<[SayKey, string]>([
  ['forbidden', 'The archive does not let your account do this with this session. Nothing was changed; ask the project’s owner.'],
  ['session', 'The archive has no such thing as this session, or your account may not see it. It may have been moved or renamed.'],
])('what is refused says why: %s', (key, message) => {
  const refused = why(new ScansideError('forbidden', message))
  expect(sayOf({ state: 'refused', kind: 'results', message: refused }, 'signed-in')).toBe(key)
  // Also while the archive is away: a person must decide, not wait.
  expect(sayOf({ state: 'refused', kind: 'results', message: refused }, 'offline')).toBe(key)
})

it('has a sentence for every state without one of the engine room', () => {
  const states: OutboxItem['state'][] = ['waiting', 'sending', 'conflict', 'refused', 'locked']
  for (const state of states)
    for (const kind of ['results', 'grading'] as const) expect(sayOf({ state, kind, message: null }, 'signed-in')).not.toBeNull()
})

it('tells why something cannot be opened', () => {
  const locked = (message: string | null, kind: OutboxItem['kind'] = 'results') => sayOf({ state: 'locked', kind, message }, 'signed-in')
  expect(locked(null)).toBe('locked')
  expect(locked(null, 'grading')).toBe('lockedGrading')
  expect(locked('This was packed by a newer Scanside and is left alone. Update Scanside on this computer to send it.')).toBe('newer')
  expect(locked('The file of this item is damaged. It was put aside and not deleted;')).toBe('damaged')
})
