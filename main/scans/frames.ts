/**
 * One frame of a scan on disk: AES-256-GCM ciphertext of bytes [i MiB, i MiB + 1 MiB), then 16 bytes tag. Nonce = i (a key is used for one
 * file alone), AAD = i as u64, so that frames put in each other's place are noticed.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'

export const frameBytes = 1024 * 1024
export const tagBytes = 16

const nonceOf = (index: number) => {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index), 4)
  return nonce
}
const aadOf = (index: number) => {
  const aad = Buffer.alloc(8)
  aad.writeBigUInt64BE(BigInt(index))
  return aad
}

export const encryptFrame = (key: Buffer, index: number, plain: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index))
  cipher.setAAD(aadOf(index))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** What a frame that is not as it was written is told as. */
export const damaged = (details: { frame?: number } = {}, cause?: unknown) =>
  new ScansideError(
    'integrity',
    'The copy of this scan on this computer was changed from outside. The archive is not affected; open the scan again.',
    details,
    { cause },
  )

/** @throws ScansideError `integrity` where the frame was changed */
export const decryptFrame = (key: Buffer, index: number, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index))
  decipher.setAAD(aadOf(index))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch (error) {
    throw damaged({ frame: index }, error)
  }
}
