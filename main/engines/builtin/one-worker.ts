/** One judging worker: takes one task at a time, is given ranges and decoders, and is ended where it does not behave. */
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { carriedAs } from '../../../oct/codecs/wasm-files.ts'
import { ScansideError } from '../../../oct/errors.ts'
import type { PlacedFile } from '../../../oct/formats/sets.ts'
import { scanResultSchema } from '../../../oct/results.ts'
import type { ByteSource, NamedSource } from '../../../oct/scan.ts'
import { cancelled, damaged, foundSchema, judgementSchema, type LostCode, lost, said, unjudged } from './answers.ts'
import { type FromJudge, largestRange, type ToJudge } from './judge-messages.ts'
import type { Judgement, JudgeRequest } from './judging.ts'

/** A worker that says nothing for so long, while nothing is owed to it, is given up; and one that takes so long in all. ms */
export interface Patience {
  silence: number
  whole: number
}

export interface OneWorker {
  /** False once it has ended or been ended: another takes its place. */
  alive(): boolean
  /** Tasks it has done. */
  done(): number
  /** One at a time. Rejects with `cancelled` only; afterwards `alive` tells whether it may be used again. */
  judge(request: JudgeRequest): Promise<Judgement>
  /** As `SetFinder`. */
  sets(files: readonly PlacedFile[], signal: AbortSignal): Promise<number[][]>
  /** As `ExportRewriter`. */
  rewriteXml(source: ByteSource, pictures: readonly { name: string; as: string }[], signal: AbortSignal): Promise<Uint8Array>
  /** Ends it; what it does is cancelled. */
  end(): Promise<void>
}

/** What a task wants of a worker's messages. */
interface Conversation<Answer> {
  files: readonly NamedSource[]
  signal: AbortSignal
  begin: ToJudge
  /** What is neither asked nor told on the way: an answer, or undefined where it makes no sense. */
  answer(message: FromJudge): Answer | undefined
  onWay?(message: FromJudge): void
}

/** Starts a worker; it holds up nobody's end while it has nothing to do. `url`: the bundled `judge-worker`, its decoders in `codecs/` beside it. */
export function startWorker(url: URL, patience: Patience): OneWorker {
  const limits = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 }
  const worker = new Worker(url, { resourceLimits: limits, env: {}, stdout: true, stderr: true })
  worker.unref()
  let alive = true
  let ended = false
  let count = 0
  const gone = () => {
    alive = false
  }
  worker.on('error', gone)
  worker.on('exit', gone)

  /** Resolves with the answer, or with why there is none. */
  const converse = async <Answer>({ files, signal, begin, answer, onWay }: Conversation<Answer>): Promise<Answer | LostCode> => {
    if (signal.aborted) throw cancelled()
    const total = files.reduce((sum, { source }) => sum + source.size, 0)
    let asked = 0
    let owed = 0
    let silence: NodeJS.Timeout | undefined
    let whole: NodeJS.Timeout | undefined
    const forget: (() => void)[] = []
    const read = async (file: number, offset: number, length: number): Promise<Uint8Array> => {
      asked += length
      const source = files[file]?.source
      // Headers, a first word, the judging and what is read ahead: whoever wants more than all of it four times goes in circles.
      const tooMuch = !(length >= 0 && length <= largestRange) || asked > total * 4 + 64 * 1024 * 1024
      if (tooMuch || !source) throw new ScansideError('invalid-file', damaged)
      return source.read(offset, length)
    }
    worker.ref()
    try {
      const outcome = await new Promise<Answer | LostCode>((resolve, reject) => {
        const fail = (code: LostCode) => {
          alive = false
          resolve(code)
        }
        const listen = () => {
          clearTimeout(silence)
          // Bytes that are still on their way from a slow share are not the worker's silence.
          if (owed === 0) silence = setTimeout(() => fail('timeout'), patience.silence)
        }
        const give = async (id: number, bytes: Promise<Uint8Array>) => {
          owed++
          clearTimeout(silence)
          const reply: ToJudge = await bytes.then(
            // A copy of these bytes alone, handed over: a view would take along all it is a view of.
            (given) => ({ kind: 'bytes', id, bytes: new Uint8Array(given) }),
            (error: unknown) => ({ kind: 'refused', id, message: error instanceof ScansideError ? error.message : damaged }),
          )
          owed--
          if (!alive) return
          worker.postMessage(reply, reply.kind === 'bytes' ? [reply.bytes.buffer] : [])
          listen()
        }
        const hear = (message: FromJudge) => {
          if (message.kind === 'read') void give(message.id, read(message.file, message.offset, message.length))
          else if (message.kind === 'wasm') void give(message.id, readFile(new URL(carriedAs(message.name), url)))
          else if (message.kind === 'progress' || message.kind === 'provisional') {
            listen()
            onWay?.(message)
          } else {
            const answered = answer(message)
            if (answered === undefined) fail('invalid-file')
            else resolve(answered)
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
        worker.postMessage(begin)
      })
      count++
      return outcome
    } finally {
      clearTimeout(silence)
      clearTimeout(whole)
      for (const each of forget) each()
      if (alive) worker.unref()
      else await worker.terminate()
    }
  }

  return {
    alive: () => alive,
    done: () => count,
    judge: async (request) => {
      const { files, inputs, profile } = request
      const began = performance.now()
      const outcome = await converse<Judgement>({
        files,
        signal: request.signal,
        begin: {
          kind: 'task',
          task: {
            files: files.map(({ name, source }) => ({ name, size: source.size })),
            inputs,
            profile,
            series: request.series ?? true,
            earlier: request.earlier ?? null,
            visit: [...(request.visit ?? [])],
            provisional: request.onProvisional !== undefined,
          },
        },
        onWay: (message) => {
          if (message.kind === 'progress') request.onProgress?.(message.done, message.total)
          if (message.kind !== 'provisional') return
          const first = scanResultSchema.pick({ verdict: true, decidedBy: true, criteria: true }).safeParse(message.result)
          if (first.success) request.onProvisional?.(first.data)
        },
        answer: (message) => {
          const checked = message.kind === 'judged' ? judgementSchema.safeParse(message.judgement) : null
          if (message.kind !== 'judged' || !checked?.success) return undefined
          return { ...message.judgement, result: { ...checked.data.result, inputs: [...inputs] } }
        },
      })
      return typeof outcome === 'string' ? unjudged(outcome, [...inputs], performance.now() - began) : outcome
    },
    sets: async (files, signal) => {
      const outcome = await converse<number[][] | ScansideError>({
        files: files.map(({ path, source }) => ({ name: path, source })),
        signal,
        begin: { kind: 'find', files: files.map(({ path, source }) => ({ name: path, size: source.size })) },
        answer: (message) => {
          if (message.kind === 'failed') return said(message)
          const checked = message.kind === 'found' ? foundSchema(files.length).safeParse(message.sets) : null
          return checked?.success ? checked.data : undefined
        },
      })
      if (outcome instanceof ScansideError) throw outcome
      if (typeof outcome === 'string') throw lost(outcome)
      return outcome
    },
    rewriteXml: async (source, pictures, signal) => {
      const outcome = await converse<Uint8Array | ScansideError>({
        files: [{ name: '', source }],
        signal,
        begin: { kind: 'rewrite', size: source.size, pictures: pictures.map(({ name, as }) => ({ name, as })) },
        answer: (message) => {
          if (message.kind === 'failed') return said(message)
          return message.kind === 'rewritten' && message.bytes instanceof Uint8Array ? message.bytes : undefined
        },
      })
      if (outcome instanceof ScansideError) throw outcome
      if (typeof outcome === 'string') throw lost(outcome)
      return outcome
    },
    end: async () => {
      alive = false
      ended = true
      await worker.terminate()
    },
  }
}
