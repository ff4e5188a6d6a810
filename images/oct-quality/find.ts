/** Which files under a folder are scans: told by their content; a name only makes a broken one worth a sentence. */
import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sniff } from '../../oct/formats/vol.ts'
import type { ByteSource } from '../../oct/scan.ts'

const deepest = 16
const most = 20_000

export interface Found {
  scans: string[]
  /** Regular files looked at. */
  seen: number
}

/** Paths of all scans under `root`, sorted. Links are not followed; a file that ends in `.vol` counts even when it is none, so that it is told. */
export async function findScans(root: string): Promise<Found> {
  const found: Found = { scans: [], seen: 0 }
  await walk(root, 0, found)
  return found
}

async function walk(folder: string, depth: number, found: Found): Promise<void> {
  if (depth > deepest) return
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await walk(path, depth + 1, found)
    else if (entry.isFile() && found.seen < most) {
      found.seen++
      if (/\.vol$/i.test(entry.name) || (await looksLikeScan(path))) found.scans.push(path)
    }
  }
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
