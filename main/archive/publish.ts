/**
 * Sending a result home: written with overwrite=true, so that trying again changes nothing, and believed only when read back.
 * XNAT answers 200 to an upload it did not store (no right to edit, a duplicate), so its answer proves nothing.
 */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import { dataPath } from './address.ts'
import type { ArchiveFile, Published, SessionPath } from './archive.ts'
import { type Ask, askRowsIfThere, expectOk, withQuery } from './ask.ts'
import { pathInResource, toFile } from './rows.ts'

/** The session resource that holds what Scanside writes. */
export const resultResource = 'SCANSIDE'

/** One part of a published path: what pipelines, versions and run ids are made of; never `.` or `..`. */
const segment = /^(?!\.{1,2}$)[A-Za-z0-9._+-]{1,100}$/

/**
 * `<pipeline>/<version>/<run id>/<file>`, maybe with folders between: opaque by construction.
 * @throws ScansideError `invalid-argument` for anything else
 */
export const checkedName = (name: string): string[] => {
  const segments = name.split('/')
  if (segments.length < 4 || segments.length > 8 || !segments.every((one) => segment.test(one))) {
    throw new ScansideError('invalid-argument', 'This result has a name the archive is not sent. It was kept here.', { reason: 'name' })
  }
  return segments
}

const resourcePath = ({ project, subject, session }: SessionPath): string =>
  dataPath('projects', project, 'subjects', subject, 'experiments', session, 'resources', resultResource, 'files')

/** What SCANSIDE of a session holds; empty where there is no such resource. */
export const listPublished = async (ask: Ask, path: SessionPath, signal?: AbortSignal): Promise<ArchiveFile[]> => {
  const rows = await askRowsIfThere(ask, resourcePath(path), {}, 'this session’s results', signal)
  // Where a thing on the way is missing XNAT may list another thing's files.
  return rows.flatMap((row) => toFile(row) ?? []).filter((file) => file.resource === '' || file.resource === resultResource)
}

const kept = 'The result is kept here.'

const notStored = () =>
  new ScansideError(
    'forbidden',
    `The archive took the upload and stored nothing, as it does where an account may not change a project. ${kept} Ask the project’s owner for the right to edit, then send it again.`,
    { reason: 'nothing-stored' },
  )

const differs = (what: string, details: Record<string, number>) =>
  new ScansideError('integrity', `The archive holds something else than what was sent: the ${what} differs. ${kept} It will be sent again.`, details)

/** Writes one file and reads it back. See `Archive.publish`. */
export const publishFile = async (ask: Ask, path: SessionPath, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<Published> => {
  const segments = checkedName(name)
  if (bytes.byteLength === 0) throw new ScansideError('invalid-argument', 'An empty file cannot be sent to the archive.', { reason: 'empty' })
  const md5 = createHash('md5').update(bytes).digest('hex')
  const target = `${resourcePath(path)}/${segments.map(encodeURIComponent).join('/')}`
  const reply = await ask({
    method: 'PUT',
    path: withQuery(target, { inbody: 'true', overwrite: 'true', format: 'JSON' }),
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    signal,
  })
  await expectOk(reply, 'this session’s results')
  const said = await reply.text(100_000)
  if (/"duplicates"\s*:/.test(said)) {
    throw new ScansideError('conflict', `The archive has a file of this name and did not replace it. ${kept} It will be sent again.`, {
      reason: 'duplicates',
    })
  }

  const listed = (await listPublished(ask, path, signal)).find((file) => pathInResource(file.uri) === name)
  if (!listed) throw notStored()
  if (listed.size !== bytes.byteLength) throw differs('size', { sent: bytes.byteLength, listed: listed.size })
  const published = { path: `${resultResource}/${name}`, size: bytes.byteLength, md5 }
  if (listed.md5 !== '') {
    if (listed.md5 !== md5) throw differs('checksum', { size: bytes.byteLength })
    return { ...published, check: 'size and MD5 equal in the listing' }
  }
  const back = await expectOk(await ask({ method: 'GET', path: listed.uri, signal }), 'the result just sent')
  const same = Buffer.from(bytes).equals(await back.bytes(bytes.byteLength + 1))
  if (!same) throw differs('content', { size: bytes.byteLength })
  return { ...published, check: 'bytes read back, equal' }
}

/** See `Archive.publishedFile`. The bytes are read, so that a listing that only repeats what it was told proves nothing by itself. */
export const readPublished = async (
  ask: Ask,
  path: SessionPath,
  name: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; published: Published } | null> => {
  checkedName(name)
  const listed = (await listPublished(ask, path, signal)).find((file) => pathInResource(file.uri) === name)
  if (!listed) return null
  const reply = await expectOk(await ask({ method: 'GET', path: listed.uri, signal }), 'the result the machine sent')
  const bytes = await reply.bytes(limit)
  const md5 = createHash('md5').update(bytes).digest('hex')
  if (listed.size !== bytes.byteLength || (listed.md5 !== '' && listed.md5 !== md5)) {
    throw new ScansideError('integrity', 'The archive lists a result other than the one it gives out. Nothing was judged; start the run again.', {
      listed: listed.size,
      read: bytes.byteLength,
    })
  }
  const check = listed.md5 === '' ? 'bytes read back' : 'bytes read back, size and MD5 equal in the listing'
  return { bytes, published: { path: `${resultResource}/${name}`, size: bytes.byteLength, md5, check } }
}

/** See `Archive.retract`. */
export const retractFile = async (ask: Ask, path: SessionPath, name: string, signal: AbortSignal): Promise<boolean> => {
  const target = `${resourcePath(path)}/${checkedName(name).map(encodeURIComponent).join('/')}`
  const reply = await ask({ method: 'DELETE', path: withQuery(target, { removeFiles: 'true' }), signal })
  await reply.discard()
  if (reply.status !== 200 && reply.status !== 404) return false
  return !(await listPublished(ask, path, signal)).some((file) => pathInResource(file.uri) === name)
}
