/** When a run does not end but waits: closed, cut off from its engine or archive, or without room; and how it begins anew. */
import { type ErrorCode, ScansideError } from '../../oct/errors.ts'
import type { RunState } from '../../preload/contract.ts'
import type { Published } from '../archive/archive.ts'
import type { Engine, ExitReport, WipeReport, Workspace } from '../engines/engine.ts'
import { type CourseHands, type Job, take } from './arrows.ts'
import { type Lane, obstacleOf, sentenceOf } from './desk.ts'
import { noteMade, writeReceipt } from './receipting.ts'
import { next } from './state.ts'

/** How often a run is taken up without getting any further before it is given up. */
const patience = 20

/** Counts one more time that it was taken up; true where it is to be given up. */
export const isHopeless = (job: Job): boolean => ++job.attempts > patience

/** A run on its way: what it has open, and what of it is home. */
export interface Way {
  hands: CourseHands
  job: Job
  /** Null where it is not there, and is not needed any more. */
  engine: Engine | null
  workspace: Workspace | null
  published: Published[]
  /** Begun by an earlier life, or before the network went. */
  takenUp: boolean
  /** While its machine or container is started or looked for. */
  starting: boolean
}

/** Opens the workspace an earlier life had; null where it had none, or its engine is not there. */
export const reopen = async ({ hands, job, engine }: Way): Promise<Workspace | null> => {
  const known = job.record.resume?.workspace
  if (!known || !engine) return null
  hands.desk.openRuns.add(job.record.id)
  const { argv, env, imageId, workingDir, mounts, limits, noted, image, home } = known.spec
  const more = { ...(noted ? { noted } : {}), ...(image && home ? { image, home } : {}) }
  return engine.open({ runId: job.record.id, imageId, argv, env, workingDir, mounts, limits, ...more })
}

export const nothing: WipeReport = { items: [], complete: true, owed: [] }

/** What can be said of the removal where no engine answers. */
export const notReached: WipeReport = { items: [], complete: false, owed: [] }

/** Removes what is known of the run's things; never rejects. */
export const removed = async (way: Way): Promise<WipeReport> => {
  const { job, hands } = way
  try {
    const workspace = way.workspace ?? (await reopen(way))
    if (workspace) return await workspace.wipe()
  } catch (error) {
    hands.desk.report(error)
  }
  // Whatever is made is written down before: without a debt there is nothing.
  return hands.desk.debts.list().some(({ runId }) => runId === job.record.id) ? notReached : nothing
}

/** Wipes what there is of a run that never started or is lost, so that it can begin anew under its own id; false where something is left. */
export const unstage = async (way: Way, why: string): Promise<boolean> => {
  const { hands, job } = way
  // A cloud's machines that wait for room would fill the chain, and their run's last receipt names all of it.
  const atDesk = job.lane !== 'cloud'
  const made = atDesk ? noteMade(hands, job) : []
  const report = await removed(way)
  way.workspace = null
  // It still lives, and makes the same things under the same names again: nobody else may remove them meanwhile.
  hands.desk.openRuns.add(job.record.id)
  if (!report.complete) return false
  if (atDesk && (made.length > 0 || report.items.length > 0)) writeReceipt(hands, job, report, made, [])
  // Another container says everything once more.
  job.heard = 0
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
/** The same of a container engine, which may be stopped, killed or hang; what runs on it may go on. */
const whileEngineIsAway: readonly RunState[] = ['staging', 'running', 'collecting']
const passes = (lane: Lane, state: RunState, error: unknown): boolean =>
  error instanceof ScansideError &&
  error.details.problem === undefined &&
  ((passing[state]?.includes(error.code) ?? false) ||
    (lane === 'container' && error.code === 'engine-unavailable' && whileEngineIsAway.includes(state)))

/** 128 + SIGKILL, 128 + SIGTERM, and what an engine writes where it does not know. */
const [killed, terminated, unknownEnd] = [137, 143, 255]

/**
 * Whether the engine ended the container, and not the pipeline itself: an engine that is stopped in order terminates what it runs, one that
 * was killed finds it at its next start and kills it then.
 * @param takenUp after the engine or this application was away
 */
export const endedByEngine = ({ exitCode, outOfMemory, timedOut }: ExitReport, takenUp: boolean): boolean =>
  !outOfMemory && !timedOut && (exitCode === terminated || (takenUp && (exitCode === killed || exitCode === unknownEnd)))

/** What `problem` says of such an end. */
const byEngine = 'ended-by-engine'

/** @throws ScansideError where the engine ended it */
export const checkEnd = (lane: Lane, exit: ExitReport, takenUp: boolean): void => {
  if (lane !== 'container' || !endedByEngine(exit, takenUp)) return
  throw new ScansideError(
    'engine-unavailable',
    'The container engine ended the analysis, again and again. Nothing was sent; look after the engine (it may be restarting) and start the run again.',
    { problem: byEngine, exitCode: exit.exitCode },
  )
}

/** How often a run whose container the engine has ended begins anew: the journal counts, also over several lives. */
const endsBelieved = 3
const begunAnew = ({ desk }: CourseHands, job: Job): number => desk.lab.runs.steps(job.record.id).filter(({ state }) => state === 'queued').length - 1

/** Why a run is to begin anew after this error, as a note for its steps; null where it is not. */
const beginsAnew = ({ hands, job, takenUp, starting }: Way, error: unknown): string | null => {
  // A run that was found again by its note alone: what it was started with is not known.
  if (!(error instanceof ScansideError) || job.record.resume?.pipeline === '') return null
  const { state } = job.record
  if (error.details.problem === byEngine) return begunAnew(hands, job) < endsBelieved ? 'begun anew: the container engine had ended it' : null
  if (!takenUp || error.code !== 'not-found') return null
  if (starting) return job.lane === 'cloud' ? 'begun anew: Scanside had ended before its machine was made' : 'begun anew: nothing of it runs any more'
  return state === 'collecting' && job.lane !== 'cloud' ? 'begun anew: its results are no longer there' : null
}

/** Where all only ask, each would wait for the other for ever: a few times, then it is told what the cloud said. */
const refusalsBelieved = 3

const mayFindRoom = (hands: CourseHands, job: Job): boolean => {
  job.placed = false
  const others = hands.othersInCloud(job)
  job.refused = others === 'placed' ? 0 : job.refused + 1
  return others === 'placed' || (others === 'asking' && job.refused <= refusalsBelieved)
}

/** Whether a run is to wait after this error instead of ending; its `waits` says why. */
export const waitsAfter = async (way: Way, error: unknown): Promise<boolean> => {
  const { hands, job } = way
  const { state } = job.record
  if (!job.record.resume) return false
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
  const anew = beginsAnew(way, error)
  if (anew !== null && (await unstage(way, anew))) return true
  if (anew === null && !passes(job.lane, state, error)) return false
  const obstacle = obstacleOf(hands.desk, job.lane, job.record)
  // What is known to be away is waited for, however long; what only fails is given up some time.
  if (obstacle === null && hands.desk.archive()?.ready !== false && isHopeless(job)) return false
  const waits = obstacle ?? `Waits and tries again: ${sentenceOf(error)}`.slice(0, 1_000)
  // Back into the queue at once, so that no more begin together than may, once the archive is back.
  if (state === 'staging' && job.lane !== 'cloud') await unstage(way, 'begun anew when it can go on').catch(hands.desk.report)
  job.waits = waits
  return true
}

/** Cancels a run that waits; what it has on its engine is removed once that is back. */
export const cancelWaiting = (hands: CourseHands, job: Job): void => {
  if ('refused' in next(job.record, 'cancel')) return
  take(hands, job, 'cancel', job.record.state === 'queued' ? 'cancelled before it began' : 'cancelled', { message: null })
}
