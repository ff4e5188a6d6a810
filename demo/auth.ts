/** Users, server sessions and alias tokens, on the archive's own clock. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Problem } from './http.ts'

export interface User {
  login: string
  password: string
  first: string
  last: string
  email: string
  admin: boolean
  /** Which sign-in the account belongs to; `localdb` is XNAT's own. */
  provider: string
  passwordExpired: boolean
  /** ms of the clock; a lock ends by itself. */
  lockedUntil: number
  failedLogins: number
}

export interface Session {
  id: string
  login: string
  csrf: string
  lastUsed: number
}

export interface Token {
  id: number
  alias: string
  secret: string
  login: string
  created: number
  expires: number
  enabled: boolean
}

/** What XNAT takes as its defaults. Times in ms. */
export const limits = {
  sessionTimeout: 15 * 60_000,
  tokenTimeout: 2 * 24 * 3_600_000,
  maxFailedLogins: 20,
  lockTime: 3_600_000,
  maxSessions: 1000,
}

export interface Gate {
  now: () => number
  users: Map<string, User>
  sessions: Map<string, Session>
  tokens: Map<string, Token>
  nextToken: number
}

export function createGate(now: () => number): Gate {
  return { now, users: new Map(), sessions: new Map(), tokens: new Map(), nextToken: 1 }
}

export function addUser(gate: Gate, login: string, password: string, given: Partial<Omit<User, 'login' | 'password'>> = {}): User {
  const user: User = {
    login,
    password,
    first: 'Demo',
    last: login,
    email: `${login}@demo.example.org`,
    admin: false,
    provider: 'localdb',
    passwordExpired: false,
    lockedUntil: 0,
    failedLogins: 0,
    ...given,
  }
  gate.users.set(login, user)
  return user
}

const refused = (message: string) => new Problem(401, message, 'tomcat', { 'WWW-Authenticate': 'Basic realm="DEMO archive"' })

/** Interactive by XNAT's own pattern: such a client is sent to the login page instead of being told 401. */
export const isInteractive = (agent: string) => /MSIE|Mozilla|AppleWebKit|Opera/.test(agent)

/** A browser, for the CSRF rule: XNAT's desktop client and anything Java are exempt. */
export const needsCsrf = (agent: string) => isInteractive(agent) && !/XNATDesktopClient|java/i.test(agent)

/** Checks a password or an alias token's secret; counts failures and locks as XNAT does. `provider/login` picks the sign-in. */
export function checkPassword(gate: Gate, given: string, password: string): User {
  const token = gate.tokens.get(given)
  if (token) {
    const user = gate.users.get(token.login)
    if (!user || !token.enabled || token.secret !== password || gate.now() >= token.expires) throw refused('Bad credentials')
    return user
  }
  const slash = given.indexOf('/')
  const provider = slash < 0 ? undefined : given.slice(0, slash)
  const user = gate.users.get(given.slice(slash + 1))
  if (!user || (provider !== undefined && provider !== user.provider)) throw refused('Bad credentials')
  if (gate.now() < user.lockedUntil) throw refused('User account is locked')
  if (user.password !== password) {
    user.failedLogins++
    if (user.failedLogins >= limits.maxFailedLogins) user.lockedUntil = gate.now() + limits.lockTime
    throw refused('Bad credentials')
  }
  user.failedLogins = 0
  if (user.passwordExpired) throw new Problem(403, 'Your password has expired. Please log in to the site to set a new one.', 'tomcat')
  return user
}

/** A new server session; the limit counts the living ones of the same user. */
export function openSession(gate: Gate, user: User): Session {
  let living = 0
  for (const session of gate.sessions.values()) {
    if (gate.now() - session.lastUsed >= limits.sessionTimeout) gate.sessions.delete(session.id)
    else if (session.login === user.login) living++
  }
  if (living >= limits.maxSessions) throw refused('Maximum sessions of 1000 for this principal exceeded')
  const session = { id: randomBytes(16).toString('hex').toUpperCase(), login: user.login, csrf: randomUUID(), lastUsed: gate.now() }
  gate.sessions.set(session.id, session)
  return session
}

function cookieOf(headers: IncomingHttpHeaders): string | undefined {
  return /(?:^|;\s*)JSESSIONID=([^;]*)/.exec(headers.cookie ?? '')?.[1]
}

/** Who sent a request. `fresh` sessions are told to the client by cookie. Undefined: a guest, whom this site does not let in. */
export function identify(gate: Gate, headers: IncomingHttpHeaders): { user: User; session: Session; fresh: boolean } | undefined {
  const cookie = cookieOf(headers)
  let session = cookie === undefined ? undefined : gate.sessions.get(cookie)
  if (session && gate.now() - session.lastUsed >= limits.sessionTimeout) {
    gate.sessions.delete(session.id)
    session = undefined
  }
  if (session) session.lastUsed = gate.now()
  const basic = /^Basic\s+(.*)$/i.exec(headers.authorization ?? '')?.[1]
  if (basic === undefined) {
    const user = session && gate.users.get(session.login)
    return session && user ? { user, session, fresh: false } : undefined
  }
  const atoms = Buffer.from(basic, 'base64').toString('utf8').split(':')
  // XNAT's filter for expired passwords splits on every colon and wants exactly two parts.
  if (atoms.length !== 2) throw refused('Bad credentials')
  const user = checkPassword(gate, atoms[0] ?? '', atoms[1] ?? '')
  if (session && session.login === user.login) return { user, session, fresh: false }
  return { user, session: openSession(gate, user), fresh: true }
}

/** What an unknown client is told: browsers are led to the login page, programs get 401. */
export function challenge(headers: IncomingHttpHeaders, contextPath: string): Problem {
  if (isInteractive(headers['user-agent'] ?? ''))
    return new Problem(302, 'Login required', 'tomcat', { Location: `${contextPath}/app/template/Login.vm` })
  return refused('Full authentication is required to access this resource')
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function issueToken(gate: Gate, login: string): Token {
  const secret = [...randomBytes(64)].map((byte) => letters[byte % letters.length]).join('')
  const created = gate.now()
  const token = { id: gate.nextToken++, alias: randomUUID(), secret, login, created, expires: created + limits.tokenTimeout, enabled: true }
  gate.tokens.set(token.alias, token)
  return token
}

/** The token as the service writes it. */
export function tokenJson(token: Token): Record<string, unknown> {
  return {
    alias: token.alias,
    secret: token.secret,
    xdatUserId: token.login,
    singleUse: false,
    estimatedExpirationTime: token.expires,
    validIPAddresses: [],
    id: token.id,
    enabled: token.enabled,
    created: token.created,
    timestamp: token.created,
    disabled: 0,
  }
}
