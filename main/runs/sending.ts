/** What waits for its archive: packed where it is not yet, sent, and marked once it is home. */
import type { Results } from '../../oct/results.ts'
import type { Published } from '../archive/archive.ts'
import type { ItemContent } from '../outbox/seal.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import type { Desk } from './desk.ts'
import { eyeFirst, eyeUnknown } from './homing.ts'
import { itemOf } from './outbox.ts'

export interface Sending {
  results(run: string): Results | null
  isClosed(): boolean
  /** Also what the archive had refused, or held another content of. */
  again: boolean
}

/** Results lab.db says wait and that are not packed yet: of an earlier version, or packed on a disk that was full. */
const packWaiting = async (desk: Desk, { results, isClosed }: Sending): Promise<void> => {
  const { lab, outbox } = desk
  const isOfUnknownEye = (run: string): boolean => {
    try {
      const found = results(run)
      return found !== null && eyeUnknown(found)
    } catch (error) {
      // What cannot be read any more says nothing of an eye; it is told when somebody opens it.
      desk.report(error)
      return false
    }
  }
  for (const record of lab.runs.waiting()) {
    if (isClosed() || outbox.has(record.id)) continue
    // The demo lab of an earlier life is gone.
    if (record.demo && desk.archive()?.id !== record.archive) continue
    // What an earlier version let wait is held to the same rule.
    if (isOfUnknownEye(record.id)) {
      lab.runs.save({ ...record, home: 'local', message: eyeFirst })
      continue
    }
    const item = itemOf(desk, record)
    const problem = item ? await outbox.put(item) : null
    if (problem !== null && record.message !== problem) lab.runs.save({ ...record, message: problem })
  }
}

/** Sends what can be sent now; answers how many were read back. Those that could not be sent keep the reason as their message. */
export const sendAll = async (desk: Desk, sending: Sending, signal: AbortSignal): Promise<{ sent: number; tried: number }> => {
  // A newer Scanside's records tell what is to be sent; it will.
  if (desk.lab.readOnly) return { sent: 0, tried: 0 }
  await packWaiting(desk, sending)
  return sending.isClosed() ? { sent: 0, tried: 0 } : desk.outbox.send(signal, sending.again)
}

/** A run's record, where its results may still go home; null where lab.db does not know it (it was moved aside). */
const recordOf = ({ lab }: Desk, { run }: ItemContent): RunRecord | null => (run === null ? null : lab.runs.get(run))

/** Writes down what becomes of packed results; `changed` is told of every run it marked. */
export const markRuns = (desk: Desk, changed: () => void): void => {
  const { lab, outbox } = desk
  const at = () => desk.now().toISOString()
  /** The record last: what breaks off before it is done again, and what is on the receipt already is not told twice. */
  const home = (record: RunRecord, published: Published) => {
    const time = at()
    const earlier = lab.chain.receipt(record.id)
    if (!earlier?.published.some(({ path }) => path === published.path)) {
      lab.chain.audit(time, desk.by(), 'results sent home and read back', record.id)
      if (earlier) {
        const { chain: _chain, ...facts } = earlier
        lab.chain.addReceipt({ ...facts, id: desk.newId(), at: time, published: [published] })
      }
    }
    lab.runs.save({ ...record, home: 'read-back', message: null }, { state: record.state, at: time, note: `read back: ${published.check}` })
  }
  outbox.keeps('results', {
    home: (content, published) => {
      const record = recordOf(desk, content)
      if (!record || record.home === 'read-back') return true
      // Its course writes it down, or the next pass does.
      if (record.endedAt === null) return false
      home(record, published)
      changed()
      return true
    },
    letGo: (content, choice) => {
      const record = recordOf(desk, content)
      if (!record || record.home === 'read-back') return
      const theirs = choice === 'keep-theirs'
      const message = theirs
        ? 'The archive keeps its own file; these results stay at this desk, as somebody chose here.'
        : 'These results were not sent, as somebody chose here; they stay at this desk.'
      lab.runs.save(
        { ...record, home: 'local', message },
        { state: record.state, at: at(), note: theirs ? 'the archive’s file kept' : 'let go unsent' },
      )
      lab.chain.audit(at(), desk.by(), theirs ? 'results not sent: the archive’s file was kept' : 'results let go unsent', record.id)
      changed()
    },
    waits: (content, message) => {
      const record = recordOf(desk, content)
      if (record?.home !== 'waiting' || record.endedAt === null || record.message === message) return
      lab.runs.save({ ...record, message })
      changed()
    },
  })
}

/** Runs lab.db was seen to know: they are counted by it, and asked for at every change. */
const seen = new WeakMap<Desk, Set<string>>()
const isKnown = (desk: Desk, run: string): boolean => {
  const known = seen.get(desk) ?? new Set<string>()
  seen.set(desk, known)
  if (!known.has(run) && desk.lab.runs.get(run) !== null) known.add(run)
  return known.has(run)
}

/** Ended runs whose results are not home, gradings, and what lab.db does not know of. */
export const waitingCount = (desk: Desk): number => {
  // An item of results is called as its run, also where it cannot be opened.
  const uncounted = desk.outbox.list().filter(({ facts }) => facts.kind === 'grading' || !isKnown(desk, facts.id))
  return desk.lab.runs.waitingCount() + uncounted.length
}
