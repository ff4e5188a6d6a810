/** The tree as the table shows it: subjects, their sessions, their scans, flattened to the rows that are open. */
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRow, SessionRow } from '../../../preload/contract.ts'
import { anyFilter, type Filters, shownOf } from './filters.ts'

/** A session's scans: listed, being listed, or why they could not be. */
export type SessionScans = { state: 'listed'; rows: ScanRow[] } | { state: 'listing' } | { state: 'failed'; error: ScansideError }

/** A session and those of its scans that are shown; undefined while they are not listed. */
export interface Member {
  session: SessionRow
  scans: ScanRow[] | undefined
}

export type TreeRow =
  | { kind: 'subject'; key: string; label: string; members: Member[]; open: boolean }
  | { kind: 'session'; key: string; session: SessionRow; scans: ScanRow[] | undefined; open: boolean }
  | { kind: 'scan'; key: string; session: SessionRow; scan: ScanRow }
  | { kind: 'note'; key: string; session: SessionRow; note: 'listing' | 'none' | ScansideError }

export interface TreeState {
  sessions: SessionRow[]
  /** Listed session by session, with sizes. */
  scans: ReadonlyMap<string, SessionScans>
  /** Every scan of the project by session, without sizes; filled while filters ask for it. */
  index: ReadonlyMap<string, ScanRow[]>
  filters: Filters
  /** Keys a person turned: opened while nothing is filtered, closed while something is (what matches is shown open). */
  turned: ReadonlySet<string>
}

export const subjectKey = (id: string) => `subject:${id}`
export const sessionKey = (id: string) => `session:${id}`
export const scanKey = (session: string, scan: string) => `scan:${session}/${scan}`

/** The scans known of a session: those with sizes where they were listed. */
export function scansOf(state: Pick<TreeState, 'scans' | 'index'>, session: string): ScanRow[] | undefined {
  const listed = state.scans.get(session)
  return listed?.state === 'listed' ? listed.rows : state.index.get(session)
}

/** The rows on the screen, in the order the archive gave the sessions in. Linear in the sessions; a closed subject costs one row. */
export function flatten(state: TreeState): { rows: TreeRow[]; shownSessions: number } {
  const filtering = anyFilter(state.filters)
  const subjects = new Map<string, (Member & { unfolded: boolean })[]>()
  let shownSessions = 0
  for (const session of state.sessions) {
    const known = scansOf(state, session.id)
    const shown = filtering ? shownOf(session, known, state.filters) : true
    if (shown === false) continue
    shownSessions += 1
    const member = { session, scans: shown === true ? known : shown, unfolded: shown !== true }
    const siblings = subjects.get(session.subjectId)
    if (siblings) siblings.push(member)
    else subjects.set(session.subjectId, [member])
  }
  const rows: TreeRow[] = []
  for (const [subject, members] of subjects) {
    const key = subjectKey(subject)
    const open = state.turned.has(key) !== filtering
    rows.push({ kind: 'subject', key, label: members[0]?.session.subjectLabel ?? '', members, open })
    if (open) for (const member of members) pushSession(rows, state, member, member.unfolded)
  }
  return { rows, shownSessions }
}

/** Only what matched by its scans is `unfolded` by a filter: a subject found by name does not open all it has. */
function pushSession(rows: TreeRow[], state: TreeState, { session, scans }: Member, unfolded: boolean): void {
  const key = sessionKey(session.id)
  const open = state.turned.has(key) !== unfolded
  rows.push({ kind: 'session', key, session, scans, open })
  if (!open) return
  if (scans && scans.length > 0) {
    for (const scan of scans) rows.push({ kind: 'scan', key: scanKey(session.id, scan.id), session, scan })
    return
  }
  const listed = state.scans.get(session.id)
  const note = listed?.state === 'failed' ? listed.error : scans ? 'none' : 'listing'
  rows.push({ kind: 'note', key: `note:${session.id}`, session, note })
}

/** Depth as `aria-level` wants it. */
export function levelOf(row: TreeRow): 1 | 2 | 3 {
  return row.kind === 'subject' ? 1 : row.kind === 'session' ? 2 : 3
}

/** The row above that holds this one; -1 for a subject. */
export function parentIndex(rows: TreeRow[], index: number): number {
  const row = rows[index]
  if (!row) return -1
  const level = levelOf(row)
  for (let above = index - 1; above >= 0; above -= 1) {
    const candidate = rows[above]
    if (candidate && levelOf(candidate) < level) return above
  }
  return -1
}
