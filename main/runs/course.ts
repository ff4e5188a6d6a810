/** One run from its first file to its receipt. Every arrow is in lab.db before it is taken; the wipe comes whatever happened. */
import { ScansideError } from '../../oct/errors.ts'
import { profileArguments } from '../../oct/quality/collection.ts'
import { pipeline as analysis } from '../../oct/quality/judge.ts'
import type { Results, Verdict } from '../../oct/results.ts'
import type { ScanRef } from '../../preload/contract.ts'
import type { Published } from '../archive/archive.ts'
import type { InputRef, WipeReport, Workspace } from '../engines/engine.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import type { RunInput, RunRecord, ScanVerdict } from '../store/lab-runs.ts'
import { type Desk, engineMissing, engineOf, sentenceOf } from './desk.ts'
import { giveArchived, giveLocal } from './given.ts'
import { type Logs, progressOf } from './logs.ts'
import { sendHome } from './outbox.ts'
import { engineLine, receiptOf } from './receipts.ts'
import { baseName, checkInputs, findResults, parseResults } from './results.ts'
import { hasEnded, next, type RunEvent } from './state.ts'

/** Files a single run may take in. */
const maxFiles = 20_000

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
/** Decimal, as file managers show it. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** A run under way. `record` is replaced, never changed. */
export interface Job {
  record: RunRecord
  plan: RunPlan
  abort: AbortController
  progress: number | null
  /** When progress was last told, ms. */
  toldAt: number
}

export interface CourseHands {
  desk: Desk
  logs: Logs
  /** Told after every arrow and when progress moved. */
  changed: (job: Job) => void
}

const forward = new Set<RunEvent>(['begin', 'staged', 'exited'])

/** Takes an arrow: into lab.db first, then in memory. Throws `conflict` where there is no such arrow, and what lab.db throws. */
export const take = ({ desk, changed }: CourseHands, job: Job, event: RunEvent, note: string, change: Partial<RunRecord> = {}): void => {
  const course = next(job.record, event)
  if ('refused' in course) throw new ScansideError('conflict', course.refused)
  const at = desk.now().toISOString()
  const record: RunRecord = { ...job.record, ...change, ...course, endedAt: hasEnded(course.state) ? at : null }
  const step = { state: course.state, at, note: note.slice(0, 1_000) }
  const move = () => {
    job.record = record
    job.progress = null
    changed(job)
  }
  try {
    desk.lab.runs.save(record, step)
  } catch (error) {
    // An arrow towards the end is taken even where it cannot be written: what is left behind weighs more than a missing line.
    if (!forward.has(event)) move()
    throw error
  }
  move()
}

interface StagedInput {
  mount: string
  ref: InputRef
  of: ScanRef
}

/** Every file the plan wants of the run's scans, under opaque names. */
const gather = async (desk: Desk, job: Job): Promise<StagedInput[]> => {
  const { plan, record, abort } = job
  const staged: StagedInput[] = []
  for (const [index, of] of record.refs.entries()) {
    const before = staged.length
    const giving = { desk, lane: plan.engine, ordinal: index + 1, signal: abort.signal }
    const add = (mount: string, refs: InputRef[]) => staged.push(...refs.map((ref) => ({ mount, of, ref })))
    if (of.kind === 'local') {
      const into = plan.inputs[0]
      if (into) add(into.mount, await giveLocal(giving, desk.local(of.local), into))
    } else {
      const home = desk.archive()
      if (!home || home.id !== record.archive) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans any more. Sign in and start the run again.')
      }
      const files = await home.archive.scanFiles(of, of.scan, abort.signal)
      if (plan.acceptsScan) {
        const row = (await home.archive.scans(of.project, of.session, abort.signal)).find(({ id }) => id === of.scan)
        const resources = [...new Set(files.map((file) => file.resource))].map((label) => ({ label, format: '' }))
        if (!plan.acceptsScan({ id: of.scan, type: row?.type ?? '', xsiType: row?.xsiType ?? '', resources })) {
          throw new ScansideError(
            'not-supported',
            'This pipeline is not made for this kind of scan. Nothing was started; choose another scan or another pipeline.',
          )
        }
      }
      for (const into of plan.inputs) add(into.mount, await giveArchived(giving, home.archive, files, into))
    }
    if (staged.length === before) {
      const which = record.refs.length === 1 ? 'This scan' : `Scan ${index + 1} of ${record.refs.length}`
      throw new ScansideError(
        'not-found',
        `${which} holds no file that this pipeline reads. Nothing was started; choose another scan or another pipeline.`,
      )
    }
    if (staged.length > maxFiles) {
      throw new ScansideError('invalid-argument', `These scans hold more than ${maxFiles.toLocaleString('en')} files. Start them in smaller groups.`)
    }
  }
  return staged
}

/** Moves progress, and tells of it at most ten times a second: a container may write what it likes. */
const progressing = (hands: CourseHands, job: Job, progress: number) => {
  const at = hands.desk.now().getTime()
  job.progress = Math.min(1, Math.max(0, progress))
  if (at - job.toldAt < 100) return
  job.toldAt = at
  hands.changed(job)
}

const rank: Record<Verdict, number> = { usable: 0, ambiguous: 1, unknown: 2, unusable: 3 }

/** One verdict per scan of the archive: the worst of its files', so that a scan half judged is never a pass. */
export const scanVerdicts = (inputs: RunInput[], judged: { verdict: Verdict; names: string[] }[], pipeline: string): ScanVerdict[] => {
  const byName = new Map(inputs.map((input) => [input.name, input]))
  const found = new Map<string, ScanVerdict>()
  for (const { verdict, names } of judged) {
    for (const name of names) {
      const input = byName.get(name)
      if (!input || input.scan === '') continue
      const { archive, session, scan } = input
      const key = JSON.stringify([archive, session, scan])
      const before = found.get(key)
      if (!before || rank[verdict] > rank[before.verdict]) found.set(key, { archive, session, scan, verdict, pipeline })
    }
  }
  return [...found.values()]
}

const stage = async (hands: CourseHands, job: Job, workspace: Workspace, inputs: StagedInput[]): Promise<RunInput[]> => {
  const total = inputs.reduce((sum, { ref }) => sum + ref.size, 0)
  const staged = await workspace.stage(inputs, job.abort.signal, (bytes) => {
    if (total > 0) progressing(hands, job, bytes / total)
  })
  const facts = new Map(staged.map((file) => [baseName(file.path), file]))
  return inputs.map(({ ref, of }) => {
    const name = baseName(ref.path)
    const fact = facts.get(name)
    if (!fact) throw new ScansideError('integrity', 'The engine did not confirm every file it was given. The run was stopped; start it again.')
    const whose =
      of.kind === 'archive'
        ? { archive: job.record.archive ?? '', session: of.session, scan: of.scan, local: '' }
        : { archive: '', session: '', scan: '', local: of.local }
    return { name, size: fact.size, sha256: fact.sha256 ?? '', ...whose }
  })
}

const goOn = (signal: AbortSignal) => {
  if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
}

const execute = async (hands: CourseHands, job: Job, workspace: Workspace): Promise<void> => {
  const { desk, logs } = hands
  const { plan, abort } = job
  const run = job.record.id
  const say = (text: string) => logs.add(run, { stream: 'scanside', text, at: desk.now().toISOString() })

  const inputs = await gather(desk, job)
  say(`Copying ${inputs.length} ${inputs.length === 1 ? 'file' : 'files'} to the engine.`)
  const staged = await stage(hands, job, workspace, inputs)
  desk.lab.runs.saveInputs(run, staged)
  goOn(abort.signal)
  take(hands, job, 'staged', `${counted(staged.length, 'file')}, ${megabytes(staged.reduce((sum, file) => sum + file.size, 0))}`)

  say('Starting the pipeline.')
  await workspace.start(abort.signal, (line) => {
    logs.add(run, line)
    const progress = line.stream === 'stdout' ? progressOf(line.text) : null
    if (progress !== null && job.record.state === 'running') progressing(hands, job, progress)
  })
  const exit = await workspace.wait(abort.signal)
  if (exit.outOfMemory) {
    throw new ScansideError('out-of-memory', 'The pipeline needed more memory than it may have. Nothing was sent; run fewer scans at once.', {
      exitCode: exit.exitCode,
    })
  }
  if (exit.timedOut)
    throw new ScansideError('timeout', 'The pipeline did not end in its time and was stopped. Nothing was sent; run fewer scans at once.')
  if (exit.exitCode !== 0) {
    throw new ScansideError(
      'internal',
      `The pipeline ended with an error (exit code ${exit.exitCode}). Nothing was sent and no scan was judged; its log says more.`,
      { exitCode: exit.exitCode },
    )
  }
  take(hands, job, 'exited', 'exit code 0')

  const bytes = findResults(await workspace.collect(plan.outputMount, abort.signal))
  const results = parseResults(bytes)
  const { unmentioned } = checkInputs(results, staged)
  if (unmentioned > 0) say(`${unmentioned} of ${staged.length} files are not mentioned in the results; they were not judged.`)
  goOn(abort.signal)
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

/** Whether our analysis was given a scan that does not say which eye it is of: its results would be filed under none. */
export const eyeUnknown = ({ pipeline, scans }: Results): boolean =>
  pipeline.name === analysis.name &&
  scans.some(({ criteria, facts }) => facts?.laterality === 'unknown' || criteria.some(({ id, status }) => id === 'L' && status === 'unknown'))

export const eyeFirst =
  'The file of a scan does not say which eye it is, so these results stay at this desk and were not sent. Set the eye on the device, export and upload the scan again, and run it again.'

/** Results are safe: whatever happens now, they wait at worst. */
const publish = async (hands: CourseHands, job: Job): Promise<Published[]> => {
  if (job.record.home === 'local') {
    take(hands, job, 'homed', 'kept at this desk')
    return []
  }
  const sent = await sendHome(hands.desk, job.record, job.abort.signal).catch(() => null)
  if (sent && 'published' in sent) {
    take(hands, job, 'homed', `read back: ${sent.published.check}`, { home: 'read-back' })
    return [sent.published]
  }
  const waits = sent?.waits ?? 'The results are kept here and sent later.'
  take(hands, job, 'homed', 'results wait', { home: 'waiting', message: waits })
  return []
}

const nothing: WipeReport = { items: [], complete: true, owed: [] }

/** Removes the workspace and writes the receipt; never throws. */
const wipe = async (hands: CourseHands, job: Job, workspace: Workspace | null, published: Published[]) => {
  const { desk, logs } = hands
  const run = job.record.id
  const unexpected = (error: unknown): WipeReport => {
    desk.report(error)
    return { items: [], complete: false, owed: [] }
  }
  const report = workspace === null ? nothing : await workspace.wipe().catch(unexpected)
  const at = desk.now().toISOString()
  try {
    const owed = desk.debts.list().filter((thing) => thing.runId === run)
    const { health } = engineOf(desk, job.plan.engine)
    const facts = { id: desk.newId(), run, by: job.record.startedBy, at, wipe: report, published, owed, health }
    const receipt = desk.lab.chain.addReceipt(receiptOf(facts))
    const text = receipt.complete
      ? `Removed: ${receipt.items.length} things, nothing of this run is left on the engine.`
      : 'Not everything could be removed; it is noted and tried again.'
    logs.add(run, { stream: 'scanside', text, at })
  } catch (error) {
    desk.report(error)
  }
  try {
    const log = logs.get(run, 0)
    if (log) desk.lab.runs.saveLog(run, log.lines, log.dropped)
  } catch (error) {
    desk.report(error)
  }
  try {
    take(hands, job, 'wiped', report.complete ? 'workspace removed' : 'workspace not yet removed')
  } catch (error) {
    desk.report(error)
  }
}

/** The plan's arguments, and with them the project's own profile where the pipeline takes one. */
const judgedBy = async ({ desk, logs }: CourseHands, { plan, record, abort }: Job): Promise<string[] | null> => {
  if (!plan.takesProfile || !plan.argv || !desk.profileFor) return plan.argv
  const { profile, problem } = await desk.profileFor(record.session?.project ?? null, abort.signal)
  if (problem !== null) throw new ScansideError('invalid-file', problem)
  const own = profileArguments(profile)
  if (own.length > 0) logs.add(record.id, { stream: 'scanside', text: `Judged by the profile ${profile.name}.`, at: desk.now().toISOString() })
  return [...plan.argv, ...own]
}

/** Carries a queued run to its end. Never rejects: what went wrong is the run's message. */
export const carry = async (hands: CourseHands, job: Job): Promise<void> => {
  const { desk, logs } = hands
  let workspace: Workspace | null = null
  let published: Published[] = []
  try {
    const { engine, health } = engineOf(desk, job.plan.engine)
    if (!engine) throw engineMissing()
    take(hands, job, 'begin', 'copying files', { engine: engineLine(health) })
    const { imageId, env, workingDir, mounts, limits } = { imageId: job.plan.image.id, ...job.plan }
    const argv = await judgedBy(hands, job)
    workspace = await engine.open({ runId: job.record.id, imageId, argv, env, workingDir, mounts, limits })
    await execute(hands, job, workspace)
    published = await publish(hands, job)
  } catch (error) {
    if (!(error instanceof ScansideError)) desk.report(error)
    const cancelled = job.abort.signal.aborted
    const message = cancelled ? null : sentenceOf(error).slice(0, 1_000)
    if (message !== null) logs.add(job.record.id, { stream: 'scanside', text: message, at: desk.now().toISOString() })
    try {
      // After 'publishing' the results are kept; a fault there leaves them waiting.
      const event = job.record.state === 'publishing' ? 'homed' : cancelled ? 'cancel' : 'fail'
      take(hands, job, event, message ?? 'cancelled', { message })
    } catch (unwritten) {
      desk.report(unwritten)
    }
  }
  if (job.record.state === 'failed' || job.record.state === 'cancelled') return
  await wipe(hands, job, workspace, published)
}
