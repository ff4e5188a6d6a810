/** What a scan is held against: the study's scan of the same slot in the patient's last visit, and the others of this visit. */
import { z } from 'zod'
import type { EarlierScan, VisitScan } from '../../oct/quality/examination.ts'
import type { InboxRecord, InboxRecords, StoredEarlier } from '../store/lab-inbox.ts'
import { attemptOf, type ShelvedScan } from './shelf.ts'
import { slotOf, studyOf, visitKey } from './visits.ts'

/** By slot (`protocol/eye`): the study's scan of the newest earlier visit that has one there. `all`: every scan of the patient. */
export const lastScans = (
  all: readonly ShelvedScan[],
  visit: Pick<InboxRecord, 'patient' | 'visit' | 'day' | 'demo'>,
  chosen: (slot: string) => string | null,
): Map<string, ShelvedScan> => {
  const last = new Map<string, ShelvedScan>()
  if (visit.patient === '') return last
  const key = visitKey(visit)
  const groups = new Map<string, ShelvedScan[]>()
  for (const scan of all) {
    const { record } = scan
    if (
      record.patient !== visit.patient ||
      record.demo !== visit.demo ||
      visitKey(record) === key ||
      record.protocol === null ||
      record.day > visit.day
    )
      continue
    const name = `${visitKey(record)} ${slotOf(record)}`
    groups.set(name, [...(groups.get(name) ?? []), scan])
  }
  for (const [name, attempts] of groups) {
    const study = studyOf(attempts.map(attemptOf), chosen(name))
    const scan = attempts.find(({ record }) => record.id === study?.id)
    if (!scan) continue
    const slot = slotOf(scan.record)
    const known = last.get(slot)
    if (!known || known.record.day < scan.record.day) last.set(slot, scan)
  }
  return last
}

const place = z.object({ x: z.number(), y: z.number() })
const earlierSchema = z.object({
  pattern: z.enum(['line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles', 'unknown']),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  width: z.number(),
  frames: z.number(),
  spacing: z.object({ lateral: z.number(), axial: z.number(), between: z.number() }),
  resolution: z.enum(['HS', 'HR']).exactOptional(),
  ringRadius: z.number().exactOptional(),
  centre: place.exactOptional(),
  slo: z.object({ width: z.number(), height: z.number(), spacing: place }).exactOptional(),
})

/** As it is kept: JSON, and the SLO's pixels beside it. */
export const toStored = (earlier: EarlierScan): StoredEarlier => {
  const { slo, ...rest } = earlier
  const body = earlierSchema.parse({ ...rest, ...(slo ? { slo: { width: slo.width, height: slo.height, spacing: slo.spacing } } : {}) })
  return { body: JSON.stringify(body), slo: slo?.pixels ?? null }
}

/** Null where it does not fit what this code knows. */
export const fromStored = (stored: StoredEarlier | null): EarlierScan | null => {
  const parsed = stored && earlierSchema.safeParse(JSON.parse(stored.body))
  if (!stored || !parsed?.success) return null
  const { slo, ...rest } = parsed.data
  if (!slo || !stored.slo || stored.slo.length !== slo.width * slo.height) return rest
  return { ...rest, slo: { ...slo, pixels: stored.slo } }
}

/** What the judge is told beside the scan itself. */
export const comparisons = (
  record: InboxRecord,
  all: readonly ShelvedScan[],
  mates: readonly ShelvedScan[],
  records: Pick<InboxRecords, 'earlier' | 'chosen'>,
): { earlier?: EarlierScan; visit: VisitScan[] } => {
  const last = record.protocol === null ? undefined : lastScans(all, record, records.chosen).get(slotOf(record))
  const earlier = last ? fromStored(records.earlier(last.record.id)) : null
  const visit = mates.filter(({ state }) => state === 'judged').map(({ record: { laterality, discSide } }) => ({ laterality, discSide }))
  return { ...(earlier ? { earlier } : {}), visit }
}
