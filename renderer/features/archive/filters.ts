/** Which sessions and scans are shown. Pure functions over rows as they came. */
import type { ScanRow, SessionRow } from '../../../preload/contract.ts'

export interface Filters {
  /** Words that must all be found in a subject's, a session's or a scan's names. */
  text: string
  eye: 'any' | 'OD' | 'OS'
  /** A scan type as the archive has it; empty for all. */
  type: string
  /** `YYYY-MM-DD`, both included; empty for open. */
  from: string
  to: string
}

export const noFilters: Filters = { text: '', eye: 'any', type: '', from: '', to: '' }

export function anyFilter(filters: Filters): boolean {
  return filters.text.trim() !== '' || filters.eye !== 'any' || filters.type !== '' || filters.from !== '' || filters.to !== ''
}

/** Whether the filters can only be answered with the project's scans at hand. */
export function needsScans(filters: Filters): boolean {
  return filters.eye !== 'any' || filters.type !== '' || filters.text.trim().length > 1
}

const words = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)
const holdsAll = (wanted: string[], ...names: string[]) => {
  const all = names.join(' ').toLowerCase()
  return wanted.every((word) => all.includes(word))
}

/** A session without a date lies outside every date range: what is not known is not guessed. */
export function dateFits(date: string, filters: Filters): boolean {
  if (filters.from === '' && filters.to === '') return true
  return date !== '' && (filters.from === '' || date >= filters.from) && (filters.to === '' || date <= filters.to)
}

const scanFits = (scan: ScanRow, filters: Filters) =>
  (filters.eye === 'any' || scan.laterality === filters.eye) && (filters.type === '' || scan.type === filters.type)

/**
 * What of a session is shown: false for nothing, true for all of it, else the scans that fit.
 * `scans` is undefined while they are not listed; a session is then judged by its own names alone.
 */
export function shownOf(session: SessionRow, scans: ScanRow[] | undefined, filters: Filters): boolean | ScanRow[] {
  if (!dateFits(session.date, filters)) return false
  const wanted = words(filters.text)
  const byScan = filters.eye !== 'any' || filters.type !== ''
  const named = holdsAll(wanted, session.subjectLabel, session.label)
  if (!byScan && named) return true
  if (!scans) return false
  const fitting = scans.filter(
    (scan) => scanFits(scan, filters) && (named || holdsAll(wanted, session.subjectLabel, session.label, scan.id, scan.type, scan.note)),
  )
  return fitting.length > 0 ? fitting : false
}

/** The types there are, in order of the alphabet. */
export function typesOf(scans: Iterable<ScanRow[]>): string[] {
  const found = new Set<string>()
  for (const rows of scans) for (const row of rows) if (row.type) found.add(row.type)
  return [...found].sort((a, b) => a.localeCompare(b))
}
