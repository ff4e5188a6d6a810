/** Calls that end: an engine that hangs takes a connection and never answers, and nobody may wait for it for ever. */
import type Docker from 'dockerode'

/** Milliseconds until an engine has begun to answer; removals of what runs may take it longer. */
export interface Patience {
  callMs: number
  removalMs: number
  /** While a stream flows: until it takes or gives the next bytes. */
  idleMs: number
}

export const patience: Patience = { callMs: 30_000, removalMs: 60_000, idleMs: 60_000 }

/** Answered when something has ended, however long that takes: whoever asks watches over them in another way. */
const endless = [/^POST \/containers\/[^/]+\/wait\b/, /^PUT \/containers\/[^/]+\/archive\b/, /^POST \/images\/(load|create)\b/]

/** The system's own code for a peer that is silent, so that it is told as what it is. */
export const silent = (): Error => Object.assign(new Error('the engine is silent'), { code: 'ETIMEDOUT' })

/** How long this call may take until its answer begins; null where that says nothing. Pure. */
export function patienceFor(method: string, path: string, { callMs, removalMs }: Patience): number | null {
  const line = `${method} ${path}`
  if (endless.some((pattern) => pattern.test(line))) return null
  return method === 'DELETE' || /^POST \/containers\/[^/]+\/(stop|kill)\b/.test(line) ? removalMs : callMs
}

interface Call {
  method: string
  path: string
  abortSignal?: AbortSignal | undefined
}
type Answer = (fault: unknown, data?: unknown) => void

/** The same client, whose calls end with `ETIMEDOUT` where the engine does not begin to answer. */
export function bounded(docker: Docker, within: Patience = patience): Docker {
  const modem = docker.modem as { dial(call: Call, answer: Answer): void }
  const dial = modem.dial.bind(modem)
  modem.dial = (call, answer) => {
    const ms = patienceFor(call.method, call.path, within)
    if (ms === null) return dial(call, answer)
    const late = new AbortController()
    let told = false
    const once: Answer = (fault, data) => {
      if (told) return
      told = true
      clearTimeout(timer)
      answer(fault, data)
    }
    const timer = setTimeout(() => {
      once(silent())
      late.abort()
    }, ms)
    dial({ ...call, abortSignal: call.abortSignal ? AbortSignal.any([call.abortSignal, late.signal]) : late.signal }, once)
  }
  return docker
}

/** What `promise` becomes, or `ETIMEDOUT` after `ms`. */
export async function answeredWithin<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(silent()), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
