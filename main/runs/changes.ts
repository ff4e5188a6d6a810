/**
 * What turns a file of the archive into what may be given of it, as fills of bytes: a machine of the cloud fetches the original and takes out
 * by itself what says whose it is.
 */
import { Readable } from 'node:stream'
import { identify } from '../../oct/formats/index.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import type { ByteChange } from '../engines/engine.ts'
import { headBytes, nameWithin, pseudonymised, volHead } from './pseudonymise.ts'

/** Fills of one file; more are no taking out but a rewriting. */
export const maxChanges = 500

/** Compares two texts of bytes piece by piece. */
interface Difference {
  push(original: Uint8Array, given: Uint8Array): void
  /** Null where they differ in more places than fills are told for. */
  changes(): ByteChange[] | null
}

const difference = (): Difference => {
  const found: ByteChange[] = []
  let at = 0
  let run: ByteChange | null = null
  let tooMany = false
  const close = () => {
    if (run) found.push(run)
    run = null
    tooMany ||= found.length > maxChanges
  }
  return {
    push: (original, given) => {
      for (let i = 0; i < given.length && !tooMany; i++, at++) {
        const fill = given[i] as number
        const differs = original[i] !== fill
        // Bytes that have the fill's value already may lie within.
        if (run && run.fill === fill) {
          if (differs) run.length = at - run.offset + 1
          continue
        }
        if (!differs && !run) continue
        close()
        if (differs) run = { offset: at, length: 1, fill }
      }
    },
    changes: () => {
      close()
      return tooMany ? null : found
    },
  }
}

/**
 * The fills that turn `original` into `given`, in order, without overlap; none where they are equal. Null where fills cannot: another
 * length, or more than `maxChanges` of them.
 */
export const changesBetween = (original: Uint8Array, given: Uint8Array): ByteChange[] | null => {
  if (original.length !== given.length) return null
  const compared = difference()
  compared.push(original, given)
  return compared.changes()
}

/** What a machine does with them. */
export const applyChanges = (original: Uint8Array, changes: readonly ByteChange[]): Uint8Array => {
  const given = Uint8Array.from(original)
  for (const { offset, length, fill } of changes) given.fill(fill, offset, offset + length)
  return given
}

/** The fills of a file that is read through. Size and MD5 of the original are held to `file`. */
const throughout = async (original: AsyncIterable<Uint8Array>, file: Pick<ArchiveFile, 'size' | 'md5'>): Promise<ByteChange[] | null> => {
  const compared = difference()
  const waiting: Uint8Array[] = []
  let held = 0
  const noted = async function* () {
    for await (const chunk of original) {
      // A copy: what empties may do so in place.
      waiting.push(Uint8Array.from(chunk))
      held += chunk.length
      yield chunk
    }
  }
  const taken = (length: number): Uint8Array => {
    const all = Buffer.concat(waiting.splice(0))
    waiting.push(all.subarray(length))
    held -= length
    return all.subarray(0, length)
  }
  for await (const piece of pseudonymised(Readable.from(noted(), { objectMode: false }), file) as AsyncIterable<Uint8Array>) {
    if (piece.length > held) return null
    compared.push(taken(piece.length), piece)
  }
  return held === 0 ? compared.changes() : null
}

/**
 * The fills that turn a file of the archive into what `pseudonymised` gives of it; null where fills cannot. Of a RAW export the header alone
 * is read, of a file that is given as it is its first bytes; a DICOM file or a picture is read to its end.
 * @throws ScansideError `not-supported` where its text holds the name, and what `pseudonymised` throws
 */
export const changesOf = async (archive: Pick<Archive, 'read'>, file: ArchiveFile, signal: AbortSignal): Promise<ByteChange[] | null> => {
  const enough = new AbortController()
  const stream = await archive.read(file, AbortSignal.any([signal, enough.signal]))
  // What is given up on purpose may say so as an error.
  stream.on('error', () => undefined)
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  try {
    const begun: Uint8Array[] = []
    let size = 0
    while (size < headBytes) {
      const next = await pieces.next()
      if (next.done) break
      begun.push(next.value)
      size += next.value.length
    }
    const head = Buffer.concat(begun)
    const first = head.subarray(0, headBytes)
    const kind = identify(first)
    if (kind === 'heidelberg-e2e' || kind === 'heidelberg-xml') throw nameWithin(kind)
    if (kind === 'heidelberg-vol') return changesBetween(first, volHead(first))
    if (kind !== 'dicom-opt' && kind !== 'picture') return []
    const all = async function* () {
      yield head
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
    }
    return await throughout(all(), file)
  } finally {
    enough.abort()
    stream.destroy()
  }
}
