/** The loopback front's server: the built page, the exchange of the token, `/bulk` over HTTP and the doorway over a WebSocket. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import { WebSocket, WebSocketServer } from 'ws'
import type { EventName } from '../../preload/contract.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { Dispatch } from '../doorway/dispatch.ts'
import type { ServeFile } from '../doorway/files.ts'
import { answerHeaders } from '../doorway/headers.ts'
import { type Gate, isOwnRequest } from './gate.ts'

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

/** Listens on 127.0.0.1 at a random port and answers until `stop`. */
export async function serveLoopback(parts: LoopbackParts): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit })
  let port = 0
  let open = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if (!isOwnRequest(request.headers, port, changes)) return send(response, refusal(403, 'Forbidden'))
    if (url.pathname === '/session' && request.method === 'POST') {
      const key = parts.gate.exchange(await shortBody(request))
      return send(
        response,
        key ? new Response(key, { headers: answerHeaders('text/plain') }) : refusal(403, 'This address was used or is too old. Open Scanside again.'),
      )
    }
    if (url.pathname.startsWith('/bulk/')) {
      const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      if (!parts.gate.isKey(key)) return send(response, refusal(401, 'Unauthorized'))
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
    socket.once('close', () => connections.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    // A connection that breaks off says so as an error; one nobody hears would end the process, and any program here may connect.
    socket.on('error', () => socket.destroy())
    if (request.url !== '/doorway' || !isOwnRequest(request.headers, port, true)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n', () => socket.destroy())
      return
    }
    sockets.handleUpgrade(request, socket, head, welcome)
  })

  function welcome(socket: WebSocket): void {
    const tooLate = setTimeout(() => socket.close(4401), 5_000)
    // Too long a message, a broken frame: ws has closed the connection already.
    socket.on('error', () => undefined)
    socket.once('message', (data) => {
      clearTimeout(tooLate)
      const first = parse(String(data)) as { key?: unknown } | null
      if (typeof first?.key !== 'string' || !parts.gate.isKey(first.key)) {
        socket.close(4401)
        return
      }
      open += 1
      parts.onWindows(open)
      const stop = parts.subscribe((event, payload) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify({ event, payload })))
      socket.on('message', async (message) => {
        const call = parse(String(message)) as { id?: unknown; method?: unknown; input?: unknown } | null
        if (typeof call?.id !== 'number') return
        const reply = await parts.dispatch(call.method, call.input)
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: call.id, reply }))
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
