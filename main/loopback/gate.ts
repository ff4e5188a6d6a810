/**
 * Who may come in at the loopback front. Any program and any web page on this machine can reach the port, so: Host and Origin must match
 * exactly, a one-time token (from a file only this user can read) is exchanged for a session key, and the key comes with every message.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'

export const tokenLifeMs = 10_000

/** Whether a request's Host and Origin are this front's own. `originNeeded`: what changes or reveals something must name its origin. */
export function isOwnRequest(headers: { host?: string | undefined; origin?: string | undefined }, port: number, originNeeded: boolean): boolean {
  const host = `127.0.0.1:${port}`
  if (headers.host !== host) return false
  if (headers.origin === undefined) return !originNeeded
  return headers.origin === `http://${host}`
}

/** Whether Host and Origin come at most once: of two, others on the way may have believed the other one. `rawHeaders`: names and values in turn. */
export function namesItselfOnce(rawHeaders: readonly string[]): boolean {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  return ['host', 'origin', 'authorization'].every((name) => names.filter((one) => one === name).length <= 1)
}

export interface Gate {
  /** A new one-time token. Earlier ones live on for the rest of their time: a browser may be on its way with one. */
  issue(): string
  /** A session key for a living token, once; null otherwise. */
  exchange(token: string): string | null
  isKey(key: string): boolean
}

/** `now`: ms. Keys live as long as the process: a reloaded window comes back with its own. */
export function createGate(now: () => number): Gate {
  let tokens: { value: string; until: number }[] = []
  const keys: string[] = []
  return {
    issue() {
      const token = { value: randomBytes(32).toString('base64url'), until: now() + tokenLifeMs }
      tokens = [...tokens.filter(({ until }) => now() <= until), token]
      return token.value
    },
    exchange(value) {
      if (!tokens.some((token) => now() <= token.until && equal(value, token.value))) return null
      // The window is here: nobody else is waited for.
      tokens = []
      const key = randomBytes(32).toString('base64url')
      keys.push(key)
      return key
    },
    isKey: (key) => keys.some((known) => equal(key, known)),
  }
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
