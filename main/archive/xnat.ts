/** The archive over XNAT's REST API. Lists are asked for with their columns and by the page; only what the person may read comes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ScansideError } from '../../oct/errors.ts'
import { dataPath } from './address.ts'
import type { Archive } from './archive.ts'
import { type Ask, askRows, askRowsIfThere, expectOk } from './ask.ts'
import { download } from './download.ts'
import { listPublished, publishFile, readPublished, retractFile } from './publish.ts'
import {
  belongsToScan,
  joinedScanColumns,
  pathInResource,
  type Row,
  scanColumns,
  sessionColumns,
  sizesByScan,
  toFile,
  toJoinedScan,
  toProject,
  toScan,
  toSession,
} from './rows.ts'

/** The two kinds of sessions an eye is imaged in. One request asks for one of them: a type is the root of XNAT's query. */
const sessionTypes = ['xnat:optSessionData', 'xnat:opSessionData']

export interface XnatOptions {
  /** `session.request` of `createSession`. */
  request: Ask
  /** Ids of the projects the site file fixes; all that the person may read where null or left out. */
  projects?: string[] | null
  /** How broken downloads wait before they begin again: by the clock and a real die where left out. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
  random?: () => number
}

const byTheClock = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal })

/**
 * Lists of sessions and scans run over both kinds of session, one after the other; a page begins at `offset` and the next one at
 * `offset + limit`, whether or not all of its lines could be shown.
 */
export const createXnat = ({ request: ask, projects: fixed = null, pause = byTheClock, random = Math.random }: XnatOptions): Archive => {
  /** One page of the concatenation of both lists. */
  const page = async (project: string, columns: string, sortBy: string, offset: number, limit: number, signal?: AbortSignal) => {
    const rows: Row[] = []
    let skip = offset
    for (const xsiType of sessionTypes) {
      const list = (extra: Record<string, string>) =>
        askRows(ask, '/data/experiments', { project, xsiType, columns, sortBy, ...extra }, 'this project’s sessions', signal)
      // One more than wanted tells whether there is more.
      const wanted = limit + 1 - rows.length
      if (wanted <= 0) break
      const found = await list({ limit: String(wanted), offset: String(skip) })
      rows.push(...found)
      if (found.length > 0) skip = 0
      // Past this list's end: how long it was says where the next one begins.
      else if (skip > 0) skip = Math.max(0, skip - (await count(list)))
    }
    return { rows: rows.slice(0, limit), more: rows.length > limit }
  }

  // A page that begins beyond a list's end is rare (a project with both kinds), so its length is simply asked for again.
  const count = async (list: (extra: Record<string, string>) => Promise<Row[]>) => (await list({ limit: '1000000', offset: '0' })).length

  const scansOf = async (session: string, signal?: AbortSignal) => {
    const rows = await askRows(ask, dataPath('experiments', session, 'scans'), { columns: scanColumns }, 'this session', signal)
    return rows.flatMap((row) => toScan(row, session) ?? [])
  }

  return {
    async projects(signal) {
      const rows = await askRows(ask, '/data/projects', { accessible: 'true' }, 'your projects', signal)
      const readable = rows.flatMap((row) => toProject(row) ?? [])
      return readable.filter((project) => fixed === null || fixed.includes(project.id)).sort((a, b) => a.name.localeCompare(b.name))
    },
    async sessions(project, offset, limit, signal) {
      const { rows, more } = await page(project, sessionColumns, 'subject_label,date,ID', offset, limit, signal)
      return { rows: rows.flatMap((row) => toSession(row, project) ?? []), more }
    },
    async projectScans(project, offset, limit, signal) {
      const { rows, more } = await page(project, joinedScanColumns, 'ID,xnat:imageScanData/ID', offset, limit, signal)
      return { rows: rows.flatMap((row) => toJoinedScan(row) ?? []), more }
    },
    async scans(_project, session, signal) {
      const [scans, resources] = await Promise.all([
        scansOf(session, signal),
        askRowsIfThere(ask, dataPath('experiments', session, 'resources'), { all: 'true', file_stats: 'true' }, 'this session’s files', signal),
      ])
      const sizes = sizesByScan(resources)
      return scans.map((scan) => ({ ...scan, size: sizes.get(scan.id)?.size ?? 0, files: sizes.get(scan.id)?.files ?? 0 }))
    },
    async scanFiles(path, scan, signal) {
      if (!(await scansOf(path.session, signal)).some((one) => one.id === scan)) {
        throw new ScansideError('not-found', 'This scan is not in its session any more. Load the list again.', {})
      }
      const rows = await askRows(ask, dataPath('experiments', path.session, 'scans', scan, 'files'), {}, 'this scan', signal)
      // A scan's id may also be another scan's type; XNAT then lists both.
      return rows.flatMap((row) => toFile(row) ?? []).filter((file) => belongsToScan(file.uri, scan))
    },
    async read(file, signal) {
      if (!file.uri.startsWith('/data/')) throw new ScansideError('invalid-argument', 'This is not a file of the archive.', { reason: 'uri' })
      const begin = async () => {
        const reply = await expectOk(await ask({ method: 'GET', path: file.uri, signal }), 'this file')
        const promised = reply.header('content-length')
        if (promised !== undefined && Number(promised) !== file.size) {
          await reply.discard()
          throw new ScansideError('integrity', 'The file in the archive is not the one that was listed: its size has changed. Load the list again.', {
            listed: file.size,
            promised: Number(promised),
          })
        }
        return { stream: reply.stream, host: reply.url.host }
      }
      return download({ size: file.size, md5: file.md5 ?? '', signal, begin, pause, random })
    },
    async projectFile(project, resource, name, limit, signal) {
      const path = dataPath('projects', project, 'resources', resource, 'files')
      const rows = await askRowsIfThere(ask, path, {}, 'this project’s files', signal)
      const file = rows.flatMap((row) => toFile(row) ?? []).find((each) => pathInResource(each.uri) === name)
      if (!file) return null
      if (file.size > limit) {
        throw new ScansideError(
          'invalid-file',
          `The file ${name} of this project is larger than it may be. Nothing was changed; tell the project’s owner.`,
          {
            size: file.size,
            limit,
          },
        )
      }
      const reply = await expectOk(await ask({ method: 'GET', path: file.uri, signal }), 'this project’s file')
      return reply.bytes(limit)
    },
    publish: (path, name, bytes, signal, replaces) => publishFile(ask, path, name, bytes, signal, replaces),
    publishedFile: (path, name, limit, signal) => readPublished(ask, path, name, limit, signal),
    retract: (path, name, signal) => retractFile(ask, path, name, signal),
    published: (path, signal) => listPublished(ask, path, signal),
  }
}
