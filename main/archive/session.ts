/** Who is signed in where. Holds the token and nothing else of a person's credentials; every request to the archive passes here. */
import type { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { sessionStatusSchema } from '../../preload/contract.ts'
import type { Http, HttpReply } from '../http/http.ts'
import type { Vault } from '../vault/vault.ts'
import { archiveAddress, shownAddress } from './address.ts'
import { type Connection, type ConnectionRequest, createConnection } from './connection.ts'
import { exchange, type Probe, probeArchive, withdraw } from './exchange.ts'
import { nextState, type SignInEvent, type SignInState } from './state.ts'
import { defaultLifeMs, isDead, maxRetired, parseRetired, parseToken, type Retired, renewalDue, type Token } from './token.ts'

export type SessionStatus = z.infer<typeof sessionStatusSchema>

export interface ArchiveSession {
  status(): SessionStatus
  /** Returns how to stop listening. */
  onChange(listener: (status: SessionStatus) => void): () => void
  probe(address: string): Promise<Probe>
  /** The password is exchanged for a token and forgotten. `demo` marks the demo lab's archive. */
  signIn(input: { address: string; user: string; password: string; provider: string | null; remember: boolean; demo?: boolean }): Promise<void>
  /** A pasted token went through a clipboard: it is exchanged for one of Scanside's own and withdrawn. */
  signInWithToken(input: { address: string; alias: string; secret: string; remember: boolean }): Promise<void>
  /**
   * Ends session and token. `waiting` results hold it back unless `force`.
   * `withdrawn` is false where the archive could not be asked: Scanside then asks again later, and at its next start.
   * @throws ScansideError `conflict` where something waits
   */
  signOut(input: { force: boolean; waiting: number }): Promise<{ withdrawn: boolean }>
  /** At start: takes the token out of the vault. Never rejects for an archive that is away or a token that is dead: the status says it. */
  restore(): Promise<void>
  /** To be called about once a minute: renews the token, looks whether an archive is back, withdraws what is still to be withdrawn. */
  tick(): Promise<void>
  /**
   * At the application's end: ends the server session. A token that no keyring holds is withdrawn too, for nobody could use or withdraw it later.
   * Never rejects.
   */
  close(): Promise<void>
  /** A request below the archive's address, in the signed-in session. @throws ScansideError `unauthorized` where nobody is signed in */
  request(request: ConnectionRequest): Promise<HttpReply>
  /**
   * `request` for one archive alone, by the `archive` of its status: once somebody has signed in elsewhere it rejects with `unauthorized`.
   * Two archives may have the same ids; what began at one must neither read nor write the other.
   */
  requestAt(archive: string): (request: ConnectionRequest) => Promise<HttpReply>
  /** The archive's full address, without a slash at its end; null where nobody is signed in. Main's alone. */
  address(): string | null
  /** The archive's clock, ms, as its last answer told; null where it has not told yet. */
  serverNow(): number | null
  /** Aliases of the tokens this session lives by, or has yet to withdraw. */
  ownAliases(): Promise<string[]>
}

export interface SessionOptions {
  http: Http
  vault: Vault
  /** The archive the site file fixes; a token of another one is withdrawn at start instead of used. */
  fixed?: string | null
  now?: () => number
}

const tokenName = 'archive-token'
const retiredName = 'archive-tokens-retired'
const renewPauseMs = 5 * 60_000

interface Open {
  /** Replaced at renewal; the connection looks here each time. */
  current: { token: Token }
  connection: Connection
  demo: boolean
  remember: boolean
  kept: boolean
}

export const createSession = ({ http, vault, fixed = null, now = Date.now }: SessionOptions): ArchiveSession => {
  const listeners = new Set<(status: SessionStatus) => void>()
  let state: SignInState = 'signed-out'
  let open: Open | null = null
  let renewing: Promise<void> | null = null
  let renewNotBefore = 0
  let lookNotBefore = 0
  // In memory beside the vault, so that a desk without a keyring withdraws its tokens too while it runs.
  let retired: Retired[] | null = null

  const status = (): SessionStatus => ({
    state,
    user: open?.current.token.user ?? null,
    archive: open ? shownAddress(open.current.token.address) : null,
    demo: open?.demo ?? false,
    kept: open?.kept ?? false,
  })

  const tell = () => {
    const value = status()
    for (const listener of listeners) listener(value)
  }

  const happen = (event: SignInEvent) => {
    const next = nextState(state, event)
    if (next === state) return
    state = next
    tell()
  }

  const begin = (token: Token, demo: boolean, remember: boolean, kept: boolean): Open => {
    const current = { token }
    return { current, demo, remember, kept, connection: createConnection({ http, address: token.address, now, token: () => current.token }) }
  }

  const store = async (session: Open) => {
    if (!session.remember) return
    const { kept } = await vault.set(tokenName, JSON.stringify(session.current.token))
    session.kept = kept
  }

  const retiredTokens = async (): Promise<Retired[]> => {
    retired ??= parseRetired(await vault.get(retiredName).catch(() => null))
    return retired
  }

  const saveRetired = async (tokens: Retired[]) => {
    retired = tokens.slice(-maxRetired)
    await (retired.length === 0 ? vault.delete(retiredName) : vault.set(retiredName, JSON.stringify(retired))).catch(() => undefined)
  }

  /** Written down before it is tried; what cannot be withdrawn now is tried again by `tick` and at the next start. */
  const retire = async (token: Retired) => {
    await saveRetired([...(await retiredTokens()), { address: token.address, alias: token.alias, secret: token.secret, expiresAt: token.expiresAt }])
    return withdrawRetired()
  }

  const withdrawRetired = async (): Promise<boolean> => {
    for (const token of await retiredTokens()) {
      const gone =
        isDead(token, now()) ||
        (await withdraw(http, token).then(
          () => true,
          () => false,
        ))
      if (gone) await saveRetired((await retiredTokens()).filter((one) => one.alias !== token.alias))
    }
    return (await retiredTokens()).length === 0
  }

  const enter = async (token: Token, demo: boolean, remember: boolean) => {
    const before = open
    const session = begin(token, demo, remember, false)
    await store(session)
    if (!remember) await vault.delete(tokenName).catch(() => undefined)
    open = session
    renewNotBefore = 0
    state = nextState(nextState(state, 'closed'), 'opened')
    tell()
    if (before) {
      await before.connection.close()
      await retire(before.current.token)
    }
  }

  const renew = async (session: Open): Promise<void> => {
    const { address, alias, secret } = session.current.token
    const fresh = await exchange(http, address, { user: alias, password: secret }, 'token', now)
    if (open !== session) {
      await retire(fresh)
      return
    }
    const old = session.current.token
    session.current.token = fresh
    await store(session)
    tell()
    await retire(old)
  }

  const failed = (session: Open, error: unknown) => {
    if (open !== session || !(error instanceof ScansideError)) return
    if (error.code === 'unauthorized') {
      if (state !== 'expired') lookNotBefore = now() + renewPauseMs
      happen('refused')
    }
    if (error.code === 'unreachable' || error.code === 'timeout' || error.code === 'untrusted-certificate') {
      // A fault the archive reports itself is not an archive that is away.
      if (error.details.reason !== 'server-fault') happen('unreachable')
    }
  }

  const renewIfDue = async (session: Open): Promise<void> => {
    if (!renewalDue(session.current.token, now()) || now() < renewNotBefore) return
    renewing ??= renew(session)
      .catch((error: unknown) => {
        renewNotBefore = now() + renewPauseMs
        failed(session, error)
      })
      .finally(() => {
        renewing = null
      })
    await renewing
  }

  /** Whether the archive answers and takes the token; told as an event, never thrown. */
  const look = async (session: Open) => {
    try {
      const reply = await session.connection.request({ method: 'GET', path: '/data/auth' })
      await reply.discard()
      if (open === session) happen('reached')
    } catch (error) {
      failed(session, error)
    }
  }

  /** Refused although it should live: an archive whose accounts were away for a moment says the same. Asked again from time to time. */
  const refusedTooSoon = (session: Open): boolean => {
    if (state !== 'expired' || isDead(session.current.token, now()) || now() < lookNotBefore) return false
    lookNotBefore = now() + renewPauseMs
    return true
  }

  const ask = async (request: ConnectionRequest): Promise<HttpReply> => {
    const session = open
    if (!session) throw new ScansideError('unauthorized', 'Nobody is signed in. Sign in to the archive first.', { reason: 'signed-out' })
    if (state === 'expired')
      throw new ScansideError('unauthorized', 'Your sign-in has expired. Sign in again; nothing was lost.', { reason: 'token-dead' })
    if (state === 'signed-in') await renewIfDue(session)
    try {
      const reply = await session.connection.request(request)
      if (open === session) happen('reached')
      return reply
    } catch (error) {
      failed(session, error)
      throw error
    }
  }

  return {
    status,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    probe: async (address) => probeArchive(http, archiveAddress(address)),
    async signIn({ address, user, password, provider, remember, demo = false }) {
      const at = archiveAddress(address)
      const name = provider ? `${provider}/${user.trim()}` : user.trim()
      if (name.includes(':')) throw new ScansideError('invalid-argument', 'A user name cannot hold a colon. Check it.', { reason: 'user' })
      await probeArchive(http, at)
      await enter(await exchange(http, at, { user: name, password }, 'password', now), demo, remember)
    },
    async signInWithToken({ address, alias, secret, remember }) {
      const at = archiveAddress(address)
      const pasted = { user: alias.trim(), password: secret.trim() }
      if (pasted.user.includes(':'))
        throw new ScansideError('invalid-argument', 'A token’s alias cannot hold a colon. Copy it again.', { reason: 'user' })
      await probeArchive(http, at)
      const token = await exchange(http, at, pasted, 'token', now)
      await enter(token, false, remember)
      await retire({ address: at, alias: pasted.user, secret: pasted.password, expiresAt: now() + defaultLifeMs })
    },
    async signOut({ force, waiting }) {
      if (waiting > 0 && !force) {
        const what = waiting === 1 ? 'One result has' : `${waiting} results have`
        throw new ScansideError(
          'conflict',
          `${what} not reached the archive yet. Signed out, it waits on this desk until somebody signs in again. Sign out all the same?`,
          {
            waiting,
          },
        )
      }
      const session = open
      if (!session) return { withdrawn: true }
      await renewing
      open = null
      happen('closed')
      await session.connection.close()
      const withdrawn = await retire(session.current.token)
      await vault.delete(tokenName).catch(() => undefined)
      return { withdrawn }
    },
    async restore() {
      const token = parseToken(await vault.get(tokenName).catch(() => null))
      const elsewhere = token !== null && fixed !== null && token.address !== archiveAddress(fixed)
      if (elsewhere) {
        await vault.delete(tokenName).catch(() => undefined)
        await retire(token)
        return
      }
      if (token && !open) {
        const session = begin(token, false, true, true)
        open = session
        happen('restored')
        // Also where this machine's clock says that it has died: the archive decides, and until it answers the person works with what is kept.
        await look(session)
      }
      await withdrawRetired()
    },
    async tick() {
      const session = open
      if (session && (state === 'offline' || refusedTooSoon(session))) await look(session)
      if (session && state === 'signed-in') await renewIfDue(session)
      if ((await retiredTokens()).length > 0) await withdrawRetired()
    },
    async close() {
      const session = open
      if (!session) return
      await renewing
      await session.connection.close()
      if (!session.kept) await retire(session.current.token)
    },
    request: ask,
    address: () => open?.current.token.address ?? null,
    serverNow: () => open?.connection.serverNow() ?? null,
    async ownAliases() {
      // A renewal under way has a token that is written down nowhere yet.
      await renewing
      return [...(open ? [open.current.token] : []), ...(await retiredTokens())].map(({ alias }) => alias)
    },
    requestAt: (archive) => async (request) => {
      if (open && shownAddress(open.current.token.address) !== archive) {
        throw new ScansideError('unauthorized', 'Somebody has signed in to another archive meanwhile. Sign in to this one again; nothing was lost.', {
          reason: 'other-archive',
        })
      }
      return ask(request)
    },
  }
}
