/** One run from its first file to its receipt. Every arrow is in lab.db before it is taken; the wipe comes whatever happened. */
import { ScansideError } from '../../oct/errors.ts'
import { profileArguments } from '../../oct/quality/collection.ts'
import type { Published } from '../archive/archive.ts'
import type { Engine, ExitReport, RunSpec, Workspace } from '../engines/engine.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { type CourseHands, type Job, progressing, say, take } from './arrows.ts'
import { type Desk, engineFor, engineMissing, engineOf, obstacleOf, sentenceOf } from './desk.ts'
import { correctedBy, gather, type StagedInput, scanVerdicts, stage } from './gather.ts'
import { eyeFirst, eyeUnknown, publish } from './homing.ts'
import { progressOf } from './logs.ts'
import { isNoted, noteOf } from './notes.ts'
import { publishedName, sendHome } from './outbox.ts'
import { engineLine } from './receipts.ts'
import { baseName, checkInputs, findResults, parseResults } from './results.ts'
import { diskShort } from './room.ts'
import { hasEnded, next } from './state.ts'
import { cancelWaiting, checkEnd, isHopeless, reopen, unstage, type Way, waitsAfter } from './waiting.ts'
import { wipe } from './wiping.ts'

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
/** Decimal, as file managers show it. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** `waits`: nothing was lost, and it is to be taken up again. */
export type Carried = 'ended' | 'waits'

const goOn = (signal: AbortSignal) => {
  if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
}

/** The plan's arguments, and with them the project's own profile where the pipeline takes one. */
const judgedBy = async (hands: CourseHands, job: Job, plan: RunPlan): Promise<string[] | null> => {
  if (!plan.takesProfile || !plan.argv || !hands.desk.profileFor) return plan.argv
  const { profile, problem } = await hands.desk.profileFor(job.record.session?.project ?? null, job.abort.signal)
  if (problem !== null) throw new ScansideError('invalid-file', problem)
  const own = profileArguments(profile)
  if (own.length > 0) say(hands, job, `Judged by the profile ${profile.name}.`)
  return [...plan.argv, ...own]
}

/** What the engine is told; what a machine needs to send results home by itself goes with it. */
const specOf = (desk: Desk, record: RunRecord, plan: RunPlan, argv: string[] | null): RunSpec => {
  const { env, workingDir, mounts, limits } = plan
  const spec = { runId: record.id, imageId: plan.image.id, argv, env, workingDir, mounts, limits }
  if (plan.engine === 'container' && isNoted(desk, record)) return { ...spec, noted: true }
  if (plan.engine !== 'cloud' || record.archive === null || record.session === null) return spec
  const home = { archive: record.archive, session: record.session, name: publishedName(record) }
  return { ...spec, image: { name: plan.image.name, digest: plan.image.digest }, home }
}

/** What lab.db needs to find the run's things again; written before anything of them is made. */
const note = ({ desk }: CourseHands, job: Job, engine: Engine, spec: RunSpec, outputMount: string) => {
  const { resume } = job.record
  if (!resume) return
  const record = { ...job.record, resume: { ...resume, engine: engine.id, workspace: { spec, outputMount } } }
  desk.lab.runs.save(record)
  job.record = record
}

const planOf = async ({ desk }: CourseHands, job: Job): Promise<RunPlan> => {
  const { resume } = job.record
  job.plan ??= resume && resume.pipeline !== '' ? await desk.pipelines.plan(resume.pipeline, resume.values, job.record.place ?? 'here') : null
  if (!job.plan) throw new ScansideError('internal', 'This run cannot be begun again. The scans are untouched; start it anew.')
  return job.plan
}

/** @throws ScansideError `disk-full` before anything of the run is made */
const checkRoom = async ({ desk }: CourseHands, job: Job, engine: Engine, { limits }: RunPlan, inputs: StagedInput[]) => {
  const [own, there] = await Promise.all([desk.freeBytes?.() ?? null, job.lane === 'container' ? (engine.freeBytes?.() ?? null) : null])
  const short = diskShort({ inputs: inputs.reduce((sum, { ref }) => sum + ref.size, 0), outputs: limits.outputBytes, own, engine: there })
  if (short) throw short
}

/** `queued -> staging -> running`, and started. */
const begin = async (way: Way): Promise<void> => {
  const { hands, job, engine } = way
  const { desk } = hands
  if (!engine) throw engineMissing(job.lane)
  const plan = await planOf(hands, job)
  const { pipeline, image } = plan
  // This application may have become another version since the run was queued.
  const change = { engine: engineLine(engineOf(desk, job.lane).health), pipeline, image: { name: image.name, digest: image.digest } }
  take(hands, job, 'begin', 'copying files', change)
  const spec = specOf(desk, job.record, plan, await judgedBy(hands, job, plan))
  note(hands, job, engine, spec, plan.outputMount)
  way.workspace = await engine.open(spec)
  const inputs = await gather(desk, job, plan)
  await checkRoom(hands, job, engine, plan, inputs)
  const files = counted(inputs.length, 'file')
  say(hands, job, job.lane === 'cloud' ? `Ordering a cloud machine for ${files}.` : `Copying ${files} to the engine.`)
  const staged = await stage(hands, job, way.workspace, inputs)
  desk.lab.runs.saveInputs(job.record.id, staged)
  const left = spec.noted ? noteOf(job.record, staged) : null
  if (left) await way.workspace.note?.(left)
  goOn(job.abort.signal)
  take(hands, job, 'staged', `${counted(staged.length, 'file')}, ${megabytes(staged.reduce((sum, file) => sum + file.size, 0))}`)
}

const checkExit = (exit: ExitReport) => {
  if (exit.outOfMemory) {
    throw new ScansideError('out-of-memory', 'The pipeline needed more memory than it may have. Nothing was sent; run fewer scans at once.', {
      exitCode: exit.exitCode,
    })
  }
  if (exit.timedOut)
    throw new ScansideError('timeout', 'The pipeline did not end in its time and was stopped. Nothing was sent; run fewer scans at once.', {
      problem: 'deadline',
    })
  if (exit.exitCode !== 0) {
    throw new ScansideError(
      'internal',
      `The pipeline ended with an error (exit code ${exit.exitCode}). Nothing was sent and no scan was judged; its log says more.`,
      { exitCode: exit.exitCode },
    )
  }
}

/** When the machine's pipeline said its first word: what the next estimate takes for its start. */
const spoke = ({ desk }: CourseHands, job: Job) => {
  const { resume } = job.record
  if (!resume || resume.spokeAt !== null || job.record.state !== 'running') return
  job.record = { ...job.record, resume: { ...resume, spokeAt: desk.now().toISOString() } }
}

/** `running -> collecting`. */
const runIt = async (way: Way, workspace: Workspace): Promise<void> => {
  const { hands, job } = way
  const { desk, logs } = hands
  const { abort, record } = job
  say(hands, job, way.takenUp ? 'Taking up the run again.' : 'Starting the pipeline.')
  let known = way.takenUp ? job.heard : 0
  way.starting = true
  await workspace.start(abort.signal, (line) => {
    if (line.stream !== 'scanside') {
      if (known-- > 0) return
      job.heard++
      spoke(hands, job)
    }
    logs.add(record.id, line)
    const progress = line.stream === 'stdout' ? progressOf(line.text) : null
    if (progress !== null && job.record.state === 'running') progressing(hands, job, progress)
  })
  way.starting = false
  job.placed = true
  const exit = await workspace.wait(abort.signal)
  checkEnd(job.lane, exit, way.takenUp)
  checkExit(exit)
  if (exit.given) desk.lab.runs.saveInputs(record.id, correctedBy(desk.lab.runs.inputs(record.id), exit.given))
  take(hands, job, 'exited', 'exit code 0')
}

/** `collecting -> publishing`: the results are in lab.db from here on. */
const collect = async ({ hands, job }: Way, workspace: Workspace, outputMount: string): Promise<void> => {
  const { desk } = hands
  const run = job.record.id
  const { bytes, sentBy } = findResults(await workspace.collect(outputMount, job.abort.signal))
  const staged = desk.lab.runs.inputs(run)
  const results = parseResults(bytes, sentBy)
  const { unmentioned } = checkInputs(results, staged, sentBy)
  if (unmentioned > 0) say(hands, job, `${unmentioned} of ${staged.length} files are not mentioned in the results; they were not judged.`)
  goOn(job.abort.signal)
  const verdicts = results.scans.map((scan) => scan.verdict)
  const judged = results.scans.map((scan) => ({ verdict: scan.verdict, names: scan.inputs.map((input) => baseName(input.name)) }))
  const course = next(job.record, 'collected')
  if ('refused' in course) throw new ScansideError('conflict', course.refused)
  const eye = job.record.archive !== null && eyeUnknown(results)
  const kept = job.record.archive === null || eye
  const record: RunRecord = { ...job.record, ...course, verdicts, home: kept ? 'local' : 'waiting', message: eye ? eyeFirst : job.record.message }
  const step = { state: course.state, at: desk.now().toISOString(), note: `${counted(verdicts.length, 'scan')} judged` }
  const label = `${job.record.pipeline.name} ${job.record.pipeline.version}`
  desk.lab.runs.saveResults(record, step, bytes, scanVerdicts(staged, judged, label))
  job.record = record
  job.progress = null
  hands.changed(job)
}

/** What an earlier life had published of a run that was being wiped. */
const publishedBefore = async ({ desk }: CourseHands, { record }: Job): Promise<Published[]> => {
  const known = desk.lab.chain.receipt(record.id)?.published
  if (known || record.home !== 'read-back') return known ?? []
  const sent = await sendHome(desk, record, new AbortController().signal)
  return 'published' in sent ? [sent.published] : []
}

/** From where the run is to where its results are safe and sent. */
const execute = async (way: Way): Promise<void> => {
  const { hands, job } = way
  if (job.record.state === 'queued') await begin(way)
  else {
    way.takenUp = true
    take(hands, job, 'taken-up', 'taken up again where it was')
    way.workspace = await reopen(way)
  }
  const { workspace } = way
  const outputMount = job.record.resume?.workspace?.outputMount ?? job.plan?.outputMount
  if (!workspace || outputMount === undefined) {
    if (job.record.state === 'running' || job.record.state === 'collecting') throw new ScansideError('internal', notKnown)
  } else {
    if (job.record.state === 'running') await runIt(way, workspace)
    if (job.record.state === 'collecting') await collect(way, workspace, outputMount)
  }
  way.published = job.record.state === 'publishing' ? await publish(hands, job) : await publishedBefore(hands, job)
}

const begunAnew = 'begun anew: Scanside had ended before it was started'
const notKnown = 'This run cannot be taken up again: its workspace is not known. The scans are untouched; start it anew.'

/** Carries a run from where it is to its end, or to where it must wait. Never rejects: what went wrong is the run's message. */
export const carry = async (hands: CourseHands, job: Job): Promise<Carried> => {
  const { desk, logs } = hands
  let way: Way | null = null
  try {
    const obstacle = obstacleOf(desk, job.lane, job.record)
    if (obstacle !== null) {
      if (job.abort.signal.aborted && !job.leaving) cancelWaiting(hands, job)
      job.waits = obstacle
      return hasEnded(job.record.state) ? 'ended' : 'waits'
    }
    const engine = engineFor(desk, job.lane, job.record)
    way = { hands, job, engine, workspace: null, published: [], takenUp: false, starting: false }
    if (job.record.state === 'staging' && !(await unstage(way, begunAnew))) {
      if (isHopeless(job)) throw new ScansideError('conflict', 'What an earlier attempt of this run had made could not be removed. Start it anew.')
      job.waits = 'Waits until what an earlier attempt of it had made is removed.'
      return 'waits'
    }
    await execute(way)
  } catch (error) {
    if (!(error instanceof ScansideError)) desk.report(error)
    const waits = way !== null && (await waitsAfter(way, error).catch(desk.report))
    if (waits) return 'waits'
    const cancelled = job.abort.signal.aborted
    const message = cancelled ? null : sentenceOf(error).slice(0, 1_000)
    if (message !== null) logs.add(job.record.id, { stream: 'scanside', text: message, at: desk.now().toISOString() })
    try {
      // After 'publishing' the results are kept; a fault there leaves them waiting.
      const event = job.record.state === 'publishing' ? 'homed' : cancelled ? 'cancel' : 'fail'
      if (job.record.state !== 'wiping') take(hands, job, event, message ?? 'cancelled', { message })
    } catch (unwritten) {
      desk.report(unwritten)
    }
  }
  if (job.record.state === 'failed' || job.record.state === 'cancelled') return 'ended'
  if (way && !(await wipe(way))) {
    job.waits = 'Its results are settled; what its machine has left is being removed, and tried again in a minute.'
    return 'waits'
  }
  return 'ended'
}
