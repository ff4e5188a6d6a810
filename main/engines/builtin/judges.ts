/** Judging in workers: a few of them, who stands beside the device first. */
import { cancelled } from './answers.ts'
import type { ExportRewriter, Judging, SetFinder } from './judging.ts'
import { type OneWorker, type Patience, startWorker } from './one-worker.ts'

export interface JudgingOptions {
  /** The bundled `judge-worker`; its decoders lie in `codecs/` beside it. */
  worker: URL
  /** 2 unless told: one of them is kept for what is urgent. */
  workers?: number
  patience?: Patience
}

const usual: Patience = { silence: 60_000, whole: 15 * 60_000 }
/** A worker's memory only grows: after so many tasks another takes its place. */
const mostTasks = 200

interface Waiting {
  begin(worker: OneWorker): void
  /** Takes it out of its queue. */
  leave(): void
}

/** Judging for this application. One worker stands ready from the start. */
export function createJudging({ worker: url, workers = 2, patience = usual }: JudgingOptions): Judging & SetFinder & ExportRewriter {
  const idle: OneWorker[] = [startWorker(url, patience)]
  const busy = new Set<OneWorker>()
  const urgent: Waiting[] = []
  const patient: Waiting[] = []
  let closed = false

  const free = (): OneWorker => {
    for (let worker = idle.pop(); worker; worker = idle.pop()) if (worker.alive()) return worker
    return startWorker(url, patience)
  }
  const pump = () => {
    for (;;) {
      // What is not urgent leaves one worker free: nobody beside the device waits for a cohort.
      const queue = urgent.length > 0 ? urgent : busy.size < Math.max(1, workers - 1) ? patient : []
      const next = busy.size < workers ? queue.shift() : undefined
      if (!next) return
      const worker = free()
      busy.add(worker)
      next.begin(worker)
    }
  }
  const release = (worker: OneWorker) => {
    busy.delete(worker)
    if (closed || (worker.alive() && worker.done() >= mostTasks)) void worker.end()
    else if (worker.alive()) idle.push(worker)
    // One always stands ready.
    if (!closed && idle.length === 0 && busy.size < workers) idle.push(startWorker(url, patience))
    if (!closed) pump()
  }
  const inTurn = <Answer>(queue: Waiting[], signal: AbortSignal, work: (worker: OneWorker) => Promise<Answer>): Promise<Answer> => {
    if (closed || signal.aborted) return Promise.reject(cancelled())
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        leave: () => {
          const place = queue.indexOf(waiting)
          if (place >= 0) queue.splice(place, 1)
          reject(cancelled())
        },
        begin: (worker) => {
          signal.removeEventListener('abort', waiting.leave)
          work(worker)
            .then(resolve, reject)
            .finally(() => release(worker))
        },
      }
      signal.addEventListener('abort', waiting.leave, { once: true })
      queue.push(waiting)
      pump()
    })
  }

  return {
    judge: (request) => inTurn(request.urgent ? urgent : patient, request.signal, (worker) => worker.judge(request)),
    rewriteXml: (source, pictures, signal) => inTurn(patient, signal, (worker) => worker.rewriteXml(source, pictures, signal)),
    sets: (files, signal) => inTurn(patient, signal, (worker) => worker.sets(files, signal)),
    close: async () => {
      closed = true
      for (const waiting of [...urgent, ...patient]) waiting.leave()
      await Promise.all([...idle.splice(0), ...busy].map((worker) => worker.end()))
    },
  }
}
