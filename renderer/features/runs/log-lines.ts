/** The log a window holds of one run. */
import type { Output } from '../../../preload/contract.ts'

export type LogLine = Output<'runs.log'>['lines'][number]

/** Lines a window keeps at most: main keeps as many. */
export const mostLines = 1_000

export interface Log {
  lines: LogLine[]
  /** Lines that came before the first one held and are gone. */
  dropped: number
}

export const emptyLog: Log = { lines: [], dropped: 0 }

/** The highest sequence number held; 0 for none. */
export function lastSeq(log: Log): number {
  return log.lines.at(-1)?.seq ?? 0
}

/**
 * The log with newly fetched lines, by sequence number: a line that is held already is not taken twice, an answer that overtook another
 * finds its place, and the oldest go when there are more than `mostLines`. `dropped` is main's own count of lines it let go.
 */
export function mergeLog(log: Log, fetched: readonly LogLine[], dropped: number): Log {
  const last = lastSeq(log)
  const inOrder = fetched.every((line, i) => line.seq > (fetched[i - 1]?.seq ?? last))
  const all = inOrder
    ? [...log.lines, ...fetched]
    : [...new Map([...log.lines, ...fetched].map((line) => [line.seq, line])).values()].sort((a, b) => a.seq - b.seq)
  const over = Math.max(0, all.length - mostLines)
  return { lines: over > 0 ? all.slice(over) : all, dropped: Math.max(log.dropped + over, dropped) }
}

/** The log as text for the clipboard. */
export function logText(log: Log): string {
  return log.lines.map((line) => `${line.at}  ${line.stream}  ${line.text}`).join('\n')
}
