/** What a scan can be compared with, best first. */
import type { Verdict } from '../../../../oct/results.ts'
import type { ScanRef, ScanRow, SessionRow } from '../../../../preload/contract.ts'
import { sameScan } from '../flip.ts'
import type { Laterality } from '../geometry.ts'

/**
 * Why a scan is offered: the same eye and kind at another visit, the other eye of the same visit, the same eye and kind once more at the
 * same visit, another scan of the subject, or one that was opened together with it.
 */
export const reasons = ['other-visit', 'other-eye', 'same-visit', 'subject', 'together'] as const
export type Reason = (typeof reasons)[number]

export interface Candidate {
  ref: ScanRef
  reason: Reason
  /** The archive's own word for the kind, `RNFL ring OD`; empty where nothing is known but the reference. */
  type: string
  laterality: Laterality
  /** The visit's label; empty where not known. */
  session: string
  /** `YYYY-MM-DD` or empty */
  date: string
  verdict: Verdict | null
}

export interface Known {
  sessions: readonly SessionRow[]
  /** By session id. */
  scans: ReadonlyMap<string, readonly ScanRow[]>
}

/**
 * All that can stand beside `of`, itself left out: by reason, then the newest visit first, then in the archive's order.
 *
 * @param eye the eye as the opened file says it; the archive's word may be missing
 * @param among the scans that were opened together
 */
export function candidatesFor(of: ScanRef, eye: Laterality, known: Known, among: readonly ScanRef[]): Candidate[] {
  const found: Candidate[] = []
  const own = of.kind === 'archive' ? known.scans.get(of.session)?.find((row) => row.id === of.scan) : undefined
  if (of.kind === 'archive') {
    for (const session of known.sessions) {
      if (session.subjectId !== of.subject || session.project !== of.project) continue
      for (const row of known.scans.get(session.id) ?? []) found.push(candidate(session, row, reasonOf(of, own, eye, session, row)))
    }
  }
  for (const ref of among) {
    if (found.some((one) => sameScan(one.ref, ref))) continue
    const session = ref.kind === 'archive' ? known.sessions.find((one) => one.id === ref.session) : undefined
    const row = ref.kind === 'archive' ? known.scans.get(ref.session)?.find((one) => one.id === ref.scan) : undefined
    found.push(
      session && row
        ? candidate(session, row, 'together')
        : { ref, reason: 'together', type: '', laterality: 'unknown', session: session?.label ?? '', date: session?.date ?? '', verdict: null },
    )
  }
  const rank = (one: Candidate) => reasons.indexOf(one.reason)
  // Sorting keeps the order of what is equal.
  return found.filter((one) => !sameScan(one.ref, of)).sort((a, b) => rank(a) - rank(b) || b.date.localeCompare(a.date))
}

function candidate(session: SessionRow, row: ScanRow, reason: Reason): Candidate {
  const ref: ScanRef = { kind: 'archive', project: session.project, subject: session.subjectId, session: session.id, scan: row.id }
  return { ref, reason, type: row.type, laterality: row.laterality, session: session.label, date: session.date, verdict: row.verdict }
}

function reasonOf(of: Extract<ScanRef, { kind: 'archive' }>, own: ScanRow | undefined, eye: Laterality, session: SessionRow, row: ScanRow): Reason {
  if (!own || eye === 'unknown' || row.laterality === 'unknown' || kindOf(row.type) !== kindOf(own.type)) return 'subject'
  if (session.id !== of.session) return row.laterality === eye ? 'other-visit' : 'subject'
  return row.laterality === eye ? 'same-visit' : 'other-eye'
}

/** A scan's kind in the archive's words, without the eye: `RNFL ring OD` and `RNFL ring OS` are one. */
export function kindOf(type: string): string {
  return type
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !['od', 'os', 'ou', 'r', 'l', 'right', 'left', 'eye'].includes(word))
    .join(' ')
}
