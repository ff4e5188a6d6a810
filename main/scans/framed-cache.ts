/**
 * Scans on disk only as ciphertext, in frames (`frames.ts`). Every file has its own random key, in memory alone, so that what a crash
 * leaves is noise; the folder is emptied at the next start all the same. Files are opened for each read and not kept open: a scan may be
 * two thousand pictures.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { ByteSource } from '../../oct/scan.ts'
import { damaged, decryptFrame, frameBytes, tagBytes } from './frames.ts'
import { cancelled, type SealedFacts, sealStream, togetherFrames, type WriteOptions } from './sealed-file.ts'

/** Decrypted frames kept over all files, 24 MiB: the B-scan that is shown and what lies around it. */
const keptFrames = 384
/** Reads from disk at once: a scan of many pictures asks for all of them together. */
const readsAtOnce = 4

/** A scan's bytes in the cache. */
export interface CachedFile extends ByteSource {
  /** hex, of the whole file */
  readonly sha256: string
  /** hex, of what an engine is given: the file without its patient's fields. Null where the file is given as it is. */
  readonly pseudonymisedSha256: string | null
  /** The whole file from its beginning, in plain; for an engine that stages it. */
  stream(signal?: AbortSignal): Readable
  /** Forgets the key and removes the file; every read after rejects. May be called twice. */
  close(): Promise<void>
}

export interface FramedCache {
  /**
   * Takes a stream to its end; nothing stays where it fails or is cancelled.
   * @throws ScansideError `invalid-file` above the cap, `integrity` where it ends elsewhere than expected, `cancelled`, `disk-full`
   */
  write(stream: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<CachedFile>
  /** Closes every file. */
  close(): Promise<void>
}

const closedError = () => new ScansideError('not-found', 'This scan is no longer open. Open it again.')

/** Decrypted frames of all files, the oldest forgotten first; few are read at once. */
const frameStore = () => {
  const kept = new Map<string, Promise<Buffer>>()
  const waiting: (() => void)[] = []
  let reading = 0
  const inTurn = async <T>(load: () => Promise<T>): Promise<T> => {
    if (reading >= readsAtOnce) await new Promise<void>((go) => waiting.push(go))
    reading++
    try {
      return await load()
    } finally {
      reading--
      waiting.shift()?.()
    }
  }
  const keep = (name: string, frame: Promise<Buffer>) => {
    kept.delete(name)
    kept.set(name, frame)
    frame.catch(() => kept.delete(name))
    for (const oldest of kept.keys()) if (kept.size > keptFrames) kept.delete(oldest)
    return frame
  }
  return {
    /** Frames `first` to `last` of the file `name`; those not at hand are loaded in one go. */
    get: (name: string, first: number, last: number, load: (from: number, to: number) => Promise<Buffer[]>): Promise<Buffer>[] => {
      const known = Array.from({ length: last - first + 1 }, (_, i) => kept.get(`${name} ${first + i}`))
      const from = known.indexOf(undefined)
      const to = known.lastIndexOf(undefined)
      const loaded = from < 0 ? null : inTurn(() => load(first + from, first + to))
      return known.map((frame, i) => keep(`${name} ${first + i}`, frame ?? (loaded ?? Promise.reject()).then((all) => all[i - from] as Buffer)))
    },
    /** Overwrites what is kept of a file of this many frames. */
    forget: async (name: string, frames: number) => {
      for (let index = 0; index < frames; index++) {
        const frame = kept.get(`${name} ${index}`)
        kept.delete(`${name} ${index}`)
        await frame?.then((plain) => plain.fill(0)).catch(() => {})
      }
    },
  }
}

const cachedFile = (path: string, key: Buffer, facts: SealedFacts, frames: ReturnType<typeof frameStore>, forget: () => void): CachedFile => {
  const { size, sha256, pseudonymisedSha256, first } = facts
  let closing: Promise<void> | null = null
  const loading = new Set<Promise<Buffer[]>>()
  const loadNow = async (from: number, to: number): Promise<Buffer[]> => {
    if (closing) throw closedError()
    const length = Math.min((to + 1) * frameBytes, size) - from * frameBytes + (to - from + 1) * tagBytes
    const sealed = Buffer.allocUnsafe(length)
    const file = await open(path, 'r')
    try {
      const { bytesRead } = await file.read(sealed, 0, length, from * (frameBytes + tagBytes))
      if (bytesRead !== length) throw damaged()
    } finally {
      await file.close()
    }
    if (closing) throw closedError()
    return Array.from({ length: to - from + 1 }, (_, i) =>
      decryptFrame(key, from + i, sealed.subarray(i * (frameBytes + tagBytes), (i + 1) * (frameBytes + tagBytes))),
    )
  }
  const load = (from: number, to: number) => {
    const loaded = loadNow(from, to)
    loading.add(loaded)
    const settled = () => loading.delete(loaded)
    loaded.then(settled, settled)
    return loaded
  }
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (closing) throw closedError()
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
      throw new ScansideError('invalid-file', 'The file ends before its own header says it does. Export the scan again; nothing was changed.', {
        offset,
        length,
        size,
      })
    }
    if (offset + length <= first.length) return Uint8Array.from(first.subarray(offset, offset + length))
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const at = offset + done
      const index = Math.floor(at / frameBytes)
      const last = Math.min(index + togetherFrames, Math.ceil((offset + length) / frameBytes)) - 1
      const plains = await Promise.all(frames.get(path, index, last, load))
      if (closing) throw closedError()
      for (const [i, plain] of plains.entries()) {
        const start = (index + i) * frameBytes
        const part = plain.subarray(Math.max(0, at - start), Math.min(plain.length, offset + length - start))
        bytes.set(part, Math.max(start, at) - offset)
        done += part.length
      }
    }
    return bytes
  }
  return {
    size,
    sha256,
    pseudonymisedSha256,
    read,
    stream: (signal) => {
      const pieces = async function* () {
        const step = frameBytes * togetherFrames
        for (let at = 0; at < size; at += step) {
          if (signal?.aborted) throw cancelled()
          yield await read(at, Math.min(step, size - at))
        }
      }
      return Readable.from(pieces(), { objectMode: false })
    },
    close: () => {
      closing ??= (async () => {
        await Promise.allSettled(loading)
        await frames.forget(path, Math.ceil(size / frameBytes))
        first.fill(0)
        key.fill(0)
        forget()
        await rm(path, { force: true })
      })()
      return closing
    },
  }
}

/** Opens a folder of its own for caches, and empties it first: whatever an earlier life left there has lost its key. */
export const openFramedCache = async (folder: string): Promise<FramedCache> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const left of await readdir(folder)) if (left.endsWith('.frames')) await rm(join(folder, left), { force: true })
  const open_ = new Set<CachedFile>()
  const frames = frameStore()
  return {
    write: async (stream, options) => {
      const path = join(folder, `${randomUUID()}.frames`)
      const key = randomBytes(32)
      const file = await open(path, 'wx', 0o600)
      try {
        const facts = await sealStream(file, key, stream, options)
        await file.close()
        const cached: CachedFile = cachedFile(path, key, facts, frames, () => open_.delete(cached))
        open_.add(cached)
        return cached
      } catch (error) {
        key.fill(0)
        await file.close()
        await rm(path, { force: true })
        if (options.signal.aborted && !(error instanceof ScansideError)) throw cancelled()
        throw error
      }
    },
    close: async () => {
      await Promise.all([...open_].map((file) => file.close()))
    },
  }
}
