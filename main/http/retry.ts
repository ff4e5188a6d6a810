/** What may be asked again, and when: pure. */
import type { ScansideError } from '../../oct/errors.ts'

const idempotent = new Set(['GET', 'HEAD'])
const passing = new Set([429, 502, 503, 504])
/** Codes of connections that were there and broke; a refused or unknown address is told at once instead. */
const broken = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EAI_AGAIN'])

export const maxAttempts = 3
const baseMs = 500
const longestMs = 15_000

/** A Retry-After header in milliseconds from `now`: seconds or a date; null where it is neither. */
export const retryAfterMs = (header: string | undefined, now: number): number | null => {
  if (header === undefined) return null
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

/**
 * How long to wait before asking again, or null to give up. `attempt` counts from 1; `random` is 0..1 (full jitter).
 * A server that asks for more than 15 s of patience is not waited for: the person is told instead.
 */
export const retryDelay = (
  method: string,
  attempt: number,
  outcome: { status: number; retryAfterMs: number | null } | ScansideError,
  random: number,
): number | null => {
  if (!idempotent.has(method) || attempt >= maxAttempts) return null
  const jittered = Math.round(baseMs * 2 ** (attempt - 1) * random)
  if (outcome instanceof Error) return outcome.code === 'unreachable' && broken.has(String(outcome.details.code)) ? jittered : null
  if (!passing.has(outcome.status)) return null
  if (outcome.retryAfterMs === null) return jittered
  return outcome.retryAfterMs <= longestMs ? outcome.retryAfterMs + jittered : null
}
