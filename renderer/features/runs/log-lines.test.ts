import { describe, expect, it } from 'vitest'
import { emptyLog, type LogLine, lastSeq, logText, mergeLog, mostLines } from './log-lines.ts'

const line = (seq: number): LogLine => ({ seq, stream: 'stdout', text: `line ${seq}`, at: '2026-03-14T10:58:02.000Z' })
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i))
const seqs = (log: { lines: LogLine[] }) => log.lines.map((one) => one.seq)

describe('mergeLog', () => {
  it('appends', () => expect(seqs(mergeLog(mergeLog(emptyLog, lines(1, 2), 0), lines(3, 4), 0))).toEqual([1, 2, 3, 4]))
  it('takes no line twice', () => expect(seqs(mergeLog(mergeLog(emptyLog, lines(1, 3), 0), lines(2, 4), 0))).toEqual([1, 2, 3, 4]))
  it('puts an answer that was overtaken in its place', () => {
    expect(seqs(mergeLog(mergeLog(emptyLog, lines(4, 5), 0), lines(1, 3), 0))).toEqual([1, 2, 3, 4, 5])
  })
  it('keeps the newest thousand and counts the rest', () => {
    const log = mergeLog(emptyLog, lines(1, mostLines + 7), 0)
    expect(log.lines).toHaveLength(mostLines)
    expect(log.dropped).toBe(7)
    expect(lastSeq(log)).toBe(mostLines + 7)
  })
  it('believes main where it let go of more', () => expect(mergeLog(emptyLog, lines(501, 502), 500).dropped).toBe(500))
})

it('writes one line per line', () => expect(logText({ lines: lines(1, 2), dropped: 0 }).split('\n')).toHaveLength(2))
