/** Dropped files: streamed in by a PUT, kept as ciphertext, known by an id that says nothing. Gone when the window closes. */
import { randomUUID } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { CachedFile, FramedCache } from './framed-cache.ts'
import { sniffBytes, sniffExtension } from './sniff.ts'

/** bytes; the largest scan Scanside opens */
export const largestScan = 4_000_000_000
/** Dropped files kept at once; the oldest goes first. */
const keptFiles = 200

export interface LocalFile {
  file: CachedFile
  /** `.vol`, from its content */
  extension: string
}

export interface LocalScans {
  /** A `/bulk/<ticket>` to PUT one file of `size` bytes to, and the id it will have. The ticket works once. */
  ticket(size: number): { url: string; local: string }
  /** The file, once it has arrived whole. */
  get(local: string): LocalFile | null
  forget(local: string): Promise<void>
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

/** Where dropped files go. A file that is no retinal scan is refused by its content, whatever it is called. */
export const createLocalScans = (cache: FramedCache, bulk: Pick<Bulk, 'mint' | 'revoke'>): LocalScans => {
  const files = new Map<string, LocalFile>()
  const forget = async (local: string) => {
    const found = files.get(local)
    files.delete(local)
    await found?.file.close()
  }
  const take = async (request: Request, local: string, size: number): Promise<Response> => {
    if (request.method !== 'PUT') throw new ScansideError('invalid-argument', 'A dropped file comes in as a PUT.')
    if (!request.body) throw new ScansideError('invalid-file', 'The dropped file is empty. Nothing was changed; export the scan again.')
    const file = await cache.write(chunksOf(request.body, request.signal), { signal: request.signal, cap: largestScan, expected: size })
    const extension = sniffExtension(await file.read(0, Math.min(sniffBytes, file.size)))
    if (extension === null) {
      await file.close()
      throw new ScansideError(
        'invalid-file',
        'The dropped file is not an OCT scan that Scanside knows. Nothing was kept; drop the file the device exported (RAW, .vol).',
        { size },
      )
    }
    files.set(local, { file, extension })
    for (const oldest of files.keys()) if (files.size > keptFiles) await forget(oldest)
    return Response.json({ local, size })
  }
  return {
    ticket: (size) => {
      if (size === 0) throw new ScansideError('invalid-file', 'The dropped file is empty. Nothing was changed; export the scan again.')
      if (size > largestScan)
        throw new ScansideError('invalid-file', 'The dropped file is larger than the 4 GB that Scanside opens. Nothing was changed.', { size })
      const local = randomUUID()
      const url = bulk.mint(async (request) => {
        bulk.revoke(url)
        return take(request, local, size)
      })
      return { url, local }
    },
    get: (local) => files.get(local) ?? null,
    forget,
  }
}
