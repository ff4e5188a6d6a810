/** Alias tokens for one run each, issued and withdrawn in the signed-in session; XNAT's `/data/services/tokens`. */
import { createHash, randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Http } from '../http/http.ts'
import type { Vault } from '../vault/vault.ts'
import { answerOf } from './connection.ts'
import { withdraw as withdrawByItself } from './exchange.ts'
import { dataRefusal } from './refusal.ts'
import type { IssuedToken, RunTokens } from './run-tokens.ts'
import type { ArchiveSession } from './session.ts'
import { readIssued, readListed } from './token.ts'

/** Where an alias came from, kept where a crash without a keyring does not reach; `main/store` implements it. Opaque texts alone. */
export interface TokenNotes {
  /** Null: nothing is noted. */
  originOf(alias: string): string | null
  note(alias: string, origin: string): void
  forget(alias: string): void
  /** What is noted under names that begin so. */
  noted(prefix: string): { name: string; origin: string }[]
  /** Aliases that are written down as owed: what they belong to is known. */
  owed(): string[]
}

export interface RunTokensParts {
  http: Http
  vault: Vault
  session: Pick<ArchiveSession, 'requestAt' | 'serverNow' | 'ownAliases'>
  archive: RunTokens['archive']
  /** The archive as the session's status calls it. */
  shown: string
  user: string
  /** Secrets of this life by alias; shared by all of a desk's people, and there where no keyring is. */
  secrets: Map<string, KeptToken>
  /** Issues under way; shared like `secrets`. */
  issuing?: Set<Promise<unknown>>
  notes: TokenNotes | null
  now(): number
}

const keptSchema = z.object({ address: z.string().min(1).max(500), secret: z.string().min(1).max(500) })
/** What is kept of an issued token until it is withdrawn. */
export type KeptToken = z.infer<typeof keptSchema>

const small = 200_000
const listLimit = 4_000_000
/** Before a token is asked for: `asked.<server's clock, ms>.<uuid>`; no alias holds a dot. */
const askedPrefix = 'asked.'
const askedAt = (name: string): number => Number(name.split('.')[1])
/** No token of XNAT lives as long, ms. */
const askedKeptMs = 30 * 86_400_000
const secretName = (alias: string): string => `run-token.${alias}`
/** XNAT's aliases are UUIDs; nothing else becomes part of a path, a vault's name or owed.db. */
const plainAlias = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/

const parseKept = (text: string | null): KeptToken | null => {
  if (text === null) return null
  try {
    return keptSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

const otherOrigin = () =>
  new ScansideError(
    'unauthorized',
    'The token of an earlier run belongs to another person or archive. It is withdrawn once that person signs in there again, and ends by itself within days.',
    { reason: 'other-origin' },
  )

/** Run tokens of the archive somebody is signed in to. Nothing is asked before the first call. */
export const createRunTokens = (parts: RunTokensParts): RunTokens => {
  const { http, vault, session, archive, shown, user, secrets, issuing = new Set(), notes, now } = parts
  const request = session.requestAt(shown)
  /** Whose token it is, as a text that names nobody. */
  const origin = createHash('sha256').update(`${archive.address}\n${user}`).digest('hex').slice(0, 16)

  const keptOf = async (alias: string): Promise<KeptToken | null> =>
    secrets.get(alias) ?? parseKept(await vault.get(secretName(alias)).catch(() => null))

  const forget = async (alias: string) => {
    secrets.delete(alias)
    await vault.delete(secretName(alias)).catch(() => undefined)
    notes?.forget(alias)
  }

  const listed = async () => {
    const reply = await request({ method: 'GET', path: '/data/services/tokens/show' })
    if (reply.status !== 200) throw dataRefusal(await answerOf(reply), 'the list of your sign-in tokens')
    return readListed(await reply.json(listLimit))
  }

  const invalidate = async (alias: string) => {
    const reply = await request({ method: 'GET', path: `/data/services/tokens/invalidate/${encodeURIComponent(alias)}` })
    if (reply.status !== 200 && reply.status !== 404) throw dataRefusal(await answerOf(reply), 'the token of a run')
    await reply.discard()
  }

  const stillThere = () =>
    new ScansideError('unreachable', `${shown} was asked to withdraw the token of a run and still lists it. Scanside asks again later.`, {
      reason: 'token-not-withdrawn',
    })

  const serverNow = () => session.serverNow() ?? now()

  /** Notes who asks and when; answers the note's name. */
  const noteAsking = (): string => {
    const at = Math.round(serverNow())
    for (const { name } of notes?.noted(askedPrefix) ?? []) if (askedAt(name) < at - askedKeptMs) notes?.forget(name)
    const name = `${askedPrefix}${at}.${randomUUID()}`
    notes?.note(name, origin)
    return name
  }

  const issueOne = async (signal: AbortSignal): Promise<IssuedToken> => {
    const asked = noteAsking()
    const reply = await request({ method: 'GET', path: '/data/services/tokens/issue', once: true, signal })
    if (reply.status !== 200) {
      const refusal = dataRefusal(await answerOf(reply), 'a token for this run')
      if (reply.status >= 400 && reply.status < 500) notes?.forget(asked)
      throw refusal
    }
    const token = readIssued(await reply.json(small), archive.address, user, now(), session.serverNow())
    if (!token || !plainAlias.test(token.alias)) {
      throw new ScansideError('not-supported', `${shown} did not issue a token for this run. Nothing was started; ask its administrator.`)
    }
    const { alias, secret } = token
    const kept: KeptToken = { address: archive.address, secret }
    secrets.set(alias, kept)
    try {
      notes?.note(alias, origin)
      await vault.set(secretName(alias), JSON.stringify(kept))
      signal.throwIfAborted()
      notes?.forget(asked)
    } catch (error) {
      // Whoever asked never learns of it: it must not live on.
      await withdrawByItself(http, { address: archive.address, alias, secret }).then(
        () => forget(alias),
        () => secrets.delete(alias),
      )
      if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
      throw error
    }
    return { alias, secret }
  }

  return {
    archive,
    serverNow,
    issue(signal) {
      const issued = issueOne(signal)
      // Until whoever asked has had its turn to write the alias down.
      const noted = issued.then(
        () => turn(),
        () => undefined,
      )
      issuing.add(noted)
      void noted.then(() => issuing.delete(noted))
      return issued
    },
    secretOf: async (alias) => (await keptOf(alias))?.secret ?? null,
    async withdraw(alias) {
      if (!plainAlias.test(alias)) throw new ScansideError('invalid-argument', 'This is no alias of a token.')
      const kept = await keptOf(alias)
      if (kept) {
        const token = { address: kept.address, alias, secret: kept.secret }
        await withdrawByItself(http, token).catch(async (error: unknown) => {
          if (kept.address !== archive.address) throw error
          await invalidate(alias)
          await withdrawByItself(http, token)
        })
        await forget(alias)
        return 'the archive refuses it (401)'
      }
      const known = notes?.originOf(alias) ?? null
      if (known !== null && known !== origin) throw otherOrigin()
      if ((await listed()).some((token) => token.alias === alias)) {
        await invalidate(alias)
        if ((await listed()).some((token) => token.alias === alias)) throw stillThere()
      }
      await forget(alias)
      return 'the archive does not list it any more'
    },
    async unknownSince(from, to) {
      const asked = (notes?.noted(askedPrefix) ?? []).filter(({ name }) => askedAt(name) >= from && askedAt(name) <= to)
      // Whoever asked then is not the one who is signed in: this list says nothing of that token.
      if (asked.length > 0 && asked.every((one) => one.origin !== origin)) throw otherOrigin()
      const rows = await listed()
      await Promise.all(issuing)
      // One that was issued here and could not be written down as owed is nobody's: it is found as well.
      const ofRuns = notes ? notes.owed() : [...secrets.keys()]
      const known = new Set([...(await session.ownAliases()), ...ofRuns])
      const found = rows.flatMap(({ alias, created }) => (created !== null && created >= from && created <= to && !known.has(alias) ? [alias] : []))
      for (const alias of found) if (plainAlias.test(alias)) notes?.note(alias, origin)
      return found
    },
  }
}
