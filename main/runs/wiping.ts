/** The end of a run: its workspace is removed, its receipt written, and what may not stay in the archive is taken back. */
import { take } from './arrows.ts'
import { takeBack, takenBackSentence } from './homing.ts'
import { noteMade, writeReceipt } from './receipting.ts'
import { removed, type Way } from './waiting.ts'

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
    const receipt = writeReceipt(hands, job, report, made, published)
    const text = receipt.complete
      ? `Removed: ${receipt.items.length} things, nothing of this run is left on the engine.`
      : 'Not everything could be removed; it is noted and tried again.'
    logs.add(run, { stream: 'scanside', text, at })
    if (taken) logs.add(run, { stream: 'scanside', text: taken, at })
  } catch (error) {
    desk.report(error)
  }
  const log = logs.get(run, 0)
  const saveLog = () => {
    if (log) desk.lab.runs.saveLog(run, log.lines, log.dropped)
  }
  try {
    hands.behind.write(saveLog)
  } catch (error) {
    hands.behind.later(saveLog)
    desk.report(error)
  }
  const owed = desk.debts.list().some((thing) => thing.runId === run)
  if (job.lane === 'cloud' && !report.complete && !owed && report.owed.length > 0 && !job.leaving && ++job.attempts <= triesAgain) return false
  const message = taken === null ? job.record.message : [job.record.message, taken].filter(Boolean).join(' ').slice(0, 1_000)
  try {
    take(hands, job, 'wiped', report.complete ? 'workspace removed' : 'workspace not yet removed', { message })
  } catch (error) {
    desk.report(error)
  }
  return true
}
