/**
 * A file's bytes from the archive, counted and digested on the way. XNAT has no ranges: a broken download begins again at its first byte, and
 * what was handed on before is read again, compared and let go of. So a reader in the middle of a file (a tar stream to an engine) need not
 * begin again itself, and the MD5 that is held against the archive's is that of one whole download.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { networkFailure } from '../http/failure.ts'
import { againAfter } from './again.ts'

/** One download from the first byte. */
export interface Beginning {
  stream: Readable
  host: string
}

export interface DownloadOptions {
  /** bytes */
  size: number
  /** hex; empty where the archive has none */
  md5: string
  signal: AbortSignal
  /** Asks for the file. @throws ScansideError where it is refused */
  begin(): Promise<Beginning>
  pause(ms: number, signal: AbortSignal): Promise<unknown>
  random(): number
}

const short = (got: number, size: number, cause?: unknown) =>
  new ScansideError(
    'integrity',
    'The archive sent less of the file than it had promised. Nothing of it was used; try again.',
    { reason: 'short', got, size },
    cause === undefined ? {} : { cause },
  )
const long = (size: number) =>
  new ScansideError('integrity', 'The archive sent more of the file than it had promised. Nothing of it was used; try again.', { size })
const changed = (size: number) =>
  new ScansideError('integrity', 'The file was changed in the archive while it was read. Nothing of it was used; load the list again.', { size })
const damaged = (size: number) =>
  new ScansideError('integrity', 'The file did not arrive as the archive lists it: its MD5 differs. Nothing of it was used; try again.', { size })

/** One download's bytes; ends with an error unless exactly `size` came. */
async function* counted({ stream, host }: Beginning, size: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let got = 0
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      got += part.byteLength
      if (got > size) throw long(size)
      yield part
    }
  } catch (error) {
    const told = networkFailure(error, host, signal)
    throw told.code === 'unreachable' ? short(got, size, error) : told
  }
  if (got < size) throw short(got, size)
}

/** What was handed on so far: bytes, and their MD5 (hex). */
interface Handed {
  size: number
  md5: string
}

/** What of a download comes after `handed`; ends with an error where its beginning is another, or its MD5 is not the listed one. */
async function* after(handed: Handed, parts: AsyncIterable<Uint8Array>, { size, md5 }: DownloadOptions): AsyncGenerator<Uint8Array> {
  const before = { ...handed }
  const hash = createHash('md5')
  let at = 0
  try {
    for await (const part of parts) {
      const old = part.subarray(0, Math.max(0, Math.min(part.byteLength, before.size - at)))
      const fresh = part.subarray(old.byteLength)
      hash.update(old)
      at += old.byteLength
      if (old.byteLength > 0 && at === before.size && hash.copy().digest('hex') !== before.md5) throw changed(size)
      hash.update(fresh)
      at += fresh.byteLength
      if (fresh.byteLength > 0) yield fresh
    }
  } finally {
    if (at > before.size) Object.assign(handed, { size: at, md5: hash.copy().digest('hex') })
  }
  if (md5 !== '' && hash.digest('hex') !== md5.toLowerCase()) throw damaged(size)
}

/** Asks until the file begins to come, or it is no use. */
const beginWith = async (options: DownloadOptions, count: { beginnings: number }, begun: boolean): Promise<Beginning> => {
  for (;;) {
    try {
      count.beginnings++
      return await options.begin()
    } catch (error) {
      await waitFor(options, count, begun, error)
    }
  }
}

/** Waits before the next beginning; rejects with `error` where there is to be none. */
const waitFor = async ({ pause, random, signal }: DownloadOptions, count: { beginnings: number }, begun: boolean, error: unknown) => {
  const delay = error instanceof ScansideError && !signal.aborted ? againAfter(count.beginnings, begun, error, random()) : null
  if (delay === null) throw error
  await pause(delay, signal).catch((reason: unknown) => {
    throw networkFailure(reason, '', signal)
  })
}

/**
 * Resolves once the file begins to come. The stream ends with an error unless all of it came as listed: `integrity` where it is shorter, longer,
 * damaged or changed meanwhile, `cancelled` where the signal aborts, `timeout` where it stalls each time.
 */
export const download = async (options: DownloadOptions): Promise<Readable> => {
  const { size, signal } = options
  const count = { beginnings: 0 }
  const first = await beginWith(options, count, false)
  let current = first
  async function* pass() {
    const handed: Handed = { size: 0, md5: '' }
    for (let again = false; ; again = true) {
      try {
        if (again) current = await beginWith(options, count, true)
        yield* after(handed, counted(current, size, signal), options)
        return
      } catch (error) {
        await waitFor(options, count, true, error)
      }
    }
  }
  const bytes = Readable.from(pass(), { objectMode: false })
  // Whoever lets go of a file early, or never began to read it, ends the connection too.
  bytes.once('close', () => current.stream.on('error', () => undefined).destroy())
  return bytes
}
