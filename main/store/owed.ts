/**
 * `owed.db`: what a run creates and must remove, written down before it is created. Plain, so that it can be paid without any key,
 * and therefore made of opaque names alone: a name that could carry anything else is refused. A file that cannot be read is put aside; what
 * it held is then found by the engines' own listings, by the label of this installation, which is kept here too.
 */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { TokenNotes } from '../archive/run-tokens-session.ts'
import type { Debts, OwedThing } from '../engines/engine.ts'
import { isDamaged, isForeign, moveAside, notOpened } from './aside.ts'
import { openVersioned } from './versioned.ts'

const kinds = ['container', 'volume', 'server', 'object-container', 'token', 'token-intent'] as const satisfies OwedThing['kind'][]
const row = z.object({ run: z.string(), engine: z.string(), kind: z.enum(kinds), name: z.string() })
const originRow = z.object({ origin: z.string() })
const notedRow = z.object({ name: z.string(), origin: z.string() })
const nameRow = z.object({ name: z.string() })
/** What this version can pay; a newer one's stay for it. */
const mine = `kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`
const opaque = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/

/** What an older Scanside must not write to has a greater number. */
const owedVersion = 1

const tables = `
CREATE TABLE IF NOT EXISTS owed (n INTEGER PRIMARY KEY, engine TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, run TEXT NOT NULL,
  UNIQUE (engine, kind, name)) STRICT;
CREATE TABLE IF NOT EXISTS token_origins (alias TEXT PRIMARY KEY, origin TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

/** A list of debts with an end. */
export interface OwedFile extends Debts {
  /** What happened to the file on opening, as a sentence; null where nothing did. */
  readonly notice: string | null
  /** Whose a token is, as a digest of archive and person: without it another archive's 'not listed' would pass for its end. */
  tokens: TokenNotes
  /** The list may lack something: an earlier one could not be read, and no engine has been asked for all that is there since. */
  doubtful(): boolean
  /** An engine was asked for all that carries this installation's label, and has nothing left of it. */
  trusted(): void
  /** Opaque id of this installation as noted here; null where none is. */
  installation(): string | null
  noteInstallation(id: string): void
  close(): void
}

/** Opens, checks and migrates; throws what SQLite throws. */
const openChecked = (path: string | null) => openVersioned(path, null, { version: owedVersion, tables })

const damagedNotice =
  'The list of what is still to remove could not be read. It was put aside, nothing was deleted; what it named is found by asking the ' +
  'container engine, and the cloud in Settings, for everything that this installation has made.'
const newerNotice =
  'The list of what is still to remove was written by a newer Scanside. Nothing can be started before Scanside is updated on this computer.'
const newer = () => new ScansideError('conflict', `${newerNotice} Nothing was changed.`)

/**
 * Opens or creates the list of what is owed. A damaged one is put aside; one of a newer Scanside is only read.
 * @param path file path, or null for memory (tests)
 * @throws ScansideError `disk-full`, `conflict` or `internal` where it is whole and cannot be opened, and from `incur` where it could not be
 * written: then nothing may be created
 */
export const openOwed = (path: string | null, now: () => Date = () => new Date()): OwedFile => {
  const what = 'The notes of what is to be removed'
  let opened: ReturnType<typeof openChecked>
  let notice: string | null = null
  try {
    if (path !== null && isForeign(path)) throw Object.assign(new Error('no database'), { code: 'SQLITE_NOTADB' })
    opened = openChecked(path)
  } catch (error) {
    if (path === null || !isDamaged(error)) throw notOpened(error, what)
    notice = damagedNotice
    try {
      moveAside(path, now())
      opened = openChecked(path)
      const { db } = opened
      db.transaction('power', () => db.run("INSERT INTO facts (name, value) VALUES ('doubtful', '1')"))
    } catch (again) {
      throw notOpened(again, what)
    }
  }
  const { db } = opened
  const readOnly = opened.newer
  if (readOnly) notice = newerNotice
  const fact = (name: string): string | null =>
    readOnly ? null : (db.all(z.object({ value: z.string() }), 'SELECT value FROM facts WHERE name = ?', name)[0]?.value ?? null)
  const checked = (thing: OwedThing) => {
    if (![thing.runId, thing.engine, thing.kind, thing.name].every((text) => opaque.test(text))) {
      throw new ScansideError('internal', 'Something was to be created under a name that Scanside did not choose; it was not created.', {
        kind: thing.kind,
      })
    }
  }
  return {
    notice,
    doubtful: () => fact('doubtful') !== null,
    trusted: () => {
      if (!readOnly) db.transaction('process', () => db.run("DELETE FROM facts WHERE name = 'doubtful'"))
    },
    installation: () => fact('installation'),
    noteInstallation: (id) => {
      if (!readOnly && opaque.test(id)) {
        db.transaction('power', () => db.run("INSERT OR REPLACE INTO facts (name, value) VALUES ('installation', ?)", id))
      }
    },
    incur: (...things) => {
      if (readOnly) throw newer()
      for (const thing of things) checked(thing)
      try {
        db.transaction('power', () => {
          for (const { engine, kind, name, runId } of things) {
            db.run('INSERT OR REPLACE INTO owed (engine, kind, name, run) VALUES (?, ?, ?, ?)', engine, kind, name, runId)
          }
        })
      } catch (error) {
        const full = error instanceof Error && /full|disk I\/O/i.test(error.message)
        throw new ScansideError(
          full ? 'disk-full' : 'internal',
          full
            ? 'The disk is full, so Scanside could not note what it would have to clean up and began nothing. Make room and try again.'
            : 'Scanside could not note what it would have to clean up, so it began nothing. Try again; if it stays, restart Scanside.',
          {},
          { cause: error },
        )
      }
    },
    settle: ({ engine, kind, name }) => {
      if (readOnly) throw newer()
      // A debt that comes back after a power failure is found paid already.
      db.transaction('process', () => db.run('DELETE FROM owed WHERE engine = ? AND kind = ? AND name = ?', engine, kind, name))
    },
    list: (engine) =>
      (engine === undefined
        ? db.all(row, `SELECT run, engine, kind, name FROM owed WHERE ${mine} ORDER BY n`)
        : db.all(row, `SELECT run, engine, kind, name FROM owed WHERE ${mine} AND engine = ? ORDER BY n`, engine)
      ).map(({ run, ...rest }) => ({ runId: run, ...rest })),
    tokens: {
      originOf: (alias) => db.all(originRow, 'SELECT origin FROM token_origins WHERE alias = ?', alias)[0]?.origin ?? null,
      note: (alias, origin) => {
        if (readOnly) throw newer()
        if (![alias, origin].every((text) => opaque.test(text))) throw new ScansideError('internal', 'A token has a name that is not noted down.')
        db.transaction('power', () => db.run('INSERT OR REPLACE INTO token_origins (alias, origin) VALUES (?, ?)', alias, origin))
      },
      forget: (alias) => {
        db.transaction('process', () => db.run('DELETE FROM token_origins WHERE alias = ?', alias))
      },
      noted: (prefix) =>
        db.all(notedRow, 'SELECT alias AS name, origin FROM token_origins WHERE substr(alias, 1, length(?)) = ? ORDER BY rowid', prefix, prefix),
      owed: () => db.all(nameRow, "SELECT DISTINCT name FROM owed WHERE kind = 'token'").map(({ name }) => name),
    },
    close: db.close,
  }
}
