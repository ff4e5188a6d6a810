/** A run under way, and how it takes an arrow: into lab.db first, then in memory. */
import { ScansideError } from '../../oct/errors.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import type { Behind } from './behind.ts'
import type { Desk, Lane } from './desk.ts'
import type { Logs } from './logs.ts'
import { hasEnded, next, type RunEvent } from './state.ts'

/** A run under way. `record` is replaced, never changed. */
export interface Job {
  record: RunRecord
  lane: Lane
  /** Null for a run of an earlier life, until it begins anew. */
  plan: RunPlan | null
  abort: AbortController
  progress: number | null
  /** When progress was last told, ms. */
  toldAt: number
  /** Why it waits although it could go on, as a sentence: its engine or the archive is not there. Null: it does not. */
  waits: string | null
  /** Scanside closes; what the cloud does goes on. */
  leaving: boolean
  /** How often it was taken up without getting any further. */
  attempts: number
  /** The cloud has taken the order for its machine. */
  placed: boolean
  /** How often in a row the cloud had no room for it while no other run had a machine there. */
  refused: number
  /** Lines of its pipeline that are in the log: whoever takes it up again hears them from the beginning. */
  heard: number
}

export const jobOf = (record: RunRecord, lane: Lane, plan: RunPlan | null): Job => ({
  record,
  lane,
  plan,
  abort: new AbortController(),
  progress: null,
  toldAt: 0,
  waits: null,
  leaving: false,
  attempts: 0,
  placed: false,
  refused: 0,
  heard: 0,
})

export interface CourseHands {
  desk: Desk
  logs: Logs
  /** What lab.db could not take, for want of room. */
  behind: Behind
  /** Told after every arrow and when progress moved. */
  changed: (job: Job) => void
  /** Whether other runs have machines in the cloud, one of which will make room; `asking`: they only ask for theirs. */
  othersInCloud: (job: Job) => 'none' | 'asking' | 'placed'
}

const forward = new Set<RunEvent>(['begin', 'staged', 'exited', 'again', 'taken-up'])

/** Takes an arrow: into lab.db first, then in memory. Throws `conflict` where there is no such arrow, and what lab.db throws. */
export const take = ({ desk, behind, changed }: CourseHands, job: Job, event: RunEvent, note: string, change: Partial<RunRecord> = {}): void => {
  const course = next(job.record, event)
  if ('refused' in course) throw new ScansideError('conflict', course.refused)
  const at = desk.now().toISOString()
  const ended = hasEnded(course.state)
  const { resume } = { ...job.record, ...change }
  // What it was told to do may be sensitive and is of no use any more.
  const forgotten = ended && resume ? { resume: { ...resume, values: {}, workspace: null } } : {}
  const record: RunRecord = { ...job.record, ...change, ...forgotten, ...course, endedAt: ended ? at : null }
  const step = { state: course.state, at, note: note.slice(0, 1_000) }
  const move = () => {
    // Beginning anew is no progress.
    if (record.state !== job.record.state && record.state !== 'queued' && record.state !== 'staging') job.attempts = 0
    job.record = record
    job.progress = null
    changed(job)
  }
  const save = () => desk.lab.runs.save(record, step)
  try {
    behind.write(save)
  } catch (error) {
    // An arrow towards the end is taken even where it cannot be written yet: what is left behind weighs more than a line that comes late.
    if (!forward.has(event)) {
      behind.later(save)
      move()
    }
    throw error
  }
  move()
}

/** A line of Scanside's own in the run's log. */
export const say = ({ desk, logs }: CourseHands, job: Job, text: string): void =>
  logs.add(job.record.id, { stream: 'scanside', text, at: desk.now().toISOString() })

/** Moves progress, and tells of it at most ten times a second: a container may write what it likes. */
export const progressing = (hands: CourseHands, job: Job, progress: number): void => {
  const at = hands.desk.now().getTime()
  job.progress = Math.min(1, Math.max(0, progress))
  if (at - job.toldAt < 100) return
  job.toldAt = at
  hands.changed(job)
}
