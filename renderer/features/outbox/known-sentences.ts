/** Why something waits, as a sentence of the window's own in every language. Pure. */
import type { AppStore } from '../../../preload/contract.ts'
import type { OutboxItem } from '../../../preload/outbox.ts'
import type en from './en.ts'

export type SayKey = keyof (typeof en)['say']

/** What the engine room says, and what it means. */
const shapes: readonly [SayKey, RegExp][] = [
  ['signIn', /until somebody signs in/],
  ['other', /another archive/],
  ['full', /no room|disk is full|quota/i],
]

const bySession: Record<AppStore['session']['state'], SayKey | null> = {
  offline: 'offline',
  expired: 'signIn',
  'signed-out': 'signIn',
  'signed-in': null,
}

/**
 * The sentence for an item; null where the engine room's own says more than ours could. What must be decided is told by its state, what
 * waits by whether its archive can be reached at all.
 */
export function sayOf(
  { state, kind, message }: Pick<OutboxItem, 'state' | 'kind' | 'message'>,
  session: AppStore['session']['state'],
): SayKey | null {
  if (state === 'locked') return kind === 'grading' ? 'lockedGrading' : 'locked'
  if (state === 'conflict' || state === 'sending') return state
  const known = message === null ? undefined : shapes.find(([, shape]) => shape.test(message))?.[0]
  if (state === 'refused') return known ?? (message === null ? 'refused' : null)
  return bySession[session] ?? known ?? (message === null ? 'next' : null)
}
