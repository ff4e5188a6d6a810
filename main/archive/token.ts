/** XNAT's alias tokens: what is kept instead of a password. Pure. */
import { z } from 'zod'

/** Times are milliseconds of this machine's clock: the server's own life span is added to the moment of issue, so clocks may differ. */
export const tokenSchema = z.object({
  address: z.string().min(1).max(500),
  alias: z.string().min(1).max(200),
  secret: z.string().min(1).max(500),
  user: z.string().min(1).max(200),
  issuedAt: z.number(),
  expiresAt: z.number(),
})
export type Token = z.infer<typeof tokenSchema>

/** XNAT's `aliasTokenTimeout` where a server does not say how long its tokens live. */
export const defaultLifeMs = 2 * 24 * 3_600_000

const time = z.union([z.number(), z.string()]).nullish()
const issuedSchema = z.object({
  alias: z.string().min(1).max(200),
  secret: z.string().min(1).max(500),
  estimatedExpirationTime: time,
  created: time,
  timestamp: time,
})

const toMs = (value: number | string | null | undefined): number | null => {
  if (value === null || value === undefined || value === '') return null
  const ms = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Date.parse(value)
  return Number.isFinite(ms) ? ms : null
}

/**
 * Reads the answer of `/data/services/tokens/issue`; null where it is none.
 * @param now this machine's clock at the answer, ms
 * @param serverNow the server's clock at the answer where it told, ms
 */
export const readIssued = (body: unknown, address: string, user: string, now: number, serverNow: number | null): Token | null => {
  const issued = issuedSchema.safeParse(body)
  if (!issued.success) return null
  const end = toMs(issued.data.estimatedExpirationTime)
  const begin = serverNow ?? toMs(issued.data.created) ?? toMs(issued.data.timestamp) ?? now
  const life = end !== null && end > begin ? end - begin : defaultLifeMs
  return { address, alias: issued.data.alias, secret: issued.data.secret, user, issuedAt: now, expiresAt: now + life }
}

const listedSchema = z.object({ alias: z.string().min(1).max(200), created: time, timestamp: time })

/** Tokens of `/data/services/tokens/show`, with the server's time of their issue in ms (null where it does not say); secrets are left behind. */
export const readListed = (body: unknown): { alias: string; created: number | null }[] =>
  (Array.isArray(body) ? body : []).flatMap((row) => {
    const listed = listedSchema.safeParse(row)
    return listed.success ? [{ alias: listed.data.alias, created: toMs(listed.data.created) ?? toMs(listed.data.timestamp) }] : []
  })

/** A stored token, or null where the text is none. */
export const parseToken = (text: string | null): Token | null => {
  if (text === null) return null
  try {
    return tokenSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** True from half of its life on. */
export const renewalDue = (token: Token, now: number): boolean => now - token.issuedAt >= (token.expiresAt - token.issuedAt) / 2

/** True after its end by this machine's clock. */
export const isDead = (token: Pick<Token, 'expiresAt'>, now: number): boolean => now >= token.expiresAt

const retiredSchema = z.array(tokenSchema.pick({ address: true, alias: true, secret: true, expiresAt: true })).max(20)
/** A token no longer used whose withdrawal the archive has not confirmed yet. After `expiresAt` it is dead of itself. */
export type Retired = z.infer<typeof retiredSchema>[number]

/** At most this many fit into one secret of the keyring (2,000 bytes). */
export const maxRetired = 6

export const parseRetired = (text: string | null): Retired[] => {
  if (text === null) return []
  try {
    return retiredSchema.parse(JSON.parse(text))
  } catch {
    return []
  }
}
