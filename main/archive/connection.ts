/**
 * One server session at one archive, opened with a token and opened again when it ends.
 * Requests carry the session's cookie only: each request with a password or token would open another session, and XNAT limits those.
 */
import { ScansideError } from '../../oct/errors.ts'
import type { Http, HttpReply, HttpRequest } from '../http/http.ts'
import { retryAfterMs } from '../http/retry.ts'
import { cookieHeader, type Jar, sessionCookie, sessionExpiration, takeCookies } from './cookies.ts'
import { type Answer, signInRefusal } from './refusal.ts'

export interface ConnectionRequest {
  method: HttpRequest['method']
  /** Below the archive's address, encoded, with its query: `/data/projects?format=json`. */
  path: string
  headers?: Record<string, string>
  /** Bytes only: a request may be sent again after the session was opened anew. */
  body?: Uint8Array
  /** Not asked again where the connection breaks: see `HttpRequest.once`. */
  once?: boolean
  signal?: AbortSignal
}

export interface Connection {
  /** @throws ScansideError `unauthorized` (`reason: token-dead`) where the archive does not take the token any more */
  request(request: ConnectionRequest): Promise<HttpReply>
  /** Ends the server session. Does not reject: a session that cannot be ended ends by itself. */
  close(): Promise<void>
  /** The server's clock and this machine's at the last answer, ms; null where it did not tell. */
  serverNow(): number | null
}

export interface ConnectionOptions {
  http: Http
  address: string
  /** The token of the moment: it may be renewed while the connection lives. */
  token(): { alias: string; secret: string }
  now(): number
}

const spareMs = 30_000

const patienceOf = (reply: HttpReply) => {
  const ms = retryAfterMs(reply.header('retry-after'), Date.now())
  return ms === null ? {} : { retryAfterMs: ms }
}

/** Status, path and the beginning of a body, for judging a refusal. Reads the reply to its end. */
export const answerOf = async (reply: HttpReply): Promise<Answer> => ({
  ...patienceOf(reply),
  status: reply.status,
  path: reply.status >= 300 && reply.status < 400 ? (reply.header('location') ?? '') : reply.url.pathname,
  text: await reply.text(200_000).catch(() => ''),
  host: reply.url.host,
})

/** Ends the session a reply's cookies belong to, or the one it was asked with: for the sessions that single requests open on their way. */
export const endSession = async (http: Http, address: string, reply: HttpReply, askedWith?: string): Promise<void> => {
  // A redirect may have led elsewhere; another host's cookies are no session of this archive.
  const ours = reply.url.origin === new URL(address).origin
  const cookie = (ours ? cookieHeader(takeCookies(new Map(), reply.headers['set-cookie'])) : null) ?? askedWith
  if (cookie === undefined) return
  await http.request({ method: 'DELETE', url: `${address}/data/JSESSION`, headers: { cookie } }).then(
    (ended) => ended.discard(),
    () => undefined,
  )
}

export const createConnection = ({ http, address, token, now }: ConnectionOptions): Connection => {
  const { origin } = new URL(address)
  let jar: Jar = new Map()
  let idleUntil = 0
  let clock: { server: number; here: number } | null = null
  let opening: Promise<void> | null = null

  const heard = (reply: HttpReply) => {
    const told = sessionExpiration(reply.headers['set-cookie'])
    if (!told) return
    clock = { server: told.serverNow, here: now() }
    idleUntil = now() + Math.max(told.maxIdleMs - spareMs, told.maxIdleMs / 2)
  }

  const askForSession = ({ alias, secret }: ReturnType<typeof token>) =>
    http.request({ method: 'GET', url: `${address}/data/JSESSION`, auth: { user: alias, password: secret } })

  const open = async () => {
    let used = token()
    let reply = await askForSession(used)
    if (reply.status === 401 && token().alias !== used.alias) {
      // It was renewed while the archive was asked, and the old one is withdrawn by now.
      await reply.discard()
      used = token()
      reply = await askForSession(used)
    }
    if (reply.status !== 200) {
      const refusal = signInRefusal(await answerOf(reply), 'token')
      if (refusal.code !== 'unauthorized') throw refusal
      throw new ScansideError('unauthorized', 'Your sign-in has expired. Sign in again; nothing was lost.', {
        reason: 'token-dead',
        status: reply.status,
      })
    }
    if (reply.url.origin !== origin) {
      await reply.discard()
      throw signInRefusal({ status: 404, path: '', text: '', host: new URL(address).host }, 'token')
    }
    const id = (await reply.text(10_000)).trim()
    idleUntil = now() + 5 * 60_000
    heard(reply)
    const taken = takeCookies(new Map(), reply.headers['set-cookie'])
    jar = taken.has(sessionCookie) || !/^[\w.-]{1,200}$/.test(id) ? taken : new Map([...taken, [sessionCookie, id]])
    if (!jar.has(sessionCookie)) throw signInRefusal({ status: 404, path: '', text: '', host: new URL(address).host }, 'token')
  }

  // Many requests may find the session ended at once; one of them opens it for all.
  const reopen = (): Promise<void> => {
    opening ??= open().finally(() => {
      opening = null
    })
    return opening
  }

  const send = async ({ method, path, headers, body, once, signal }: ConnectionRequest): Promise<{ reply: HttpReply; lost: boolean }> => {
    const sent = jar
    const reply = await http.request({
      method,
      url: `${address}${path}`,
      headers: { ...headers, cookie: cookieHeader(sent) ?? '' },
      ...(body ? { body } : {}),
      ...(once ? { once } : {}),
      ...(signal ? { signal } : {}),
    })
    // A redirect may have led elsewhere; another host's cookies are no business of this session.
    const ours = reply.url.origin === origin
    const after = ours ? takeCookies(sent, reply.headers['set-cookie']) : sent
    // Another session id means that ours has ended and the answer was a guest's: open archives answer those, with less.
    const lost = reply.status === 401 || after.get(sessionCookie) !== sent.get(sessionCookie) || /\/Login\.vm$/.test(reply.url.pathname)
    if (!lost && ours) {
      heard(reply)
      if (jar === sent) jar = after
    }
    return { reply, lost }
  }

  return {
    async request(request) {
      if (!jar.has(sessionCookie) || now() >= idleUntil) await reopen()
      const used = jar
      const sent = await send(request)
      if (!sent.lost) return sent.reply
      await sent.reply.discard()
      // Another request may have opened it anew meanwhile.
      if (jar.get(sessionCookie) === used.get(sessionCookie)) await reopen()
      const again = await send(request)
      if (!again.lost) return again.reply
      await again.reply.discard()
      if (again.reply.status !== 401) {
        throw new ScansideError('unreachable', 'The archive does not keep the session it opened. Nothing was lost; tell its administrator.', {
          reason: 'session-lost',
        })
      }
      throw new ScansideError('unauthorized', 'Your sign-in has expired. Sign in again; nothing was lost.', {
        reason: 'token-dead',
        status: again.reply.status,
      })
    },
    async close() {
      const cookie = cookieHeader(jar)
      jar = new Map()
      if (cookie === null) return
      await http.request({ method: 'DELETE', url: `${address}/data/JSESSION`, headers: { cookie } }).then(
        (reply) => reply.discard(),
        () => undefined,
      )
    },
    serverNow: () => (clock === null ? null : clock.server + (now() - clock.here)),
  }
}
