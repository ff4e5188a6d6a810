/** When a run of the cloud does not end but waits: closed, cut off, or without room; and how it begins anew. */
import { type ErrorCode, ScansideError } from '../../oct/errors.ts'
import type { RunState } from '../../preload/contract.ts'
import type { Published } from '../archive/archive.ts'
import type { Engine, WipeReport, Workspace } from '../engines/engine.ts'
import { type CourseHands, type Job, take } from './arrows.ts'
import { obstacleInCloud, sentenceOf } from './desk.ts'
import { next } from './state.ts'

/** How often a run is taken up without getting any further before it is given up. */
const patience = 20

/** Counts one more time that it was taken up; true where it is to be given up. */
export const isHopeless = (job: Job): boolean => ++job.attempts > patience

/** A run on its way: what it has open, and what of it is home. */
export interface Way {
  hands: CourseHands
  job: Job
  engine: Engine
  workspace: Workspace | null
  published: Published[]
  /** Begun by an earlier life, or before the network went. */
  takenUp: boolean
  /** While its machine is ordered or looked for. */
  starting: boolean
}

/** Opens the workspace an earlier life had; null where it had none. */
export const reopen = async ({ hands, job, engine }: Way): Promise<Workspace | null> => {
  const known = job.record.resume?.workspace
  if (!known) return null
  hands.desk.openRuns.add(job.record.id)
  const { argv, env, imageId, workingDir, mounts, limits, image, home } = known.spec
  return engine.open({ runId: job.record.id, imageId, argv, env, workingDir, mounts, limits, image, home })
}

export const nothing: WipeReport = { items: [], complete: true, owed: [] }

/** Wipes what was staged for a machine that never started, so that the run can begin anew under its own id; false where something is left. */
export const unstage = async (way: Way, why: string): Promise<boolean> => {
  const { hands, job } = way
  const workspace = way.workspace ?? (await reopen(way))
  const report = workspace ? await workspace.wipe().catch(() => null) : nothing
  way.workspace = null
  // It still lives, and makes the same things under the same names again: nobody else may remove them meanwhile.
  hands.desk.openRuns.add(job.record.id)
  if (!report?.complete) return false
  const { resume } = job.record
  take(hands, job, 'again', why, resume ? { resume: { ...resume, engine: null, workspace: null, spokeAt: null } } : {})
  return true
}

/**
 * Faults that say nothing of the run, by where it is: network or sign-in went, and the machine does not mind. What the machine itself gave up
 * for (`problem`) is no such fault.
 */
const passing: Partial<Record<RunState, ErrorCode[]>> = {
  // The list of this desk's images is not there yet.
  queued: ['engine-unavailable', 'unreachable', 'unauthorized'],
  // Nothing was started: it begins anew.
  staging: ['unreachable', 'unauthorized', 'timeout'],
  // Whoever watches asks again by itself, and gives up for good where the machine is late.
  running: ['unreachable', 'unauthorized'],
  collecting: ['unreachable', 'unauthorized', 'timeout'],
}
const passes = (state: RunState, error: unknown): boolean =>
  error instanceof ScansideError && error.details.problem === undefined && (passing[state]?.includes(error.code) ?? false)

/** Where all only ask, each would wait for the other for ever: a few times, then it is told what the cloud said. */
const refusalsBelieved = 3

const mayFindRoom = (hands: CourseHands, job: Job): boolean => {
  job.placed = false
  const others = hands.othersInCloud(job)
  job.refused = others === 'placed' ? 0 : job.refused + 1
  return others === 'placed' || (others === 'asking' && job.refused <= refusalsBelieved)
}

/** Whether a run of the cloud is to wait after this error instead of ending; its `waits` says why. */
export const waitsAfter = async (way: Way, error: unknown): Promise<boolean> => {
  const { hands, job } = way
  const { state } = job.record
  if (job.lane !== 'cloud' || !job.record.resume) return false
  if (job.leaving) {
    if (state === 'staging') await unstage(way, 'Scanside was closed before its machine was started').catch(hands.desk.report)
    return state !== 'publishing' && state !== 'wiping'
  }
  if (job.abort.signal.aborted) return false
  const noRoom = error instanceof ScansideError && error.code === 'quota' && mayFindRoom(hands, job)
  if (noRoom && (state === 'staging' || state === 'running') && (await unstage(way, 'the cloud has no room now'))) {
    job.waits = `Waits for room in the cloud and tries again. ${sentenceOf(error)}`.slice(0, 1_000)
    return true
  }
  const neverMade = way.starting && way.takenUp && error instanceof ScansideError && error.code === 'not-found'
  if (neverMade && (await unstage(way, 'begun anew: Scanside had ended before its machine was made'))) return true
  if (!passes(state, error) || isHopeless(job)) return false
  job.waits = obstacleInCloud(hands.desk, job.record) ?? `Waits and tries again: ${sentenceOf(error)}`.slice(0, 1_000)
  return true
}

/** Cancels a run that waits for the cloud; what it has there is removed once the cloud is back. */
export const cancelWaiting = (hands: CourseHands, job: Job): void => {
  if ('refused' in next(job.record, 'cancel')) return
  take(hands, job, 'cancel', job.record.state === 'queued' ? 'cancelled before it began' : 'cancelled', { message: null })
}
