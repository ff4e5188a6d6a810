/** What is chosen: scans, by session. A session or a subject counts as chosen when all its scans are. */
import type { ScanRef, ScanRow, SessionRow } from '../../../preload/contract.ts'
import { scanKey } from './tree.ts'

export interface Chosen {
  session: SessionRow
  scan: ScanRow
}
/** By scan key, in the order of choosing. */
export type Selection = ReadonlyMap<string, Chosen>
export type Mark = 'none' | 'some' | 'all'

export const chosenKey = (chosen: Chosen) => scanKey(chosen.session.id, chosen.scan.id)

/** A session's mark, from those of its scans that are shown. What is not listed cannot be chosen. */
export function markOf(selection: Selection, session: string, shown: ScanRow[] | undefined): Mark {
  if (selection.size === 0 || !shown || shown.length === 0) return 'none'
  const chosen = shown.filter((scan) => selection.has(scanKey(session, scan.id))).length
  return chosen === 0 ? 'none' : chosen === shown.length ? 'all' : 'some'
}

/** A subject's mark from its sessions' marks. */
export function markOfAll(marks: Mark[]): Mark {
  if (marks.every((mark) => mark === 'all')) return marks.length > 0 ? 'all' : 'none'
  return marks.some((mark) => mark !== 'none') ? 'some' : 'none'
}

/** Chooses all of these unless all of them are chosen already; then lets them go. */
export function toggle(selection: Selection, items: Chosen[]): Selection {
  const next = new Map(selection)
  if (items.every((item) => next.has(chosenKey(item)))) for (const item of items) next.delete(chosenKey(item))
  else for (const item of items) next.set(chosenKey(item), item)
  return next
}

/** Takes newly listed rows (with sizes) over for what is chosen. */
export function refreshed(selection: Selection, session: string, scans: ScanRow[]): Selection {
  const next = new Map(selection)
  for (const [key, chosen] of selection) {
    if (chosen.session.id !== session) continue
    const scan = scans.find((row) => row.id === chosen.scan.id)
    if (scan) next.set(key, { ...chosen, scan })
    else next.delete(key)
  }
  return next
}

/** Counts for the bar. `bytes` is null where a size is not known: a sum without it would be a guess. */
export function summary(selection: Selection): { scans: number; sessions: number; bytes: number | null } {
  let bytes: number | null = 0
  for (const { scan } of selection.values()) bytes = bytes === null || scan.size === null ? null : bytes + scan.size
  return { scans: selection.size, sessions: new Set([...selection.values()].map(({ session }) => session.id)).size, bytes }
}

/** The selected scans as the table has them, not as they were picked: by session in the list's order, then by their number. */
export function inOrder(selection: Selection, sessions: readonly { id: string }[]): Chosen[] {
  const place = new Map(sessions.map(({ id }, index) => [id, index]))
  const at = ({ session }: Chosen) => place.get(session.id) ?? sessions.length
  return [...selection.values()].sort((a, b) => at(a) - at(b) || a.scan.id.localeCompare(b.scan.id, 'en', { numeric: true }))
}

/** A scan of the archive as the viewer and a run want it. */
export function refOf({ session, scan }: Chosen): ScanRef {
  return { kind: 'archive', project: session.project, subject: session.subjectId, session: session.id, scan: scan.id }
}

/** What was chosen, for the list of runs: `DEMO-MS / P-0142 / V02`, with a count where it is more than one session. */
export function subjectLine(selection: Selection): string {
  const sessions = new Map([...selection.values()].map(({ session }) => [session.id, session]))
  const [first] = sessions.values()
  if (!first) return ''
  if (sessions.size === 1) return `${first.project} / ${first.subjectLabel} / ${first.label}`
  return `${first.project} / ${first.subjectLabel} … (${sessions.size})`
}
