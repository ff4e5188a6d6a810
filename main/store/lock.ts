/**
 * One Scanside per data folder: a second one would take the first one's runs for those of a life that ended. A lock that SQLite holds
 * on a file: the system lets go of it however the process ends, on every platform.
 */
import Database from 'libsql'
import { ScansideError } from '../../oct/errors.ts'

export interface FolderLock {
  release(): void
}

/**
 * Holds `file` until `release` or the end of the process.
 * @throws ScansideError `conflict` where another process holds it
 */
export const holdLock = (file: string): FolderLock => {
  const db = new Database(file, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))) throw error
    throw new ScansideError(
      'conflict',
      'Scanside is already open at this desk. Go on in its window; if there is none, it ends by itself as soon as its runs have ended.',
    )
  }
  return {
    release: () => {
      if (db.open) db.close()
    },
  }
}
