/** Where requests may go: pure policies over addresses. Patient data never travels in the clear but on this machine itself. */
import { isIPv4 } from 'node:net'
import { ScansideError } from '../../oct/errors.ts'

/** True for `localhost`, 127.0.0.0/8 and ::1, in the forms a URL's `hostname` has. Names that merely resolve to loopback are not. */
export const isLoopback = (hostname: string): boolean => {
  const host = hostname.toLowerCase()
  if (host === 'localhost' || host === '[::1]' || host === '::1') return true
  return isIPv4(host) && host.startsWith('127.')
}

/**
 * The URL, if it may be asked at all.
 * @throws ScansideError `invalid-argument` where it is no http(s) URL or carries a user or password, `untrusted-certificate` where it is plain HTTP
 * to another machine
 */
export const allowedUrl = (url: string): URL => {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (cause) {
    throw new ScansideError(
      'invalid-argument',
      'This is not a web address. Write it like https://xnat.example.org.',
      { reason: 'address' },
      { cause },
    )
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw new ScansideError('invalid-argument', 'The address must begin with https://.', { reason: 'address' })
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ScansideError('invalid-argument', 'The address must not hold a user name or a password. Type them in their own fields.', {
      reason: 'address',
    })
  }
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname)) {
    throw new ScansideError(
      'untrusted-certificate',
      `${parsed.host} was not asked: over http:// everybody on the network could read along. Nothing was sent. Use its https:// address.`,
      { reason: 'plain-http', host: parsed.host },
    )
  }
  return parsed
}

/** What to do with a redirect: follow it (with or without credentials), or not. */
export type RedirectChoice = { follow: true; url: URL; credentials: boolean } | { follow: false; why: 'method' | 'target' | 'downgrade' }

/**
 * GET and HEAD follow; what writes does not. Never from https to http; to another origin only without credentials.
 * @param location the Location header, absolute or relative to `from`
 */
export const redirectChoice = (method: string, from: URL, location: string): RedirectChoice => {
  if (method !== 'GET' && method !== 'HEAD') return { follow: false, why: 'method' }
  let url: URL
  try {
    url = new URL(location, from)
    if (from.protocol === 'https:' && url.protocol === 'http:') return { follow: false, why: 'downgrade' }
    url = allowedUrl(url.href)
  } catch {
    return { follow: false, why: 'target' }
  }
  return { follow: true, url, credentials: url.origin === from.origin }
}
