/** A file that cannot be read is put aside under another name, with all its bytes; it is never written over and never deleted. */
import { existsSync, lstatSync, renameSync } from 'node:fs'
import { ScansideError } from '../../oct/errors.ts'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Whether SQLite says so of a file that is damaged, or encrypted with another key. */
export const isDamaged = (error: unknown): boolean => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))

const isHeld = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

const isFull = (error: unknown): boolean =>
  codeOf(error) === 'ENOSPC' ||
  /^SQLITE_(FULL|IOERR_(WRITE|SHMSIZE|FSYNC|TRUNCATE))/.test(codeOf(error)) ||
  (error instanceof Error && /is full/i.test(error.message))

/** Whether something stands at `path` that is no database of ours: a folder, or a file emptied behind our back while its log is gone. */
export const isForeign = (path: string): boolean => {
  if (!existsSync(path)) return false
  const there = lstatSync(path)
  const log = `${path}-wal`
  return there.isDirectory() || (there.size === 0 && !(existsSync(log) && lstatSync(log).size > 0))
}

/** Renames a database and what SQLite keeps beside it. */
export const moveAside = (path: string, now: Date): void => {
  const stamp = now.toISOString().replace(/[^0-9]/g, '')
  for (const end of ['', '-wal', '-shm']) if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${path}.unreadable-${stamp}${end}`)
}

/** What to tell a person of a database that is whole and cannot be opened all the same. `what` begins the sentence: "The records of runs". */
export const notOpened = (error: unknown, what: string): ScansideError => {
  if (error instanceof ScansideError) return error
  const kept = 'Nothing was changed.'
  if (isHeld(error)) {
    return new ScansideError(
      'conflict',
      `${what} are held by another program on this computer, a backup perhaps. ${kept} Wait until it has ended, then start Scanside again.`,
      {},
      { cause: error },
    )
  }
  if (isFull(error)) {
    return new ScansideError(
      'disk-full',
      `The disk of this computer is full, so Scanside cannot work with its records. ${kept} Make room, then start Scanside again.`,
      {},
      { cause: error },
    )
  }
  return new ScansideError(
    'internal',
    `${what} cannot be opened or written on this computer. ${kept} Check that Scanside's folder can be written and the disk has room, then start it again.`,
    {},
    { cause: error },
  )
}
