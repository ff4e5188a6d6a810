/**
 * Scans on disk only as ciphertext: a file of 1 MiB AES-256-GCM frames, each with its tag. Every file has its own random key, in
 * memory alone, so that what a crash leaves is noise; the folder is emptied at the next start all the same.
 *
 * Frame i: ciphertext of bytes [i MiB, i MiB + 1 MiB) of the scan, then 16 bytes tag. Nonce = i (the key is used once), AAD = i as u64.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { ByteSource } from '../../oct/scan.ts'

export const frameBytes = 1024 * 1024
const tagBytes = 16
/** Decrypted frames kept per file: a B-scan seldom spans more than three. */
const keptFrames = 8

/** A scan's bytes in the cache. */
export interface CachedFile extends ByteSource {
  /** hex, of the whole file */
  readonly sha256: string
  /** The whole file from its beginning, in plain; for an engine that stages it. */
  stream(signal?: AbortSignal): Readable
  /** Forgets the key and removes the file; every read after rejects. May be called twice. */
  close(): Promise<void>
}

export interface WriteOptions {
  signal: AbortSignal
  /** bytes; a stream that goes on past it is refused */
  cap: number
  /** bytes, where known: a stream that ends elsewhere is refused */
  expected?: number
  /** hex, where known; a stream with another digest is refused */
  md5?: string
  onProgress?: (bytes: number) => void
}

export interface FramedCache {
  /**
   * Takes a stream to its end; nothing stays where it fails or is cancelled.
   * @throws ScansideError `invalid-file` above the cap, `integrity` where it ends elsewhere than expected, `cancelled`, `disk-full`
   */
  write(stream: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<CachedFile>
  /** Closes every file. */
  close(): Promise<void>
}

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

const encrypt = (key: Buffer, index: number, plain: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index))
  cipher.setAAD(aadOf(index))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const damaged = () =>
  new ScansideError('integrity', 'The copy of this scan on this computer was changed from outside. The archive is not affected; open the scan again.')

const decrypt = (key: Buffer, index: number, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index))
  decipher.setAAD(aadOf(index))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch (error) {
    throw new ScansideError('integrity', damaged().message, { frame: index }, { cause: error })
  }
}

const closedError = () => new ScansideError('not-found', 'This scan is no longer open. Open it again.')
const cancelled = () => new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.')

const toDisk = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    if (!full) throw error
    throw new ScansideError(
      'disk-full',
      'The disk of this computer is full, so the scan cannot be opened. Make room and try again.',
      {},
      { cause: error },
    )
  }
}

/** Encrypts a stream into `file`; answers its size and digest. */
const fill = async (file: FileHandle, key: Buffer, stream: AsyncIterable<Uint8Array>, options: WriteOptions) => {
  const { signal, cap, expected, md5, onProgress } = options
  const hash = createHash('sha256')
  const md5Hash = md5 === undefined ? null : createHash('md5')
  const frame = Buffer.alloc(frameBytes)
  let filled = 0
  let index = 0
  let size = 0
  const flush = async () => {
    const sealed = encrypt(key, index, frame.subarray(0, filled))
    await toDisk(file.write(sealed, 0, sealed.length, index * (frameBytes + tagBytes)))
    index++
    filled = 0
  }
  try {
    for await (const chunk of stream) {
      if (signal.aborted) throw cancelled()
      size += chunk.length
      if (size > cap) {
        throw new ScansideError(
          'invalid-file',
          `This scan is larger than the ${Math.floor(cap / 1e9)} GB that Scanside opens. Nothing was changed.`,
          { cap },
        )
      }
      hash.update(chunk)
      md5Hash?.update(chunk)
      let taken = 0
      while (taken < chunk.length) {
        const part = chunk.subarray(taken, taken + frameBytes - filled)
        frame.set(part, filled)
        filled += part.length
        taken += part.length
        if (filled === frameBytes) await flush()
      }
      onProgress?.(size)
    }
    if (signal.aborted) throw cancelled()
    if (filled > 0) await flush()
  } finally {
    frame.fill(0)
  }
  if ((expected !== undefined && expected !== size) || (md5Hash !== null && md5Hash.digest('hex') !== md5?.toLowerCase())) {
    throw new ScansideError('integrity', 'The scan arrived incomplete or changed. Nothing was changed; try again.', {
      expected: expected ?? null,
      size,
    })
  }
  return { size, sha256: hash.digest('hex') }
}

const cachedFile = (file: FileHandle, path: string, key: Buffer, facts: { size: number; sha256: string }, forget: () => void): CachedFile => {
  const { size } = facts
  const frames = new Map<number, Promise<Buffer>>()
  let closing: Promise<void> | null = null
  const load = async (index: number) => {
    const length = Math.min(frameBytes, size - index * frameBytes) + tagBytes
    const sealed = Buffer.alloc(length)
    const { bytesRead } = await file.read(sealed, 0, length, index * (frameBytes + tagBytes))
    if (bytesRead !== length) throw damaged()
    return decrypt(key, index, sealed)
  }
  const frame = (index: number) => {
    const known = frames.get(index)
    frames.delete(index)
    const wanted = known ?? load(index)
    frames.set(index, wanted)
    wanted.catch(() => frames.delete(index))
    for (const oldest of frames.keys()) if (frames.size > keptFrames) frames.delete(oldest)
    return wanted
  }
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (closing) throw closedError()
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
      throw new ScansideError('invalid-file', 'The file ends before its own header says it does. Export the scan again; nothing was changed.', {
        offset,
        length,
        size,
      })
    }
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const at = offset + done
      const index = Math.floor(at / frameBytes)
      const plain = await frame(index)
      if (closing) throw closedError()
      const part = plain.subarray(at - index * frameBytes, Math.min(plain.length, at - index * frameBytes + length - done))
      bytes.set(part, done)
      done += part.length
    }
    return bytes
  }
  return {
    ...facts,
    read,
    stream: (signal) => {
      const pieces = async function* () {
        for (let at = 0; at < size; at += frameBytes) {
          if (signal?.aborted) throw cancelled()
          yield await read(at, Math.min(frameBytes, size - at))
        }
      }
      return Readable.from(pieces(), { objectMode: false })
    },
    close: () => {
      closing ??= (async () => {
        for (const kept of frames.values()) await kept.then((plain) => plain.fill(0)).catch(() => {})
        frames.clear()
        key.fill(0)
        forget()
        await file.close()
        await rm(path, { force: true })
      })()
      return closing
    },
  }
}

/** Opens a folder of its own for caches, and empties it first: whatever an earlier life left there has lost its key. */
export const openFramedCache = async (folder: string): Promise<FramedCache> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const left of await readdir(folder)) if (left.endsWith('.frames')) await rm(join(folder, left), { force: true })
  const open_ = new Set<CachedFile>()
  return {
    write: async (stream, options) => {
      const path = join(folder, `${randomUUID()}.frames`)
      const key = randomBytes(32)
      const file = await open(path, 'wx+', 0o600)
      try {
        const facts = await fill(file, key, stream, options)
        const cached: CachedFile = cachedFile(file, path, key, facts, () => open_.delete(cached))
        open_.add(cached)
        return cached
      } catch (error) {
        key.fill(0)
        await file.close()
        await rm(path, { force: true })
        if (options.signal.aborted && !(error instanceof ScansideError)) throw cancelled()
        throw error
      }
    },
    close: async () => {
      await Promise.all([...open_].map((file) => file.close()))
    },
  }
}
