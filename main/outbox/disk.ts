/** The folder of items, step by step: each step may fail or be the last before a crash, and the order they are taken in is what keeps items whole. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'

/** Plain steps over one folder; names never hold a path. */
export interface Disk {
  list(): Promise<string[]>
  /** At most `length` bytes from `from`; all of the rest where left out. */
  read(name: string, from: number, length?: number): Promise<Buffer>
  /** A new file, or another's place taken. */
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Its bytes are on the medium. */
  sync(name: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** What the folder lists is on the medium. */
  syncFolder(): Promise<void>
  /** The file's first bytes, in place. */
  overwrite(name: string, bytes: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Makes the folder where it is not there. */
export const openDisk = async (folder: string): Promise<Disk> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const using = async <T>(name: string, flags: string, work: (file: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> => {
    const file = await open(join(folder, name), flags, 0o600)
    try {
      return await work(file)
    } finally {
      await file.close()
    }
  }
  return {
    list: () => readdir(folder),
    read: (name, from, length) =>
      using(name, 'r', async (file) => {
        const left = Math.max(0, (await file.stat()).size - from)
        const bytes = Buffer.alloc(Math.min(length ?? left, left))
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at)
          if (bytesRead === 0) return bytes.subarray(0, at)
          at += bytesRead
        }
        return bytes
      }),
    write: (name, bytes) => using(name, 'w', (file) => file.writeFile(bytes)),
    sync: (name) => using(name, 'r+', (file) => file.sync()),
    rename: (from, to) => rename(join(folder, from), join(folder, to)),
    syncFolder: async () => {
      try {
        const handle = await open(folder, 'r')
        try {
          await handle.sync()
        } finally {
          await handle.close()
        }
      } catch (error) {
        // Windows opens no folder as a file; NTFS keeps renames in its own journal.
        if (!['EPERM', 'EISDIR', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
      }
    },
    overwrite: (name, bytes) =>
      using(name, 'r+', async (file) => {
        await file.write(bytes, 0, bytes.length, 0)
      }),
    remove: (name) => rm(join(folder, name), { force: true }),
  }
}

export const itemFile = (id: string): string => `${id}.item`
const unfinished = (id: string): string => `${id}.item.tmp`

/**
 * Writes an item so that it is there whole or not at all.
 * @throws ScansideError `disk-full` or `internal`; nothing of it stays then
 */
export const writeItem = async (disk: Disk, id: string, bytes: Uint8Array): Promise<void> => {
  let written = unfinished(id)
  try {
    await disk.write(written, bytes)
    await disk.sync(written)
    await disk.rename(written, itemFile(id))
    written = itemFile(id)
    await disk.syncFolder()
  } catch (error) {
    await disk.remove(written).catch(() => undefined)
    const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
    throw new ScansideError(
      full ? 'disk-full' : 'internal',
      full
        ? 'The disk of this computer is full, so no sealed copy could be made for the way home. It is kept in this desk’s records; make room.'
        : 'No sealed copy could be made for the way home. It is kept in this desk’s records; restart Scanside.',
      {},
      { cause: error },
    )
  }
}

/** Overwrites the file's beginning, where its keys are, and removes it; may be called again where a crash came between. */
export const destroyFile = async (disk: Disk, name: string, headerBytes: number): Promise<void> => {
  await disk.overwrite(name, Buffer.alloc(headerBytes))
  await disk.sync(name)
  await disk.remove(name)
  await disk.syncFolder()
}
