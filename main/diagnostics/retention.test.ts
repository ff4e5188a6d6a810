import { describe, expect, it } from 'vitest'
import { openLab } from '../store/lab.ts'
import { keepByTime, type RetentionParts, removedWords } from './retention.ts'

const kept = { inboxDays: null, offlineDays: 7, logDays: null, receiptDays: null }
const made = (more: Partial<RetentionParts> = {}) => {
  const lab = openLab({ path: null, key: null, chainKey: 'c1'.repeat(32), now: () => new Date(0) })
  for (let day = 1; day <= 5; day++) lab.chain.audit(`2026-11-0${day}T12:00:00.000Z`, 'jk', `on day ${day}`, `run-${day}`)
  const asked: unknown[] = []
  const reported: unknown[] = []
  const parts: RetentionParts = {
    retention: kept,
    inbox: {
      forgetBefore: (day) => {
        asked.push(day)
        return { scans: 3, pictures: 2 }
      },
    },
    dayBefore: (days) => `day -${days}`,
    pruneLog: (days) => {
      asked.push(days)
      return 0
    },
    chain: lab.chain,
    owedRuns: () => [],
    readOnly: false,
    now: () => new Date('2026-11-06T12:00:00.000Z'),
    ...more,
  }
  const bodies = () => lab.chain.lines().map(({ body }) => (JSON.parse(body) as { what: string }).what)
  return { lab, asked, reported, bodies, keep: () => keepByTime(parts, (error) => reported.push(error)) }
}

describe('what goes by time', () => {
  it.each([
    [{ scans: 0, pictures: 0, logs: 0, lines: 0 }, null],
    [{ scans: 3, pictures: 0, logs: 0, lines: 0 }, 'retention: 3 scans of the Inbox removed'],
    [
      { scans: 3, pictures: 2, logs: 1, lines: 9 },
      'retention: 3 scans of the Inbox, 2 pictures of decided scans, 1 log files, 9 lines of receipts and audit removed',
    ],
  ])('%o', (removed, words) => {
    expect(removedWords(removed)).toBe(words)
  })

  it('is nothing where the site leaves everything; the log’s size is seen to all the same', () => {
    const { keep, asked, bodies } = made()
    expect(keep()).toEqual({ scans: 0, pictures: 0, logs: 0, lines: 0 })
    expect(asked).toEqual([null])
    expect(bodies()).toHaveLength(5)
  })

  it('is what the site says, counted in the chain, which holds', () => {
    const { keep, asked, bodies, lab } = made({ retention: { inboxDays: 30, offlineDays: 7, logDays: 14, receiptDays: 3 } })
    // Of day 3, 12:00 and later stays.
    expect(keep()).toEqual({ scans: 3, pictures: 2, logs: 0, lines: 2 })
    expect(asked).toEqual(['day -30', 14])
    expect(bodies()).toEqual([
      'on day 3',
      'on day 4',
      'on day 5',
      'retention: 3 scans of the Inbox, 2 pictures of decided scans, 2 lines of receipts and audit removed',
    ])
    expect(lab.chain.broken()).toBeNull()
    // Again at once: nothing of the chain is left to go.
    expect(keep().lines).toBe(0)
    expect(lab.chain.broken()).toBeNull()
  })

  it('stops before what a run owes, and leaves the rest where one part fails', () => {
    const { keep, reported, bodies } = made({
      retention: { inboxDays: 30, offlineDays: 7, logDays: 14, receiptDays: 1 },
      owedRuns: () => ['run-2'],
      inbox: {
        forgetBefore: () => {
          throw new Error('no')
        },
      },
      pruneLog: () => 4,
    })
    expect(keep()).toEqual({ scans: 0, pictures: 0, logs: 4, lines: 1 })
    expect(reported).toHaveLength(1)
    expect(bodies()[0]).toBe('on day 2')
  })

  it('touches no records of a newer Scanside', () => {
    const { keep, asked, bodies } = made({ retention: { inboxDays: 1, offlineDays: 7, logDays: 1, receiptDays: 1 }, readOnly: true })
    expect(keep()).toEqual({ scans: 0, pictures: 0, logs: 0, lines: 0 })
    expect(asked).toEqual([1])
    expect(bodies()).toHaveLength(5)
  })
})
