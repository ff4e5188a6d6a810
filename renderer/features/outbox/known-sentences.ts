/** Why something waits, as a sentence of the window's own in every language. Pure. */
import type { AppStore } from '../../../preload/contract.ts'
import type { OutboxItem } from '../../../preload/outbox.ts'
import type en from './en.ts'

export type SayKey = keyof (typeof en)['say']

/** What the engine room says, and what it means. */
const shapes: readonly [SayKey, RegExp][] = [
  ['signIn', /until somebody signs in|sign-in has expired/],
  ['forbidden', /does not let your account do this|took the upload and stored nothing/],
  ['session', /has no such thing as/],
  ['full', /has no space left/],
  ['busy', /is busy and asks for patience/],
  ['fault', /reports a fault of its own|answered something Scanside did not expect/],
  ['again', /It will be sent again/],
]

/** Why an item cannot be opened. */
const locks: readonly [SayKey, RegExp][] = [
  ['newer', /packed by a newer Scanside/],
  ['damaged', /file of this item is damaged/],
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
  const among = (known: typeof shapes) => (message === null ? undefined : known.find(([, shape]) => shape.test(message))?.[0])
  if (state === 'locked') return among(locks) ?? (kind === 'grading' ? 'lockedGrading' : 'locked')
  if (state === 'conflict' || state === 'sending') return state
  const known = among(shapes)
  if (state === 'refused') return known ?? (message === null ? 'refused' : null)
  return bySession[session] ?? known ?? (message === null ? 'next' : null)
}
