/** A database whose file says of which version it is: opened, checked, and given what an earlier one lacks. */
import { z } from 'zod'
import { openSqlite, type Sqlite } from './sqlite.ts'

export interface Versioned {
  /** Grows with every change of the tables. */
  version: number
  /** SQL that makes what is not there. */
  tables: string
}

/**
 * Opens, checks and migrates. `newer`: a later Scanside has written it, and nothing was changed.
 * @param path file path, or null for memory
 * @param key 32 bytes as hex; null for a plain file
 * @throws what SQLite throws
 */
export const openVersioned = (path: string | null, key: string | null, { version, tables }: Versioned): { db: Sqlite; newer: boolean } => {
  const db = openSqlite(path, key)
  try {
    const found = db.all(z.object({ user_version: z.number() }), 'PRAGMA user_version')[0]?.user_version ?? 0
    const newer = found > version
    const health = db.all(z.object({ quick_check: z.string() }), 'PRAGMA quick_check(1)')
    if (health[0]?.quick_check !== 'ok') throw Object.assign(new Error('quick_check found damage'), { code: 'SQLITE_CORRUPT' })
    if (!newer) db.transaction('power', () => db.exec(`${tables} PRAGMA user_version = ${version}`))
    return { db, newer }
  } catch (error) {
    try {
      db.close()
    } catch {
      // A damaged file cannot be checkpointed; the first error says why.
    }
    throw error
  }
}
