/** Runs: started, queued, carried to their end, listed, sent home. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Results } from '../../oct/results.ts'
import type { Input, Output, RunDetail, RunSummary } from '../../preload/contract.ts'
import type { KnownVerdict, RunRecord } from '../store/lab-runs.ts'
import { type Job, jobOf } from './arrows.ts'
import { createBehind } from './behind.ts'
import { deskOf, engineMissing, engineOf, type Lane, laneOf, type RunsOptions, summaryOf } from './desk.ts'
import { groupRefs, localFiles, subjectOf } from './inputs.ts'
import { createLanes } from './lanes.ts'
import { createLogs } from './logs.ts'
import { adopt } from './notes.ts'
import { notNow, situationOf } from './outlook.ts'
import { choosePlace, estimateOf } from './place.ts'
import { pseudonymisedBefore } from './pseudonymise.ts'
import { completeReceipts, isResumable, reap, recover, splitUnfinished } from './recovery.ts'
import { parseResults } from './results.ts'
import { markRuns, sendAll, waitingCount } from './sending.ts'
import { next } from './state.ts'

const nothingOwed = { items: [], complete: true, owed: [] }

const closingDown = () => new ScansideError('conflict', 'Scanside is closing; start the run when it is open again.')

const waitsAtStart = (lane: Lane): string =>
  lane === 'cloud'
    ? 'Waits for the cloud and its archive. Nothing is lost: the machine goes on by itself.'
    : 'Scanside had ended while this run was under way; it goes on in a moment. Nothing is lost.'

/** How many runs the pushed store holds. */
const shown = 200

export interface Runs {
  /** One run per scan or per session, as the pipeline wants it. Rejects with the pipeline's, engine's or sign-in's sentence. */
  start(input: Input<'runs.start'>): Promise<Output<'runs.start'>>
  /** Rejects with `conflict` where the run has ended or is past the point, `not-found` where there is none. */
  cancel(run: string): void
  list(offset: number, limit: number): Output<'runs.list'>
  get(run: string): RunDetail
  log(run: string, after: number): Output<'runs.log'>
  /** Tries to remove what is owed; call it also when an engine has come back. */
  payOwed(): Promise<{ left: number }>
  /**
   * Goes on with what an earlier life without records has noted on this desk's engine. False where that could not be read: whoever is about to
   * remove what nobody works with there must not do so yet.
   */
  takeUpNoted(): Promise<boolean>
  /** Goes on with runs that wait for their engine or their archive; call it when either has come back. */
  takeUp(): void
  /** Sends what waits for the archive that is signed in; after each sign-in and when the archive is back `again`: also what it had refused. */
  sendWaiting(which?: 'again'): Promise<{ sent: number; waiting: number }>
  /** Goes on with what an earlier life left under way, and ends what cannot go on. Once, however often it is called. */
  recover(): Promise<void>
  counts(): { active: number; waiting: number; owed: number }
  /** Runs that are in the cloud now. */
  inCloud(): number
  /** How long a run would take here and there. */
  estimate(input: Input<'runs.estimate'>): Promise<Output<'runs.estimate'>>
  /** The newest verdict this desk knows of a scan of this archive. */
  verdictFor(archive: string, session: string, scan: string): KnownVerdict | null
  /** Resolves when no run is under way. */
  idle(): Promise<void>
  /** Cancels what is under way here, waits until it is wiped, and takes no more. The cloud goes on where the next start will know of it. */
  close(): Promise<void>
}

/** Builds the room; nothing happens before `recover` or `start`. */
export const createRuns = (options: RunsOptions): Runs => {
  const desk = deskOf(options)
  const { lab, debts } = desk
  const logs = createLogs(desk.onLog, desk.schedule)
  let closed = false
  const closing = new AbortController()
  let lastCreated = 0
  let sending: { again: boolean; done: Promise<{ sent: number; waiting: number }> } | null = null
  let recovered: Promise<void> | null = null
  let recent: RunSummary[] = lab.runs.list(0, shown).map((record) => summaryOf(record, null))

  const tell = () => {
    const active = lanes.all().map((job) => summaryOf(job.record, job.progress, job.waits))
    const begun = active.filter((run) => run.state !== 'queued')
    const queued = active.filter((run) => run.state === 'queued')
    const ended = recent.filter((run) => !lanes.get(run.id))
    const newestFirst = (a: RunSummary, b: RunSummary) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0)
    try {
      desk.onRuns([...begun, ...queued, ...ended].slice(0, shown).sort(newestFirst))
    } catch (error) {
      // What cannot be shown goes on all the same: nobody would hear of a run that stops because of it, nor wipe it.
      desk.report(error)
    }
  }
  const behind = createBehind()
  /** Runs that have ended, and of which lab.db does not know it yet. */
  const late = new Map<string, RunRecord>()
  let unread = false
  const catchUp = () => {
    const isBehind = behind.catchUp() > 0
    if (!isBehind && unread) reload()
    unread = isBehind
    if (isBehind || late.size === 0) return
    late.clear()
    tell()
  }
  const lanes = createLanes(desk, { desk, logs, behind, changed: tell }, (job) => {
    late.set(job.record.id, job.record)
    catchUp()
    // What is still there of it is owed, and nobody works with it any more.
    desk.openRuns.delete(job.record.id)
    recent = [summaryOf(job.record, null), ...recent.filter((run) => run.id !== job.record.id)].slice(0, shown)
    tell()
  })

  const goOn = (record: RunRecord) => {
    const job = jobOf(record, laneOf(record), null)
    job.waits = waitsAtStart(job.lane)
    lanes.takeUpLater(job)
  }

  /** What an earlier life left: asked before this one begins anything. */
  const { goesOn: resumable, ends } = splitUnfinished(lab, lab.runs.active())
  // What goes on is never ended by `recover`, also where it has come to its end before that looks.
  const unfinished = { active: ends, waiting: lab.runs.waiting() }
  // Before any engine looks for what nobody works with; also where a newer Scanside is to go on with them.
  for (const record of resumable) desk.openRuns.add(record.id)
  for (const record of lab.readOnly ? [] : resumable) goOn(record)

  const reload = () => {
    recent = lab.runs.list(0, shown).map((record) => summaryOf(record, null))
    tell()
  }
  let reloading = false
  markRuns(desk, () => {
    if (reloading) return
    reloading = true
    desk.schedule(() => {
      reloading = false
      if (!closed) reload()
    }, 16)
  })
  const recoverOnce = () => {
    recovered ??= recover(desk, unfinished, goOn, behind)
      .catch((error: unknown) => {
        // What is owed is not left for a whole life because of it: whoever asks next tries again.
        recovered = null
        throw error
      })
      .finally(reload)
      .then(lanes.takeUp)
    return recovered
  }
  const createdAt = () => {
    // Runs started together keep their order.
    lastCreated = Math.max(desk.now().getTime(), lastCreated + 1)
    return new Date(lastCreated).toISOString()
  }
  const known = (run: string): RunRecord => {
    const record = lanes.get(run)?.record ?? late.get(run) ?? lab.runs.get(run)
    if (!record) throw new ScansideError('not-found', 'This run is not known at this desk.')
    return record
  }
  const resultsOf = (run: string): Results | null => {
    const kept = lab.runs.results(run)
    return kept ? parseResults(kept.bytes) : null
  }
  const summary = (record: RunRecord): RunSummary => {
    const job = lanes.get(record.id)
    return job ? summaryOf(job.record, job.progress, job.waits) : summaryOf(late.get(record.id) ?? record, null)
  }
  const sendOnce = async (again: boolean) => {
    const { sent, tried } = await sendAll(desk, { results: resultsOf, isClosed: () => closed, again }, closing.signal)
    if (tried > 0) reload()
    return { sent, waiting: waitingCount(desk) }
  }
  /** The machine finishes by itself, and the next start knows of it. */
  const staysInCloud = ({ lane, record }: Job): boolean => lane === 'cloud' && lab.kept && !lab.readOnly && isResumable(record)

  /** Where new runs go. @throws ScansideError where they cannot go where they were sent */
  const placeFor = async ({ pipeline, refs, place = 'here' }: Input<'runs.start'>): Promise<'here' | 'cloud'> => {
    if (place === 'here') return 'here'
    const local = refs.some((ref) => ref.kind === 'local')
    if (place === 'auto') return choosePlace(await situationOf(desk, { pipeline, scans: refs.length, bytes: null, local }, lanes.counts)).place
    if (local) {
      throw new ScansideError(
        'not-supported',
        'Dropped scans are run on this computer: no machine of the cloud can fetch them. Upload them to the archive first, or run them here.',
      )
    }
    const obstacle = notNow(desk, desk.archive()?.id ?? null)
    if (obstacle !== null) throw new ScansideError('engine-unavailable', `${obstacle} Nothing was started; run it on this computer.`)
    return 'cloud'
  }

  return {
    start: async (input) => {
      const { pipeline, refs, values, subject } = input
      if (closed) throw closingDown()
      const home = desk.archive()
      if (!home && refs.some((ref) => ref.kind === 'archive')) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans. Sign in and start the run again.')
      }
      const place = await placeFor(input)
      const { context, ...plan } = await desk.pipelines.plan(pipeline, values, place)
      if (!engineOf(desk, plan.engine).engine) throw engineMissing(plan.engine)
      for (const ref of refs) {
        if (ref.kind === 'local') localFiles(desk.local(ref.local), pseudonymisedBefore(plan.engine, desk.rewriteXml !== undefined))
      }
      if (closed) throw closingDown()
      const groups = groupRefs(refs, context)
      const made = groups.map((group): Job => {
        const first = group[0]
        const inArchive = first?.kind === 'archive' ? first : null
        const record: RunRecord = {
          id: desk.newId(),
          pipeline: plan.pipeline,
          state: 'queued',
          outcome: null,
          subject: subjectOf(group, desk.title ?? (() => null), subject),
          scans: group.length,
          startedBy: desk.by(),
          createdAt: createdAt(),
          endedAt: null,
          verdicts: [],
          message: null,
          home: 'none',
          demo: home?.demo ?? false,
          archive: inArchive ? (home?.id ?? null) : null,
          session: inArchive ? { project: inArchive.project, subject: inArchive.subject, session: inArchive.session } : null,
          refs: group,
          image: { name: plan.image.name, digest: plan.image.digest },
          engine: '',
          ...(place === 'cloud' ? { place } : {}),
          resume: { pipeline, values, lane: plan.engine, engine: null, workspace: null, spokeAt: null },
        }
        return jobOf(record, plan.engine, plan)
      })
      try {
        for (const job of made) {
          const { id, createdAt: at, startedBy } = job.record
          lab.runs.save(job.record, { state: 'queued', at, note: '' })
          lanes.add(job)
          lab.chain.audit(at, startedBy, `started ${plan.pipeline.name} ${plan.pipeline.version} on ${job.record.scans} scans`, id)
        }
      } finally {
        // Those that were written down begin, also where one could not be.
        tell()
        lanes.pump()
      }
      return { runs: made.map((job) => job.record.id) }
    },
    cancel: (run) => {
      const job = lanes.get(run)
      const course = next(job?.record ?? known(run), 'cancel')
      if ('refused' in course) throw new ScansideError('conflict', course.refused)
      if (!job) throw new ScansideError('conflict', 'This run has already ended.')
      const [at, by] = [desk.now().toISOString(), desk.by()]
      const line = () => lab.chain.audit(at, by, 'cancelled', run)
      try {
        behind.write(line)
      } catch (error) {
        // Whoever has no room left must be able to end what takes it.
        behind.later(line)
        desk.report(error)
      }
      lanes.cancel(job)
    },
    list: (offset, limit) => ({ rows: lab.runs.list(offset, limit).map(summary), total: lab.runs.total() }),
    get: (run) => {
      const record = known(run)
      return {
        summary: summary(record),
        steps: lab.runs.steps(run).slice(-100),
        image: record.image,
        engine: record.engine,
        refs: record.refs,
        results: resultsOf(run),
        receipt: lab.chain.receipt(run),
      }
    },
    log: (run, after) => {
      known(run)
      const live = logs.get(run, after)
      if (live) return live
      const kept = lab.runs.log(run)
      return kept ? { lines: kept.lines.filter((line) => line.seq > after), dropped: kept.dropped } : { lines: [], dropped: 0 }
    },
    payOwed: async () => {
      await recoverOnce()
      lanes.takeUp()
      const before = debts.list()
      const report = before.length > 0 ? await reap(desk, goOn) : nothingOwed
      const still = debts.list()
      await completeReceipts(desk, behind, before, still, report)
      tell()
      lanes.takeUp()
      return { left: still.length }
    },
    takeUpNoted: async () => {
      const here = desk.engine()
      const read = here !== null && (await adopt(desk, here, goOn))
      lanes.takeUp()
      return read
    },
    takeUp: () => {
      catchUp()
      lanes.takeUp()
    },
    sendWaiting: (which) => {
      catchUp()
      lanes.takeUp()
      const again = which === 'again'
      if (sending && (sending.again || !again)) return sending.done
      // What is being sent just then leaves out what was refused: a person's word comes after it.
      const done = sending ? sending.done.catch(() => undefined).then(() => sendOnce(again)) : sendOnce(again)
      const mine = { again, done }
      sending = mine
      const over = () => {
        if (sending === mine) sending = null
      }
      done.then(over, over)
      return done
    },
    recover: recoverOnce,
    // What is not written down yet is under way: who ends Scanside now would lose it.
    counts: () => ({ active: lanes.all().length + late.size, waiting: waitingCount(desk), owed: debts.list().length }),
    inCloud: () => lanes.all().filter(({ lane }) => lane === 'cloud').length,
    estimate: async (input) => estimateOf(await situationOf(desk, input, lanes.counts)),
    verdictFor: lab.runs.verdict,
    idle: lanes.idle,
    close: async () => {
      closed = true
      // Where records end with this process, results on their way home are let arrive; else they wait for the next start.
      await lanes.close(staysInCloud, ({ record }) => lab.kept || record.demo || record.state !== 'publishing')
      if (lab.kept) closing.abort()
      await sending?.done.catch(() => undefined)
      catchUp()
    },
  }
}
