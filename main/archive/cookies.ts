/** XNAT's session cookies. Pure. */

/** Cookies by name; the server's session and a load balancer's, which must come back with it. */
export type Jar = ReadonlyMap<string, string>

const expiration = 'SESSION_EXPIRATION_TIME'
export const sessionCookie = 'JSESSIONID'

/** What may come back in a header. */
const sendable = /^[\x21-\x3a\x3c-\x7e]*$/

const pairs = (setCookie: string | string[] | undefined): [string, string][] => {
  const lines = setCookie === undefined ? [] : Array.isArray(setCookie) ? setCookie : [setCookie]
  return lines.flatMap((line): [string, string][] => {
    const pair = line.split(';', 1)[0] ?? ''
    const equals = pair.indexOf('=')
    return equals > 0 ? [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]] : []
  })
}

/** The jar with an answer's Set-Cookie headers taken in. An empty value removes. The expiry cookie is a message, not kept. */
export const takeCookies = (jar: Jar, setCookie: string | string[] | undefined): Jar => {
  const next = new Map(jar)
  for (const [name, value] of pairs(setCookie)) {
    if (name === expiration || !sendable.test(`${name}${value}`)) continue
    if (value === '') next.delete(name)
    else if (next.size < 20 && value.length < 4_096) next.set(name, value)
  }
  return next
}

/** A Cookie header, or null where there is nothing to send. */
export const cookieHeader = (jar: Jar): string | null => (jar.size === 0 ? null : [...jar].map(([name, value]) => `${name}=${value}`).join('; '))

/** XNAT says on every answer `SESSION_EXPIRATION_TIME="<server's clock, ms>,<longest idle time, ms>"`. Null where it is not an XNAT's answer. */
export const sessionExpiration = (setCookie: string | string[] | undefined): { serverNow: number; maxIdleMs: number } | null => {
  const value = pairs(setCookie).findLast(([name]) => name === expiration)?.[1]
  const found = value && /^"?(\d{10,16}),(\d{1,12})"?$/.exec(decodeURIComponentSafely(value))
  return found ? { serverNow: Number(found[1]), maxIdleMs: Number(found[2]) } : null
}

const decodeURIComponentSafely = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
