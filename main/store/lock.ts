/**
 * One Scanside per data folder: a second one would take the first one's runs for those of a life that ended. A lock that SQLite holds
 * on a file: the system lets go of it however the process ends, on every platform.
 */
import { existsSync, lstatSync } from 'node:fs'
import Database from 'libsql'
import { ScansideError } from '../../oct/errors.ts'
import { isDamaged, moveAside, notOpened } from './aside.ts'

export interface FolderLock {
  release(): void
}

const alreadyOpen = () =>
  new ScansideError(
    'conflict',
    'Scanside is already open at this desk. Go on in its window; if there is none, it ends by itself as soon as its runs have ended.',
  )

const hold = (file: string): FolderLock => {
  const db = new Database(file, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY') ? alreadyOpen() : error
  }
  return {
    release: () => {
      if (db.open) db.close()
    },
  }
}

/**
 * Holds `file` until `release` or the end of the process. One that is damaged holds nobody, and is put aside.
 * @throws ScansideError `conflict` where another process holds it, and where it cannot be written
 */
export const holdLock = (file: string, now: Date = new Date()): FolderLock => {
  try {
    // An empty one is as good as new: nothing is ever kept in it.
    if (existsSync(file) && lstatSync(file).isDirectory()) moveAside(file, now)
    return hold(file)
  } catch (error) {
    if (!isDamaged(error)) throw notOpened(error, 'Scanside’s own files')
    try {
      moveAside(file, now)
      return hold(file)
    } catch (again) {
      throw notOpened(again, 'Scanside’s own files')
    }
  }
}
