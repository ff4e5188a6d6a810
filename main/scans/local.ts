/**
 * Dropped scans: sets of files streamed in by PUTs, kept as ciphertext, known by an id that says nothing. Gone when the window closes.
 * A file's own name stays in memory, to find a picture that an export names; it is never shown, logged or sent on.
 */
import { randomUUID } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { CachedFile, FramedCache } from './framed-cache.ts'
import { type Sniffed, sniff, sniffBytes } from './sniff.ts'

/** bytes; the largest scan Scanside opens, all its files together */
export const largestScan = 4_000_000_000
/** The most files of one scan. */
export const mostFiles = 2_000
/** Dropped files kept at once, and their bytes, so that a day's drops do not fill the disk; the set that was not used for longest goes first. */
const mostKept = { files: 6_000, bytes: 20_000_000_000 }
/** Ids of removed sets that are remembered, so that their absence can be told. */
const rememberedSets = 1_000

export interface LocalFile extends Sniffed {
  /** The last part of the file's own name. */
  name: string
  file: CachedFile
}

export interface LocalScans {
  /**
   * A `/bulk/<ticket>` to PUT one file of `size` bytes to, and the id of the set it will be of: a new one where `set` is null. The ticket
   * works once.
   */
  ticket(input: { size: number; name: string; set: string | null }): { url: string; local: string }
  /**
   * A set's files that have arrived whole; it counts as used.
   * @throws ScansideError `not-found`, which says whether it was removed to make room
   */
  get(local: string): LocalFile[]
  /** As `get`, null where there is nothing. */
  find(local: string): LocalFile[] | null
  /** Whether a set is at hand; it does not count as used. */
  has(local: string): boolean
  /**
   * Streams files from elsewhere on this computer into a set of its own, as if they had been dropped.
   * @throws ScansideError `invalid-file` where one is no part of a scan, `integrity` where one ends elsewhere than expected, `cancelled`, `disk-full`;
   * and what `open` throws. Nothing stays where it fails.
   */
  take(files: readonly FileToTake[], signal: AbortSignal): Promise<{ local: string; files: LocalFile[] }>
  /** Lets a set go that nobody was told of. */
  drop(local: string): Promise<void>
}

export interface FileToTake {
  name: string
  /** bytes */
  size: number
  open(): AsyncIterable<Uint8Array>
}

interface LocalSet {
  files: LocalFile[]
  /** Files and bytes promised by tickets, arrived or not. */
  promised: { files: number; bytes: number }
}

/** An async iterable over a web stream; cancels it where the reader stops early. */
const chunksOf = async function* (body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = body.getReader()
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** The part of a name after its folders, at most 300 characters. */
const lastPart = (name: string): string => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).slice(-300)

const gone = () => new ScansideError('not-found', 'The dropped scan is no longer here. Drop it again.')
const madeRoom = () =>
  new ScansideError('not-found', 'This dropped scan was removed from this desk to make room for newer ones. Its file is untouched; drop it again.')

const unknownKind = (size: number) =>
  new ScansideError(
    'invalid-file',
    'The dropped file is not an OCT scan that Scanside knows. Nothing was kept; drop what the device exported: RAW (.vol), XML with its pictures, or DICOM.',
    { size },
  )

/** Where dropped scans go. A file that is no part of a retinal scan is refused by its content, whatever it is called. */
export const createLocalScans = (cache: FramedCache, bulk: Pick<Bulk, 'mint' | 'revoke'>, kept = mostKept): LocalScans => {
  const sets = new Map<string, LocalSet>()
  const removed = new Set<string>()

  const find = (local: string): LocalFile[] | null => {
    const set = sets.get(local)
    if (!set || set.files.length === 0) return null
    sets.delete(local)
    sets.set(local, set)
    return set.files
  }
  /** Removes the sets not used for longest, whole, never the one that grows. */
  const makeRoom = async (growing: string) => {
    const fits = () => {
      const all = [...sets.values()].flatMap(({ files }) => files)
      return all.length <= kept.files && all.reduce((sum, { file }) => sum + file.size, 0) <= kept.bytes
    }
    for (const [local, { files }] of sets) {
      if (fits()) return
      if (local === growing || files.length === 0) continue
      sets.delete(local)
      removed.add(local)
      for (const oldest of removed) if (removed.size > rememberedSets) removed.delete(oldest)
      await Promise.all(files.map(({ file }) => file.close()))
    }
  }
  const take = async (request: Request, local: string, size: number, name: string): Promise<Response> => {
    if (request.method !== 'PUT') throw new ScansideError('invalid-argument', 'A dropped file comes in as a PUT.')
    if (!request.body) throw new ScansideError('invalid-file', 'The dropped file is empty. Nothing was changed; export the scan again.')
    const file = await cache.write(chunksOf(request.body, request.signal), { signal: request.signal, cap: largestScan, expected: size })
    const sniffed = sniff(await file.read(0, Math.min(sniffBytes, file.size)))
    const set = sets.get(local)
    if (sniffed === null || !set) {
      await file.close()
      if (!set) throw gone()
      throw unknownKind(size)
    }
    set.files.push({ ...sniffed, name, file })
    await makeRoom(local)
    return Response.json({ local, size })
  }
  const takeAll = async (wanted: readonly FileToTake[], signal: AbortSignal) => {
    const bytes = wanted.reduce((sum, { size }) => sum + size, 0)
    if (bytes > largestScan || wanted.length > mostFiles)
      throw new ScansideError('invalid-file', 'This scan is larger than the 4 GB in 2,000 files that Scanside opens. Nothing was changed.', { bytes })
    const files: LocalFile[] = []
    try {
      for (const { name, size, open } of wanted) {
        const file = await cache.write(open(), { signal, cap: largestScan, expected: size })
        const sniffed = sniff(await file.read(0, Math.min(sniffBytes, file.size)))
        if (sniffed === null) {
          await file.close()
          throw unknownKind(size)
        }
        files.push({ ...sniffed, name: lastPart(name), file })
      }
    } catch (error) {
      await Promise.all(files.map(({ file }) => file.close()))
      throw error
    }
    const local = randomUUID()
    sets.set(local, { files, promised: { files: files.length, bytes } })
    await makeRoom(local)
    return { local, files }
  }
  return {
    has: (local) => (sets.get(local)?.files.length ?? 0) > 0,
    take: takeAll,
    drop: async (local) => {
      const files = sets.get(local)?.files ?? []
      sets.delete(local)
      await Promise.all(files.map(({ file }) => file.close()))
    },
    ticket: ({ size, name, set }) => {
      if (size === 0) throw new ScansideError('invalid-file', 'The dropped file is empty. Nothing was changed; export the scan again.')
      const local = set ?? randomUUID()
      const growing = sets.get(local) ?? { files: [], promised: { files: 0, bytes: 0 } }
      if (set !== null && !sets.has(set)) throw removed.has(set) ? madeRoom() : gone()
      const promised = { files: growing.promised.files + 1, bytes: growing.promised.bytes + size }
      if (promised.bytes > largestScan)
        throw new ScansideError('invalid-file', 'The dropped scan is larger than the 4 GB that Scanside opens. Nothing was changed.', {
          size: promised.bytes,
        })
      if (promised.files > mostFiles)
        throw new ScansideError(
          'invalid-file',
          `The dropped scan has more than the ${mostFiles.toLocaleString('en')} files that Scanside opens. Nothing was changed.`,
        )
      sets.set(local, { files: growing.files, promised })
      const url = bulk.mint(async (request) => {
        bulk.revoke(url)
        return take(request, local, size, lastPart(name))
      })
      return { url, local }
    },
    get: (local) => {
      const files = find(local)
      if (files) return files
      throw removed.has(local) ? madeRoom() : gone()
    },
    find,
  }
}
