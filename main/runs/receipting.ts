/** Receipts as runs write them: what was made is noted before its removal begins, so that a crash in between costs the receipt nothing. */
import type { Receipt } from '../../preload/contract.ts'
import type { Published } from '../archive/archive.ts'
import type { WipeReport } from '../engines/engine.ts'
import type { RunResume } from '../store/lab-runs.ts'
import type { CourseHands, Job } from './arrows.ts'
import { engineOf } from './desk.ts'
import { mergeItems, receiptOf } from './receipts.ts'

export type Made = NonNullable<RunResume['made']>

const removedBefore = 'removed and checked before Scanside was interrupted'

/** What a run has made, noted before its removal begins. */
export const noteMade = ({ desk }: CourseHands, job: Job): Made => {
  const { resume, id } = job.record
  if (!resume) return []
  if (resume.made) return resume.made
  const made = desk.debts.list().flatMap(({ runId, kind, name }) => (runId === id && kind !== 'token-intent' ? [{ kind, name }] : []))
  const record = { ...job.record, resume: { ...resume, made } }
  try {
    desk.lab.runs.save(record)
    job.record = record
  } catch (error) {
    desk.report(error)
  }
  return made
}

/** Adds a run's receipt of a removal to the chain, with what earlier ones of this run say. Throws what lab.db throws; it is then added late. */
export const writeReceipt = ({ desk, behind }: CourseHands, job: Job, report: WipeReport, made: Made, published: Published[]): Receipt => {
  const { record, lane } = job
  const at = desk.now().toISOString()
  const owed = desk.debts.list().filter((thing) => thing.runId === record.id)
  const told = mergeItems(desk.lab.chain.receipt(record.id)?.items ?? [], report.items)
  const untold = made.filter((thing) => ![...told, ...owed].some(({ kind, name }) => kind === thing.kind && name === thing.name))
  const items = [...told, ...untold.map((thing) => ({ ...thing, createdAt: record.createdAt, removedAt: at, check: removedBefore }))]
  const { health } = engineOf(desk, lane)
  const place = lane === 'cloud' ? 'cloud' : 'here'
  const facts = { id: desk.newId(), run: record.id, by: record.startedBy, at, published, owed, health, place, engine: record.engine } as const
  const receipt = receiptOf({ ...facts, wipe: { ...report, items } })
  let added: Receipt | null = null
  const add = () => {
    added = desk.lab.chain.addReceipt(receipt)
  }
  try {
    behind.write(add)
  } catch (error) {
    behind.later(add)
    throw error
  }
  return added ?? { ...receipt, chain: '' }
}
