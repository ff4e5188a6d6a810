/** What goes when its time is over, by the site file. What waits to go home is no business of this: it is never removed by time. */
import type { Retention } from '../../preload/diagnostics.ts'
import type { Chain } from '../store/chain.ts'

export interface RetentionParts {
  retention: Retention
  /** Forgets scans of the Inbox that arrived before this local day; see `InboxRoom`. */
  inbox: { forgetBefore(day: string): { scans: number; pictures: number } }
  /** The desk's local date so many days ago. */
  dayBefore(days: number): string
  /** Removes log files older than so many days; answers how many. */
  pruneLog(days: number | null): number
  chain: Pick<Chain, 'forget' | 'audit'>
  /** Runs that still owe something. */
  owedRuns(): string[]
  /** Records of a newer Scanside are only read. */
  readOnly: boolean
  now(): Date
}

export interface Removed {
  scans: number
  pictures: number
  logs: number
  lines: number
}

const dayMs = 86_400_000

/** As the chain says it; null where nothing went. */
export function removedWords({ scans, pictures, logs, lines }: Removed): string | null {
  const told = [
    [scans, 'scans of the Inbox'],
    [pictures, 'pictures of decided scans'],
    [logs, 'log files'],
    [lines, 'lines of receipts and audit'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return told.length === 0 ? null : `retention: ${told.join(', ')} removed`
}

/** Removes what is over now. Each part for itself: what fails is reported and leaves the others. */
export function keepByTime(parts: RetentionParts, report: (error: unknown) => void): Removed {
  const { retention, chain } = parts
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work()
    } catch (error) {
      report(error)
      return otherwise
    }
  }
  const { inboxDays, logDays, receiptDays } = retention
  const now = parts.now()
  const inbox =
    inboxDays === null || parts.readOnly
      ? { scans: 0, pictures: 0 }
      : attempt(() => parts.inbox.forgetBefore(parts.dayBefore(inboxDays)), { scans: 0, pictures: 0 })
  const logs = attempt(() => parts.pruneLog(logDays), 0)
  const lines =
    receiptDays === null || parts.readOnly
      ? 0
      : attempt(() => chain.forget(new Date(now.getTime() - receiptDays * dayMs).toISOString(), parts.owedRuns(), now.toISOString()), 0)
  const removed = { ...inbox, logs, lines }
  const words = removedWords(removed)
  if (words !== null && !parts.readOnly) attempt(() => chain.audit(now.toISOString(), 'this desk', words, null), undefined)
  return removed
}
