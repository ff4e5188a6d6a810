/** The loopback front's server: the built page, the exchange of the token, `/bulk` over HTTP and the doorway over a WebSocket. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import { WebSocket, WebSocketServer } from 'ws'
import type { EventName, Reply } from '../../preload/contract.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { Dispatch } from '../doorway/dispatch.ts'
import type { ServeFile } from '../doorway/files.ts'
import { answerHeaders } from '../doorway/headers.ts'
import { type Gate, isOwnRequest, namesItselfOnce } from './gate.ts'
import { createGuests } from './guests.ts'

export interface LoopbackParts {
  gate: Gate
  files: ServeFile
  bulk: Bulk
  dispatch: Dispatch
  /** Calls back for every event; returns how to stop. */
  subscribe(listener: (event: EventName, payload: unknown) => void): () => void
  /** The number of open windows, each time it changes. */
  onWindows(open: number): void
}

/** Longest message a window may send: an input's largest schema with room to spare. */
const messageLimit = 4 * 1024 * 1024
/** What a connection may send before it has shown the key, which is all that it has to say, bytes. */
const strangerLimit = 4_096
/** Connections that have not shown the key: as many as one burst can bring, so that the window's own is read before it could be sent away. */
const mostGuests = 512
/** Calls of one window under way at once; a window asks for a dozen. */
const mostCalls = 256
/** Answers a window has not taken yet, bytes: one that does not read is no window. */
const mostUnread = 64 * 1024 * 1024
/** How long a request's head, or the token itself, may take to arrive, ms. */
const patienceMs = 10_000

/** Listens on 127.0.0.1 at a random port and answers until `stop`. */
export async function serveLoopback(parts: LoopbackParts): Promise<{ port: number; stop(): Promise<void> }> {
  // No limit to a whole request: an image archive may take long to arrive, and who sends one has shown the key.
  const limits = { headersTimeout: patienceMs, requestTimeout: 0, connectionsCheckingInterval: 1_000 }
  const server = createServer(limits, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const guests = createGuests<Socket>(mostGuests, (socket) => socket.destroy())
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit })
  let port = 0
  let open = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = pathOf(request)
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (!url) return send(response, refusal(400, 'Bad Request'))
    if (!namesItselfOnce(request.rawHeaders) || !isOwnRequest(request.headers, port, changes)) return send(response, refusal(403, 'Forbidden'))
    if (url.pathname === '/session' && request.method === 'POST') {
      const tooLate = setTimeout(() => request.destroy(), patienceMs)
      const key = parts.gate.exchange(await shortBody(request).finally(() => clearTimeout(tooLate)))
      return send(
        response,
        key ? new Response(key, { headers: answerHeaders('text/plain') }) : refusal(403, 'This address was used or is too old. Open Scanside again.'),
      )
    }
    if (url.pathname.startsWith('/bulk/')) {
      const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      if (!parts.gate.isKey(key)) return send(response, refusal(401, 'Unauthorized'))
      welcomeToStay(request.socket)
      const leave = new AbortController()
      response.once('close', () => leave.abort())
      const body = changes ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' } : {}
      const asked = new Request(`http://127.0.0.1:${port}${url.pathname}`, {
        method: request.method ?? 'GET',
        signal: leave.signal,
        ...body,
      } as RequestInit)
      return send(response, await parts.bulk.handle(asked))
    }
    return send(response, parts.files(request.method ?? 'GET', url.pathname))
  }

  // Upgraded and refused connections are no longer the server's, and would keep `close` waiting for ever.
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    guests.came(socket)
    // Also who never says a word.
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.once('close', () => {
      connections.delete(socket)
      guests.left(socket)
    })
  })
  const welcomeToStay = (socket: Socket) => {
    guests.known(socket)
    socket.setTimeout(0)
  }
  server.on('upgrade', (request, socket, head) => {
    // A connection that breaks off says so as an error; one nobody hears would end the process, and any program here may connect.
    socket.on('error', () => socket.destroy())
    if (request.url !== '/doorway' || !namesItselfOnce(request.rawHeaders) || !isOwnRequest(request.headers, port, true)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n', () => socket.destroy())
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => welcome(opened, request.socket))
  })

  function welcome(socket: WebSocket, line: Socket): void {
    const tooLate = setTimeout(() => sendAway(socket, 4401), 5_000)
    // Too long a message, a broken frame: ws has closed the connection already.
    socket.on('error', () => undefined)
    socket.once('close', () => clearTimeout(tooLate))
    const before = line.bytesRead
    const measure = () => {
      if (line.bytesRead - before <= strangerLimit) return
      line.off('data', measure)
      line.pause()
      sendAway(socket, 1009)
    }
    line.on('data', measure)
    socket.once('message', (data) => {
      clearTimeout(tooLate)
      line.off('data', measure)
      const first = parse(String(data)) as { key?: unknown } | null
      if (typeof first?.key !== 'string' || !parts.gate.isKey(first.key)) {
        sendAway(socket, 4401)
        return
      }
      welcomeToStay(line)
      open += 1
      parts.onWindows(open)
      const say = (words: object) => {
        if (socket.readyState !== WebSocket.OPEN) return
        if (socket.bufferedAmount > mostUnread) socket.terminate()
        else socket.send(JSON.stringify(words))
      }
      const stop = parts.subscribe((event, payload) => say({ event, payload }))
      let calls = 0
      socket.on('message', async (message) => {
        const call = parse(String(message)) as { id?: unknown; method?: unknown; input?: unknown } | null
        if (typeof call?.id !== 'number') return
        if (calls >= mostCalls) return say({ id: call.id, reply: tooMuch })
        calls += 1
        const reply = await parts.dispatch(call.method, call.input)
        calls -= 1
        say({ id: call.id, reply })
      })
      socket.once('close', () => {
        stop()
        open -= 1
        parts.onWindows(open)
      })
      socket.send(JSON.stringify({ welcome: true }))
    })
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port
  return {
    port,
    async stop() {
      const ended = new Promise((resolve) => server.close(resolve))
      for (const socket of connections) socket.destroy()
      await ended
    },
  }
}

/** Says why, and ends the connection soon, whether or not the other end hears. */
function sendAway(socket: WebSocket, code: number): void {
  socket.close(code)
  setTimeout(() => socket.terminate(), 1_000).unref()
}

const tooMuch: Reply = {
  ok: false,
  error: { code: 'quota', message: 'Scanside was asked for too much at once. Nothing was changed; try again in a moment.', details: {} },
}

/** Null for a target that is no plain path: another machine's address, an asterisk, one that leads elsewhere than it says. */
function pathOf({ url: target = '', httpVersion }: IncomingMessage): URL | null {
  if (!target.startsWith('/') || !httpVersion.startsWith('1.')) return null
  try {
    const url = new URL(`http://127.0.0.1${target}`)
    return url.pathname === target.split(/[?#]/, 1)[0] ? url : null
  } catch {
    return null
  }
}

function refusal(status: number, text: string): Response {
  return new Response(text, { status, headers: answerHeaders('text/plain') })
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (!answer.body) {
    response.end()
    return
  }
  await pipeline(Readable.fromWeb(answer.body as NodeWebStream), response)
}

/** The body of a token exchange: at most 200 bytes. */
async function shortBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > 200) return ''
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
