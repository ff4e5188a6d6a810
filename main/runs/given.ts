/** What an engine is given of the files of one scan: opaque names, and nothing that says whose they are. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { bytesSource } from '../../oct/formats/bytes.ts'
import { identify, identifyBytes } from '../../oct/formats/index.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import type { InputRef } from '../engines/engine.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import { changesOf } from './changes.ts'
import type { Desk, Lane, LocalScan } from './desk.ts'
import { inputPath, localFiles, opaqueName } from './inputs.ts'
import { pseudonymised, pseudonymisedBefore } from './pseudonymise.ts'

type Into = RunPlan['inputs'][number]

/** bytes; the largest export that is read */
const largestXml = 64 * 1024 * 1024

/** What of a run decides how files are given. */
export interface Giving {
  desk: Desk
  lane: Lane
  /** The run's scans are counted from 1. */
  ordinal: number
  signal: AbortSignal
}

/** All of a stream, held to its size and MD5. */
async function whole(stream: Readable, expected: { size: number; md5: string }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > expected.size) break
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const md5 = expected.md5 === '' ? '' : createHash('md5').update(bytes).digest('hex')
  if (size !== expected.size || md5 !== expected.md5.toLowerCase()) {
    throw new ScansideError(
      'integrity',
      'A scan arrived other than the archive had said, so it was not analysed. The original is untouched; start the run again.',
      {
        size: expected.size,
      },
    )
  }
  return bytes
}

/** An export's XML as it is given: pictures called as they are beside it. */
async function rewritten({ desk, signal }: Giving, xml: Uint8Array, pictures: readonly { name: string; as: string }[]): Promise<Uint8Array> {
  if (!desk.rewriteXml) throw new ScansideError('internal', 'XML exports cannot be analysed here. Nothing was started.')
  return desk.rewriteXml(bytesSource(xml), pictures, signal)
}

const inMemory = (bytes: Uint8Array) => ({ size: bytes.length, read: async () => Readable.from([Buffer.from(bytes)], { objectMode: false }) })

/** Files of a scan of the archive, as inputs. */
export async function giveArchived(giving: Giving, archive: Archive, files: readonly ArchiveFile[], into: Into): Promise<InputRef[]> {
  const { desk, ordinal, signal } = giving
  const named = files
    .filter((file) => into.accepts({ label: file.resource, format: '' }))
    .map((file) => ({ file, name: file.name.slice(file.name.lastIndexOf('/') + 1), as: opaqueName(desk.newId(), file.name) }))
  const refOf = async ({ file, as }: (typeof named)[number]): Promise<InputRef> => {
    const { uri, resource } = file
    const common = { kind: 'archive' as const, uri, path: inputPath(into.layout, ordinal, resource, as) }
    if (/\.xml$/i.test(file.name) && desk.rewriteXml && file.size <= largestXml) {
      const bytes = await whole(await archive.read(file, signal), file)
      const isExport = identify(bytes.subarray(0, identifyBytes)) === 'heidelberg-xml'
      const beside = named.filter((other) => other.file.resource === resource && other.file !== file)
      const given = inMemory(isExport ? await rewritten(giving, bytes, beside) : bytes)
      if (giving.lane !== 'cloud') return { ...common, ...given }
      // What is written anew has no original a machine could fetch: it is carried there.
      return isExport ? { ...common, ...given } : { ...common, ...given, original: { size: file.size, md5: file.md5, changes: [] } }
    }
    // Its MD5 is checked before the patient's fields are emptied; afterwards it is another.
    const read = async (reading: AbortSignal) => pseudonymised(await archive.read(file, reading), file, giving.lane)
    const given = { size: file.size, read }
    if (giving.lane !== 'cloud') return { ...common, ...given }
    const changes = await changesOf(archive, file, signal)
    return changes ? { ...common, ...given, original: { size: file.size, md5: file.md5, changes } } : { ...common, ...given }
  }
  return inTurns(named, refOf)
}

/** Looked at together: a session of many pictures is asked for its beginnings. */
const atOnce = 4

const inTurns = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const done: R[] = []
  for (let at = 0; at < items.length; at += atOnce) done.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))))
  return done
}

/** Files of a dropped scan, as inputs. */
export async function giveLocal(giving: Giving, scan: LocalScan | null, into: Into): Promise<InputRef[]> {
  const { desk, lane, ordinal, signal } = giving
  const named = localFiles(scan, pseudonymisedBefore(lane, desk.rewriteXml !== undefined)).map(({ resource, file }) => ({
    resource,
    file,
    name: file.name ?? '',
    as: opaqueName(desk.newId(), `f${file.extension}`),
  }))
  const refs: InputRef[] = []
  for (const { resource, file, as } of named) {
    const path = inputPath(into.layout, ordinal, resource, as)
    const original = file.original ?? file.read
    if (file.kind === 'heidelberg-xml') {
      const bytes = await whole(await original(signal), { size: file.size, md5: '' })
      const beside = named.filter((other) => other.file !== file)
      refs.push({ kind: 'local', path, ...inMemory(await rewritten(giving, bytes, beside)) })
    } else refs.push({ kind: 'local', path, size: file.size, sha256: file.sha256, read: file.kind === 'heidelberg-e2e' ? original : file.read })
  }
  return refs
}
