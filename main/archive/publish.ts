/**
 * Sending a result home: the listing is asked first, so that what is there already is not sent again and what somebody else has put there is
 * not overwritten; and it is believed only when read back. XNAT answers 200 to an upload it did not store (no right to edit, a duplicate), so
 * its answer proves nothing.
 */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import { dataPath } from './address.ts'
import type { ArchiveFile, Published, SessionPath, Standing } from './archive.ts'
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

/** What was read back differs; `size` and `md5` are what is listed, so that whoever sends again knows the piece for its own. */
const differs = (what: string, listed: Standing) =>
  new ScansideError('integrity', `The archive holds something else than what was sent: the ${what} differs. ${kept} It will be sent again.`, {
    reason: 'stored-otherwise',
    size: listed.size,
    md5: listed.md5,
  })

const otherContent = (theirs: Standing) =>
  new ScansideError('conflict', `The archive holds another file under the name of this result. Nothing was overwritten. ${kept}`, {
    reason: 'other-content',
    size: theirs.size,
    md5: theirs.md5,
  })

/** `home`: it is there. `compare`: it may be, only its bytes can tell. `replace`: another content that may be overwritten. */
export type Decision = 'home' | 'compare' | 'send' | 'replace' | 'conflict'

/**
 * What to do about a file, from what the listing has under its name (a catalog may list it twice) and what is ours.
 * Another content is a conflict unless `replaces` says of all of it that it may be overwritten.
 */
export const decideHome = (listed: readonly Standing[], ours: Standing, replaces: (theirs: Standing) => boolean): Decision => {
  if (listed.length === 0) return 'send'
  const may = ({ size, md5 }: Standing) => size === ours.size && (md5 === '' || md5.toLowerCase() === ours.md5)
  if (listed.every(may)) return listed.every(({ md5 }) => md5 !== '') ? 'home' : 'compare'
  return listed.every(replaces) ? 'replace' : 'conflict'
}

/** Writes one file, where it is not there, and reads it back. See `Archive.publish`. */
export const publishFile = async (
  ask: Ask,
  path: SessionPath,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal,
  replaces: (theirs: Standing) => boolean = () => false,
): Promise<Published> => {
  const segments = checkedName(name)
  if (bytes.byteLength === 0) throw new ScansideError('invalid-argument', 'An empty file cannot be sent to the archive.', { reason: 'empty' })
  const ours = { size: bytes.byteLength, md5: createHash('md5').update(bytes).digest('hex') }
  const published = { path: `${resultResource}/${name}`, ...ours }
  const target = `${resourcePath(path)}/${segments.map(encodeURIComponent).join('/')}`

  const listed = async () => (await listPublished(ask, path, signal)).filter((file) => pathInResource(file.uri) === name)
  const isOurs = async (file: ArchiveFile) => {
    const back = await expectOk(await ask({ method: 'GET', path: file.uri, signal }), 'the result just sent')
    return Buffer.from(bytes).equals(await back.bytes(bytes.byteLength + 1))
  }
  /** How it was told that it is there; `false` where it is to be written. Throws the conflict. */
  const standing = async (): Promise<string | false> => {
    const files = await listed()
    const [first] = files
    const decision = decideHome(files, ours, replaces)
    if (!first || decision === 'send' || decision === 'replace') return false
    if (decision === 'home') return 'size and MD5 equal in the listing'
    if (decision === 'compare' && (await isOurs(first))) return 'bytes read back, equal'
    if (decision === 'compare' && files.every(replaces)) return false
    throw otherContent(files.find((file) => file.md5.toLowerCase() !== ours.md5) ?? first)
  }
  const put = async (overwrite: boolean): Promise<'answered' | 'duplicate'> => {
    const reply = await ask({
      method: 'PUT',
      path: withQuery(target, { inbody: 'true', ...(overwrite ? { overwrite: 'true' } : {}), format: 'JSON' }),
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
      signal,
    })
    await expectOk(reply, 'this session’s results')
    return /"duplicates"\s*:/.test(await reply.text(100_000)) ? 'duplicate' : 'answered'
  }

  const there = await standing()
  if (there !== false) return { ...published, check: `there already: ${there}` }
  if ((await put(false)) === 'duplicate') {
    // What is not listed is the piece an upload of ours left that broke off; what is listed was put there meanwhile, or may be replaced.
    const meanwhile = await standing()
    if (meanwhile !== false) return { ...published, check: `there already: ${meanwhile}` }
    if ((await put(true)) === 'duplicate') {
      throw new ScansideError('conflict', `The archive has a file of this name and did not replace it. ${kept} It will be sent again.`, {
        reason: 'duplicates',
      })
    }
  }
  const files = await listed()
  if (files.length === 0) throw notStored()
  // A catalog may list it twice: all of it must be ours.
  let compared = false
  for (const file of files) {
    if (file.size !== ours.size) throw differs('size', file)
    if (file.md5 !== '' && file.md5.toLowerCase() !== ours.md5) throw differs('checksum', file)
    if (file.md5 === '' && !(await isOurs(file))) throw differs('content', file)
    compared ||= file.md5 === ''
  }
  return { ...published, check: compared ? 'bytes read back, equal' : 'size and MD5 equal in the listing' }
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
