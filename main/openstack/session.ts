/** One sign-in kept alive: its token, renewed before it ends and once more on a 401; the cloud's clock; and the services asked with it. */
import { setTimeout as delay } from 'node:timers/promises'
import { ScansideError } from '../../oct/errors.ts'
import { networkFailure } from '../http/failure.ts'
import type { Http, HttpReply, HttpRequest } from '../http/http.ts'
import { retryAfterMs, retryDelay } from '../http/retry.ts'
import { identityUrl, refusalIn, revoke, signIn, type Token } from './keystone.ts'
import type { CloudAccess } from './openstack.ts'
import { serviceRefusal } from './refusal.ts'
import { type Service, type ServiceRequest, type ServiceType, serviceNames } from './service.ts'

export interface SessionParts {
  http: Http
  /** This machine's clock, ms. */
  now: () => number
  sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>
}

export interface Session {
  /** As last signed in. */
  token(): Token
  /** Cloud's clock minus this machine's, ms. */
  skewMs(): number
  service(type: ServiceType, url: string): Service
  /** Whether a link opens without any credential: true for 2xx and 404, false for 401 and 403. */
  opens(link: string, signal?: AbortSignal): Promise<boolean>
  /** Keystone itself, asked with the token. */
  readonly identity: Service
  close(): Promise<void>
}

// A token is renewed in the last twentieth of its life, at most ten minutes before its end.
const longestLeadMs = 10 * 60_000
// With Keystone away a token that is still good is used on, and Keystone asked again after this time.
const renewAgainMs = 30_000

/** What is waited for together goes on; who has stopped hears so at once. */
const unlessStopped = async <T>(shared: Promise<T>, stop: AbortSignal | undefined): Promise<T> => {
  if (!stop) return shared
  let leave = () => {}
  const stopped = new Promise<never>((_resolve, reject) => {
    leave = () => reject(networkFailure(stop.reason, '', stop))
    if (stop.aborted) leave()
    else stop.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([shared, stopped])
  } finally {
    stop.removeEventListener('abort', leave)
  }
}

/** Signs in. @throws ScansideError as `signIn` does */
export const openSession = async (access: CloudAccess, parts: SessionParts, signal?: AbortSignal): Promise<Session> => {
  const { http, now } = parts
  const sleep = parts.sleep ?? ((ms: number, stop?: AbortSignal) => delay(ms, undefined, stop ? { signal: stop } : {}))
  const means = access.config.auth.kind
  let skew = 0
  let closed = false
  let signingIn: Promise<void> | null = null
  let renewalTriedAt = Number.NEGATIVE_INFINITY
  let token: Token
  // By this machine's clock, reckoned from the token's own life: right even where the clocks differ.
  let endsAt = 0
  let renewAt = 0

  const take = async (stop?: AbortSignal): Promise<void> => {
    const fresh = await signIn(access, http, now, stop)
    skew = fresh.issuedAt - now()
    const life = fresh.expiresAt - fresh.issuedAt
    endsAt = now() + life
    renewAt = endsAt - Math.min(longestLeadMs, life / 20)
    token = fresh
  }
  await take(signal)

  // One at a time, and nobody's cancelling takes it from the others who wait for it.
  const again = async (stop?: AbortSignal): Promise<void> => {
    signingIn ??= take().finally(() => {
      signingIn = null
    })
    await unlessStopped(signingIn, stop)
  }

  const goodToken = async (stop?: AbortSignal): Promise<Token> => {
    if (closed) throw new ScansideError('unauthorized', 'This desk has signed out of the cloud. Sign in again.', { reason: 'signed-out' })
    if (now() < renewAt) return token
    if (now() < endsAt - 1_000 && now() < renewalTriedAt + renewAgainMs) return token
    renewalTriedAt = now()
    try {
      await again(stop)
    } catch (error) {
      if (now() >= endsAt - 1_000 || stop?.aborted) throw error
    }
    return token
  }

  const hear = (reply: HttpReply): void => {
    const date = Date.parse(reply.header('date') ?? '')
    // The header has whole seconds: half of one is what it is off on average.
    if (!Number.isNaN(date)) skew = date + 500 - now()
  }

  const once = async (type: ServiceType, url: string, request: ServiceRequest): Promise<HttpReply> => {
    const headers: Record<string, string> = { accept: 'application/json', ...request.headers }
    const body = request.json === undefined ? request.body : Buffer.from(JSON.stringify(request.json))
    if (request.json !== undefined) headers['content-type'] = 'application/json'
    const send = async (value: string): Promise<HttpReply> => {
      const asked: HttpRequest = {
        method: request.method,
        url,
        headers: { ...headers, 'x-auth-token': value },
        ...(body === undefined ? {} : { body }),
        ...(request.signal ? { signal: request.signal } : {}),
        ...(request.timeouts ? { timeouts: request.timeouts } : {}),
      }
      const reply = await http.request(asked)
      hear(reply)
      return reply
    }
    const used = (await goodToken(request.signal)).value
    const reply = await send(used)
    if (reply.status !== 401) return reply
    await reply.discard()
    if (token.value === used) await again(request.signal)
    if (body !== undefined && !(body instanceof Uint8Array)) {
      throw new ScansideError(
        'unreachable',
        `The cloud’s ${serviceNames[type]} ended the sign-in while it was sent to. Nothing was lost; try again.`,
        {
          reason: 'renewed',
          service: type,
        },
      )
    }
    return send(token.value)
  }

  const patient = async (type: ServiceType, url: string, request: ServiceRequest): Promise<HttpReply> => {
    // GET and HEAD are repeated below this, in the HTTP capability; DELETE is idempotent here as well.
    for (let attempt = 1; ; attempt += 1) {
      const reply = await once(type, url, request)
      const wait = retryAfterMs(reply.header('retry-after'), now())
      const ms = request.method === 'DELETE' ? retryDelay('GET', attempt, { status: reply.status, retryAfterMs: wait }, 0.5) : null
      if (ms === null) return reply
      await reply.discard()
      try {
        await sleep(ms, request.signal)
      } catch (error) {
        throw networkFailure(error, new URL(url).host, request.signal)
      }
    }
  }

  const service = (type: ServiceType, base: string): Service => ({
    type,
    url: base,
    now: () => now() + skew,
    async ask(request) {
      const query = new URLSearchParams(request.query ?? {}).toString()
      const url = `${request.base ?? base}${request.path}${query === '' ? '' : `?${query}`}`
      const reply = await patient(type, url, request)
      if ((reply.status >= 200 && reply.status < 300) || request.answers?.includes(reply.status)) return reply
      throw serviceRefusal(type, means, await refusalIn(reply, now()))
    },
  })

  return {
    token: () => token,
    skewMs: () => skew,
    service,
    async opens(link, stop) {
      const reply = await http.request({ method: 'GET', url: link, ...(stop ? { signal: stop } : {}) })
      hear(reply)
      if (reply.status < 300 || reply.status === 404 || reply.status === 401 || reply.status === 403) {
        await reply.discard()
        return reply.status < 300 || reply.status === 404
      }
      throw serviceRefusal('object-store', means, await refusalIn(reply, now()))
    },
    identity: service('identity', identityUrl(access.config.authUrl)),
    async close() {
      if (closed) return
      closed = true
      await revoke(access.config.authUrl, token.value, http)
    },
  }
}
