/** A PIN as the site file keeps it: a salted scrypt hash, as text. A PIN keeps a colleague from deciding in another's name; it guards no secret. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export const pinHashPattern = /^scrypt\$(16384|32768|65536)\$8\$1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/

const cost = 32768
const hashBytes = 32

const derive = (pin: string, salt: Buffer, N: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N, r: 8, p: 1, maxmem: 256 * N * 8 }
    scrypt(pin.normalize('NFC'), salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** The text for the site file. */
export const hashPin = async (pin: string, salt = randomBytes(16)): Promise<string> =>
  `scrypt$${cost}$8$1$${salt.toString('base64url')}$${(await derive(pin, salt, cost)).toString('base64url')}`

/** Whether the PIN is the one hashed; false for a text that is no such hash. */
export const isPin = async (pin: string, hashed: string): Promise<boolean> => {
  const [, N, salt, hash] = pinHashPattern.exec(hashed) ?? []
  if (N === undefined || salt === undefined || hash === undefined) return false
  return timingSafeEqual(await derive(pin, Buffer.from(salt, 'base64url'), Number(N)), Buffer.from(hash, 'base64url'))
}
