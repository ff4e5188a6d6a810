/** What is asked of a watched folder: listing, size and time, bytes. Nothing here writes, renames or deletes. */
import { watch } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import type { ByteSource } from '../../oct/scan.ts'

export interface FolderAccess {
  /** Files and folders; links and other things are left out. */
  list(folder: string): Promise<{ name: string; folder: boolean }[]>
  stat(file: string): Promise<{ size: number; modified: number }>
  /** A source over a file of `size` bytes; it rejects where the file has become shorter. */
  source(file: string, size: number): ByteSource
  /** The first `size` bytes, piece by piece. */
  stream(file: string, size: number, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Tells that something may have changed, where the system says so; a hint that may never come. Returns how to stop. */
  hint(folder: string, listener: () => void): () => void
}

const pieceBytes = 4 * 1024 * 1024

const shorter = () => Object.assign(new Error('the file is shorter than it was'), { code: 'EAGAIN' })

/** This computer's own files and what is mounted on it. */
export const nodeFolderAccess: FolderAccess = {
  list: async (folder) => {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() || entry.isDirectory()).map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
  },
  stat: async (file) => {
    const { size, mtimeMs } = await stat(file)
    return { size, modified: mtimeMs }
  },
  source: (file, size) => ({
    size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length)
      const handle = await open(file, 'r')
      try {
        const { bytesRead } = await handle.read(bytes, 0, length, offset)
        if (bytesRead !== length) throw shorter()
        return bytes
      } finally {
        await handle.close()
      }
    },
  }),
  stream: async function* (file, size, signal) {
    const handle = await open(file, 'r')
    try {
      for (let at = 0; at < size && !signal.aborted; ) {
        const piece = Buffer.allocUnsafe(Math.min(pieceBytes, size - at))
        const { bytesRead } = await handle.read(piece, 0, piece.length, at)
        if (bytesRead === 0) throw shorter()
        at += bytesRead
        yield piece.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  },
  hint: (folder, listener) => {
    try {
      const watching = watch(folder, { persistent: false }, listener)
      watching.on('error', () => watching.close())
      return () => watching.close()
    } catch {
      return () => {}
    }
  },
}

/** Whether files have the sizes and times they had. */
export const stillThere = async (
  access: Pick<FolderAccess, 'stat'>,
  files: readonly { path: string }[],
  before: readonly { size: number; modified: number }[],
): Promise<'same' | 'changed' | 'away'> => {
  try {
    const seen = await Promise.all(files.map(({ path }) => access.stat(path)))
    const same = seen.every(({ size, modified }, index) => size === before[index]?.size && Math.abs(modified - before[index].modified) < 1)
    return same ? 'same' : 'changed'
  } catch {
    return 'away'
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Another program holds the file, or it is being written or moved: to be tried again, without a word. */
export const isBusy = (error: unknown): boolean =>
  ['EBUSY', 'EPERM', 'EACCES', 'ETXTBSY', 'EAGAIN', 'EDEADLK', 'ENOENT', 'ESTALE', 'EIO', 'ETIMEDOUT', 'UNKNOWN', 'EMFILE', 'ENFILE'].includes(
    codeOf(error),
  )

/** What a folder that cannot be listed is: `away` comes back by itself. */
export const absence = (error: unknown): 'away' | 'no-permission' => (['EACCES', 'EPERM'].includes(codeOf(error)) ? 'no-permission' : 'away')
