/**
 * An item as a file: one line of JSON in the clear, then ciphertext. The item has a random key of its own; what goes to the archive and what it is
 * of are sealed with it (AES-256-GCM), and it is wrapped by the key in the keyring (AES-256-GCM) and, where the site has one, to its recovery key
 * (RSA-OAEP, SHA-256). Overwriting the line destroys the item: nothing else knows its key.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'

/** What this version writes and reads. */
export const itemVersion = 1
/** bytes; a first line longer than this is nobody's. */
export const maxHeader = 64 * 1024
const tagBytes = 16

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/)
export const itemId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/)

const factsSchema = z.object({
  id: itemId,
  kind: z.enum(['grading', 'results']),
  /** Items go home by it, gradings before results. */
  order: z.number().int().nonnegative(),
  createdAt: z.string().max(40),
  /** bytes that go to the archive */
  size: z.number().int().positive(),
})
export type ItemFacts = z.infer<typeof factsSchema>

const sealedSchema = z.object({ nonce: base64, sealed: base64 })
const headerSchema = factsSchema.extend({
  format: z.literal('scanside-outbox'),
  version: z.literal(itemVersion),
  /** `by`: the keyring's key or the site's recovery key; `key` tells which. */
  keys: z.array(
    z.union([
      sealedSchema.extend({ by: z.literal('keyring'), key: z.string() }),
      z.object({ by: z.literal('recovery'), key: z.string(), sealed: base64 }),
    ]),
  ),
  /** What it is of, sealed. */
  about: sealedSchema,
  /** Of the ciphertext that follows. */
  nonce: base64,
})
export type ItemHeader = z.infer<typeof headerSchema>

const contentSchema = z.object({
  /** The archive it goes to and no other. */
  archive: z.string(),
  session: z.object({ project: z.string(), subject: z.string(), session: z.string() }),
  /** Under the session's resource SCANSIDE. */
  name: z.string(),
  run: z.string().nullable(),
  /** For the person here. */
  title: z.string(),
  /** hex */
  md5: z.string(),
  /** A machine of the cloud may have sent it already. */
  machine: z.boolean(),
})
export type ItemContent = z.infer<typeof contentSchema>

/** The key of the keyring, and what it is called in headers. */
export interface WrappingKey {
  id: string
  key: Buffer
}

const nameOf = (bytes: Uint8Array, what: string): string => createHash('sha256').update(what).update(bytes).digest('hex').slice(0, 16)

/** @param hex 32 bytes */
export const wrappingKey = (hex: string): WrappingKey => {
  const key = Buffer.from(hex, 'hex')
  return { id: nameOf(key, 'scanside outbox key\n'), key }
}

/** What a recovery key is called in headers: of its public half, so that the private one gives the same. */
export const recoveryKeyId = (key: KeyObject): string =>
  nameOf((key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' }), 'scanside recovery key\n')

const damaged = (cause?: unknown) =>
  new ScansideError('integrity', 'The file of something that waits to go home is damaged. It was put aside, not deleted.', {}, { cause })

const encrypt = (key: Buffer, nonce: Buffer, aad: string, plain: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}
const decrypt = (key: Buffer, nonce: string, aad: string, sealed: Buffer): Buffer => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
    decipher.setAAD(Buffer.from(aad))
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch (error) {
    throw damaged(error)
  }
}

/** The clear facts are bound to everything sealed: a header that was changed opens nothing. */
const bound = ({ id, kind, order, createdAt, size }: ItemFacts, part: 'about' | 'bytes' | 'key'): string =>
  JSON.stringify(['scanside-outbox', itemVersion, id, kind, order, createdAt, size, part])

const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

/** The whole file. `recovery`: the site's public key, PEM, or null. */
export const seal = (facts: ItemFacts, content: ItemContent, bytes: Uint8Array, own: WrappingKey, recovery: string | null): Buffer => {
  const key = randomBytes(32)
  const [wrapNonce, aboutNonce, nonce] = [randomBytes(12), randomBytes(12), randomBytes(12)]
  const keys: ItemHeader['keys'] = [
    {
      by: 'keyring',
      key: own.id,
      nonce: wrapNonce.toString('base64'),
      sealed: encrypt(own.key, wrapNonce, bound(facts, 'key'), key).toString('base64'),
    },
  ]
  if (recovery !== null) {
    const publicKey = createPublicKey(recovery)
    keys.push({ by: 'recovery', key: recoveryKeyId(publicKey), sealed: publicEncrypt({ key: publicKey, ...oaep }, key).toString('base64') })
  }
  const about = encrypt(key, aboutNonce, bound(facts, 'about'), Buffer.from(JSON.stringify(content))).toString('base64')
  const header: ItemHeader = {
    format: 'scanside-outbox',
    version: itemVersion,
    ...facts,
    keys,
    about: { nonce: aboutNonce.toString('base64'), sealed: about },
    nonce: nonce.toString('base64'),
  }
  const sealed = encrypt(key, nonce, bound(facts, 'bytes'), bytes)
  key.fill(0)
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), sealed])
}

/** What the beginning of a file says. `destroyed`: its keys were overwritten, only its removal was not seen to the end. */
export type Found = { is: 'item'; header: ItemHeader; headerBytes: number } | { is: 'newer' } | { is: 'destroyed' } | { is: 'damaged' }

/** @param first the file's beginning, up to `maxHeader` bytes */
export const readHeader = (first: Uint8Array): Found => {
  if (first.length > 0 && first[0] === 0) return { is: 'destroyed' }
  const end = first.indexOf(0x0a)
  if (end < 0) return { is: 'damaged' }
  try {
    const raw: unknown = JSON.parse(Buffer.from(first.subarray(0, end)).toString('utf8'))
    const parsed = headerSchema.safeParse(raw)
    if (parsed.success) return { is: 'item', header: parsed.data, headerBytes: end + 1 }
    const other = z.object({ format: z.literal('scanside-outbox'), version: z.number().int().gt(itemVersion) }).safeParse(raw)
    return other.success ? { is: 'newer' } : { is: 'damaged' }
  } catch {
    return { is: 'damaged' }
  }
}

/**
 * The item's key, by the keyring's; null where another key wrapped it.
 * @throws ScansideError `integrity` where the file was changed
 */
export const unwrap = (header: ItemHeader, own: WrappingKey): Buffer | null => {
  const mine = header.keys.find((one) => one.by === 'keyring' && one.key === own.id)
  if (mine?.by !== 'keyring') return null
  return decrypt(own.key, mine.nonce, bound(header, 'key'), Buffer.from(mine.sealed, 'base64'))
}

/** The item's key, by the site's recovery key (PEM or key); null where it was not wrapped to it. */
export const unwrapByRecovery = (header: ItemHeader, privateKey: KeyObject): Buffer | null => {
  const id = recoveryKeyId(privateKey)
  const mine = header.keys.find((one) => one.by === 'recovery' && one.key === id)
  if (!mine) return null
  try {
    return privateDecrypt({ key: privateKey, ...oaep }, Buffer.from(mine.sealed, 'base64'))
  } catch (error) {
    throw damaged(error)
  }
}

export const openAbout = (header: ItemHeader, key: Buffer): ItemContent => {
  const plain = decrypt(key, header.about.nonce, bound(header, 'about'), Buffer.from(header.about.sealed, 'base64'))
  const parsed = contentSchema.safeParse(JSON.parse(plain.toString('utf8')))
  if (!parsed.success) throw damaged()
  return parsed.data
}

/** What goes to the archive. @throws ScansideError `integrity` */
export const openBytes = (header: ItemHeader, key: Buffer, sealed: Buffer): Buffer => {
  const bytes = decrypt(key, header.nonce, bound(header, 'bytes'), sealed)
  if (bytes.length !== header.size) throw damaged()
  return bytes
}

/** @throws ScansideError `invalid-argument` where this is no private key */
export const readPrivateKey = (pem: string, passphrase?: string): KeyObject => {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    throw new ScansideError('invalid-argument', 'This is not a private key, or its passphrase is another. Nothing was changed.', {}, { cause: error })
  }
}
