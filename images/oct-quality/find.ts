/** Which files under a folder are scans: told by their content; a name only makes a broken one worth a sentence. */
import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'
import { sniff } from '../../oct/formats/vol.ts'
import type { ByteSource } from '../../oct/scan.ts'

const deepest = 16
const mostFiles = 100_000
/** As many as the result schema holds. */
const mostScans = 10_000

export interface Found {
  scans: string[]
  /** Regular files looked at. */
  seen: number
}

/**
 * Paths of all scans under `root`, sorted. Links are not followed; a file that ends in `.vol` counts even when it is none, so that it is told.
 * @throws ScansideError not-supported where there is more than one run can judge: nothing is left out in silence
 */
export async function findScans(root: string): Promise<Found> {
  const found: Found = { scans: [], seen: 0 }
  await walk(root, 0, found)
  return found
}

async function walk(folder: string, depth: number, found: Found): Promise<void> {
  if (depth > deepest) throw tooMuch(`folders more than ${deepest} deep`)
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walk(path, depth + 1, found)
    else if (entry.isFile()) {
      if (++found.seen > mostFiles) throw tooMuch(`more than ${mostFiles} files`)
      if (/\.vol$/i.test(entry.name) || (await looksLikeScan(path))) found.scans.push(path)
      if (found.scans.length > mostScans) throw tooMuch(`more than ${mostScans} scans`)
    }
  }
}

function tooMuch(what: string): ScansideError {
  return new ScansideError('not-supported', `There are ${what} in /input: one run cannot judge that many. Nothing was judged; choose fewer scans.`)
}

async function looksLikeScan(path: string): Promise<boolean> {
  const file = await openForReading(path).catch(() => null)
  if (file === null) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0)
    return sniff(buffer.subarray(0, bytesRead)) !== null
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
