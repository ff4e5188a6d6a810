/**
 * Switches for what goes wrong in the world: a slow line, a broken one, a full disk. For tests and the command line only;
 * the application never imports this file. `POST /__faults` with JSON sets them, `GET` shows them, `DELETE` takes all back.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { challenge } from './auth.ts'
import { loginPage, Problem, problemReply } from './http.ts'
import type { FaultSwitches } from './server.ts'

export interface FaultState {
  /** Only requests whose path and query contain this are touched; empty: all. */
  path: string
  /** Only requests of this method are; empty: all. */
  method: string
  /** How many more requests are touched at all. */
  hits: number
  /** ms before every answer */
  latency: number
  /** The connection breaks after so many bytes of an answer's body; -1: never. */
  resetAfter: number
  /** The same for the bytes of an upload. */
  resetUploadAfter: number
  /** How often the two above still strike. */
  resets: number
  /** Every request gets 401. */
  unauthorized: boolean
  /** Every request gets 403. */
  forbidden: boolean
  /** Every request gets 503 and is told to come back after so many seconds; -1: none is. */
  retryAfter: number
  /** Uploads get 200 and nothing is stored, as where an account has no right to edit. */
  swallow: boolean
  /** Uploads get 200 with their own name as a duplicate, and nothing is stored. */
  duplicates: boolean
  /** The next so many requests get 500. */
  failNext: number
  /** bytes that still fit on the disk; -1: it is never full. 0: full. */
  room: number
  /** Answers never begin. */
  stall: boolean
  /** An answer stops, without ending, after so many bytes; -1: never. */
  stallAfter: number
  /** Where JSON was asked for comes the login page with 200. */
  htmlForJson: boolean
}

const none: FaultState = {
  path: '',
  method: '',
  hits: Number.MAX_SAFE_INTEGER,
  latency: 0,
  resetAfter: -1,
  resetUploadAfter: -1,
  resets: Number.MAX_SAFE_INTEGER,
  unauthorized: false,
  forbidden: false,
  retryAfter: -1,
  swallow: false,
  duplicates: false,
  failNext: 0,
  room: -1,
  stall: false,
  stallAfter: -1,
  htmlForJson: false,
}

export interface Faults extends FaultSwitches {
  /** Switches some on; what is not named stays. `advance` moves the archive's clock forward, ms. */
  set(change: Partial<FaultState> & { advance?: number }): void
  clear(): void
  readonly state: Readonly<FaultState>
}

export function createFaults(): Faults {
  let state = { ...none }
  let ahead = 0
  const set = (change: Partial<FaultState> & { advance?: number }) => {
    const { advance = 0, ...rest } = change
    ahead += advance
    state = { ...state, ...rest }
  }
  const control = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'DELETE') state = { ...none }
    if (request.method === 'POST') {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const change = checked(Buffer.concat(parts).toString('utf8'))
      if (change === undefined) {
        response.writeHead(400, { 'Content-Type': 'text/plain' }).end('Unknown switch, or not JSON.\n')
        return
      }
      set(change)
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...state, ahead }))
  }
  return {
    set,
    clear() {
      state = { ...none }
    },
    get state() {
      return state
    },
    ahead: () => ahead,
    room: () => (state.room < 0 ? Number.POSITIVE_INFINITY : state.room),
    async *tap(body, cut) {
      let seen = 0
      for await (const part of body) {
        seen += (part as Uint8Array).byteLength
        if (state.room > 0) state.room -= Math.min(state.room, (part as Uint8Array).byteLength)
        if (state.resetUploadAfter >= 0 && seen > state.resetUploadAfter && state.resets > 0) {
          state.resets--
          cut()
          throw new Error('reset')
        }
        yield part
      }
    },
    async before(request, response) {
      if ((request.url ?? '').startsWith('/__faults')) {
        await control(request, response)
        return true
      }
      if (!(request.url ?? '').includes(state.path) || !['', request.method].includes(state.method) || state.hits <= 0) return false
      state.hits--
      if (state.latency > 0) await new Promise((resolve) => setTimeout(resolve, state.latency))
      if (state.stall) return true
      if (state.failNext > 0) {
        state.failNext--
        return refuse(response, new Problem(500, 'java.lang.OutOfMemoryError: Java heap space', 'error'))
      }
      if (state.unauthorized) return refuse(response, challenge(request.headers, ''))
      if (state.forbidden) return refuse(response, new Problem(403, 'Forbidden', 'tomcat'))
      if (state.retryAfter >= 0)
        return refuse(response, new Problem(503, 'Service Unavailable', 'tomcat', { 'Retry-After': String(state.retryAfter) }))
      if ((state.swallow || state.duplicates) && request.method === 'PUT') {
        // Read to its end, as the real one does.
        for await (const _part of request);
        const name = decodeURIComponent((request.url ?? '').replace(/\?.*$/, '').split('/files/')[1] ?? '')
        response.writeHead(200, { 'Content-Type': 'text/html;charset=UTF-8' }).end(state.duplicates ? JSON.stringify({ duplicates: [name] }) : '')
        return true
      }
      if (state.htmlForJson && /format=json|^\/xapi\//.test(request.url ?? '')) {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(loginPage().body)
        return true
      }
      cutShort(response, state)
      return false
    },
  }
}

function refuse(response: ServerResponse, problem: Problem): true {
  const reply = problemReply(problem)
  response.writeHead(reply.status, { 'Content-Type': reply.type ?? 'text/html', ...reply.headers }).end(reply.body)
  return true
}

/** Counts an answer's bytes and breaks or holds it where the switches say. */
function cutShort(response: ServerResponse, state: FaultState): void {
  const breaks = state.resetAfter >= 0 && state.resets > 0
  const limit = breaks ? state.resetAfter : state.stallAfter
  if (limit < 0) return
  let sent = 0
  const write = response.write.bind(response) as (chunk: Uint8Array, done: () => void) => boolean
  const end = response.end.bind(response)
  const pass = (chunk: Uint8Array): boolean => {
    const rest = chunk.subarray(0, Math.max(0, limit - sent))
    const over = sent + chunk.byteLength > limit
    sent += chunk.byteLength
    if (!over) return write(chunk, () => {})
    const stop = () => {
      if (breaks) response.socket?.destroy()
    }
    if (breaks) state.resets--
    if (rest.byteLength > 0) write(rest, stop)
    else {
      response.flushHeaders()
      stop()
    }
    return false
  }
  response.write = ((chunk: Uint8Array) => (sent > limit ? false : pass(chunk))) as typeof response.write
  response.end = ((chunk?: Uint8Array) => {
    if (chunk instanceof Uint8Array && sent <= limit) pass(chunk)
    if (sent <= limit) end()
    return response
  }) as typeof response.end
}

function checked(text: string): (Partial<FaultState> & { advance?: number }) | undefined {
  try {
    const given = JSON.parse(text) as Record<string, unknown>
    const fits = Object.entries(given).every(([name, value]) =>
      name === 'advance' ? typeof value === 'number' : name in none && typeof value === typeof none[name as keyof FaultState],
    )
    return fits ? (given as Partial<FaultState>) : undefined
  } catch {
    return undefined
  }
}
