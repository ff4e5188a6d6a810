/** Runs: started, queued, carried to their end, listed, sent home. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Results } from '../../oct/results.ts'
import type { Input, Output, RunDetail, RunSummary } from '../../preload/contract.ts'
import type { KnownVerdict, RunRecord } from '../store/lab-runs.ts'
import { type CourseHands, carry, eyeFirst, eyeUnknown, type Job, take } from './course.ts'
import { deskOf, engineMissing, engineOf, type Lane, type RunsOptions, summaryOf } from './desk.ts'
import { groupRefs, localFiles, subjectOf } from './inputs.ts'
import { createLogs } from './logs.ts'
import { sendHome } from './outbox.ts'
import { pseudonymisedBefore } from './pseudonymise.ts'
import { completeReceipts, reap, recover } from './recovery.ts'
import { parseResults } from './results.ts'
import { next } from './state.ts'

const nothingOwed = { items: [], complete: true, owed: [] }

const closingDown = () => new ScansideError('conflict', 'Scanside is closing; start the run when it is open again.')

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
  /** Sends what waits for the archive that is signed in; call it after each sign-in and when the archive is back. */
  sendWaiting(): Promise<{ sent: number; waiting: number }>
  /** Ends what an earlier life left under way, and only that. Once, however often it is called. */
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
  /** Cancels what is under way, waits until it is wiped, and takes no more. */
  close(): Promise<void>
}

/** Builds the room; nothing happens before `recover` or `start`. */
export const createRuns = (options: RunsOptions): Runs => {
  const desk = deskOf(options)
  const { lab, debts } = desk
  const logs = createLogs(desk.onLog, desk.schedule)
  const jobs = new Map<string, Job>()
  const queue: Job[] = []
  const underWay = new Map<string, { lane: Lane; course: Promise<void> }>()
  let closed = false
  const closing = new AbortController()
  let lastCreated = 0
  let sending: Promise<{ sent: number; waiting: number }> | null = null
  /** What an earlier life left: asked before this one begins anything. */
  const unfinished = { active: lab.runs.active(), waiting: lab.runs.waiting() }
  let recovered: Promise<void> | null = null
  let recent: RunSummary[] = lab.runs.list(0, shown).map((record) => summaryOf(record, null))

  const tell = () => {
    const active = [...jobs.values()].map((job) => summaryOf(job.record, job.progress))
    const begun = active.filter((run) => run.state !== 'queued')
    const queued = active.filter((run) => run.state === 'queued')
    const ended = recent.filter((run) => !jobs.has(run.id))
    const newestFirst = (a: RunSummary, b: RunSummary) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0)
    try {
      desk.onRuns([...begun, ...queued, ...ended].slice(0, shown).sort(newestFirst))
    } catch (error) {
      // What cannot be shown goes on all the same: nobody would hear of a run that stops because of it, nor wipe it.
      desk.report(error)
    }
  }
  const reload = () => {
    recent = lab.runs.list(0, shown).map((record) => summaryOf(record, null))
    tell()
  }
  const recoverOnce = () => {
    recovered ??= recover(desk, unfinished).finally(reload)
    return recovered
  }
  const hands: CourseHands = { desk, logs, changed: tell }

  const finish = (job: Job) => {
    jobs.delete(job.record.id)
    recent = [summaryOf(job.record, null), ...recent.filter((run) => run.id !== job.record.id)].slice(0, shown)
    tell()
  }
  const pump = () => {
    const running = (lane: Lane) => [...underWay.values()].filter((each) => each.lane === lane).length
    while (!closed) {
      const place = queue.findIndex(({ plan }) => running(plan.engine) < desk.concurrency)
      const [job] = place < 0 ? [] : queue.splice(place, 1)
      if (!job) return
      const course = carry(hands, job).finally(() => {
        underWay.delete(job.record.id)
        finish(job)
        pump()
      })
      underWay.set(job.record.id, { lane: job.plan.engine, course })
    }
  }
  const createdAt = () => {
    // Runs started together keep their order.
    lastCreated = Math.max(desk.now().getTime(), lastCreated + 1)
    return new Date(lastCreated).toISOString()
  }
  const known = (run: string): RunRecord => {
    const record = jobs.get(run)?.record ?? lab.runs.get(run)
    if (!record) throw new ScansideError('not-found', 'This run is not known at this desk.')
    return record
  }
  const resultsOf = (run: string): Results | null => {
    const kept = lab.runs.results(run)
    return kept ? parseResults(kept.bytes) : null
  }

  const isOfUnknownEye = (run: string): boolean => {
    try {
      const results = resultsOf(run)
      return results !== null && eyeUnknown(results)
    } catch (error) {
      // What cannot be read any more says nothing of an eye; it is told when somebody opens it.
      desk.report(error)
      return false
    }
  }
  const sendAll = async (signal: AbortSignal) => {
    const home = desk.archive()
    let sent = 0
    const waiting = home ? lab.runs.waiting().filter((record) => record.archive === home.id) : []
    for (const record of waiting) {
      if (closed) break
      // What an earlier version let wait is held to the same rule.
      if (isOfUnknownEye(record.id)) {
        lab.runs.save({ ...record, home: 'local', message: eyeFirst })
        continue
      }
      const answer = await sendHome(desk, record, signal)
      if ('published' in answer) {
        const at = desk.now().toISOString()
        const step = { state: record.state, at, note: `read back: ${answer.published.check}` }
        lab.runs.save({ ...record, home: 'read-back', message: null }, step)
        lab.chain.audit(at, desk.by(), 'results sent home and read back', record.id)
        const earlier = lab.chain.receipt(record.id)
        if (earlier) {
          const { chain: _chain, ...facts } = earlier
          lab.chain.addReceipt({ ...facts, id: desk.newId(), at, published: [answer.published] })
        }
        sent++
      } else {
        if (record.message !== answer.waits) lab.runs.save({ ...record, message: answer.waits })
        if (!answer.reachable) break
      }
    }
    if (waiting.length > 0) reload()
    return { sent, waiting: lab.runs.waitingCount() }
  }

  return {
    start: async ({ pipeline, refs, values, subject }) => {
      if (closed) throw closingDown()
      const home = desk.archive()
      if (!home && refs.some((ref) => ref.kind === 'archive')) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans. Sign in and start the run again.')
      }
      const { context, ...plan } = await desk.pipelines.plan(pipeline, values)
      if (!engineOf(desk, plan.engine).engine) throw engineMissing()
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
        }
        return { record, plan, abort: new AbortController(), progress: null, toldAt: 0 }
      })
      try {
        for (const job of made) {
          const { id, createdAt: at, startedBy } = job.record
          lab.runs.save(job.record, { state: 'queued', at, note: '' })
          jobs.set(job.record.id, job)
          queue.push(job)
          lab.chain.audit(at, startedBy, `started ${plan.pipeline.name} ${plan.pipeline.version} on ${job.record.scans} scans`, id)
        }
      } finally {
        // Those that were written down begin, also where one could not be.
        tell()
        pump()
      }
      return { runs: made.map((job) => job.record.id) }
    },
    cancel: (run) => {
      const job = jobs.get(run)
      const course = next(job?.record ?? known(run), 'cancel')
      if ('refused' in course) throw new ScansideError('conflict', course.refused)
      if (!job) throw new ScansideError('conflict', 'This run has already ended.')
      const place = queue.indexOf(job)
      job.abort.abort()
      lab.chain.audit(desk.now().toISOString(), desk.by(), 'cancelled', run)
      if (place < 0) return
      queue.splice(place, 1)
      try {
        take(hands, job, 'cancel', 'cancelled before it began')
      } finally {
        finish(job)
      }
    },
    list: (offset, limit) => ({
      rows: lab.runs.list(offset, limit).map((record) => {
        const job = jobs.get(record.id)
        return job ? summaryOf(job.record, job.progress) : summaryOf(record, null)
      }),
      total: lab.runs.total(),
    }),
    get: (run) => {
      const record = known(run)
      return {
        summary: summaryOf(record, jobs.get(run)?.progress ?? null),
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
      const before = debts.list()
      const report = before.length > 0 ? await reap(desk) : nothingOwed
      const still = debts.list()
      completeReceipts(desk, before, still, report)
      tell()
      return { left: still.length }
    },
    sendWaiting: () => {
      sending ??= sendAll(closing.signal).finally(() => {
        sending = null
      })
      return sending
    },
    recover: recoverOnce,
    counts: () => ({ active: jobs.size, waiting: lab.runs.waitingCount(), owed: debts.list().length }),
    inCloud: () => [...jobs.values()].filter(({ record }) => record.place === 'cloud').length,
    estimate: async () => ({
      here: { seconds: null, why: null },
      cloud: { seconds: null, why: 'No cloud is set up at this desk.' },
      auto: { place: 'here', why: 'No cloud is set up at this desk.' },
    }),
    verdictFor: lab.runs.verdict,
    idle: async () => {
      while (underWay.size > 0) await Promise.all([...underWay.values()].map(({ course }) => course))
    },
    close: async () => {
      closed = true
      for (const job of queue.splice(0)) {
        job.abort.abort()
        try {
          take(hands, job, 'cancel', 'Scanside was closed')
        } catch (error) {
          desk.report(error)
        }
        finish(job)
      }
      // Where records end with this process, results on their way home are let arrive; else they wait for the next start.
      for (const job of jobs.values()) if (lab.kept || job.record.demo || job.record.state !== 'publishing') job.abort.abort()
      await Promise.all([...underWay.values()].map(({ course }) => course))
      if (lab.kept) closing.abort()
      await sending?.catch(() => undefined)
    },
  }
}
