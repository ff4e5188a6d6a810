/**
 * A cable between a desk and a cloud, with somebody in the middle: a loopback server before each service, which passes everything on, counts
 * it, and now and then answers itself, waits, or breaks the connection before or after the cloud has done what was asked.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import type { CloudEntry, Session } from './lab.ts'

export interface Asked {
  service: string
  method: string
  /** Path and query. */
  path: string
  /** Who asks: a desk says its own name, a machine's curl its own. */
  agent: string
  /** Keystone's token it came with; empty where there is none. */
  token: string
  body: string
}

export type Meddling =
  | { kind: 'answer'; status: number; body: string; headers?: Record<string, string> }
  /** The cloud's answer, told otherwise. */
  | { kind: 'retold'; by: (text: string) => string }
  /** The connection breaks and the cloud has not heard of it. */
  | { kind: 'cut-before' }
  /** The cloud has done it, and nobody hears of it. */
  | { kind: 'cut-after' }
  | null

/** Somebody in the middle: before the cloud's services, and before the archive. */
export interface Middle {
  /** Every request so far, in the order they came. */
  asked: Asked[]
  /** Asked for each request; may wait. Null takes it away. */
  meddle(by: ((asked: Asked) => Meddling | Promise<Meddling>) | null): void
  /** Called when the answer is here and has not been passed on. */
  onAnswered(listen: ((asked: Asked) => void | Promise<void>) | null): void
  /** For whoever sits on the cable. */
  before(asked: Asked): Promise<Meddling>
  after(asked: Asked): Promise<void>
}

export function createMiddle(): Middle {
  const asked: Asked[] = []
  let meddle: ((asked: Asked) => Meddling | Promise<Meddling>) | null = null
  let answered: ((asked: Asked) => void | Promise<void>) | null = null
  return {
    asked,
    meddle(by) {
      meddle = by
    },
    onAnswered(listen) {
      answered = listen
    },
    async before(one) {
      asked.push(one)
      return (await meddle?.(one)) ?? null
    },
    async after(one) {
      await answered?.(one)
    },
  }
}

export interface CloudProxy extends Pick<Middle, 'asked' | 'meddle' | 'onAnswered'> {
  /** The entry of clouds.yaml that leads through here. */
  entry: CloudEntry
  stop(): Promise<void>
}

/** `session`: who knows the catalog. */
export async function startProxy(entry: CloudEntry, session: Session, middle: Middle = createMiddle()): Promise<CloudProxy> {
  const origins = new Map<string, { service: string; mine: string }>()
  const servers: Server[] = []

  const through = async (service: string, origin: string, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const method = incoming.method ?? 'GET'
    const path = incoming.url ?? '/'
    const one: Asked = {
      service,
      method,
      path,
      agent: incoming.headers['user-agent'] ?? '',
      token: String(incoming.headers['x-auth-token'] ?? ''),
      body: bytes.length > 200_000 ? '' : bytes.toString('utf8'),
    }
    const what = await middle.before(one)
    if (what?.kind === 'cut-before') return incoming.socket.destroy()
    if (what?.kind === 'answer') return outgoing.writeHead(what.status, { 'content-type': 'application/json', ...what.headers }).end(what.body)
    const {
      host: _host,
      connection: _connection,
      'transfer-encoding': _chunked,
      'content-length': _length,
      expect: _expect,
      ...headers
    } = incoming.headers
    const answer = await request(`${origin}${path}`, { method: method as 'GET', headers, body: bytes.length > 0 || method === 'PUT' ? bytes : null })
    let body: Buffer = Buffer.from(await answer.body.arrayBuffer())
    await middle.after(one)
    if (what?.kind === 'cut-after' || incoming.socket.destroyed) return incoming.socket.destroy()
    // Keystone's catalog and every service's list of versions say where the services are: here.
    if (String(answer.headers['content-type'] ?? '').includes('json')) {
      let text = body.toString('utf8')
      for (const [real, { mine }] of origins) text = text.replaceAll(real, mine)
      if (what?.kind === 'retold') text = what.by(text)
      body = Buffer.from(text)
    }
    const { 'content-length': told, 'transfer-encoding': _c, connection: _n, ...kept } = answer.headers
    // A HEAD's length is its object's.
    outgoing.writeHead(answer.statusCode, { ...kept, 'content-length': method === 'HEAD' ? String(told ?? 0) : body.length })
    outgoing.end(method === 'HEAD' ? undefined : body)
  }

  for (const [service, url] of session.endpoints) {
    const { origin } = new URL(url)
    if (origins.has(origin)) continue
    const server = createServer({ keepAlive: true }, (incoming, outgoing) => {
      through(service, origin, incoming, outgoing).catch(() => incoming.socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    origins.set(origin, { service, mine: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  }
  const keystone = new URL(entry.auth.auth_url)
  const mine = origins.get(keystone.origin)?.mine ?? keystone.origin
  return {
    ...middle,
    entry: { ...entry, auth: { ...entry.auth, auth_url: `${mine}${keystone.pathname}` } },
    async stop() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
