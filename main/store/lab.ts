/**
 * `lab.db`: what this desk knows. Encrypted by libsql with a key from the keyring; without one, in memory until the window closes.
 * A file that cannot be read is moved aside, never deleted; one from a newer Scanside is only read.
 */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { isDamaged, isForeign, moveAside, notOpened } from './aside.ts'
import { type Chain, createChain } from './chain.ts'
import { createGradingRecords, type GradingRecords, gradingTables } from './lab-grading.ts'
import { createInboxRecords, type InboxRecords, inboxTables } from './lab-inbox.ts'
import { createRunRecords, type RunRecords } from './lab-runs.ts'
import type { Write } from './sqlite.ts'
import { openVersioned } from './versioned.ts'

/** 2 adds the tables of Inbox and gradings. A file of an earlier version gets what it lacks when it is opened. */
export const labVersion = 2

const tables = `
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, created_at TEXT NOT NULL, ended INTEGER NOT NULL, home TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS runs_by_home ON runs (home);
CREATE TABLE IF NOT EXISTS steps (run TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (run, n)) STRICT;
CREATE TABLE IF NOT EXISTS inputs (run TEXT NOT NULL, name TEXT NOT NULL, archive TEXT NOT NULL, session TEXT NOT NULL, scan TEXT NOT NULL,
  local TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (run, name)) STRICT;
CREATE INDEX IF NOT EXISTS inputs_by_scan ON inputs (archive, session, scan);
CREATE INDEX IF NOT EXISTS inputs_by_digest ON inputs (sha256);
CREATE TABLE IF NOT EXISTS results (run TEXT PRIMARY KEY, bytes BLOB NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS verdicts (archive TEXT NOT NULL, session TEXT NOT NULL, scan TEXT NOT NULL, verdict TEXT NOT NULL,
  pipeline TEXT NOT NULL, run TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (archive, session, scan)) STRICT;
CREATE TABLE IF NOT EXISTS logs (run TEXT PRIMARY KEY, lines TEXT NOT NULL, dropped INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS chain (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, run TEXT, at TEXT NOT NULL, body TEXT NOT NULL, mac TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS chain_by_run ON chain (run);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

export interface Settings {
  get(name: string): string | null
  /** `null` forgets it. */
  set(name: string, value: string | null): void
}

export interface Lab {
  /** False where it is in memory: everything in it ends with the window. */
  readonly kept: boolean
  /** True for a file of a newer Scanside: nothing can be written. */
  readonly readOnly: boolean
  /** What happened to the file on opening, as a sentence; null where nothing did. */
  readonly notice: string | null
  readonly runs: RunRecords
  readonly inbox: InboxRecords
  readonly gradings: GradingRecords
  readonly settings: Settings
  readonly chain: Chain
  close(): void
}

/** Opens, checks and migrates; throws what SQLite throws. */
const openChecked = (path: string | null, key: string | null) =>
  openVersioned(path, key, { version: labVersion, tables: `${tables} ${gradingTables} ${inboxTables}` })

export interface LabOptions {
  /** File path; null for memory. */
  path: string | null
  /** 32 bytes as hex, from `labKey`; null keeps everything in memory, whatever the path. */
  key: string | null
  /** 32 bytes as hex, from `chainKey`. */
  chainKey: string
  now: () => Date
}

/**
 * Opens what this desk knows.
 * @throws ScansideError `disk-full`, `conflict` or `internal` where the file is whole and cannot be opened or written
 */
export const openLab = ({ path, key, chainKey, now }: LabOptions): Lab => {
  const file = key === null ? null : path
  let notice: string | null = null
  let opened: ReturnType<typeof openChecked>
  const what = 'The records of runs'
  try {
    if (file !== null && isForeign(file)) throw Object.assign(new Error('no database'), { code: 'SQLITE_NOTADB' })
    opened = openChecked(file, file === null ? null : key)
  } catch (error) {
    if (file === null || !isDamaged(error)) throw notOpened(error, what)
    notice =
      'The records of earlier runs could not be read: the file is damaged or its key is gone from the keyring. It was put aside, ' +
      'nothing was deleted, and results in the archive are not affected. New runs are recorded in a new file.'
    try {
      moveAside(file, now())
      opened = openChecked(file, key)
    } catch (again) {
      throw notOpened(again, what)
    }
  }
  const { db, newer } = opened
  if (newer) {
    notice = 'The records of runs were written by a newer Scanside. They can be looked at but not added to; update Scanside before starting a run.'
  }
  const write: Write = (work, survives = 'process') => {
    if (newer) {
      throw new ScansideError('conflict', 'The records of runs were written by a newer Scanside. Update Scanside on this computer, then try again.')
    }
    return db.transaction(survives, work)
  }
  return {
    kept: file !== null,
    readOnly: newer,
    notice,
    runs: createRunRecords(db, write),
    inbox: createInboxRecords(db, write),
    gradings: createGradingRecords(db, write),
    chain: createChain(db, write, chainKey),
    settings: {
      get: (name) => db.all(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE name = ?', name)[0]?.value ?? null,
      set: (name, value) =>
        write(() => {
          if (value === null) db.run('DELETE FROM settings WHERE name = ?', name)
          else db.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value)
        }),
    },
    close: db.close,
  }
}
