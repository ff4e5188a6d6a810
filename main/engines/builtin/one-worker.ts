/** One judging worker: takes one scan at a time, is given ranges and decoders, and is ended where it does not behave. */
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { carriedAs } from '../../../oct/codecs/wasm-files.ts'
import { ScansideError } from '../../../oct/errors.ts'
import { type ScanResult, scanResultSchema } from '../../../oct/results.ts'
import { type FromJudge, largestRange, type ToJudge } from './judge-messages.ts'
import type { Judgement, JudgeRequest } from './judging.ts'

/** A scan that says nothing for so long, while nothing is owed to it, is given up; and one that takes so long in all. ms */
export interface Patience {
  silence: number
  whole: number
}

const damaged = 'The scan could not be judged: its file is damaged or not what it says. Nothing was changed; export it again.'
const tooLong = 'The scan could not be judged in reasonable time: its file may be damaged. Nothing was changed; export it again, or ask a reader.'
export const cancelled = (): ScansideError => new ScansideError('cancelled', 'Judging the scan was cancelled. Nothing was changed.')

const slo = z.object({
  width: z.number().int().min(1).max(384),
  height: z.number().int().min(1).max(384),
  spacing: z.object({ x: z.number(), y: z.number() }),
  pixels: z.instanceof(Uint8Array),
})
const eye = z.enum(['OD', 'OS', 'unknown'])
const point = z.object({ x: z.number(), y: z.number() })
/** What comes back was said by whoever read a stranger's bytes. */
const judgementSchema = z.object({
  result: scanResultSchema,
  asEarlier: z
    .object({
      pattern: z.enum(['line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles', 'unknown']),
      laterality: eye,
      width: z.number(),
      frames: z.number(),
      spacing: z.looseObject({}),
      resolution: z.enum(['HS', 'HR']).optional(),
      ringRadius: z.number().optional(),
      centre: point.optional(),
      slo: slo.refine(({ width, height, pixels }) => pixels.length === width * height).optional(),
    })
    .nullable(),
  discSide: z.enum(['left', 'right']).nullable(),
  thumb: z
    .object({ width: z.number().int().min(1).max(128), height: z.number().int().min(1).max(96), pixels: z.instanceof(Uint8Array) })
    .refine(({ width, height, pixels }) => pixels.length === width * height)
    .nullable(),
  analysisMs: z.number().nonnegative(),
})

/** The result of a scan whose worker did not come back with one. */
export function unjudged(code: 'invalid-file' | 'timeout' | 'internal', inputs: ScanResult['inputs'], analysisMs: number): Judgement {
  const message = code === 'timeout' ? tooLong : damaged
  const nothing = { criteria: [], series: [], intervals: [], files: [], decidedBy: [] }
  return {
    result: { inputs, verdict: 'unknown', action: 'ask-reader', ...nothing, error: { code, message } },
    asEarlier: null,
    discSide: null,
    thumb: null,
    analysisMs,
  }
}

export interface OneWorker {
  /** False once it has ended or been ended: another takes its place. */
  alive(): boolean
  /** Scans it has judged. */
  judged(): number
  /** One at a time. Rejects with `cancelled` only; afterwards `alive` tells whether it may be used again. */
  judge(request: JudgeRequest): Promise<Judgement>
  /** Ends it; what it judges is cancelled. */
  end(): Promise<void>
}

/** Starts a worker; it holds up nobody's end while it has nothing to do. `url`: the bundled `judge-worker`, its decoders in `codecs/` beside it. */
export function startWorker(url: URL, patience: Patience): OneWorker {
  const limits = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 }
  const worker = new Worker(url, { resourceLimits: limits, env: {}, stdout: true, stderr: true })
  worker.unref()
  let alive = true
  let ended = false
  let count = 0
  const lost = () => {
    alive = false
  }
  worker.on('error', lost)
  worker.on('exit', lost)
  const end = async () => {
    alive = false
    ended = true
    await worker.terminate()
  }

  const judge = async (request: JudgeRequest): Promise<Judgement> => {
    const { files, inputs, profile, signal } = request
    if (signal.aborted) throw cancelled()
    const began = performance.now()
    const giveUp = (code: 'invalid-file' | 'timeout') => unjudged(code, [...inputs], performance.now() - began)
    const total = files.reduce((sum, { source }) => sum + source.size, 0)
    let asked = 0
    let owed = 0
    let silence: NodeJS.Timeout | undefined
    let whole: NodeJS.Timeout | undefined
    const forget: (() => void)[] = []
    worker.ref()
    try {
      const judgement = await new Promise<Judgement>((resolve, reject) => {
        const fail = (code: 'invalid-file' | 'timeout') => {
          alive = false
          resolve(giveUp(code))
        }
        const listen = () => {
          clearTimeout(silence)
          // Bytes that are still on their way from a slow share are not the worker's silence.
          if (owed === 0) silence = setTimeout(() => fail('timeout'), patience.silence)
        }
        const answer = async (id: number, bytes: Promise<Uint8Array>) => {
          owed++
          clearTimeout(silence)
          const reply: ToJudge = await bytes.then(
            (read) => ({ kind: 'bytes', id, bytes: read }),
            (error: unknown) => ({ kind: 'refused', id, message: error instanceof ScansideError ? error.message : damaged }),
          )
          owed--
          if (!alive) return
          worker.postMessage(reply)
          listen()
        }
        const read = async (file: number, offset: number, length: number): Promise<Uint8Array> => {
          asked += length
          // Headers, a first word, the judging and what is read ahead: whoever wants more than all of it four times goes in circles.
          if (!(length >= 0 && length <= largestRange) || asked > total * 4 + 64 * 1024 * 1024) throw new ScansideError('invalid-file', damaged)
          const source = files[file]?.source
          if (!source) throw new ScansideError('invalid-file', damaged)
          return source.read(offset, length)
        }
        const hear = (message: FromJudge) => {
          if (message.kind === 'read') void answer(message.id, read(message.file, message.offset, message.length))
          else if (message.kind === 'wasm') void answer(message.id, readFile(new URL(carriedAs(message.name), url)))
          else if (message.kind === 'progress') {
            listen()
            request.onProgress?.(message.done, message.total)
          } else if (message.kind === 'provisional') {
            const first = scanResultSchema.pick({ verdict: true, decidedBy: true, criteria: true }).safeParse(message.result)
            if (first.success) request.onProvisional?.(first.data)
          } else {
            const checked = judgementSchema.safeParse(message.judgement)
            if (checked.success) resolve({ ...(message.judgement as Judgement), result: { ...checked.data.result, inputs: [...inputs] } })
            else fail('invalid-file')
          }
        }
        const died = () => (ended ? reject(cancelled()) : fail('invalid-file'))
        const abort = () => {
          alive = false
          reject(cancelled())
        }
        worker.on('message', hear)
        worker.once('error', died)
        worker.once('exit', died)
        signal.addEventListener('abort', abort, { once: true })
        forget.push(
          () => worker.off('message', hear),
          () => worker.off('error', died),
          () => worker.off('exit', died),
          () => signal.removeEventListener('abort', abort),
        )
        whole = setTimeout(() => fail('timeout'), patience.whole)
        listen()
        const named = files.map(({ name, source }) => ({ name, size: source.size }))
        worker.postMessage({
          kind: 'task',
          task: {
            files: named,
            inputs,
            profile,
            series: request.series ?? true,
            earlier: request.earlier ?? null,
            visit: [...(request.visit ?? [])],
            provisional: request.onProvisional !== undefined,
          },
        } satisfies ToJudge)
      })
      count++
      return judgement
    } finally {
      clearTimeout(silence)
      clearTimeout(whole)
      for (const each of forget) each()
      if (alive) worker.unref()
      else await worker.terminate()
    }
  }
  return { alive: () => alive, judged: () => count, judge, end }
}
