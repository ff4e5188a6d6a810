/** Talking to an archive before there is a session: what it is, password for token, token for token, and a token's end. */
import { ScansideError } from '../../oct/errors.ts'
import type { Http, HttpReply } from '../http/http.ts'
import { answerOf, endSession } from './connection.ts'
import { cookieHeader, sessionCookie, sessionExpiration, takeCookies } from './cookies.ts'
import { readProviders } from './providers.ts'
import { notAnXnat, signInRefusal } from './refusal.ts'
import { type Retired, readIssued, type Token } from './token.ts'

const small = 200_000

/** Whether an answer is the archive's own: a redirect may have led elsewhere, and what another host says is neither token nor session. */
const isOwn = (reply: HttpReply, address: string): boolean => reply.url.origin === new URL(address).origin

const sentOn = (address: string, reply: HttpReply) =>
  new ScansideError(
    'invalid-argument',
    `${new URL(address).host} sends on to ${reply.url.host}. If your archive has moved there, type that address. If it is a sign-in page, your archive lets programs in another way: ask its administrator.`,
    { reason: 'sent-on', host: reply.url.host },
  )

/** What answers at an address. */
export interface Probe {
  /** `1.8.10`; empty where the archive tells its version only to those who are signed in */
  version: string
  providers: { id: string; name: string }[]
}

/**
 * Asks for the build info, without credentials: nothing is sent to what is not an XNAT.
 * @throws ScansideError `invalid-argument` (`reason: not-an-xnat`), `unreachable`, `untrusted-certificate`, `timeout`
 */
export const probeArchive = async (http: Http, address: string, signal?: AbortSignal): Promise<Probe> => {
  const passed = signal ? { signal } : {}
  const reply = await http.request({ method: 'GET', url: `${address}/xapi/siteConfig/buildInfo`, ...passed })
  if (!isOwn(reply, address)) {
    await reply.discard()
    throw sentOn(address, reply)
  }
  const isXnat = sessionExpiration(reply.headers['set-cookie']) !== null
  if (reply.status !== 200) {
    const answer = await answerOf(reply)
    if (isXnat && (answer.status === 401 || answer.status === 403)) return { version: '', providers: await askProviders(http, address, signal) }
    throw answer.status >= 500 ? signInRefusal(answer, 'password') : notAnXnat(answer.host, answer.status)
  }
  const body = await reply.json(small).catch((error: unknown) => {
    if (error instanceof ScansideError && error.code === 'not-supported') throw notAnXnat(reply.url.host, reply.status)
    throw error
  })
  const version = typeof body === 'object' && body !== null && 'version' in body ? body.version : undefined
  if (typeof version !== 'string') throw notAnXnat(reply.url.host, reply.status)
  return { version: version.slice(0, 100), providers: await askProviders(http, address, signal) }
}

// A sign-in without the list of providers works as well: the person can write `provider/user`.
const askProviders = async (http: Http, address: string, signal?: AbortSignal): Promise<Probe['providers']> => {
  try {
    const reply = await http.request({ method: 'GET', url: `${address}/app/template/Login.vm`, ...(signal ? { signal } : {}) })
    const page = await reply.text(small)
    await endSession(http, address, reply)
    return reply.status === 200 ? readProviders(page) : []
  } catch {
    return []
  }
}

/**
 * Exchanges a password, or a pasted token, for a new alias token, and proves that the new one is taken. The credentials are used for one
 * request and not kept; the server session that request opens is ended. Whatever fails after the issue withdraws the new token again.
 * @throws ScansideError one sentence per reason: see `signInRefusal`
 */
export const exchange = async (
  http: Http,
  address: string,
  auth: { user: string; password: string },
  means: 'password' | 'token',
  now: () => number,
): Promise<Token> => {
  const identity = auth.password.includes(':') ? { headers: { cookie: await openWithForm(http, address, auth) } } : { auth }
  const reply = await http.request({ method: 'GET', url: `${address}/data/services/tokens/issue`, ...identity })
  if (!isOwn(reply, address)) {
    await reply.discard()
    throw sentOn(address, reply)
  }
  const told = sessionExpiration(reply.headers['set-cookie'])
  if (reply.status !== 200) throw signInRefusal(await answerOf(reply), means)
  const text = await reply.text(small)
  await endSession(http, address, reply, identity.headers?.cookie)
  const token = readIssued(jsonOrNull(text), address, auth.user, now(), told?.serverNow ?? null)
  if (!token) throw signInRefusal({ status: 200, path: reply.url.pathname, text, host: reply.url.host }, means)
  try {
    return { ...token, user: await userOf(http, token) }
  } catch (error) {
    await withdraw(http, token).catch(() => undefined)
    throw error
  }
}

/** Opens a session by form, for a password with a colon: XNAT's Basic filter splits at every one. Returns the Cookie header. */
const openWithForm = async (http: Http, address: string, { user, password }: { user: string; password: string }): Promise<string> => {
  const slash = user.indexOf('/')
  const form = new URLSearchParams({ username: user.slice(slash + 1), password, ...(slash > 0 ? { provider: user.slice(0, slash) } : {}) })
  const reply = await http.request({
    method: 'PUT',
    url: `${address}/data/services/auth`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString(), 'utf8'),
  })
  if (reply.status !== 200) throw signInRefusal(await answerOf(reply), 'password')
  const id = (await reply.text(10_000)).trim()
  const jar = takeCookies(new Map(), reply.headers['set-cookie'])
  const cookie = cookieHeader(jar.has(sessionCookie) ? jar : new Map([...jar, [sessionCookie, id]]))
  if (cookie === null || !/^[\w.-]{1,200}$/.test(id)) throw notAnXnat(reply.url.host, reply.status)
  return cookie
}

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The name of the person a token stands for. Proves that the archive takes the token. */
const userOf = async (http: Http, token: Token): Promise<string> => {
  const reply = await http.request({
    method: 'GET',
    url: `${token.address}/xapi/users/username`,
    auth: { user: token.alias, password: token.secret },
  })
  if (!isOwn(reply, token.address)) {
    await reply.discard()
    throw sentOn(token.address, reply)
  }
  if (reply.status !== 200) throw signInRefusal(await answerOf(reply), 'token')
  const name = (await reply.text(small)).trim().replace(/^"|"$/g, '')
  await endSession(http, token.address, reply)
  if (!/^[^\s<>\p{Cc}\p{Cf}\p{Cs}]{1,200}$/u.test(name) || name === 'guest')
    throw signInRefusal({ status: 403, path: '', text: '', host: reply.url.host }, 'token')
  return name
}

/**
 * Withdraws a token and proves it: after this the archive answers 401 to it.
 * @throws ScansideError where the archive could not be asked, or still takes it
 */
export const withdraw = async (http: Http, token: Omit<Retired, 'expiresAt'>): Promise<void> => {
  const auth = { user: token.alias, password: token.secret }
  const ask = await http.request({ method: 'GET', url: `${token.address}/data/services/tokens/invalidate/${encodeURIComponent(token.alias)}`, auth })
  await ask.discard()
  await endSession(http, token.address, ask)
  if (ask.status === 401 && isOwn(ask, token.address)) return
  const proof = await http.request({ method: 'GET', url: `${token.address}/data/auth`, auth })
  await proof.discard()
  await endSession(http, token.address, proof)
  if (proof.status === 401 && isOwn(proof, token.address)) return
  throw new ScansideError(
    'unreachable',
    `${new URL(token.address).host} was asked to withdraw a sign-in token and still accepts it. Scanside asks again later.`,
    {
      reason: 'token-not-withdrawn',
      status: proof.status,
    },
  )
}
