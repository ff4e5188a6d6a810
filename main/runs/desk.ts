/** What runs need of the rest of Scanside, and what they share among themselves. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import type { ScanFormat } from '../../oct/scan.ts'
import type { OpenScan, RunSummary, ScanRef } from '../../preload/contract.ts'
import type { Archive } from '../archive/archive.ts'
import type { ExportRewriter } from '../engines/builtin/judging.ts'
import type { Debts, Engine, EngineHealth } from '../engines/engine.ts'
import type { Pipelines, RunPlan } from '../pipelines/plan.ts'
import type { Lab } from '../store/lab.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { builtinLine } from './receipts.ts'

/** The archive a person is signed in to. `id` tells archives apart (its address; `demo` for the demo lab): results go to no other. */
export interface HomeArchive {
  id: string
  demo: boolean
  archive: Archive
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
  pipelines: Pipelines
  archive: () => HomeArchive | null
  local: (id: string) => LocalScan | null
  lab: Lab
  debts: Debts
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
  /** Runs at once on each engine; 2 unless told. */
  concurrency?: number
  newId?: () => string
  schedule?: (work: () => void, ms: number) => void
}

/** A sentence for any failure. */
export const sentenceOf = (error: unknown): string =>
  error instanceof ScansideError
    ? error.message
    : 'Something went wrong inside Scanside. The scans are untouched and nothing was sent; start the run again, and report it if it happens again.'

/** The record as the window sees it. */
export const summaryOf = (record: RunRecord, progress: number | null): RunSummary => {
  const { outcome: _outcome, archive: _archive, session: _session, refs: _refs, image: _image, engine: _engine, ...summary } = record
  return { ...summary, progress }
}

/** The room of runs with its defaults filled in. */
export const deskOf = (options: RunsOptions) => ({
  ...options,
  concurrency: options.concurrency ?? 2,
  newId: options.newId ?? randomUUID,
  schedule: options.schedule ?? ((work: () => void, ms: number) => void setTimeout(work, ms).unref()),
})
export type Desk = ReturnType<typeof deskOf>

/** Where a plan runs. Each engine has a queue of its own: what the application judges itself waits for no container. */
export type Lane = RunPlan['engine']

/** The engine of a plan, and how it is, as far as is known. */
export const engineOf = (desk: Desk, lane: Lane): { engine: Engine | null; health: EngineHealth | null } =>
  lane === 'builtin' ? { engine: desk.builtin ?? null, health: desk.builtin?.health ?? null } : { engine: desk.engine(), health: desk.engineHealth() }

/** The same for a run of an earlier life, by what its record says of its engine. */
export const healthOfRecord = (desk: Desk, record: Pick<RunRecord, 'engine'>): EngineHealth | null =>
  engineOf(desk, record.engine.startsWith(builtinLine) ? 'builtin' : 'container').health

/** No engine answers. */
export const engineMissing = (): ScansideError =>
  new ScansideError(
    'engine-unavailable',
    'No container engine answers on this computer, so nothing was started. See Settings for what to do, then start again.',
  )
