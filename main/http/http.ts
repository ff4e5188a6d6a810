/**
 * The one way out: archive, cloud and registry are asked through this capability and nothing else.
 * Own trust, own User-Agent, explicit Content-Length, redirects by hand; no global switch is touched.
 */
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SecureContext } from 'node:tls'
import { Agent, type Dispatcher, ProxyAgent, request as undiciRequest } from 'undici'
import { ScansideError } from '../../oct/errors.ts'
import { allowedUrl, isLoopback, redirectChoice } from './address.ts'
import { parseJson, readBytes } from './body.ts'
import { networkFailure } from './failure.ts'
import { retryAfterMs, retryDelay } from './retry.ts'
import { systemRoots, trustContext } from './trust.ts'

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH'
  url: string
  /** Lower-case names. User-Agent and Content-Length are set here and nowhere else. */
  headers?: Record<string, string>
  /** A stream is sent with the size given, never chunked, and never sent again. */
  body?: Uint8Array | { stream: Readable; size: number }
  signal?: AbortSignal
  timeouts?: { headersMs?: number; bodyMs?: number }
  /** HTTP Basic, as UTF-8. Never sent to another origin than `url`'s. */
  auth?: { user: string; password: string }
  /** Never asked again, although its method could be: each asking makes something (an alias token). */
  once?: boolean
}

export interface HttpReply {
  status: number
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>
  /** Where the answer came from, after redirects. */
  url: URL
  /** The body as it comes. Must be read, or given up with `discard`. */
  stream: Readable
  header(name: string): string | undefined
  bytes(limit: number): Promise<Uint8Array>
  text(limit: number): Promise<string>
  /** @throws ScansideError `not-supported` where a web page came instead */
  json(limit: number): Promise<unknown>
  discard(): Promise<void>
}

export interface Http {
  /** Any status is an answer; only a failure to get one rejects: `unreachable`, `untrusted-certificate`, `timeout`, `cancelled`, `invalid-argument`. */
  request(request: HttpRequest): Promise<HttpReply>
  /** Trusts a CA for one origin alone (the demo archive's, made at its start). */
  trust(origin: string, pem: string): void
  close(): Promise<void>
}

export interface HttpOptions {
  /** `Scanside/0.1.0`: never a browser's, XNAT treats those otherwise. */
  userAgent: string
  /** The site's CA certificates, PEM. */
  roots: string[]
  /** The operating system's; asked for when left out. */
  system?: string[]
  /** The proxy's URL for a URL, or null. Never asked for loopback. */
  proxyFor?: (url: string) => Promise<string | null>
  sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>
  random?: () => number
  now?: () => number
}

const maxRedirects = 5
/** To one origin: downloads hold theirs for long, and a list must not wait for them. */
const mostConnections = 16
const connectMs = 10_000
const defaultHeadersMs = 60_000
const defaultBodyMs = 60_000

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

const basic = (auth: { user: string; password: string }): string => `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}`

/** The first https request rejects with `invalid-argument` where a site CA cannot be read. */
export const createHttp = (options: HttpOptions): Http => {
  const now = options.now ?? Date.now
  const random = options.random ?? Math.random
  const wait = options.sleep ?? ((ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}))
  const agents = new Map<string, Dispatcher>()
  const contexts = new Map<string, SecureContext>()
  const own = new Map<string, string[]>()
  let system: string[] | null = options.system ?? null

  const contextFor = (origin: string): SecureContext => {
    const key = own.has(origin) ? origin : ''
    let context = contexts.get(key)
    if (!context) {
      system ??= systemRoots()
      context = trustContext(system, [...options.roots, ...(own.get(origin) ?? [])])
      contexts.set(key, context)
    }
    return context
  }

  const dispatcherFor = async (url: URL): Promise<Dispatcher> => {
    const proxy = isLoopback(url.hostname) ? null : ((await options.proxyFor?.(url.href)) ?? null)
    const key = `${url.origin} ${proxy ?? ''}`
    let agent = agents.get(key)
    if (!agent) {
      const tls = url.protocol === 'https:' ? { secureContext: contextFor(url.origin) } : {}
      agent = proxy
        ? new ProxyAgent({ uri: proxy, requestTls: { ...tls, timeout: connectMs } })
        : new Agent({ connect: { ...tls, timeout: connectMs }, connections: mostConnections })
      agents.set(key, agent)
    }
    return agent
  }

  const once = async (request: HttpRequest, url: URL, credentials: boolean): Promise<HttpReply> => {
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      const lower = name.toLowerCase()
      if (!credentials && (lower === 'authorization' || lower === 'cookie' || lower.startsWith('x-auth') || lower.startsWith('x-subject'))) continue
      headers[lower] = value
    }
    headers['user-agent'] = options.userAgent
    if (request.auth && credentials) headers.authorization = basic(request.auth)
    const body = request.body === undefined ? null : request.body instanceof Uint8Array ? request.body : request.body.stream
    if (request.body !== undefined) {
      headers['content-length'] = String(request.body instanceof Uint8Array ? request.body.byteLength : request.body.size)
    }
    try {
      const reply = await undiciRequest(url, {
        method: request.method,
        headers,
        body,
        signal: request.signal ?? null,
        headersTimeout: request.timeouts?.headersMs ?? defaultHeadersMs,
        bodyTimeout: request.timeouts?.bodyMs ?? defaultBodyMs,
        dispatcher: await dispatcherFor(url),
      })
      return replyOf(url, reply, request.signal)
    } catch (error) {
      throw networkFailure(error, url.host, request.signal)
    }
  }

  const followed = async (request: HttpRequest): Promise<HttpReply> => {
    let url = allowedUrl(request.url)
    let credentials = true
    for (let hop = 0; ; hop += 1) {
      const reply = await once(request, url, credentials)
      const location = reply.header('location')
      if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return reply
      const choice = redirectChoice(request.method, url, location)
      if (!choice.follow && choice.why === 'method') return reply
      await reply.discard()
      if (!choice.follow || hop === maxRedirects) {
        throw new ScansideError('unreachable', `${url.host} sent the request on to a place Scanside does not go. Nothing was sent there.`, {
          reason: choice.follow ? 'too-many-redirects' : choice.why,
          host: url.host,
        })
      }
      credentials &&= choice.credentials
      url = choice.url
    }
  }

  return {
    async request(request) {
      for (let attempt = 1; ; attempt += 1) {
        let delay: number | null
        try {
          const reply = await followed(request)
          delay = request.once
            ? null
            : retryDelay(request.method, attempt, { status: reply.status, retryAfterMs: retryAfterMs(reply.header('retry-after'), now()) }, random())
          if (delay === null) return reply
          await reply.discard()
        } catch (error) {
          delay = error instanceof ScansideError && !request.once ? retryDelay(request.method, attempt, error, random()) : null
          if (delay === null) throw error
        }
        try {
          await wait(delay, request.signal)
        } catch (error) {
          throw networkFailure(error, new URL(request.url).host, request.signal)
        }
      }
    },
    trust(origin, pem) {
      const key = new URL(origin).origin
      own.set(key, [...(own.get(key) ?? []), pem])
      contexts.delete(key)
      for (const [name, agent] of agents) {
        if (!name.startsWith(`${key} `)) continue
        agents.delete(name)
        void agent.close()
      }
    },
    async close() {
      const all = [...agents.values()]
      agents.clear()
      await Promise.all(all.map((agent) => agent.destroy()))
    },
  }
}

const replyOf = (url: URL, reply: Dispatcher.ResponseData, signal: AbortSignal | undefined): HttpReply => {
  const header = (name: string) => first(reply.headers[name])
  const bytes = (limit: number) => readBytes(reply.body, limit, url.host, signal)
  const text = async (limit: number) => Buffer.from(await bytes(limit)).toString('utf8')
  return {
    status: reply.statusCode,
    headers: reply.headers,
    url,
    stream: reply.body,
    header,
    bytes,
    text,
    json: async (limit) => parseJson(header('content-type') ?? '', await text(limit), url.host),
    // A short rest is read so that the connection can serve again; a long one ends it.
    discard: () => reply.body.dump({ limit: 65_536 }).catch(() => undefined),
  }
}
