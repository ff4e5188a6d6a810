/** Every check looks for a time of its own: one that hangs leaves the others untouched. */
import type { Check } from '../../preload/diagnostics.ts'
import { type CheckId, notLookedAt } from './judge.ts'

export interface Look {
  id: CheckId
  /** ms */
  limitMs: number
  /** Effects and judgement. The signal is aborted when its time is over; nobody waits for it then. */
  look(signal: AbortSignal): Promise<Check> | Check
}

/** Resolves after `ms`; rejects where `signal` is aborted before. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>

/** One look, ended by its time. Never rejects. */
export async function looked({ id, limitMs, look }: Look, sleep: Sleep, report: (error: unknown) => void): Promise<Check> {
  const ended = new AbortController()
  const answered = new AbortController()
  const seconds = Math.round(limitMs / 1000)
  const late = sleep(limitMs, answered.signal).then(
    () => notLookedAt(id, 'no-answer', seconds),
    () => notLookedAt(id, 'failed', seconds),
  )
  const answer = (async () => look(ended.signal))().catch((error: unknown) => {
    // What fails because its time is over has been told already.
    if (!ended.signal.aborted) report(error)
    return notLookedAt(id, 'failed', seconds)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    ended.abort()
    answered.abort()
  }
}

/** All at once, in the order given. */
export const lookedAll = (looks: readonly Look[], sleep: Sleep, report: (id: CheckId, error: unknown) => void): Promise<Check[]> =>
  Promise.all(looks.map((each) => looked(each, sleep, (error) => report(each.id, error))))
