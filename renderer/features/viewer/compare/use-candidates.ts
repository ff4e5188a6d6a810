import { useEffect, useMemo, useState } from 'react'
import type { ScansideError } from '../../../../oct/errors.ts'
import type { OpenScan, ScanRef, ScanRow, SessionRow } from '../../../../preload/contract.ts'
import { asScansideError, type Lab, lab } from '../../../lab.ts'
import { useArchive } from '../../archive/archive-store.ts'
import { scansOf } from '../../archive/tree.ts'
import { type Candidate, candidatesFor } from './candidates.ts'

/** Visits of one subject that are looked through, the newest first. */
const mostVisits = 40
const pageSize = 2_000

/** What a scan can be compared with, as far as the archive has answered. */
export function useCandidates(open: OpenScan, ref: ScanRef, among: readonly ScanRef[]) {
  const listed = useArchive()
  const [sessions, setSessions] = useState<SessionRow[]>([])
  const [scans, setScans] = useState<ReadonlyMap<string, ScanRow[]>>(new Map())
  const [state, setState] = useState<'listing' | 'listed'>('listing')
  const [error, setError] = useState<ScansideError | null>(null)

  useEffect(() => {
    let gone = false
    const list = async () => {
      if (ref.kind === 'archive') {
        const visits = await visitsOf(ref, lab.archive)
        if (gone) return
        setSessions(visits)
        // This visit first: what the others are measured by.
        for (const visit of [...visits].sort((one, two) => Number(two.id === ref.session) - Number(one.id === ref.session))) {
          const rows = await lab.archive.scans({ project: visit.project, session: visit.id })
          if (gone) return
          setScans((before) => new Map(before).set(visit.id, rows))
        }
      }
      setState('listed')
    }
    list().catch((cause: unknown) => {
      if (gone) return
      setError(asScansideError(cause))
      setState('listed')
    })
    return () => {
      gone = true
    }
  }, [ref])

  const candidates = useMemo((): Candidate[] => {
    const known = new Map<string, readonly ScanRow[]>(scans)
    // Of scans that were opened together the archive's page has told the names already.
    for (const one of among) if (one.kind === 'archive' && !known.has(one.session)) known.set(one.session, scansOf(listed, one.session) ?? [])
    const visits = new Set(sessions.map(({ id }) => id))
    return candidatesFor(
      ref,
      open.scan.laterality,
      { sessions: [...sessions, ...listed.sessions.filter(({ id }) => !visits.has(id))], scans: known },
      among,
    )
  }, [scans, sessions, listed, ref, open, among])
  return { candidates, state, error }
}

/** A subject's visits, newest first. The archive gives sessions by subject, so the search ends with the subject. */
export async function visitsOf(ref: Extract<ScanRef, { kind: 'archive' }>, archive: Pick<Lab['archive'], 'sessions'>): Promise<SessionRow[]> {
  const found: SessionRow[] = []
  for (let offset = 0, more = true; more; offset += pageSize) {
    const page = await archive.sessions({ project: ref.project, offset, limit: pageSize })
    found.push(...page.rows.filter((row) => row.subjectId === ref.subject))
    more = page.more && page.rows.length > 0 && (found.length === 0 || page.rows.at(-1)?.subjectId === ref.subject)
  }
  return found.sort((a, b) => b.date.localeCompare(a.date)).slice(0, mostVisits)
}
