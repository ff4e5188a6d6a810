/** When a broken download begins again, and after how long: pure. */
import type { ScansideError } from '../../oct/errors.ts'

/** How often a file is asked for at most. XNAT cannot resume: each time it comes from its first byte. */
export const mostBeginnings = 6
const baseMs = 1_000
const longestMs = 30_000
/** An archive that asks for more patience than this is told to the person instead, ms. */
export const mostPatienceMs = 120_000

/** The connection broke, stalled, or ended early; or the archive has a fault of its own that may pass. */
const mayPass = ({ code, details }: ScansideError): boolean =>
  code === 'unreachable' || code === 'timeout' || (code === 'integrity' && details.reason === 'short')

/** What the archive asked for (`Retry-After`), ms; null where it did not. */
const askedFor = ({ details }: ScansideError): number | null => (typeof details.retryAfterMs === 'number' ? details.retryAfterMs : null)

/**
 * ms to wait before the file is asked for again, null to give up. Full jitter, on top of the patience the archive asks for.
 * @param beginning how often it was asked for, from 1
 * @param begun whether bytes had come: what never began was asked for again by the HTTP client already, unless the archive asks for patience
 * @param random 0..1
 */
export const againAfter = (beginning: number, begun: boolean, error: ScansideError, random: number): number | null => {
  if (beginning >= mostBeginnings || !mayPass(error)) return null
  const asked = askedFor(error)
  if (asked === null && !begun) return null
  if (asked !== null && asked > mostPatienceMs) return null
  return (asked ?? 0) + Math.round(random * Math.min(longestMs, baseMs * 2 ** (beginning - 1)))
}
