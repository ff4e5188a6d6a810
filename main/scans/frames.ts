/**
 * One frame of a scan on disk: AES-256-GCM ciphertext of its 64 KiB of the scan, then 16 bytes tag. Nonce = the frame's number (a key is used
 * for one file alone), AAD = the number as u64, so that frames put in each other's place are noticed. As small as this because a reader of
 * headers wants a few bytes of every B-scan, and would wait for whole megabytes to be decrypted.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'

export const frameBytes = 64 * 1024
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

/** Ciphertext and tag of frame `index`, into `sealed` at `at`; answers where they end. */
export const encryptFrame = (key: Buffer, index: number, plain: Uint8Array, sealed: Uint8Array, at: number): number => {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index))
  cipher.setAAD(aadOf(index))
  // GCM is a stream: all of it comes from `update`, nothing from `final`.
  sealed.set(cipher.update(plain), at)
  cipher.final()
  sealed.set(cipher.getAuthTag(), at + plain.length)
  return at + plain.length + tagBytes
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
export const decryptFrame = (key: Buffer, index: number, sealed: Uint8Array): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index))
  decipher.setAAD(aadOf(index))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes))
    decipher.final()
    return plain
  } catch (error) {
    throw damaged({ frame: index }, error)
  }
}
