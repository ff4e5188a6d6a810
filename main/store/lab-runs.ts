/** Runs as lab.db keeps them: the record, its steps, which opaque name was which scan, results, verdicts and the end of the log. */
import { z } from 'zod'
import { type Verdict, verdictSchema } from '../../oct/results.ts'
import { logLineSchema, runStateSchema, runSummarySchema, scanRefSchema } from '../../preload/contract.ts'
import type { LogLine } from '../engines/engine.ts'
import { runLimitsSchema } from '../engines/run-limits.ts'
import type { Sqlite, Write } from './sqlite.ts'

export const sessionSchema = z.object({ project: z.string(), subject: z.string(), session: z.string() })

export const specSchema = z.object({
  runId: z.string(),
  imageId: z.string(),
  argv: z.array(z.string()).nullable(),
  env: z.record(z.string(), z.string()),
  workingDir: z.string().nullable(),
  mounts: z.array(z.object({ name: z.string(), path: z.string(), writable: z.boolean() })),
  limits: runLimitsSchema,
  noted: z.boolean().optional(),
  // For a machine of the cloud alone.
  image: z.object({ name: z.string(), digest: z.string() }).optional(),
  home: z.object({ archive: z.string(), session: sessionSchema, name: z.string() }).optional(),
})

/** What a run needs to go on after a crash, wherever it runs. */
const resumeSchema = z.object({
  /** Which engine's queue it is of; runs of the cloud alone where an earlier version left it out. */
  lane: z.enum(['builtin', 'container', 'cloud']).optional(),
  /** What it was started with, to begin anew. */
  pipeline: z.string(),
  values: z.record(z.string(), z.string()),
  /** The engine it was begun on; no other has its machine. */
  engine: z.string().nullable(),
  /** What its workspace was opened for, and the mount of its results. Null before. */
  workspace: z.object({ spec: specSchema, outputMount: z.string() }).nullable(),
  /** When its pipeline said its first word, ISO 8601. */
  spokeAt: z.string().nullable(),
  /** What it had made when its removal began: the receipt names all of it, also where a crash came between. */
  made: z.array(z.object({ kind: z.enum(['container', 'volume', 'token', 'object-container', 'server']), name: z.string() })).optional(),
})
export type RunResume = z.infer<typeof resumeSchema>

/** A run as stored: what the window sees, and what main must know to go on after a crash. */
export const runRecordSchema = runSummarySchema.omit({ progress: true }).extend({
  /** How it will end, once that is known. */
  outcome: z.enum(['done', 'failed', 'cancelled']).nullable(),
  /** Which archive the scans are of; results go to no other. Null for dropped files. */
  archive: z.string().max(300).nullable(),
  session: sessionSchema.nullable(),
  refs: z.array(scanRefSchema).max(10_000),
  image: z.object({ name: z.string(), digest: z.string() }),
  engine: z.string(),
  resume: resumeSchema.optional(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

const stepSchema = z.object({ state: runStateSchema, at: z.string(), note: z.string() })
export type RunStep = z.infer<typeof stepSchema>

export const inputSchema = z.object({
  name: z.string(),
  archive: z.string(),
  session: z.string(),
  scan: z.string(),
  local: z.string(),
  size: z.number(),
  sha256: z.string(),
})
/** A staged file: its opaque name, and the scan it is of (empty texts where it is a dropped file, and the other way round). */
export type RunInput = z.infer<typeof inputSchema>

export interface KnownResult {
  run: string
  at: string
  bytes: Uint8Array
}
export interface KnownVerdict {
  verdict: Verdict
  pipeline: string
}
export interface ScanVerdict extends KnownVerdict {
  archive: string
  session: string
  scan: string
}

export interface RunRecords {
  /** Writes the record, and the step that leads to it, in one transaction: the arrow is on the medium before it is taken, also where the power fails. */
  save(record: RunRecord, step?: RunStep): void
  get(run: string): RunRecord | null
  /** Newest first. */
  list(offset: number, limit: number): RunRecord[]
  total(): number
  /** Runs that have not ended, oldest first. */
  active(): RunRecord[]
  /** Ended runs whose results are not home, oldest first. */
  waiting(): RunRecord[]
  waitingCount(): number
  steps(run: string): RunStep[]
  /** What outlives a power failure with the next step. */
  saveInputs(run: string, inputs: RunInput[]): void
  inputs(run: string): RunInput[]
  /** Results, verdicts, record and step together: either all of it is known, or the run has no results. */
  saveResults(record: RunRecord, step: RunStep, bytes: Uint8Array, verdicts: ScanVerdict[]): void
  results(run: string): KnownResult | null
  /** Runs with results that read this scan of this archive, newest first. */
  runsOfScan(archive: string, session: string, scan: string): string[]
  /** Runs with results that read a file with this digest, newest first. */
  runsOfDigest(sha256: string): string[]
  verdict(archive: string, session: string, scan: string): KnownVerdict | null
  saveLog(run: string, lines: LogLine[], dropped: number): void
  log(run: string): { lines: LogLine[]; dropped: number } | null
}

const recordRow = z.object({ record: z.string() })
const runRow = z.object({ run: z.string() })
const countRow = z.object({ n: z.number() })
const bytesRow = z.object({ bytes: z.union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array)]), at: z.string() })
/** A record that does not fit (of a newer Scanside) is left out rather than taking the others with it. */
const parseRecord = ({ record }: { record: string }): RunRecord[] => {
  const parsed = runRecordSchema.safeParse(JSON.parse(record))
  return parsed.success ? [parsed.data] : []
}

/** Records over their tables; `write` wraps a transaction and refuses in a file that is only read. */
export const createRunRecords = (db: Sqlite, write: Write): RunRecords => {
  const put = (record: RunRecord, step?: RunStep) => {
    const checked = runRecordSchema.parse(record)
    db.run(
      'INSERT OR REPLACE INTO runs (id, created_at, ended, home, record) VALUES (?, ?, ?, ?, ?)',
      checked.id,
      checked.createdAt,
      checked.endedAt === null ? 0 : 1,
      checked.home,
      JSON.stringify(checked),
    )
    if (!step) return
    const n = db.all(countRow, 'SELECT count(*) AS n FROM steps WHERE run = ?', checked.id)[0]?.n ?? 0
    db.run('INSERT INTO steps (run, n, state, at, note) VALUES (?, ?, ?, ?, ?)', checked.id, n, step.state, step.at, step.note)
  }
  return {
    save: (record, step) => write(() => put(record, step), 'power'),
    get: (run) => db.all(recordRow, 'SELECT record FROM runs WHERE id = ?', run).flatMap(parseRecord)[0] ?? null,
    list: (offset, limit) =>
      db.all(recordRow, 'SELECT record FROM runs ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?', limit, offset).flatMap(parseRecord),
    total: () => db.all(countRow, 'SELECT count(*) AS n FROM runs')[0]?.n ?? 0,
    active: () => db.all(recordRow, 'SELECT record FROM runs WHERE ended = 0 ORDER BY created_at, id').flatMap(parseRecord),
    waiting: () => db.all(recordRow, "SELECT record FROM runs WHERE ended = 1 AND home = 'waiting' ORDER BY created_at, id").flatMap(parseRecord),
    waitingCount: () => db.all(countRow, "SELECT count(*) AS n FROM runs WHERE ended = 1 AND home = 'waiting'")[0]?.n ?? 0,
    steps: (run) => db.all(stepSchema, 'SELECT state, at, note FROM steps WHERE run = ? ORDER BY n', run),
    saveInputs: (run, inputs) =>
      write(() => {
        db.run('DELETE FROM inputs WHERE run = ?', run)
        for (const input of inputs) {
          const { name, archive, session, scan, local, size, sha256 } = input
          db.run(
            'INSERT INTO inputs (run, name, archive, session, scan, local, size, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
            run,
            name,
            archive,
            session,
            scan,
            local,
            size,
            sha256,
          )
        }
      }),
    inputs: (run) => db.all(inputSchema, 'SELECT name, archive, session, scan, local, size, sha256 FROM inputs WHERE run = ? ORDER BY rowid', run),
    saveResults: (record, step, bytes, verdicts) =>
      write(() => {
        db.run('INSERT OR REPLACE INTO results (run, bytes, at) VALUES (?, ?, ?)', record.id, bytes, step.at)
        for (const { archive, session, scan, verdict, pipeline } of verdicts) {
          db.run(
            'INSERT OR REPLACE INTO verdicts (archive, session, scan, verdict, pipeline, run, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
            archive,
            session,
            scan,
            verdict,
            pipeline,
            record.id,
            step.at,
          )
        }
        put(record, step)
      }, 'power'),
    results: (run) => {
      const found = db.all(bytesRow, 'SELECT bytes, at FROM results WHERE run = ?', run)[0]
      return found ? { run, at: found.at, bytes: new Uint8Array(found.bytes) } : null
    },
    runsOfScan: (archive, session, scan) =>
      db
        .all(
          runRow,
          'SELECT DISTINCT r.run AS run, r.at AS at FROM results r JOIN inputs i ON i.run = r.run WHERE i.archive = ? AND i.session = ? AND i.scan = ? ORDER BY r.at DESC LIMIT 100',
          archive,
          session,
          scan,
        )
        .map(({ run }) => run),
    runsOfDigest: (sha256) =>
      db
        .all(
          runRow,
          'SELECT DISTINCT r.run AS run, r.at AS at FROM results r JOIN inputs i ON i.run = r.run WHERE i.sha256 = ? ORDER BY r.at DESC LIMIT 100',
          sha256,
        )
        .map(({ run }) => run),
    verdict: (archive, session, scan) =>
      db.all(
        z.object({ verdict: verdictSchema, pipeline: z.string() }),
        'SELECT verdict, pipeline FROM verdicts WHERE archive = ? AND session = ? AND scan = ?',
        archive,
        session,
        scan,
      )[0] ?? null,
    saveLog: (run, lines, dropped) =>
      write(() => {
        db.run('INSERT OR REPLACE INTO logs (run, lines, dropped) VALUES (?, ?, ?)', run, JSON.stringify(lines), dropped)
      }),
    log: (run) => {
      const found = db.all(z.object({ lines: z.string(), dropped: z.number() }), 'SELECT lines, dropped FROM logs WHERE run = ?', run)[0]
      return found ? { lines: z.array(logLineSchema).parse(JSON.parse(found.lines)), dropped: found.dropped } : null
    },
  }
}
