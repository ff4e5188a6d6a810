/** How a courier tells where it is: small objects behind links, each written whole and anew. */
import type { RemoteOutcome, RemoteProgress } from '../../../main/engines/remote/job.ts'
import { type Ask, patiently } from './http.ts'
import type { CourierJob } from './job.ts'

export interface Report {
  progress(stage: RemoteProgress['stage'], done: number, of: number): Promise<void>
  log(bytes: Buffer): void
  /** What of the log has not gone out. */
  flush(): Promise<void>
  /** @throws NoAnswer where it could not be told */
  outcome(outcome: RemoteOutcome): Promise<void>
}

const pulseMs = 2_000

/** `say`: one line on the container's own log, where anyone of the project may read: never an address, a name or a text of the analysis. */
export function openReport(job: Pick<CourierJob, 'run' | 'report' | 'limits'>, ask: Ask, signal: AbortSignal, say: (line: string) => void): Report {
  const { report, run } = job
  const chunks: Buffer[] = []
  let size = 0
  let dropped = 0
  let dirty = false
  let sending: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const put = async (url: string, body: Buffer): Promise<void> => {
    const headers = { 'content-type': 'application/octet-stream', 'x-delete-after': String(report.deleteAfter) }
    const answer = await patiently(() => ask({ method: 'PUT', url, body, headers }), signal)
    answer.stream.destroy()
  }

  const sendLog = async (): Promise<void> => {
    timer = undefined
    if (!dirty) return
    dirty = false
    const note = dropped > 0 ? [Buffer.from(`\n${dropped} bytes of log were dropped: more than this run may write.\n`)] : []
    // A log that does not arrive must not end the run.
    await put(report.log, Buffer.concat([...chunks, ...note])).catch(() => undefined)
  }

  return {
    async progress(stage, done, of) {
      say(`scanside ${run} ${stage} ${done}/${of}`)
      const progress: RemoteProgress = { run, stage, done, of }
      await put(report.progress, Buffer.from(JSON.stringify(progress))).catch(() => undefined)
    },
    log(bytes) {
      const room = job.limits.logBytes - size
      const kept = bytes.subarray(0, Math.max(0, room))
      if (kept.length > 0) chunks.push(kept)
      size += kept.length
      dropped += bytes.length - kept.length
      dirty = true
      timer ??= setTimeout(() => {
        sending = sending.then(sendLog)
      }, pulseMs)
    },
    async flush() {
      clearTimeout(timer)
      sending = sending.then(sendLog)
      await sending
    },
    outcome: (outcome) => put(report.outcome, Buffer.from(JSON.stringify(outcome))),
  }
}
