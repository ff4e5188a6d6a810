/** What people call the things they have just seen in a list: a scan that is opened is titled with it, without asking the archive again. */
import type { OpenScan, ScanRow, SessionRow } from '../preload/contract.ts'

/** Most rows remembered; the oldest go first. */
const kept = 100_000

export interface Labels {
  sawSessions(rows: SessionRow[]): void
  sawScans(rows: ScanRow[]): void
  /** A session's row as it was last seen; null where it never was. */
  sessionRow(session: string): SessionRow | null
  /** Null where the session was never listed here. */
  titleOf(ref: { project: string; session: string; scan: string }): OpenScan['title'] | null
  /** What projects, subjects and sessions are called, as far as they were seen: what a report must not tell. */
  names(): string[]
  /** Another archive: nothing of this one is true there. */
  clear(): void
}

/** Labels live in memory only. */
export function createLabels(): Labels {
  const sessions = new Map<string, SessionRow>()
  const scans = new Map<string, string>()
  const keep = <V>(map: Map<string, V>, key: string, value: V) => {
    map.set(key, value)
    if (map.size > kept) map.delete(map.keys().next().value ?? '')
  }
  return {
    sawSessions(rows) {
      for (const row of rows) keep(sessions, row.id, row)
    },
    sawScans(rows) {
      for (const row of rows) keep(scans, `${row.session}/${row.id}`, row.type)
    },
    sessionRow: (session) => sessions.get(session) ?? null,
    titleOf({ project, session, scan }) {
      const row = sessions.get(session)
      if (!row) return null
      const type = scans.get(`${session}/${scan}`)
      return { project, subject: row.subjectLabel, session: row.label, scan: type ? `${scan} ${type}` : scan }
    },
    names: () => [...new Set([...sessions.values()].flatMap(({ project, subjectLabel, label }) => [project, subjectLabel, label]))],
    clear() {
      sessions.clear()
      scans.clear()
    },
  }
}
