/** The end of a run: its workspace is removed, its receipt written, and what may not stay in the archive is taken back. */
import type { RunResume } from '../store/lab-runs.ts'
import { type CourseHands, type Job, take } from './arrows.ts'
import { engineOf } from './desk.ts'
import { takeBack, takenBackSentence } from './homing.ts'
import { mergeItems, receiptOf } from './receipts.ts'
import { removed, type Way } from './waiting.ts'

const removedBefore = 'removed and checked before Scanside was interrupted'

/** What a run has made, noted before its removal begins. */
const noteMade = ({ desk }: CourseHands, job: Job): NonNullable<RunResume['made']> => {
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

/** How often what no list of debts holds (a machine's reports in the archive) is tried again before the run ends without. */
const triesAgain = 3

/**
 * Removes the workspace and writes the receipt; never throws. What a machine of a run without results has published is taken back.
 * Answers false where it is to be called again: something is left that nobody else would look for.
 */
export const wipe = async (way: Way): Promise<boolean> => {
  const { hands, job, published } = way
  const { desk, logs } = hands
  const run = job.record.id
  const made = noteMade(hands, job)
  const report = await removed(way)
  // Only now: a machine that is still there could send them again.
  const begun = job.record.resume?.workspace !== null
  const taken = job.record.outcome === 'done' || !begun ? null : takenBackSentence(job.record, await takeBack(desk, job.record))
  const at = desk.now().toISOString()
  try {
    const owed = desk.debts.list().filter((thing) => thing.runId === run)
    const { health } = engineOf(desk, job.lane)
    const place = job.lane === 'cloud' ? 'cloud' : 'here'
    const told = mergeItems(desk.lab.chain.receipt(run)?.items ?? [], report.items)
    // A crash since the removal began must not cost the receipt what was removed.
    const untold = made.filter((thing) => ![...told, ...owed].some(({ kind, name }) => kind === thing.kind && name === thing.name))
    const items = [...told, ...untold.map((thing) => ({ ...thing, createdAt: job.record.createdAt, removedAt: at, check: removedBefore }))]
    const facts = {
      id: desk.newId(),
      run,
      by: job.record.startedBy,
      at,
      wipe: { ...report, items },
      published,
      owed,
      health,
      place,
      engine: job.record.engine,
    } as const
    const receipt = desk.lab.chain.addReceipt(receiptOf(facts))
    const text = receipt.complete
      ? `Removed: ${receipt.items.length} things, nothing of this run is left on the engine.`
      : 'Not everything could be removed; it is noted and tried again.'
    logs.add(run, { stream: 'scanside', text, at })
    if (taken) logs.add(run, { stream: 'scanside', text: taken, at })
  } catch (error) {
    desk.report(error)
  }
  try {
    const log = logs.get(run, 0)
    if (log) desk.lab.runs.saveLog(run, log.lines, log.dropped)
  } catch (error) {
    desk.report(error)
  }
  const owed = desk.debts.list().some((thing) => thing.runId === run)
  if (job.lane === 'cloud' && !report.complete && !owed && report.owed.length > 0 && !job.leaving && ++job.attempts <= triesAgain) return false
  const message = taken === null ? job.record.message : [job.record.message, taken].filter(Boolean).join(' ').slice(0, 1_000)
  try {
    // What it was told to do may be sensitive and is of no use any more.
    const { resume } = job.record
    const change = resume ? { message, resume: { ...resume, values: {}, workspace: null } } : { message }
    take(hands, job, 'wiped', report.complete ? 'workspace removed' : 'workspace not yet removed', change)
  } catch (error) {
    desk.report(error)
  }
  return true
}
