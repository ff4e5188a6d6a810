/**
 * What an engine is given of a scan: the file without what says whose it is. A Heidelberg RAW export loses the ids, the birth date and the
 * visit of its header; its size stays. Every other file is given as it is.
 */
import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { sniff } from '../../oct/formats/vol.ts'
import { fileHeaderBytes } from '../../oct/formats/vol-layout.ts'
import { pseudonymiseVolHeader } from '../../oct/formats/vol-pseudonymise.ts'

/** Where the patient's fields begin in a RAW export. */
const identityFrom = 104

/**
 * The first bytes of a file as an engine gets them; null where the file is given as it is.
 * @throws ScansideError where it begins like a RAW export whose patient cannot be found: it is given to nobody
 */
const emptied = (first: Uint8Array): Uint8Array | null => {
  if (!sniff(first)) return null
  if (first.length >= fileHeaderBytes) return pseudonymiseVolHeader(first)
  return Uint8Array.from(first).fill(0, identityFrom)
}

/** Collects the first `fileHeaderBytes` bytes of a stream. */
const headCollector = () => {
  const head = new Uint8Array(fileHeaderBytes)
  let filled = 0
  return {
    /** Takes what belongs to the head and answers what comes after it. */
    take: (chunk: Uint8Array): Uint8Array => {
      const part = chunk.subarray(0, fileHeaderBytes - filled)
      head.set(part, filled)
      filled += part.length
      return chunk.subarray(part.length)
    },
    whole: () => filled === fileHeaderBytes,
    bytes: () => head.slice(0, filled),
  }
}

/** What cannot be given to an engine has no digest there. */
const hashOfEmptied = (first: Uint8Array): Hash | null => {
  try {
    const bytes = emptied(first)
    return bytes && createHash('sha256').update(bytes)
  } catch (error) {
    if (error instanceof ScansideError) return null
    throw error
  }
}

/** SHA-256 (hex) of what an engine is given of a file that is fed in pieces; null where that is the file as it is. */
export const pseudonymisedDigest = (): { update(chunk: Uint8Array): void; digest(): string | null } => {
  const head = headCollector()
  let hash: Hash | null = null
  let begun = false
  return {
    update: (chunk) => {
      const rest = begun ? chunk : head.take(chunk)
      if (!begun && head.whole()) {
        begun = true
        hash = hashOfEmptied(head.bytes())
      }
      if (begun) hash?.update(rest)
    },
    digest: () => hash?.digest('hex') ?? null,
  }
}

const wrong = (what: string, size: number) =>
  new ScansideError('integrity', `A scan arrived ${what}, so it was not analysed. The original is untouched; start the run again.`, { size })

/**
 * The stream an engine is given. Size and MD5 of the original are checked on the way, since they no longer hold afterwards.
 * @param expected `size` in bytes; `md5` hex, empty where it is not known
 * @throws ScansideError `integrity` (from the stream) where the original is not the one expected
 */
export const pseudonymised = (original: Readable, expected: { size: number; md5: string }): Readable => {
  const md5 = expected.md5 === '' ? null : createHash('md5')
  const pieces = async function* () {
    const head = headCollector()
    let size = 0
    let begun = false
    for await (const chunk of original as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > expected.size) throw wrong('longer than the archive had said', expected.size)
      md5?.update(chunk)
      if (begun) {
        yield chunk
        continue
      }
      const rest = head.take(chunk)
      if (!head.whole()) continue
      begun = true
      const first = head.bytes()
      yield emptied(first) ?? first
      if (rest.length > 0) yield rest
    }
    if (!begun && size > 0) yield emptied(head.bytes()) ?? head.bytes()
    if (size !== expected.size) throw wrong('shorter than the archive had said', expected.size)
    if (md5 !== null && md5.digest('hex') !== expected.md5.toLowerCase()) throw wrong('damaged (its MD5 differs)', expected.size)
  }
  const given = Readable.from(pieces(), { objectMode: false })
  given.once('close', () => original.destroy())
  return given
}
