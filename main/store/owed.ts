/**
 * `owed.db`: what a run creates and must remove, written down before it is created. Plain, so that it can be paid without any key,
 * and therefore made of opaque names alone: a name that could carry anything else is refused.
 */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { TokenNotes } from '../archive/run-tokens-session.ts'
import type { Debts, OwedThing } from '../engines/engine.ts'
import { openSqlite } from './sqlite.ts'

const kinds = ['container', 'volume', 'server', 'object-container', 'token', 'token-intent'] as const satisfies OwedThing['kind'][]
const row = z.object({ run: z.string(), engine: z.string(), kind: z.enum(kinds), name: z.string() })
const originRow = z.object({ origin: z.string() })
const notedRow = z.object({ name: z.string(), origin: z.string() })
const nameRow = z.object({ name: z.string() })
/** What this version can pay; a newer one's stay for it. */
const mine = `kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`
const opaque = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/

/** A list of debts with an end. */
export interface OwedFile extends Debts {
  /** Which archive's and person's a token is, as a digest: without it another archive's 'not listed' would pass for its end. */
  tokens: TokenNotes
  close(): void
}

/**
 * Opens or creates the list of what is owed.
 * @param path file path, or null for memory (tests)
 * @throws ScansideError `disk-full` or `internal` from `incur` where it could not be written: then nothing may be created
 */
export const openOwed = (path: string | null): OwedFile => {
  const db = openSqlite(path, null)
  db.exec(
    'CREATE TABLE IF NOT EXISTS owed (n INTEGER PRIMARY KEY, engine TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, run TEXT NOT NULL, UNIQUE (engine, kind, name)) STRICT',
  )
  db.exec('CREATE TABLE IF NOT EXISTS token_origins (alias TEXT PRIMARY KEY, origin TEXT NOT NULL) STRICT')
  const checked = (thing: OwedThing) => {
    if (![thing.runId, thing.engine, thing.kind, thing.name].every((text) => opaque.test(text))) {
      throw new ScansideError('internal', 'Something was to be created under a name that Scanside did not choose; it was not created.', {
        kind: thing.kind,
      })
    }
  }
  return {
    incur: (...things) => {
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
