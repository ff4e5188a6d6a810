/** The courier's requests: own certificates, no redirects, and patience with a line that breaks. */
import { request as clear, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'

export interface Asked {
  method: 'GET' | 'PUT' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: Uint8Array
}

export interface Answered {
  status: number
  headers: IncomingHttpHeaders
  /** Must be read, or destroyed. */
  stream: IncomingMessage
  bytes(limit: number): Promise<Buffer>
}

export type Ask = (asked: Asked) => Promise<Answered>

/** No answer came: the line, the name, or the certificate. `clock`: the certificate is not valid at this machine's time. */
export class NoAnswer extends Error {
  readonly clock: boolean
  constructor(code: string) {
    super('No answer came.')
    this.name = 'NoAnswer'
    this.clock = code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED'
  }
}

/** Never like a browser's: the archive would answer with its login page. */
const userAgent = 'Scanside-courier/1'

/** An answer that pauses so long is given up, ms. */
const silenceMs = 60_000

const codeOf = (fault: unknown): string => (fault instanceof Error && 'code' in fault ? String(fault.code) : '')

const loopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)

/**
 * Requests over HTTPS that trust `ca` (PEM) beside the public roots; in the clear to this very machine alone.
 * Ends with `signal`, as does what is read of an answer.
 */
export function createAsk(ca: string[], signal: AbortSignal): Ask {
  const roots = [...rootCertificates, ...ca]
  return ({ method, url, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const target = new URL(url)
      const encrypted = target.protocol === 'https:'
      if (!encrypted && !(target.protocol === 'http:' && loopback(target.hostname))) {
        reject(new NoAnswer('CLEAR'))
        return
      }
      const options = {
        method,
        signal,
        headers: { ...headers, 'user-agent': userAgent, ...(method === 'PUT' ? { 'content-length': String(body?.length ?? 0) } : {}) },
      }
      const take = (stream: IncomingMessage) =>
        resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream, bytes: (limit) => all(stream, limit) })
      const asking = encrypted ? secure(target, { ...options, ca: roots }, take) : clear(target, options, take)
      asking.setTimeout(silenceMs, () => asking.destroy(new Error('silent')))
      asking.once('error', (fault) => reject(new NoAnswer(codeOf(fault))))
      asking.end(body)
    })
}

async function all(stream: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw new NoAnswer('TOO_LONG')
      chunks.push(chunk)
    }
  } catch (fault) {
    throw fault instanceof NoAnswer ? fault : new NoAnswer(codeOf(fault))
  } finally {
    stream.destroy()
  }
  return Buffer.concat(chunks)
}

const pausesMs = [500, 1_000, 2_000, 4_000]

/** Asked for patience, or ended by a proxy: the same again may succeed. */
export const isPassing = (status: number): boolean => [408, 429, 500, 502, 503, 504].includes(status)

/**
 * Tries again where no answer came or one that passes; what is done must bear it. Gives the last answer or throws the last `NoAnswer`.
 * Anything else that `attempt` throws ends it at once.
 */
export async function patiently<T extends { status: number }>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const wait of pausesMs) {
    try {
      const answer = await attempt()
      if (!isPassing(answer.status)) return answer
    } catch (fault) {
      if (!(fault instanceof NoAnswer) || fault.clock) throw fault
    }
    signal.throwIfAborted()
    await pause(wait, undefined, { signal })
  }
  return await attempt()
}
