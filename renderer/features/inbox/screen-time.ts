/** The third number: from the store's push that brought a verdict to be read until its pictures are painted. Measured in this window. */
import type { InboxStore } from '../../../preload/inbox.ts'

export interface ScreenClock {
  /** Told of each new store; `now` in ms. */
  store(inbox: Pick<InboxStore, 'reading' | 'scans'>, now: number): void
  /** Told that a scan's pictures are on the screen; answers ms since its verdict came to be read, null where none was waited for. */
  painted(scan: string, now: number): number | null
  of(scan: string): number | null
}

/** Times of the newest scans are kept. */
const kept = 200

/** A clock that has seen nothing yet. What was being read before the window opened is not measured. */
export function createScreenClock(): ScreenClock {
  const begun = new Map<string, number>()
  const times = new Map<string, number>()
  let before: string | null | undefined
  return {
    store({ reading, scans }, now) {
      const judged = reading !== null && scans.some(({ id, verdict }) => id === reading && verdict !== null) ? reading : null
      if (judged !== null && before !== undefined && judged !== before && !times.has(judged)) begun.set(judged, now)
      before = judged
    },
    painted(scan, now) {
      const start = begun.get(scan)
      if (start === undefined) return times.get(scan) ?? null
      begun.delete(scan)
      times.set(scan, now - start)
      const [oldest] = times.keys()
      if (times.size > kept && oldest !== undefined) times.delete(oldest)
      return now - start
    },
    of: (scan) => times.get(scan) ?? null,
  }
}
