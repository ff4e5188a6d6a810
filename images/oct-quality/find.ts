/** The files under a folder, as ranges of bytes. What they are is told elsewhere, by their content. */
import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'
import type { PlacedFile } from '../../oct/formats/sets.ts'
import type { ByteSource } from '../../oct/scan.ts'

const deepest = 16
const mostFiles = 100_000

/**
 * All regular files under `root`, sorted; links are not followed. Each is opened for every read and closed after it.
 * @throws ScansideError not-supported where there is more than one run can judge: nothing is left out in silence
 */
export async function findFiles(root: string): Promise<PlacedFile[]> {
  const found: PlacedFile[] = []
  await walk(root, '', 0, found)
  return found
}

async function walk(root: string, folder: string, depth: number, found: PlacedFile[]): Promise<void> {
  if (depth > deepest) throw tooMuch(`folders more than ${deepest} deep`)
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) await walk(root, path, depth + 1, found)
    else if (entry.isFile()) {
      if (found.length >= mostFiles) throw tooMuch(`more than ${mostFiles} files`)
      found.push({ path, source: await lookedUp(join(root, path)) })
    }
  }
}

export function tooMuch(what: string): ScansideError {
  return new ScansideError('not-supported', `There are ${what} in /input: one run cannot judge that many. Nothing was judged; choose fewer scans.`)
}

/** A file that cannot be opened is an empty one: a scan it belongs to will say so. */
async function lookedUp(path: string): Promise<ByteSource> {
  const size = await withFile(path, async (file) => (await file.stat()).size).catch(() => 0)
  return { size, read: (offset, length) => withFile(path, (file) => fileSource(file, size).read(offset, length)) }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openForReading(path)
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

/** Opens a regular file; never a link put in its place. */
export function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
}

/** Ranges of an open file. */
export function fileSource(file: FileHandle, size: number): ByteSource {
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length)
      let done = 0
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done === length ? bytes : bytes.subarray(0, done)
    },
  }
}
