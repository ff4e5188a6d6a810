/** A server on this machine that plays the faults of a cloud no lab can be brought to: no mock of a service, each test says what it answers. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { createHttp, type Http } from '../http/http.ts'
import { connectCloud } from './connect.ts'
import type { Cloud, CloudAccess } from './openstack.ts'

export interface Heard {
  method: string
  /** With its query. */
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
}

type Say = Answer | ((heard: Heard) => Answer | undefined)

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

export interface FaultyCloud {
  url: string
  /** Every request, in its order. */
  heard: Heard[]
  /** `GET /path` without its query; a later one replaces. */
  on(what: string, say: Say): void
  says(what: string): Say | undefined
  /** Tokens that are taken now. */
  tokens: Set<string>
  /** The cloud's clock, ms. */
  clock: { now: number }
  /** This machine's clock, ms. */
  desk: { now: number }
  /** Waits that were asked for, ms. */
  waits: number[]
  tokenLifeMs: number
  catalog: unknown[]
  access: CloudAccess
  http: Http
  connect(change?: Partial<CloudAccess['config']>): Promise<Cloud>
  count(what: string): number
}

export const service = (type: string, url: string, region = 'one') => ({
  type,
  endpoints: [{ interface: 'public', region, region_id: region, url }],
})

/** Keystone and a Nova that speaks 2.1 to 2.93; everything else answers 404 until a test says otherwise. */
export const faultyCloud = async (): Promise<FaultyCloud> => {
  const says = new Map<string, Say>()
  const clock = { now: Date.parse('2030-01-01T12:00:00Z') }
  const desk = { now: clock.now }
  const waits: number[] = []
  const heard: Heard[] = []
  const tokens = new Set<string>()
  let issued = 0

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const one: Heard = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    heard.push(one)
    const path = one.path.split('?')[0] ?? ''
    const say = says.get(`${one.method} ${path}`)
    const authorized = path.startsWith('/v3/auth') || tokens.has(String(one.headers['x-auth-token'])) || one.path.includes('temp_url_sig')
    const answer = authorized ? ((typeof say === 'function' ? say(one) : say) ?? { status: 404 }) : { status: 401, text: 'Authentication required' }
    const text = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json)
    const type = answer.json === undefined ? 'text/plain' : 'application/json'
    response.writeHead(answer.status ?? 200, { 'content-type': type, date: new Date(clock.now).toUTCString(), ...answer.headers })
    response.end(one.method === 'HEAD' ? undefined : text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const sleep = async (ms: number) => {
    waits.push(ms)
  }
  const http = createHttp({ userAgent: 'Scanside/test', roots: [], system: [], sleep, random: () => 0.5, now: () => desk.now })
  closing.push(http.close)

  const cloud: FaultyCloud = {
    url,
    heard,
    on: (what, say) => says.set(what, say),
    says: (what) => says.get(what),
    tokens,
    clock,
    desk,
    waits,
    tokenLifeMs: 4 * 3_600_000,
    catalog: [service('compute', `${url}/compute/v2.1`)],
    access: {
      config: {
        name: 'faulty',
        authUrl: `${url}/v3`,
        region: null,
        interface: 'public',
        ca: [],
        auth: { kind: 'password', user: 'ada', userDomain: 'default', project: 'eyes', projectDomain: 'default' },
      },
      secret: 'the-secret',
    },
    http,
    async connect(change = {}) {
      const access = { ...cloud.access, config: { ...cloud.access.config, ...change } }
      return connectCloud(access, { http, now: () => desk.now, sleep })
    },
    count: (what) => heard.filter((one) => `${one.method} ${one.path.split('?')[0]}` === what).length,
  }
  cloud.on('POST /v3/auth/tokens', () => {
    issued += 1
    const token = `token-${issued}`
    tokens.add(token)
    return {
      status: 201,
      headers: { 'x-subject-token': token },
      json: {
        token: {
          issued_at: new Date(clock.now).toISOString(),
          expires_at: new Date(clock.now + cloud.tokenLifeMs).toISOString(),
          user: { id: 'u1', name: 'ada' },
          project: { id: 'p1', name: 'eyes' },
          roles: [{ name: 'member' }],
          catalog: cloud.catalog,
        },
      },
    }
  })
  cloud.on('DELETE /v3/auth/tokens', { status: 204 })
  cloud.on('GET /compute/v2.1/', { json: { version: { id: 'v2.1', version: '2.93', min_version: '2.1' } } })
  return cloud
}
