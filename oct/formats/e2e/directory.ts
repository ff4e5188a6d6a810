/** The directories of a Heidelberg patient container, walked from the last to the first with a bound on every step. */
import type { ByteSource } from '../../scan.ts'
import { ascii, readExactly } from '../bytes.ts'
import { directory, directoryBytes, entry, entryBytes, limits, marks, refuse, types, versionBytes } from './layout.ts'

/** One thing in the file. */
export interface Entry {
  /** byte where its container begins */
  start: number
  /** Patient, study and series, joined: numbers of the file alone, kept only to tell series apart. */
  series: string
  /** twice the B-scan's number; below 0 where it belongs to no B-scan */
  slice: number
  /** of an image: 0 SLO, 1 B-scan */
  index: number
  type: number
}

const wanted: ReadonlySet<number> = new Set(Object.values(types))

/**
 * Every entry of a type that this reader knows, in the file's order. Reads each directory once; all of them together are at most as long as the file.
 * @throws ScansideError invalid-file where a directory is not where it is said to be, refers in a circle, or lists more than the file can hold
 */
export async function readDirectories(source: ByteSource): Promise<Entry[]> {
  const entries: Entry[] = []
  const seen = new Set<number>()
  let listed = 0
  let at = (await readDirectory(source, versionBytes, marks.main)).current
  while (at !== 0) {
    if (seen.has(at) || seen.size >= limits.directories) {
      throw refuse(`The file contradicts itself: its directories lead in a circle at byte ${at}.`, { offset: at })
    }
    seen.add(at)
    const { count, previous } = await readDirectory(source, at, marks.directory)
    listed += count
    if (listed > limits.entries || listed * entryBytes > source.size) {
      throw refuse(`The file contradicts itself: its directories, up to the one at byte ${at}, list more than it can hold.`, { offset: at, listed })
    }
    await readEntries(source, at + directoryBytes, count, entries)
    at = previous
  }
  return entries.sort((a, b) => a.start - b.start)
}

async function readDirectory(source: ByteSource, at: number, mark: string): Promise<{ count: number; current: number; previous: number }> {
  if (at + directoryBytes > source.size) {
    throw refuse(`The file ends at byte ${source.size}, but a directory is said to be at byte ${at}. The file is cut off.`, {
      offset: at,
      size: source.size,
    })
  }
  const bytes = await readExactly(source, at, directoryBytes)
  if (ascii(bytes, 0, 12) !== mark) {
    throw refuse(`The file contradicts itself: byte ${at} holds no directory (${mark}).`, { offset: at })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const number = (offset: number) => view.getUint32(offset, true)
  return { count: number(directory.count), current: number(directory.current), previous: number(directory.previous) }
}

async function readEntries(source: ByteSource, at: number, count: number, into: Entry[]): Promise<void> {
  if (at + count * entryBytes > source.size) {
    throw refuse(`The file ends at byte ${source.size}, within the directory at byte ${at - directoryBytes}. The file is cut off.`, {
      offset: at - directoryBytes,
      count,
      size: source.size,
    })
  }
  const bytes = await readExactly(source, at, count * entryBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let base = 0; base < bytes.byteLength; base += entryBytes) {
    const type = view.getUint32(base + entry.type, true)
    const start = view.getUint32(base + entry.start, true)
    // Places that were given up keep their type; their data does not lie after the directory that lists them.
    if (!wanted.has(type) || start <= view.getUint32(base + entry.place, true)) continue
    const id = (offset: number) => view.getInt32(base + offset, true)
    into.push({
      start,
      type,
      series: `${id(entry.patient)}/${id(entry.study)}/${id(entry.series)}`,
      slice: id(entry.slice),
      index: view.getUint16(base + entry.index, true),
    })
  }
}
