/** A few lines over libsql (better-sqlite3's API): prepared statements kept, rows parsed by their schema, one file mode. */
import { chmodSync, existsSync } from 'node:fs'
import Database from 'libsql'
import type { z } from 'zod'

export type SqlValue = string | number | null | Uint8Array

export interface Sqlite {
  exec(sql: string): void
  /** Runs a writing statement; answers the number of changed rows. */
  run(sql: string, ...values: SqlValue[]): number
  /** Every row, parsed by `row`. */
  all<T>(row: z.ZodType<T>, sql: string, ...values: SqlValue[]): T[]
  /**
   * Everything in `work`, or nothing of it. Not to be nested. `power`: on the medium before it returns (a few ms); else what is written
   * outlives this process at once and a power failure after the next such transaction, or a few seconds.
   */
  transaction<T>(survives: 'power' | 'process', work: () => T): T
  close(): void
}

/** A transaction in lab.db; refused in a file that is only read. A run's steps and results survive a power failure, its log a crash of this process. */
export type Write = <T>(work: () => T, survives?: 'power' | 'process') => T

/**
 * Opens a database in WAL mode.
 * @param path file path, or null for memory
 * @param key 32 bytes as hex; null for a plain file
 */
export const openSqlite = (path: string | null, key: string | null): Sqlite => {
  const options = { timeout: 5, ...(key === null ? {} : { encryptionCipher: 'aes256cbc', encryptionKey: key }) }
  const db = new Database(path ?? ':memory:', options)
  let level: 'power' | 'process' = 'power'
  const prepared = new Map<string, ReturnType<typeof db.prepare<SqlValue[][]>>>()
  const prepare = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const made = db.prepare<SqlValue[][]>(sql)
    prepared.set(sql, made)
    return made
  }
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON')
    // SQLite makes files with the process's umask; ids and ciphertext are still nobody else's business.
    if (path !== null) for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600)
  } catch (error) {
    db.close()
    throw error
  }
  return {
    exec: (sql) => {
      db.exec(sql)
    },
    run: (sql, ...values) => prepare(sql).run(values).changes,
    all: (row, sql, ...values) =>
      prepare(sql)
        .all(values)
        .map((found) => row.parse(found)),
    transaction: (survives, work) => {
      if (survives !== level) db.exec(`PRAGMA synchronous = ${survives === 'power' ? 'FULL' : 'NORMAL'}`)
      level = survives
      db.exec('BEGIN IMMEDIATE')
      try {
        const value = work()
        db.exec('COMMIT')
        return value
      } catch (error) {
        // Where the disk is full or fails, SQLite may have taken it back by itself; the first error says why.
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    close: () => {
      prepared.clear()
      try {
        if (path !== null) db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } finally {
        db.close()
      }
    },
  }
}
