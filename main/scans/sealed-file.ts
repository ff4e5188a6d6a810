/** A stream becomes a file of ciphertext in frames (`frames.ts`), counted and digested on the way; and back. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { pseudonymisedDigest } from '../runs/pseudonymise.ts'
import { damaged, decryptFrame, encryptFrame, frameBytes, tagBytes } from './frames.ts'

/** Frames that go to and from the disk together. */
export const togetherFrames = 32
/** First bytes of each file kept at hand: what tells formats apart, and a picture's size. */
const keptFirst = 4096

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

/** What is known of a file once all of it has passed. */
export interface SealedFacts {
  /** bytes, in plain */
  size: number
  /** hex */
  sha256: string
  /** hex, of what an engine is given; null where the file is given as it is */
  pseudonymisedSha256: string | null
  first: Buffer
}

export const cancelled = () => new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.')

/** @throws ScansideError `disk-full` where the disk has no room for it */
export const toDisk = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    if (!full) throw error
    throw new ScansideError(
      'disk-full',
      'The disk of this computer is full, so the scan could not be stored. Make room and try again.',
      {},
      { cause: error },
    )
  }
}

/** A disk that is nearly full takes a part without a word; only the next write fails. */
const writeAll = async (file: FileHandle, bytes: Uint8Array, position: number) => {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}

/**
 * Encrypts a stream into `file`.
 * @throws ScansideError `invalid-file` above the cap, `integrity` where it is not the one expected, `cancelled`, `disk-full`
 */
export const sealStream = async (file: FileHandle, key: Buffer, stream: AsyncIterable<Uint8Array>, options: WriteOptions) => {
  const { signal, cap, expected, md5, onProgress } = options
  const hash = createHash('sha256')
  const md5Hash = md5 === undefined ? null : createHash('md5')
  const given = pseudonymisedDigest()
  const first = Buffer.alloc(keptFirst)
  const plain = Buffer.alloc(frameBytes * togetherFrames)
  const sealed = Buffer.alloc((frameBytes + tagBytes) * togetherFrames)
  let filled = 0
  let frames = 0
  let size = 0
  const flush = async () => {
    let end = 0
    let index = frames
    for (let at = 0; at < filled; at += frameBytes)
      end = encryptFrame(key, index++, plain.subarray(at, Math.min(filled, at + frameBytes)), sealed, end)
    await toDisk(writeAll(file, sealed.subarray(0, end), frames * (frameBytes + tagBytes)))
    frames = index
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
      if (size - chunk.length < keptFirst) first.set(chunk.subarray(0, keptFirst - (size - chunk.length)), size - chunk.length)
      hash.update(chunk)
      given.update(chunk)
      md5Hash?.update(chunk)
      let taken = 0
      while (taken < chunk.length) {
        const part = chunk.subarray(taken, taken + plain.length - filled)
        plain.set(part, filled)
        filled += part.length
        taken += part.length
        if (filled === plain.length) await flush()
      }
      onProgress?.(size)
    }
    if (signal.aborted) throw cancelled()
    if (filled > 0) await flush()
  } finally {
    plain.fill(0)
  }
  if ((expected !== undefined && expected !== size) || (md5Hash !== null && md5Hash.digest('hex') !== md5?.toLowerCase())) {
    throw new ScansideError('integrity', 'The scan arrived incomplete or changed. Nothing was changed; try again.', {
      expected: expected ?? null,
      size,
    })
  }
  return { size, sha256: hash.digest('hex'), pseudonymisedSha256: given.digest(), first: first.subarray(0, Math.min(size, keptFirst)) }
}

/**
 * The whole of a sealed file from its beginning, in plain, at most 2 MiB at a time.
 * Errors (of the stream): `integrity` where it is not as it was written, `cancelled`
 */
export const openSealed = (path: string, key: Buffer, size: number, signal?: AbortSignal): Readable => {
  async function* pieces() {
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw damaged({}, cause)
    })
    try {
      const step = frameBytes * togetherFrames
      for (let at = 0; at < size; at += step) {
        if (signal?.aborted) throw cancelled()
        const [first, plainLength] = [at / frameBytes, Math.min(step, size - at)]
        const count = Math.ceil(plainLength / frameBytes)
        const sealed = Buffer.allocUnsafe(plainLength + count * tagBytes)
        const { bytesRead } = await file.read(sealed, 0, sealed.length, first * (frameBytes + tagBytes))
        if (bytesRead !== sealed.length) throw damaged()
        const frame = frameBytes + tagBytes
        for (let i = 0; i < count; i++) yield decryptFrame(key, first + i, sealed.subarray(i * frame, (i + 1) * frame))
      }
    } finally {
      await file.close()
    }
  }
  return Readable.from(pieces(), { objectMode: false })
}
