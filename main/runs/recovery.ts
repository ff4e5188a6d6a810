/** What an earlier life of Scanside left: runs that were under way, and things that were never removed. */
import type { OwedThing, WipeReport } from '../engines/engine.ts'
import type { Lab } from '../store/lab.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import type { Behind } from './behind.ts'
import { cloudEngines, type Desk, engineOf, laneOf } from './desk.ts'
import { takeBackLate } from './homing.ts'
import { adopt } from './notes.ts'
import { mergeItems, receiptOf } from './receipts.ts'
import { hasEnded, next } from './state.ts'
import { notReached } from './waiting.ts'

/** Goes on with a run of an earlier life that was found on an engine by its note. */
export type GoOn = (record: RunRecord) => void

/**
 * Removes what is owed where an engine answers, here and in the cloud, after what is noted there was taken up; never rejects.
 * `nothingOn`: engines that have nothing left of what nobody works with.
 */
export const reap = async (desk: Desk, goOn: GoOn): Promise<WipeReport & { nothingOn?: string[] }> => {
  const local = desk.engine()
  const known = local !== null && (await adopt(desk, local, goOn))
  const engines = [...(known ? [local] : []), ...cloudEngines(desk)]
  if (engines.length === 0) return notReached
  const reports = await Promise.all(
    engines.map((engine) =>
      engine.reap().catch((error: unknown) => {
        desk.report(error)
        return notReached
      }),
    ),
  )
  return {
    nothingOn: engines.filter((_, index) => reports[index]?.complete).map(({ id }) => id),
    items: reports.flatMap(({ items }) => items),
    complete: reports.every(({ complete }) => complete),
    owed: reports.flatMap(({ owed }) => owed),
    cannotProve: [...new Set(reports.flatMap(({ cannotProve }) => cannotProve ?? []))],
  }
}

/** Whether a run of an earlier life goes on: it is known what it was started with, and the archive it is of outlives this application. */
export const isResumable = (record: RunRecord): boolean => record.resume !== undefined && !record.demo

/** How often a run is lost with its process before it is taken for one that brings Scanside itself to its end each time. */
const lossesBelieved = 10
/** What the steps say of a run that was begun anew because nobody worked with it any more; one that waited for archive or engine says otherwise. */
const lost = /^begun anew: (Scanside had ended|nothing of it runs)/

/** Of what an earlier life left under way: what goes on, and what is ended here. */
export const splitUnfinished = (lab: Pick<Lab, 'runs'>, active: RunRecord[]): { goesOn: RunRecord[]; ends: RunRecord[] } => {
  const losses = (id: string) => lab.runs.steps(id).filter(({ note }) => lost.test(note)).length
  const goesOn = active.filter((record) => isResumable(record) && losses(record.id) < lossesBelieved)
  return { goesOn, ends: active.filter((record) => !goesOn.includes(record)) }
}

/** The part of a report that is about one run's things. */
const partOf = (report: WipeReport, things: OwedThing[], left: OwedThing[]): WipeReport => {
  const names = new Set(things.map((thing) => thing.name))
  return { items: report.items.filter((item) => names.has(item.name)), complete: left.length === 0, owed: [] }
}

const interruptedMessage = (left: number, begun: boolean): string => {
  if (!begun) return 'Scanside ended before this run began. Nothing was started; start it again.'
  return left === 0
    ? 'Scanside ended while this run was under way. Its workspace was removed; start it again.'
    : 'Scanside ended while this run was under way. Its workspace is removed as soon as the engine answers; start it again.'
}

/** What lab.db says an earlier life left and what does not go on; to be read before the first run of this one begins. */
export interface Unfinished {
  active: RunRecord[]
  waiting: RunRecord[]
}

/** Writes now, or once there is room: what was removed is gone, whether that can be told now or not. */
const tell = (desk: Desk, behind: Behind, work: () => void) => {
  try {
    behind.write(work)
  } catch (error) {
    behind.later(work)
    desk.report(error)
  }
}

/**
 * Ends every run that was under way when Scanside ended: with its results kept, it is done and they wait; without, it failed.
 * Pays what is owed on the way. Results of a demo lab that is gone go nowhere: they stay here. May be called again where it has rejected.
 */
export const recover = async (desk: Desk, unfinished: Unfinished, goOn: GoOn, behind: Behind): Promise<void> => {
  const { lab, debts } = desk
  const before = debts.list()
  // Also where no list says so: the list may have been lost.
  const report = await reap(desk, goOn)
  const still = debts.list()
  if (lab.readOnly) return
  for (const record of unfinished.active) {
    const mine = before.filter((thing) => thing.runId === record.id)
    const left = still.filter((thing) => thing.runId === record.id)
    const at = desk.now().toISOString()
    const begun = record.state !== 'queued'
    const { health } = engineOf(desk, laneOf(record))
    const facts = { id: desk.newId(), run: record.id, by: record.startedBy, at, published: [], owed: left, health, engine: record.engine }
    const receipt = receiptOf({ ...facts, place: record.place ?? 'here', wipe: partOf(report, mine, left) })
    tell(desk, behind, () => {
      // A receipt that is there already says what was published; `completeReceipts` adds what was removed only now.
      if (begun && !lab.chain.receipt(record.id)) lab.chain.addReceipt(receipt)
    })
    tell(desk, behind, () => endInterrupted(desk, record, left.length, at))
  }
  await completeReceipts(desk, behind, before, still, report)
  settleReceipts(desk, behind, still, report.nothingOn ?? [])
  for (const { id } of [...unfinished.active, ...unfinished.waiting]) {
    tell(desk, behind, () => {
      const record = lab.runs.get(id)
      if (record?.demo && record.home === 'waiting')
        lab.runs.save({ ...record, home: 'local', message: 'The demo lab these results were meant for has ended; they are kept here.' })
    })
  }
}

const endInterrupted = (desk: Desk, record: RunRecord, left: number, at: string) => {
  // By an earlier try.
  if (desk.lab.runs.get(record.id)?.endedAt) return
  let course = next(record, 'interrupted')
  if (!('refused' in course) && course.state === 'wiping') course = next(course, 'wiped')
  // A record that fits no arrow was written by nobody; it still must end.
  const ended = 'refused' in course || !hasEnded(course.state) ? ({ state: 'failed', outcome: 'failed' } as const) : course
  const message = ended.state === 'failed' ? (record.message ?? interruptedMessage(left, record.state !== 'queued')) : record.message
  const note = left === 0 ? 'Scanside had ended; nothing of it is left' : 'Scanside had ended; still to remove'
  desk.lab.runs.save({ ...record, ...ended, message, endedAt: at }, { state: ended.state, at, note })
}

/** Writes a later receipt for every ended run whose last things were removed only now, and takes back what its machine has sent since. */
export const completeReceipts = async (desk: Desk, behind: Behind, before: OwedThing[], still: OwedThing[], report: WipeReport): Promise<void> => {
  const { lab } = desk
  if (lab.readOnly) return
  for (const run of new Set(before.map((thing) => thing.runId))) {
    const left = still.filter((thing) => thing.runId === run)
    if (left.length > 0) continue
    const known = lab.chain.receipt(run)
    const { items } = partOf(
      report,
      before.filter((thing) => thing.runId === run),
      left,
    )
    const [id, at] = [desk.newId(), desk.now().toISOString()]
    tell(desk, behind, () => {
      const earlier = lab.chain.receipt(run)
      if (!earlier || earlier.complete) return
      const { chain: _chain, ...facts } = earlier
      lab.chain.addReceipt({ ...facts, id, at, complete: true, items: mergeItems(earlier.items, items), owed: [] })
    })
    if (known && !known.complete) await takeBackLate(desk, run)
  }
}

/** The same where an earlier life had removed them and ended before it could tell: its engine has nothing left of them, and nothing is owed. */
const settleReceipts = (desk: Desk, behind: Behind, still: OwedThing[], nothingOn: string[]) => {
  const { lab } = desk
  for (const { chain: _chain, ...earlier } of lab.chain.incomplete()) {
    const record = lab.runs.get(earlier.run)
    const engine = record?.resume?.engine
    if (!record?.endedAt || !engine || laneOf(record) !== 'container' || !nothingOn.includes(engine)) continue
    if (still.some(({ runId }) => runId === record.id)) continue
    const [id, at] = [desk.newId(), desk.now().toISOString()]
    const items = earlier.items.map((item) => (item.removedAt === null ? { ...item, removedAt: at, check: 'listing by label is empty of it' } : item))
    tell(desk, behind, () => {
      if (!lab.chain.receipt(record.id)?.complete) lab.chain.addReceipt({ ...earlier, id, at, complete: true, items, owed: [] })
    })
  }
}
