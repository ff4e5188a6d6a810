/** Parses untrusted headers: in a worker with bounds, and then checks what came out against the file. */
import { Worker } from 'node:worker_threads'
import { ScansideError } from '../../oct/errors.ts'
import type { ByteSource, Scan } from '../../oct/scan.ts'
import { type FromWorker, largestRange, type ToWorker, type WorkerInput } from './parse-messages.ts'

/** Reads the headers of a file; rejects with `invalid-file` or `not-supported` and a sentence. */
export type ParseScan = (source: ByteSource, signal: AbortSignal) => Promise<Scan>

const unreadable = (details: Record<string, string | number> = {}) =>
  new ScansideError(
    'invalid-file',
    'Scanside cannot make sense of this file: its header is damaged. Nothing was changed; export the scan again.',
    details,
  )

/**
 * Holds a parsed scan against its file: every range inside it, every range as long as its picture.
 * @throws ScansideError `invalid-file`
 */
export const checkScan = (scan: Scan, size: number): Scan => {
  const inside = ({ offset, length }: { offset: number; length: number }) =>
    Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= size
  const pixels = scan.width * scan.height
  if (!Number.isSafeInteger(pixels) || pixels <= 0 || pixels > 64_000_000 || scan.frames.length > 10_000) throw unreadable({ pixels })
  for (const frame of scan.frames) {
    if (!inside(frame.pixels) || frame.pixels.length !== pixels * 4) throw unreadable({ frame: frame.index })
    if (frame.layers.length > 50 || frame.layers.some((layer) => layer.rows.length !== scan.width)) throw unreadable({ frame: frame.index })
  }
  if (scan.slo && (!inside(scan.slo.pixels) || scan.slo.pixels.length !== scan.slo.width * scan.slo.height)) throw unreadable({ part: 'slo' })
  return scan
}

/**
 * A parser that starts the worker at `url` for each scan and ends it afterwards, whatever happened.
 * @param url where the bundle has `parse-worker` (`out/main/parse-worker.js`)
 * @param deadlineMs from start to the forced end
 */
export const parseInWorker =
  (url: URL, deadlineMs = 30_000): ParseScan =>
  async (source, signal) => {
    const workerData: WorkerInput = { size: source.size }
    const limits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }
    const worker = new Worker(url, { workerData, resourceLimits: limits, env: {}, stdout: true, stderr: true })
    let asked = 0
    const answer = async (message: FromWorker & { kind: 'read' }): Promise<ToWorker> => {
      const { id, offset, length } = message
      asked += length
      // Headers and layers are a small part of a file: a parser that reads more than all of it twice is going in circles.
      if (length > largestRange || asked > source.size * 2 + largestRange) return { kind: 'refused', id, message: unreadable().message }
      try {
        return { kind: 'bytes', id, bytes: await source.read(offset, length) }
      } catch (error) {
        return { kind: 'refused', id, message: error instanceof ScansideError ? error.message : unreadable().message }
      }
    }
    let timer: NodeJS.Timeout | undefined
    let abort = () => {}
    try {
      const scan = await new Promise<Scan>((resolve, reject) => {
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
      })
      return checkScan(scan, source.size)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      await worker.terminate()
    }
  }
