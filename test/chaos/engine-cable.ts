/** A socket between the application and its container engine, with somebody in the middle who knows which request it is and how far it has come. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { endsWith } from './ending.ts'

export interface EngineAsked {
  method: string
  /** Path and query. */
  path: string
}

/** Each may wait, and kill whom it likes meanwhile. */
export interface OnEngineCable {
  /** The engine has not heard of it. */
  before?(asked: EngineAsked): Promise<void> | void
  /** So many bytes of a body have come from the application; the last of them have not been passed on. */
  sending?(asked: EngineAsked, bytes: number): Promise<void> | void
  /** The engine has answered, and nobody knows. */
  answered?(asked: EngineAsked): Promise<void> | void
  /** So many bytes of an answer have come; the last of them have not been passed on. */
  receiving?(asked: EngineAsked, bytes: number): Promise<void> | void
}

export interface EngineCable {
  /** `unix://…` of this end. */
  address: string
  /** Every request so far, in the order they came. */
  asked: EngineAsked[]
  watch(by: OnEngineCable | null): void
  /** Breaks what is connected and lets nobody connect, as where no engine is. */
  cut(): Promise<void>
  mend(): Promise<void>
  end(): Promise<void>
}

/** Whoever takes the bytes has room again, or is gone. */
const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.once('drain', done)
    stream.once('close', done)
  })

/** `engine`: path of its socket. */
export async function layEngineCable(engine: string): Promise<EngineCable> {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-chaos-cable-'))
  const path = join(folder, 'engine.sock')
  const asked: EngineAsked[] = []
  let by: OnEngineCable = {}
  let server: Server | null = null

  const through = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const one = { method: incoming.method ?? 'GET', path: incoming.url ?? '/' }
    asked.push(one)
    const watched = by
    await watched.before?.(one)
    if (incoming.socket.destroyed) return
    const far = request({ socketPath: engine, method: one.method, path: one.path, headers: incoming.headers, agent: false })
    const broken = () => {
      far.destroy()
      incoming.socket.destroy()
    }
    far.on('error', broken)
    outgoing.on('error', broken)
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) broken()
    })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      far.once('response', resolve)
      far.once('close', () => reject(new Error('closed')))
    })
    answer.catch(() => undefined)
    let sent = 0
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      sent += chunk.length
      await watched.sending?.(one, sent)
      if (far.destroyed) break
      if (!far.write(chunk)) await drained(far)
    }
    far.end()
    const answered = await answer
    answered.on('error', broken)
    await watched.answered?.(one)
    if (incoming.socket.destroyed) return broken()
    outgoing.writeHead(answered.statusCode ?? 502, answered.headers)
    outgoing.flushHeaders()
    let received = 0
    for await (const chunk of answered as AsyncIterable<Buffer>) {
      received += chunk.length
      await watched.receiving?.(one, received)
      if (outgoing.destroyed) return broken()
      if (!outgoing.write(chunk)) await drained(outgoing)
    }
    if (!answered.complete && answered.headers['content-type'] !== 'application/vnd.docker.raw-stream') return broken()
    outgoing.end()
  }

  const mend = async () => {
    if (server) return
    const listening = createServer((incoming, outgoing) => {
      through(incoming, outgoing).catch(() => incoming.socket.destroy())
    })
    listening.requestTimeout = 0
    await new Promise<void>((resolve) => listening.listen(path, resolve))
    server = listening
  }
  const cut = async () => {
    const listening = server
    server = null
    if (!listening) return
    const closed = new Promise((resolve) => listening.close(resolve))
    listening.closeAllConnections()
    await closed
    rmSync(path, { force: true })
  }
  await mend()
  return {
    address: `unix://${path}`,
    asked,
    watch(next) {
      by = next ?? {}
    },
    cut,
    mend,
    end: endsWith(async () => {
      await cut()
      rmSync(folder, { recursive: true, force: true })
    }),
  }
}
