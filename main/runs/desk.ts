/** What runs need of the rest of Scanside, and what they share among themselves. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import type { ScanFormat } from '../../oct/scan.ts'
import type { OpenScan, RunSummary, ScanRef } from '../../preload/contract.ts'
import type { Archive } from '../archive/archive.ts'
import type { ExportRewriter } from '../engines/builtin/judging.ts'
import type { Debts, Engine, EngineHealth, RunLimits } from '../engines/engine.ts'
import { type Outbox, outboxInMemory } from '../outbox/outbox.ts'
import { type Capacity, defaultLimits } from '../pipelines/limits.ts'
import type { Pipelines, RunPlan } from '../pipelines/plan.ts'
import type { Lab } from '../store/lab.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { builtinLine } from './receipts.ts'
import { fitAtOnce, fits, type Need } from './room.ts'

/** The archive a person is signed in to. `id` tells archives apart (its address; `demo` for the demo lab): results go to no other. */
export interface HomeArchive {
  id: string
  demo: boolean
  archive: Archive
  /** False while it is away or the sign-in has expired: runs of the cloud wait for it. */
  ready?: boolean
}

/** A file of a dropped scan as runs see it. */
export interface LocalScanFile {
  /** Its own name, to find it where an XML export speaks of it; it goes no further. */
  name?: string
  /** As it was dropped, with what says whose it is: for an XML export that is written anew, and an .e2e file this application judges itself. */
  original?(signal: AbortSignal): Promise<Readable>
  kind: ScanFormat | 'picture'
  /** `.vol`, from its content */
  extension: string
  /** bytes and SHA-256 (hex) of what `read` gives: the file without what says whose it is */
  size: number
  sha256: string
  read(signal: AbortSignal): Promise<Readable>
}

/** A dropped scan as runs see it. */
export interface LocalScan {
  files: LocalScanFile[]
}

export interface RunsOptions {
  /** The container engine of this desk. */
  engine: () => Engine | null
  /** Its last known health, for receipts. */
  engineHealth: () => EngineHealth | null
  /** What the application runs itself; null where it cannot. */
  builtin?: (Engine & { health: EngineHealth }) | null
  /** An XML export without identity, its pictures called as they are given; XML exports are refused where it is left out. */
  rewriteXml?: ExportRewriter['rewriteXml']
  /** The profile scans of a project are judged by; the default where left out. */
  profileFor?: (project: string | null, signal: AbortSignal) => Promise<{ profile: Profile; problem: string | null }>
  /** The institute's cloud; runs stay here where it is left out. */
  cloud?: {
    /** Where new runs go; null where it is not ready. */
    engine(): Engine | null
    /** All it has: runs begun on another go on there, and what is owed on it is removed. `engine` alone where left out. */
    engines?(): Engine[]
    health(): EngineHealth | null
    /** Machines at once, of those that fit `need`. */
    concurrency(need?: Pick<RunLimits, 'memoryBytes' | 'cpus'>): number
  }
  /** Runs whose things no engine may take for abandoned (`ProcessWatch.openRuns`): those an earlier life left in the cloud are put there. */
  openRuns?: Set<string>
  pipelines: Pipelines
  archive: () => HomeArchive | null
  local: (id: string) => LocalScan | null
  lab: Lab
  debts: Debts
  /** What waits to go home; one in memory where it is left out. */
  outbox?: Outbox
  now: () => Date
  /** What a person calls a scan of the archive; null where this desk has not listed it. */
  title?: (ref: ScanRef & { kind: 'archive' }) => OpenScan['title'] | null
  /** Who is signed in, or the desk's own word for nobody. */
  by: () => string
  /** Told whenever the list or the counts may have changed: active runs and the newest ended ones, newest first, at most 200. */
  onRuns: (runs: RunSummary[]) => void
  /** Told at most every 16 ms a run that its log grew. */
  onLog: (run: string, seq: number) => void
  /** Hears of what nobody expected, for main's log. */
  report: (error: unknown) => void
  /** What the container engine has, as last known; null where it is not known. Runs at once are as many as fit. */
  capacity?: () => Capacity | null
  /** bytes free where this desk keeps its records; null where that is not known */
  freeBytes?: () => Promise<number | null>
  /** Runs at once on each engine, whatever it has. */
  concurrency?: number | ((lane: Lane) => number)
  newId?: () => string
  schedule?: (work: () => void, ms: number) => void
}

/** A sentence for any failure. */
export const sentenceOf = (error: unknown): string =>
  error instanceof ScansideError
    ? error.message
    : 'Something went wrong inside Scanside. The scans are untouched and nothing was sent; start the run again, and report it if it happens again.'

/** The record as the window sees it. `waits`: why it does not go on, as a sentence. */
export const summaryOf = (record: RunRecord, progress: number | null, waits: string | null = null): RunSummary => {
  const { outcome: _outcome, archive: _archive, session: _session, refs: _refs, image: _image, engine: _engine, resume: _resume, ...summary } = record
  return { ...summary, message: waits ?? summary.message, progress }
}

/** The room of runs with its defaults filled in. */
export const deskOf = (options: RunsOptions) => {
  const told = options.concurrency
  const capacity = () => options.capacity?.() ?? null
  const concurrency = (lane: Lane, need?: Need): number => {
    if (typeof told === 'function') return told(lane)
    if (lane === 'cloud') return options.cloud?.concurrency(need) ?? 1
    return told ?? (lane === 'container' ? fitAtOnce(capacity(), need ?? defaultLimits) : builtinAtOnce)
  }
  return {
    ...options,
    concurrency,
    /** Whether one more run may begin beside those that are under way in this lane. */
    hasRoom: (lane: Lane, running: (Need | undefined)[], need: Need | undefined): boolean =>
      lane === 'container' && told === undefined
        ? fits(
            capacity(),
            running.map((each) => each ?? defaultLimits),
            need ?? defaultLimits,
          )
        : running.length < concurrency(lane, need),
    outbox: options.outbox ?? outboxInMemory(options),
    openRuns: options.openRuns ?? new Set<string>(),
    newId: options.newId ?? randomUUID,
    schedule: options.schedule ?? ((work: () => void, ms: number) => void setTimeout(work, ms).unref()),
  }
}
export type Desk = ReturnType<typeof deskOf>

/** The application judges in its own workers, which share the computer with the window. */
const builtinAtOnce = 2

/** Where a plan runs. Each engine has a queue of its own: what the application judges itself waits for no container, and neither for the cloud. */
export type Lane = RunPlan['engine']

/** The engine of a plan, and how it is, as far as is known. */
export const engineOf = (desk: Desk, lane: Lane): { engine: Engine | null; health: EngineHealth | null } => {
  if (lane === 'builtin') return { engine: desk.builtin ?? null, health: desk.builtin?.health ?? null }
  if (lane === 'cloud') return { engine: desk.cloud?.engine() ?? null, health: desk.cloud?.health() ?? null }
  return { engine: desk.engine(), health: desk.engineHealth() }
}

/** Every engine of the cloud that is there now. */
export const cloudEngines = ({ cloud }: Pick<Desk, 'cloud'>): Engine[] => {
  const current = cloud?.engine() ?? null
  return cloud?.engines?.() ?? (current ? [current] : [])
}

/** The engine a run of the cloud goes on with: the one it was begun on, else the one new runs go to. */
export const cloudEngineOf = (desk: Desk, { resume }: Pick<RunRecord, 'resume'>): Engine | null =>
  resume?.engine ? (cloudEngines(desk).find(({ id }) => id === resume.engine) ?? null) : (desk.cloud?.engine() ?? null)

/** The engine a run goes on with: the one it was begun on, else the one new runs go to. Null where that is not there. */
export const engineFor = (desk: Desk, lane: Lane, record: Pick<RunRecord, 'resume'>): Engine | null => {
  if (lane === 'cloud') return cloudEngineOf(desk, record)
  const { engine } = engineOf(desk, lane)
  return engine && (record.resume?.engine ?? engine.id) === engine.id ? engine : null
}

/** The lane of a run of an earlier life, by what its record says. */
export const laneOf = (record: Pick<RunRecord, 'engine' | 'place' | 'resume'>): Lane =>
  record.resume?.lane ?? (record.place === 'cloud' ? 'cloud' : record.engine.startsWith(builtinLine) ? 'builtin' : 'container')

/** No engine answers. */
export const engineMissing = (lane: Lane = 'container'): ScansideError =>
  new ScansideError(
    'engine-unavailable',
    lane === 'cloud'
      ? 'The institute’s cloud is not ready, so nothing was started. See Settings for what to do, or run it on this computer.'
      : 'No container engine answers on this computer, so nothing was started. See Settings for what to do, then start again.',
  )

const lost = 'Nothing is lost.'
const noSignIn = `Waits until somebody signs in to the archive of its scans. ${lost}`

/** What keeps a run from going on, as a sentence; null where nothing does. */
export const obstacleOf = (desk: Desk, lane: Lane, record: Pick<RunRecord, 'archive' | 'resume' | 'state'>): string | null => {
  if (lane === 'cloud') return obstacleInCloud(desk, record)
  // What is collected is safe here: neither its way home nor its receipt waits for an engine.
  if (record.state === 'publishing' || record.state === 'wiping') return null
  if (lane === 'container' && !engineFor(desk, lane, record)) {
    return engineOf(desk, lane).engine
      ? `Waits for the container engine it was begun on; another one is in use now. ${lost}`
      : `Waits for the container engine, which does not answer. ${lost} Start Docker (or Podman) if it does not come back by itself.`
  }
  // Of a kept scan the archive itself is not needed; whose it is must be known all the same.
  const begins = record.state === 'queued' || record.state === 'staging'
  return begins && record.archive !== null && desk.archive()?.id !== record.archive ? noSignIn : null
}

/** What keeps a run of the cloud from going on, as a sentence; null where nothing does. */
export const obstacleInCloud = (desk: Desk, record: Pick<RunRecord, 'archive' | 'resume'>): string | null => {
  if (!cloudEngineOf(desk, record)) {
    return record.resume?.engine && cloudEngines(desk).length > 0
      ? `Waits for the cloud it was begun in; another one is signed in. ${lost}`
      : `Waits until the cloud is ready and somebody is signed in to it. ${lost}`
  }
  const home = desk.archive()
  if (!home || home.id !== record.archive) return noSignIn
  if (home.ready === false) return `Waits for the archive: it does not answer, or the sign-in has expired. ${lost}`
  return null
}
