/** The report for whoever helps: plain text, read before it is given away. */
import type { Check, Retention } from '../../preload/diagnostics.ts'

export interface ReportFacts {
  /** UTC */
  at: string
  version: string
  front: 'electron' | 'browser'
  /** Of the runtime and the system: `node 20.20.2`, `electron 45.4.1`, `linux x64 6.1`. */
  runtime: readonly string[]
  checks: readonly Check[]
  counts: Record<string, number>
  site: { file: boolean; problem: boolean; retention: Retention; recoveryKey: boolean; contentProtection: boolean | null }
  /** Lines of the local log, oldest first. */
  log: readonly string[]
}

const days = (value: number | null) => (value === null ? 'kept' : `${value} days`)

/** Not redacted yet. */
export function reportText({ at, version, front, runtime, checks, counts, site, log }: ReportFacts): string {
  const { inboxDays, offlineDays, logDays, receiptDays } = site.retention
  const shown = checks.flatMap(({ id, state, code, facts, message, step }) => {
    const told = Object.entries(facts).map(([name, value]) => `${name}=${value}`)
    return [`${state.padEnd(9)} ${id.padEnd(11)} ${[code, ...told].join(' ')}`, `          ${message}`, ...(step ? [`          -> ${step}`] : [])]
  })
  return `${[
    `Scanside ${version} (${front === 'electron' ? 'desktop' : 'browser'}), self-check of ${at}`,
    'Read this before you give it away. It was sent to nobody.',
    '',
    ...runtime,
    `site file: ${site.file ? (site.problem ? 'there, with a mistake' : 'there') : 'none'}`,
    `kept: inbox ${days(inboxDays)}, offline scans ${days(offlineDays)}, log ${days(logDays)}, receipts ${days(receiptDays)}`,
    `recovery key: ${site.recoveryKey ? 'yes' : 'no'}; content protection: ${site.contentProtection === null ? 'as chosen here' : site.contentProtection ? 'on' : 'off'}`,
    '',
    'CHECKS',
    ...shown,
    '',
    'COUNTS',
    ...Object.entries(counts).map(([name, value]) => `${name.padEnd(20)} ${value}`),
    '',
    `LOG (${log.length === 0 ? 'empty' : `last ${log.length} lines`})`,
    ...log,
  ].join('\n')}\n`
}

/** `scanside-report-20261123-0430.txt`; times of file names are UTC. */
export const fileName = (what: 'report' | 'audit', at: Date, end: 'txt' | 'json'): string => {
  const stamp = at.toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-')
  return `scanside-${what}-${stamp}.${end}`
}
