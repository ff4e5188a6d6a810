/** What the window shows of the Inbox, made from the shelf. */
import type { InboxStore } from '../../preload/inbox.ts'
import { lastScans } from './earlier.ts'
import { attemptOf, inboxScanOf, type Shelf, type ShelvedScan, type Shown } from './shelf.ts'
import { inOrder, queueOf, visitKey, visitOf } from './visits.ts'

export type View = Pick<InboxStore, 'visits' | 'scans' | 'queue' | 'nameless'>

const mostVisits = 200
const mostScans = 2_000

/**
 * Today's visits and any with something open, newest first, and their scans.
 * @param arriving scans on their way, not on the shelf yet
 * @param today local date
 * @param chosen the attempt a person made the study's, by slot
 */
export const viewOf = (
  shelf: Shelf,
  arriving: readonly ShelvedScan[],
  today: string,
  reading: string | null,
  chosen: (slot: string) => string | null,
  shown: Shown,
): View => {
  const groups = new Map<string, ShelvedScan[]>()
  for (const scan of [...shelf.scans.values(), ...arriving]) {
    const key = visitKey(scan.record)
    groups.set(key, [...(groups.get(key) ?? []), scan])
  }
  const isOpen = ({ record, state }: ShelvedScan) => record.arrivedDay >= today || !record.read || state === 'judging' || record.id === reading
  const current = [...groups.values()].filter((scans) => scans.some(isOpen))
  const newest = (scans: readonly ShelvedScan[]) =>
    scans
      .map(({ record }) => record.arrivedAt)
      .sort()
      .at(-1) ?? ''
  current.sort((a, b) => (newest(a) < newest(b) ? 1 : -1))
  const visits: View['visits'] = []
  const scans = new Map<string, View['scans'][number]>()
  const show = (scan: ShelvedScan, attempt: number, study: boolean) => {
    const { id } = scan.record
    if (scans.size < mostScans && !scans.has(id)) scans.set(id, inboxScanOf(scan, { attempt, study, intervals: id === reading }, shown))
  }
  const lasts: [ShelvedScan, boolean][] = []
  for (const group of current.slice(0, mostVisits)) {
    const [first] = group
    if (!first) continue
    const { patient } = first.record
    const visit = visitOf(group.map(attemptOf), shown.profile, chosen, today)
    const last = lastScans(shelf.ofPatient(patient), first.record, chosen)
    const asked = new Set(visit.slots.map(({ protocol, eye }) => `${protocol}/${eye}`))
    const shownLast: View['visits'][number]['last'] = {}
    for (const [slot, scan] of last) {
      if (!asked.has(slot)) continue
      shownLast[slot] = { scan: scan.record.id, date: scan.record.day, verdict: scan.verdict?.result.verdict ?? null }
      lasts.push([scan, true])
    }
    visits.push({ ...visit, last: shownLast })
    const byId = new Map(group.map((scan) => [scan.record.id, scan]))
    for (const slot of visit.slots) {
      const members = slot.attempts.flatMap((id) => byId.get(id) ?? [])
      for (const [index, { id }] of inOrder(members.map(attemptOf)).entries()) show(byId.get(id) as ShelvedScan, index + 1, slot.study === id)
    }
  }
  for (const [scan, study] of lasts) show(scan, 1, study)
  const all = [...scans.keys()].flatMap((id) => shelf.scans.get(id) ?? [])
  const nameless = current.flat().filter(({ record, state }) => record.patient === '' && state !== 'refused').length
  return { visits, scans: [...scans.values()], queue: queueOf(all.map(attemptOf), reading).slice(0, mostScans), nameless }
}
