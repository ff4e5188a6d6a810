/** The scans the Inbox has at hand: what lab.db keeps of them and what only lives while Scanside runs. Everything shown is made from here. */

import { sentenceOf } from '../../oct/quality/advice.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import type { ScanResult } from '../../oct/results.ts'
import type { InboxScan } from '../../preload/inbox.ts'
import type { InboxRecord, InboxRecords, StoredVerdict } from '../store/lab-inbox.ts'
import { type Attempt, inOrder, visitKey } from './visits.ts'

export interface ShelvedScan {
  record: InboxRecord
  state: InboxScan['state']
  /** The newest verdict; one of another profile until the present one has judged. */
  verdict: StoredVerdict | null
  provisional: Pick<ScanResult, 'verdict' | 'decidedBy'> | null
  /** Its bytes' set, which may have been let go meanwhile. */
  local: string | null
  decision: InboxScan['decision']
  overrides: InboxScan['overrides']
}

const mostIntervals = 2_000
const mostShelved = 1_000

/** What the visits' model wants to know of it. */
export const attemptOf = ({ record, state, verdict, decision }: ShelvedScan): Attempt => ({
  id: record.id,
  patient: record.patient,
  visit: record.visit,
  demo: record.demo,
  day: record.day,
  takenAt: record.takenAt,
  arrivedAt: record.arrivedAt,
  laterality: record.laterality,
  protocol: record.protocol,
  state,
  verdict: verdict?.result.verdict ?? null,
  decidedBy: verdict?.result.decidedBy ?? [],
  criteria: verdict?.result.criteria ?? [],
  read: record.read,
  decision: decision?.what ?? null,
})

export interface Shown {
  profile: Profile
  nameOf(person: string): string
  hasBytes(local: string): boolean
}

/** A scan as the window shows it. `place`: its number among the attempts, whether it is the study's, whether its intervals are wanted. */
export const inboxScanOf = (scan: ShelvedScan, place: { attempt: number; study: boolean; intervals: boolean }, shown: Shown): InboxScan => {
  const { record, verdict, state, provisional, local } = scan
  const result = verdict?.result
  return {
    id: record.id,
    local: local !== null && shown.hasBytes(local) ? local : null,
    laterality: record.laterality,
    pattern: record.pattern.slice(0, 32),
    protocol: record.protocol,
    attempt: place.attempt,
    takenAt: record.takenAt,
    arrivedAt: record.arrivedAt,
    state,
    problem: record.problem,
    provisional: provisional && state === 'judging' ? { verdict: provisional.verdict, decidedBy: provisional.decidedBy } : null,
    verdict: result?.verdict ?? null,
    action: result?.action ?? null,
    decidedBy: result?.decidedBy ?? [],
    criteria: result?.criteria ?? [],
    intervals: place.intervals ? (result?.intervals ?? []).slice(0, mostIntervals) : [],
    sentence: result ? sentenceOf(result, shown.profile) : null,
    profile: verdict?.profile ?? shown.profile.name,
    times: { copyMs: record.copyMs, analysisMs: record.analysisMs },
    verdictMs: record.verdictMs,
    read: record.read,
    study: place.study,
    decision: scan.decision && { ...scan.decision, by: shown.nameOf(scan.decision.by) },
    overrides: scan.overrides.map((each) => ({ ...each, by: shown.nameOf(each.by) })).slice(0, 100),
  }
}

/** Scans by id, filled from the records: those of today and those nobody has read, later whatever is asked for. */
export function createShelf(records: InboxRecords, profile: Profile) {
  const scans = new Map<string, ShelvedScan>()
  /** Patients whose earlier scans are on the shelf. */
  const complete = new Set<string>()

  const fromRecord = (record: InboxRecord): ShelvedScan => {
    const verdicts = records.verdicts(record.id)
    const verdict = verdicts.find((each) => each.profile === profile.name) ?? verdicts[0] ?? null
    return {
      record,
      state: verdict ? 'judged' : 'refused',
      verdict,
      provisional: null,
      local: null,
      decision: records.decision(record.id),
      overrides: records.overrides(record.id),
    }
  }
  const shelve = (record: InboxRecord): ShelvedScan => {
    const known = scans.get(record.id)
    if (known) return known
    const made = fromRecord(record)
    scans.set(record.id, made)
    return made
  }
  return {
    scans,
    /** Puts everything that came on this day or later, or is unread, on the shelf. */
    load: (day: string) => {
      for (const record of [...records.open(500), ...records.since(day)]) shelve(record)
    },
    get: (id: string): ShelvedScan | null => {
      const known = scans.get(id)
      if (known) return known
      const record = records.get(id)
      return record && shelve(record)
    },
    byDigest: (digest: string): ShelvedScan | null => {
      for (const scan of scans.values()) if (scan.record.digest === digest) return scan
      const record = records.byDigest(digest)
      return record && shelve(record)
    },
    /** Every scan of a patient, from the records too; in order of acquisition. */
    ofPatient: (patient: string): ShelvedScan[] => {
      if (patient !== '' && !complete.has(patient)) for (const record of records.ofPatient(patient)) shelve(record)
      complete.add(patient)
      const mine = [...scans.values()].filter(({ record }) => record.patient === patient)
      const order = new Map(inOrder(mine.map(attemptOf)).map(({ id }, index) => [id, index]))
      return mine.sort((a, b) => (order.get(a.record.id) ?? 0) - (order.get(b.record.id) ?? 0))
    },
    /** Puts back what came before this day and is done with, so that a desk that is never closed does not grow. */
    tidy: (day: string, reading: string | null) => {
      if (scans.size < mostShelved) return
      complete.clear()
      for (const [id, { record, state }] of scans)
        if (record.arrivedDay < day && record.read && state !== 'judging' && id !== reading) scans.delete(id)
    },
    /** Takes a refused file away whose place holds another one now. */
    forget: (id: string) => {
      if (scans.get(id)?.state !== 'refused') return
      scans.delete(id)
      records.remove(id)
    },
    visitMates: (record: InboxRecord): ShelvedScan[] => {
      const key = visitKey(record)
      return [...scans.values()].filter((other) => other.record.id !== record.id && record.patient !== '' && visitKey(other.record) === key)
    },
  }
}

export type Shelf = ReturnType<typeof createShelf>
