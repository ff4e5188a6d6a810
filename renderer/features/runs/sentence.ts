/** Which sentence stands over a run: where the results are, and whether the window may be closed. */
import type { RunDetail, RunSummary } from '../../../preload/contract.ts'
import { isActive } from './grouping.ts'

export type Sentence =
  | 'going'
  | 'going-cloud'
  | 'going-cloud-here'
  | 'cloud-waits'
  | 'waits-here'
  | 'wiping-home'
  | 'wiping-waiting'
  | 'wiping-none'
  | 'wiping-cloud'
  | 'home'
  | 'waiting'
  | 'waiting-memory'
  | 'local'
  | 'done-none'
  | 'failed'
  | 'failed-owed'
  | 'cancelled'
  | 'cancelled-owed'
  | 'done-owed'

/**
 * `cloudWaits`: the cloud it is for does not let it go on. `waits`: its engine or archive here does not. `kept`: the next start knows this run. What is owed is said before anything else that has ended: it is the one thing a
 * person may have to do something about.
 */
export function sentenceOf(
  summary: Pick<RunSummary, 'state' | 'home' | 'place'>,
  receipt: RunDetail['receipt'],
  { cloudWaits = false, waits = false, kept = true } = {},
): Sentence {
  const owed = receipt !== null && (!receipt.complete || receipt.owed.length > 0)
  if (summary.state === 'wiping') {
    if (summary.home === 'read-back') return 'wiping-home'
    if (summary.home !== 'none') return 'wiping-waiting'
    return summary.place === 'cloud' ? 'wiping-cloud' : 'wiping-none'
  }
  if (isActive(summary)) {
    if (cloudWaits) return 'cloud-waits'
    if (waits) return 'waits-here'
    if (summary.place !== 'cloud' || summary.state === 'queued') return 'going'
    return kept ? 'going-cloud' : 'going-cloud-here'
  }
  if (summary.state === 'failed') return owed ? 'failed-owed' : 'failed'
  if (summary.state === 'cancelled') return owed ? 'cancelled-owed' : 'cancelled'
  if (owed) return 'done-owed'
  if (summary.home === 'read-back') return 'home'
  if (summary.home === 'waiting' && !kept) return 'waiting-memory'
  return summary.home === 'none' ? 'done-none' : summary.home
}
