/** Parses untrusted headers in a worker with bounds, and checks what came out against the files. */
import { Worker } from 'node:worker_threads'
import { ScansideError } from '../../oct/errors.ts'
import type { NamedSource, PixelRef, Scan } from '../../oct/scan.ts'
import { type FromWorker, largestRange, type ToWorker } from './parse-messages.ts'

/**
 * Reads the headers of a set of files; rejects with `invalid-file` or `not-supported` and a sentence. What comes back was said by whoever
 * read a stranger's bytes: hold it against the files with `checkScan` before it is used.
 */
export interface ParseScan {
  (files: readonly NamedSource[], signal: AbortSignal): Promise<Scan>
  /** Makes ready for the next set, while its bytes are still on their way. */
  warm?(): void
}

const unreadable = (details: Record<string, string | number> = {}) =>
  new ScansideError(
    'invalid-file',
    'Scanside cannot make sense of this file: its header is damaged. Nothing was changed; export the scan again.',
    details,
  )

/** Bytes a picture of `pixels` pixels takes at least, by its coding; compressed ones at least one. */
const leastBytes = ({ coding }: PixelRef, pixels: number): number => {
  if (coding.kind === 'reflectivity-f32') return pixels * 4
  if (coding.kind === 'reflectivity-u16f') return pixels * 2
  return coding.kind === 'stored' && coding.compression === 'none' ? (pixels * coding.allocated) / 8 : 1
}

/** A-scans of all B-scans together: of each layer line a window asks for, main holds one number per A-scan. 400 B-scans of 1,536 are 0.6 million. */
const mostColumns = 16_000_000

/**
 * Holds a parsed scan against its files: every range inside its file, every range as long as its picture.
 * @param sizes bytes of each file, inflated where the scan says so
 * @throws ScansideError `invalid-file`
 */
export const checkScan = (scan: Scan, sizes: readonly number[]): Scan => {
  const check = (picture: { width: number; height: number; pixels: PixelRef }, part: string) => {
    const { width, height, pixels } = picture
    const size = sizes[pixels.file] ?? -1
    const count = width * height
    const inside = pixels.parts.every(
      ({ offset, length }) => Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= size,
    )
    const bytes = pixels.parts.reduce((sum, { length }) => sum + length, 0)
    if (!inside || !Number.isSafeInteger(count) || count <= 0 || count > 64_000_000 || bytes < leastBytes(pixels, count)) throw unreadable({ part })
  }
  if (scan.frames.length > 10_000 || scan.frames.length === 0 || scan.pictures.length > 100) throw unreadable({ frames: scan.frames.length })
  if (!(scan.frames.reduce((sum, { width }) => sum + width, 0) <= mostColumns)) throw unreadable({ frames: scan.frames.length })
  for (const frame of scan.frames) {
    check(frame, `frame ${frame.index}`)
    if (frame.layers.length > 64 || frame.layers.some((layer) => layer.rows.length !== frame.width)) throw unreadable({ frame: frame.index })
  }
  if (scan.slo) check(scan.slo, 'slo')
  for (const picture of scan.pictures) check(picture, 'picture')
  return scan
}

const started = (url: URL): Worker => {
  const limits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }
  return new Worker(url, { resourceLimits: limits, env: {}, stdout: true, stderr: true })
}

/**
 * A parser that gives each set of files to a fresh worker and ends it afterwards, whatever happened. At most one more stands ready.
 * @param url where the bundle has `parse-worker` (`out/main/parse-worker.js`)
 * @param deadlineMs from the first byte to the forced end
 */
export const parseInWorker = (url: URL, deadlineMs = 30_000): ParseScan => {
  let spare: Worker | null = null
  const warm = () => {
    if (spare) return
    const ready = started(url)
    // It holds up nobody's end, and where it fails another is started when it is needed.
    ready.unref()
    const lost = () => {
      if (spare === ready) spare = null
    }
    ready.once('error', lost)
    ready.once('exit', lost)
    spare = ready
  }
  const parse = async (files: readonly NamedSource[], signal: AbortSignal): Promise<Scan> => {
    const worker = spare ?? started(url)
    spare = null
    worker.ref()
    const total = files.reduce((sum, { source }) => sum + source.size, 0)
    let asked = 0
    const answer = async (message: FromWorker & { kind: 'read' }): Promise<ToWorker> => {
      const { id, file, offset, length } = message
      asked += length
      // Headers and layers are a small part of a file: a parser that reads more than all of it twice is going in circles.
      if (!(length <= largestRange) || asked > total * 2 + largestRange) return { kind: 'refused', id, message: unreadable().message }
      try {
        return { kind: 'bytes', id, bytes: await (files[file] as NamedSource).source.read(offset, length) }
      } catch (error) {
        return { kind: 'refused', id, message: error instanceof ScansideError ? error.message : unreadable().message }
      }
    }
    let timer: NodeJS.Timeout | undefined
    let abort = () => {}
    try {
      return await new Promise<Scan>((resolve, reject) => {
        abort = () => reject(new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.'))
        signal.addEventListener('abort', abort, { once: true })
        if (signal.aborted) abort()
        timer = setTimeout(
          () => reject(new ScansideError('timeout', 'This file took too long to read. Nothing was changed; export the scan again.')),
          deadlineMs,
        )
        worker.on('error', (error) => reject(new ScansideError('invalid-file', unreadable().message, {}, { cause: error })))
        worker.on('exit', () => reject(unreadable()))
        worker.on('message', (message: FromWorker) => {
          if (message.kind === 'scan') resolve(message.scan)
          else if (message.kind === 'failed') reject(new ScansideError(message.code, message.message, message.details))
          else void answer(message).then((reply) => worker.postMessage(reply))
        })
        worker.postMessage({ kind: 'files', files: files.map(({ name, source }) => ({ name, size: source.size })) } satisfies ToWorker)
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      await worker.terminate()
    }
  }
  return Object.assign(parse, { warm })
}
