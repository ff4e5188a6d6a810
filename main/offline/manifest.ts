/**
 * What is known of one scan kept at this desk, and how it lies on disk: one clear line (when it ends, and its key, wrapped), then ciphertext. The
 * files' own keys lie within, so that destroying the one wrapped key leaves nothing that can be read. Pure.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { projectSchema, scanRowSchema, sessionRowSchema } from '../../preload/contract.ts'

const name = z.string().max(4_000)
const key = z.string().regex(/^[0-9a-f]{64}$/)

export const keptFileSchema = z.strictObject({
  uri: name,
  name,
  resource: name,
  /** bytes */
  size: z.number().int().nonnegative(),
  /** hex, as the archive listed it; empty where it has none */
  md5: z.string().max(32),
  /** hex, of what was kept */
  sha256: key,
  /** AES-256, of this file alone */
  key,
})
export type KeptFile = z.infer<typeof keptFileSchema>

export const manifestSchema = z.strictObject({
  /** The archive and the account that fetched it: nobody else is shown it. */
  archive: z.string().min(1).max(500),
  user: z.string().min(1).max(200),
  ref: z.strictObject({ project: name, subject: name, session: name, scan: name }),
  keptAt: z.iso.datetime(),
  project: projectSchema,
  session: sessionRowSchema,
  scan: scanRowSchema,
  /** The project's own profile, base64, by which its scans are judged; null where it has none. */
  profile: z.string().nullable(),
  files: z.array(keptFileSchema).max(20_000),
})
export type Manifest = z.infer<typeof manifestSchema>

const headerSchema = z.object({
  format: z.literal('scanside-kept'),
  version: z.number().int(),
  id: z.uuid(),
  expiresAt: z.iso.datetime(),
  /** Tells which key of the vault wraps it: the beginning of its SHA-256. */
  keyId: z.string().max(64),
  /** base64: nonce, tag, ciphertext */
  wrapped: z.string().max(200),
})
export type Header = z.infer<typeof headerSchema>

export const formatVersion = 1

/** 16 hex digits that tell keys apart and say nothing of them. */
export const keyIdOf = (vaultKey: Buffer): string => createHash('sha256').update('scanside-kept').update(vaultKey).digest('hex').slice(0, 16)

const seal = (sealing: Buffer, plain: Uint8Array, bound: Uint8Array): Buffer => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
  cipher.setAAD(bound)
  const text = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

/** Null where it is not as it was sealed, or with another key. */
const unseal = (sealing: Buffer, sealed: Buffer, bound: Uint8Array): Buffer | null => {
  if (sealed.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, 12))
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
  } catch {
    return null
  }
}

/** A manifest as it lies on disk: header line, line feed, nonce, tag, ciphertext. The header is bound to it: its end cannot be put off. */
export const sealManifest = (vaultKey: Buffer, id: string, expiresAt: string, manifest: Manifest): Buffer => {
  const own = randomBytes(32)
  const header: Header = {
    format: 'scanside-kept',
    version: formatVersion,
    id,
    expiresAt,
    keyId: keyIdOf(vaultKey),
    wrapped: seal(vaultKey, own, Buffer.from(id)).toString('base64'),
  }
  const line = Buffer.from(JSON.stringify(header))
  const sealed = seal(own, Buffer.from(JSON.stringify(manifest)), line)
  own.fill(0)
  return Buffer.concat([line, Buffer.from('\n'), sealed])
}

const longestHeader = 4_096

/** The clear line; null where there is none. */
export const readHeader = (bytes: Buffer): Header | null => {
  const end = bytes.subarray(0, longestHeader).indexOf(0x0a)
  if (end < 0) return null
  try {
    return headerSchema.parse(JSON.parse(bytes.subarray(0, end).toString('utf8')))
  } catch {
    return null
  }
}

/** Null where the key is another, or it is not as it was written. */
export const openManifest = (vaultKey: Buffer, header: Header, bytes: Buffer): Manifest | null => {
  const end = bytes.indexOf(0x0a)
  const own = unseal(vaultKey, Buffer.from(header.wrapped, 'base64'), Buffer.from(header.id))
  const plain = own && unseal(own, bytes.subarray(end + 1), bytes.subarray(0, end))
  own?.fill(0)
  if (!plain) return null
  try {
    return manifestSchema.parse(JSON.parse(plain.toString('utf8')))
  } catch {
    return null
  }
}
