/**
 * What an engine is given of a scan: the file without what says whose it is. A Heidelberg RAW export loses the ids, the birth date and the
 * visit of its header, a DICOM file its identity attributes, a picture its texts and EXIF; their sizes stay. A file from which the name cannot
 * be taken is given to nobody. Every other file is given as it is.
 */
import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { pseudonymiseDicom } from '../../oct/formats/dicom/pseudonymise.ts'
import { identify } from '../../oct/formats/index.ts'
import { blankMetadata } from '../../oct/formats/pictures/blank-metadata.ts'
import { fileHeaderBytes } from '../../oct/formats/vol-layout.ts'
import { pseudonymiseVolHeader } from '../../oct/formats/vol-pseudonymise.ts'

/** Where the patient's fields begin in a RAW export. */
const identityFrom = 104

/** First bytes that are kept back until it is known what the file is: a RAW export's whole header. */
export const headBytes = fileHeaderBytes

const holdsName = {
  'heidelberg-e2e': 'An .e2e file holds',
  'heidelberg-xml': 'An XML export with its pictures holds',
} as const

/** Why such a file is given to no container. */
export const nameWithin = (kind: keyof typeof holdsName): ScansideError =>
  new ScansideError(
    'not-supported',
    `${holdsName[kind]} the patient’s name, which no container may see. Nothing was analysed; choose the analysis of this application, or export the scan as RAW (.vol) and use that.`,
  )

/** Which files may be given to an engine although their text holds the name: because it is taken out first, or because they never leave this application. */
export interface MayBeGiven {
  xml: boolean
  e2e: boolean
}
/** @param rewrites whether XML exports can be written anew here */
export const pseudonymisedBefore = (lane: 'builtin' | 'container' | 'cloud', rewrites: boolean): MayBeGiven => ({
  xml: rewrites,
  e2e: lane === 'builtin',
})

/** The file piece by piece as an engine gets it; both answer what may be given on by then. They throw ScansideError where it may not be given. */
interface Emptying {
  push(chunk: Uint8Array): Uint8Array
  end(): Uint8Array
}

const nothing = new Uint8Array(0)

/** The beginning of a RAW export without whose it is; `first` is the whole header, or all there is of the file. */
export const volHead = (first: Uint8Array): Uint8Array =>
  first.length >= headBytes ? pseudonymiseVolHeader(first) : Uint8Array.from(first).fill(0, identityFrom)

/** bytes; larger ones are no pictures of an export */
const largestPicture = 64 * 1024 * 1024

/** A picture is emptied as a whole: what is to be kept of it is known only at its end. */
const emptyingPicture = (): Emptying => {
  const pieces: Uint8Array[] = []
  let size = 0
  return {
    push: (chunk) => {
      size += chunk.length
      if (size > largestPicture)
        throw new ScansideError('not-supported', 'A picture of this scan is larger than 64 MB. Nothing was analysed; leave it out.', { size })
      pieces.push(Uint8Array.from(chunk))
      return nothing
    },
    end: () => blankMetadata(Buffer.concat(pieces)),
  }
}

/** What becomes of a file that begins so; null where it is given as it is. */
const emptyingOf = (first: Uint8Array, size: number | undefined, asItIs: boolean): Emptying | null => {
  const kind = identify(first)
  if (kind === 'heidelberg-e2e' && asItIs) return null
  if (kind === 'heidelberg-e2e' || kind === 'heidelberg-xml') throw nameWithin(kind)
  if (kind === 'dicom-opt') return pseudonymiseDicom(size)
  if (kind === 'picture') return emptyingPicture()
  if (kind !== 'heidelberg-vol') return null
  let begun = false
  const push = (chunk: Uint8Array) => {
    if (begun) return chunk
    begun = true
    return volHead(chunk)
  }
  return { push, end: () => nothing }
}

/** Keeps the first bytes back, then empties; `changes` tells, once it is known, whether the file is other than it was. */
const emptying = (size?: number, asItIs = false): Emptying & { changes(): boolean } => {
  let head: Uint8Array = nothing
  let how: Emptying | null | undefined
  const pass = (chunk: Uint8Array): Uint8Array => (how ? how.push(chunk) : chunk)
  const begin = (): Uint8Array => {
    how = emptyingOf(head, size, asItIs)
    const first = pass(head)
    head = nothing
    return first
  }
  return {
    changes: () => how !== null && how !== undefined,
    push: (chunk) => {
      if (how !== undefined) return pass(chunk)
      const missing = headBytes - head.length
      head = Buffer.concat([head, chunk.subarray(0, missing)])
      if (head.length < headBytes) return nothing
      const first = begin()
      const rest = chunk.subarray(missing)
      return rest.length === 0 ? first : Buffer.concat([first, pass(rest)])
    },
    end: () => {
      const first = how === undefined ? begin() : nothing
      return how ? Buffer.concat([first, how.end()]) : first
    },
  }
}

/** SHA-256 (hex) of what an engine is given of a file that is fed in pieces; null where that is the file as it is, or nothing at all. */
export const pseudonymisedDigest = (): { update(chunk: Uint8Array): void; digest(): string | null } => {
  const given = emptying()
  let hash: Hash | null = createHash('sha256')
  const add = (piece: () => Uint8Array) => {
    try {
      const bytes = hash && piece()
      // A file given as it is needs no second digest.
      if (bytes && bytes.length > 0) hash = given.changes() ? (hash?.update(bytes) ?? null) : null
    } catch (error) {
      if (!(error instanceof ScansideError)) throw error
      hash = null
    }
  }
  return {
    update: (chunk) => add(() => given.push(chunk)),
    digest: () => {
      add(() => given.end())
      return given.changes() ? (hash?.digest('hex') ?? null) : null
    },
  }
}

const wrong = (what: string, size: number) =>
  new ScansideError('integrity', `A scan arrived ${what}, so it was not analysed. The original is untouched; start the run again.`, { size })

/**
 * The stream an engine is given. Size and MD5 of the original are checked on the way, since they no longer hold afterwards.
 * @param expected `size` in bytes; `md5` hex, empty where it is not known
 * @param lane an .e2e file is given as it is to the application itself alone: what it judges by holds no name
 * @throws ScansideError (from the stream) `integrity` where the original is not the one expected, `not-supported` where it cannot be given
 * without the patient's name
 */
export const pseudonymised = (
  original: Readable,
  expected: { size: number; md5: string },
  lane: 'builtin' | 'container' | 'cloud' = 'container',
): Readable => {
  const md5 = expected.md5 === '' ? null : createHash('md5')
  const pieces = async function* () {
    const given = emptying(expected.size, lane === 'builtin')
    let size = 0
    for await (const chunk of original as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > expected.size) throw wrong('longer than the archive had said', expected.size)
      md5?.update(chunk)
      const piece = given.push(chunk)
      if (piece.length > 0) yield piece
    }
    // A file that is not the one expected is told so before anything is said of its header.
    if (size !== expected.size) throw wrong('shorter than the archive had said', expected.size)
    if (md5 !== null && md5.digest('hex') !== expected.md5.toLowerCase()) throw wrong('damaged (its MD5 differs)', expected.size)
    const rest = given.end()
    if (rest.length > 0) yield rest
  }
  const given = Readable.from(pieces(), { objectMode: false })
  given.once('close', () => original.destroy())
  return given
}
