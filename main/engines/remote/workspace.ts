/** One run's place in a cloud: staged into an object container, carried by a machine, told of by what the machine writes. */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../../oct/errors.ts'
import type { RunTokens } from '../../archive/run-tokens.ts'
import { labelsOf, type Owner } from '../docker/labels.ts'
import type { InputRef, LogLine, OwedThing, ReceiptItem, RunSpec, StagedFile, Workspace } from '../engine.ts'
import type { Carrier } from './carrier.ts'
import { openDrop, readOrder } from './drop.ts'
import { type JobInput, objectNames, type RemoteJob, type RemoteOutcome, remoteName } from './job.ts'
import { inLanes } from './lanes.ts'
import { listedFile } from './listed-file.ts'
import type { RemoteEngineParts, RemoteTimes } from './parts.ts'
import { removeReports, reportFolder, reportsOf } from './reading.ts'
import { cloudCannotProve, removeRun } from './removal.ts'
import { watchRun } from './watch.ts'

export interface WorkspaceHouse {
  parts: RemoteEngineParts
  carrier: Carrier
  times: RemoteTimes
  owner: Owner
  onWiped(run: string, complete: boolean): void
}

/** How old an order may be that a later life gives, ms. An older one is staged anew. */
const orderFreshMs = 5 * 60_000

/** How far a machine's clock may be behind the moment of its order, ms; and how much later than a start's deadline it may begin. */
const clockBehindMs = 5 * 60_000
const clockAheadMs = 60 * 60_000

/** Largest results.json that is read back, bytes. */
const resultBytes = 32 * 1024 * 1024

const notMade = () =>
  new ScansideError('not-found', 'The cloud machine of this run was not made before Scanside ended. The scans are untouched; start the run again.')

const home = (spec: RunSpec): NonNullable<RunSpec['home']> => {
  if (spec.home === undefined || spec.image === undefined) {
    throw new ScansideError('not-supported', 'Scans that are not in the archive are analysed at this desk only. Nothing was sent; choose “here”.')
  }
  return spec.home
}

/** Opens a workspace without asking the cloud: it may stand for a run that an earlier life began. */
export function openRemoteWorkspace(spec: RunSpec, house: WorkspaceHouse): Workspace {
  const { parts, carrier, times } = house
  const { cloud, debts } = parts
  const name = remoteName(spec.runId)
  const created = new Map<string, string>()
  const made = (kind: ReceiptItem['kind'], of: string) => created.set(`${kind} ${of}`, parts.now().toISOString())
  const thing = (kind: OwedThing['kind'], of: string): OwedThing => ({ runId: spec.runId, engine: parts.id, kind, name: of })
  const viaSwift = cloud.objects?.tempUrl ? cloud.objects : null

  let job: RemoteJob | null = null
  let staged: StagedFile[] = []
  let startedAt: number | null = null
  let tell: (line: Omit<LogLine, 'seq'>) => void = () => {}
  let outcome: RemoteOutcome | null = null

  /** The token's object goes as soon as the machine has it; what stays is removed with the container. */
  let greeted = false
  const forgetToken = () => {
    if (greeted) return
    greeted = true
    viaSwift?.deleteObject(name, objectNames.token).catch(() => {})
  }

  const say = (text: string) => tell({ stream: 'scanside', text, at: parts.now().toISOString() })

  /** Issues the run's token; its name is written down as soon as it is known. */
  const issue = async (tokens: RunTokens, intent: OwedThing, signal: AbortSignal) => {
    const token = await tokens.issue(signal)
    debts.incur(thing('token', token.alias))
    debts.settle(intent)
    made('token', token.alias)
    return token
  }

  const wholeMs = (bytes: number) => spec.limits.deadlineMs + times.transfer + Math.round(bytes / 1_000)

  const steps: Pick<Workspace, 'stage' | 'start'> = {
    async stage(inputs, signal, onProgress) {
      const to = home(spec)
      const bytes = inputs.reduce((sum, { ref }) => sum + ref.size, 0)
      // Links outlive the machine: it may wait long for its start. The token's does not outlive that.
      const seconds = Math.ceil((wholeMs(bytes) + times.start) / 1000) + 3_600
      const tokenSeconds = Math.ceil((times.start + orderFreshMs) / 1000)
      checkKinds(inputs, viaSwift !== null)
      const tokens = parts.tokens()
      if (tokens === null || tokens.archive.id !== to.archive) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans any more. Sign in and start the run again.')
      }
      const { archive } = tokens
      const intent = thing('token-intent', `${spec.runId}.${Math.round(tokens.serverNow())}`)
      debts.incur(intent, thing(carrier.kind, name), ...(viaSwift ? [thing('object-container', name)] : []))
      const [token, drop, source] = await allSettledOrFirst([
        issue(tokens, intent, signal),
        viaSwift ? openDrop(viaSwift, spec.runId, parts.install, signal) : null,
        parts.imageSource(spec.image as { name: string; digest: string }, signal),
      ])
      if (drop) made('object-container', name)
      let carried = 0
      const moved = (more: number) => {
        carried += more
        onProgress(carried)
      }
      const files = await inLanes(4, inputs, async ({ mount, ref }, index): Promise<{ input: JobInput; staged: StagedFile }> => {
        signal.throwIfAborted()
        const { path } = ref
        const original = ref.kind === 'archive' ? ref.original : undefined
        if (ref.kind === 'archive' && original) {
          const { size, md5, changes } = original
          moved(ref.size)
          return { input: { mount, path, size, md5, from: listedFile(ref.uri), changes }, staged: { path, size, sha256: null } }
        }
        if (!drop) throw new ScansideError('internal', 'An input could not be carried to the cloud. Nothing was started.')
        const { staged: sent, url, md5 } = await drop.carry(index, ref, seconds, moved)
        return { input: { mount, path, size: sent.size, md5, from: { kind: 'link', url }, changes: [] }, staged: sent }
      })
      job = {
        run: spec.runId,
        install: parts.install,
        archive: { address: archive.address, ca: [...new Set([...archive.ca, ...cloud.config.ca])] },
        token: drop ? { kind: 'link', url: await drop.token(token, tokenSeconds) } : { kind: 'inline', ...token },
        image: { ...(spec.image as { name: string; digest: string }), source },
        inputs: files.map(({ input }) => input),
        argv: spec.argv,
        env: spec.env,
        workingDir: spec.workingDir,
        mounts: spec.mounts,
        outputMount: spec.mounts.find(({ writable }) => writable)?.name ?? '',
        limits: spec.limits,
        home: { session: to.session.session, name: to.name },
        report: drop ? drop.report(seconds, Math.ceil(times.reports / 1000)) : { kind: 'archive', folder: reportFolder(to.name) },
        wholeDeadlineMs: wholeMs(bytes),
      }
      const ordered = Math.round(parts.now().getTime() + cloud.clockSkewMs())
      job.clock = { earliest: ordered - clockBehindMs, latest: ordered + times.start + clockAheadMs }
      await drop?.order(job, parts.now().getTime(), seconds)
      staged = files.map((file) => file.staged)
      return staged
    },

    async start(signal, onLine) {
      tell = onLine
      startedAt = parts.now().getTime()
      if (job === null) {
        // Begun in an earlier life.
        if ((await carrier.look(name, signal)) !== null) return say('The cloud’s machine is there; its reports are read.')
        // It reported and is gone: nothing is to be made again.
        if (await reportsOf(spec, parts, viaSwift)?.outcome(signal)) return say('The cloud’s machine has reported and is gone.')
        job = viaSwift && (await readOrder(viaSwift, spec.runId, startedAt - orderFreshMs, signal))
        if (job === null) throw notMade()
      }
      debts.incur(thing(carrier.kind, name))
      const at = parts.now().toISOString()
      await carrier.create(name, job, labelsOf(spec.runId, house.owner, at), signal)
      // Not before: what was refused never came to be.
      created.set(`${carrier.kind} ${name}`, at)
      say('The cloud has taken the order for a machine.')
    },
  }

  return {
    stage: (inputs, signal, onProgress) => unlessAborted(signal, () => steps.stage(inputs, signal, onProgress)),
    start: (signal, onLine) => unlessAborted(signal, () => steps.start(signal, onLine)),

    async wait(signal) {
      const reports = reportsOf(spec, parts, viaSwift)
      if (!reports) throw new ScansideError('unauthorized', 'Nobody is signed in to the archive any more. Sign in, and the run goes on.')
      const deadline = (startedAt ?? parts.now().getTime()) + times.start + (job?.wholeDeadlineMs ?? wholeMs(0)) + times.grace
      outcome = await watchRun(
        {
          parts,
          carrier,
          times,
          reports,
          spec,
          deadline,
          startedAt: startedAt ?? parts.now().getTime(),
          greeted: forgetToken,
          say,
          tell: (line) => tell(line),
        },
        signal,
      )
      return {
        exitCode: outcome.exitCode ?? -1,
        outOfMemory: outcome.outOfMemory,
        timedOut: outcome.timedOut,
        given: givenOf(outcome, staged),
      }
    },

    async collect(mount, signal) {
      const to = home(spec)
      if (!spec.mounts.some(({ name: known, writable }) => known === mount && writable)) {
        throw new ScansideError('invalid-argument', 'The pipeline has no such output. Nothing was taken.')
      }
      const archive = parts.archive()
      if (archive === null || archive.id !== to.archive) {
        throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans any more. Sign in, and the results are read.')
      }
      outcome ??= (await reportsOf(spec, parts, viaSwift)?.outcome(signal)) ?? null
      const back = await archive.archive.publishedFile(to.session, to.name, resultBytes, signal)
      if (back === null) {
        throw new ScansideError('not-found', 'The archive does not list the results the cloud machine sent. No scan was judged; start the run again.')
      }
      const sha256 = createHash('sha256').update(back.bytes).digest('hex')
      const said = outcome?.results
      if (said && (said.sha256 !== sha256 || said.size !== back.bytes.byteLength)) {
        throw new ScansideError(
          'integrity',
          'The archive holds other results than the cloud machine sent. They were not taken; no scan was judged. Start the run again.',
          { sent: said.size, read: back.bytes.byteLength },
        )
      }
      return [{ kind: 'archived', path: 'results.json', size: back.bytes.byteLength, bytes: back.bytes, sha256 }]
    },

    async wipe() {
      const report = await removeRun(parts, carrier, spec.runId, (kind, of) => created.get(`${kind} ${of}`) ?? null)
      // Only now: a machine that is still there writes them again.
      const reports = viaSwift ? [] : await removeReports(spec, parts)
      const owed = [...report.owed, ...reports]
      house.onWiped(spec.runId, owed.length === 0)
      return { ...report, owed, complete: owed.length === 0, cannotProve: cloudCannotProve(viaSwift === null) }
    },
  }
}

/** Whatever breaks off when a person cancels is called so. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted()
    return await work()
  } catch (error) {
    if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.', {}, { cause: error })
    throw error
  }
}

/** Like Promise.all, but a failure is told when all have ended: nothing may be on its way when wipe begins. */
async function allSettledOrFirst<T extends unknown[]>(work: { [K in keyof T]: T[K] | Promise<T[K]> }): Promise<T> {
  const ends = await Promise.allSettled(work)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as T
}

const checkKinds = (inputs: { ref: InputRef }[], carries: boolean): void => {
  if (inputs.some(({ ref }) => ref.kind === 'local')) {
    throw new ScansideError('not-supported', 'Scans that are not in the archive are analysed at this desk only. Nothing was sent; choose “here”.')
  }
  if (!carries && inputs.some(({ ref }) => ref.kind === 'archive' && !ref.original)) {
    throw new ScansideError(
      'not-supported',
      'One of these files must be written anew without the patient’s name before it may leave, and this cloud has no object store that could carry it. Nothing was sent; run it at this desk.',
    )
  }
}

/** What the machine says it gave the container, held against what this process knows of it. */
const givenOf = (outcome: RemoteOutcome, staged: StagedFile[]): StagedFile[] => {
  const bySize = new Map(staged.map((file) => [file.path, file]))
  for (const file of outcome.given) {
    const known = bySize.get(file.path)
    if (staged.length > 0 && (known?.size !== file.size || (known.sha256 !== null && known.sha256 !== file.sha256))) {
      throw new ScansideError(
        'integrity',
        'The cloud machine speaks of other files than it was given. Its results were not taken; start the run again.',
      )
    }
  }
  return outcome.given
}
