/** XNAT's lists, read: every value is a string there, null is "", and columns come under a short name or the lower-cased xpath. Pure. */
import { ScansideError } from '../../oct/errors.ts'
import type { Project, ScanRow, SessionRow } from '../../preload/contract.ts'
import type { ArchiveFile } from './archive.ts'

export type Row = Readonly<Record<string, string>>

/** Lines of one list; no archive has as many sessions, scans or files in one answer, and more would fill memory. */
const mostRows = 250_000

/** XNAT's values are strings; a number or a truth value is taken for one, what is no single value for nothing. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/**
 * The rows of a `ResultSet`, names lower-cased, values as strings.
 * @throws ScansideError `not-supported` where the answer is no list, `integrity` where it is longer than any
 */
export const readRows = (body: unknown): Row[] => {
  const set = typeof body === 'object' && body !== null && 'ResultSet' in body ? body.ResultSet : undefined
  const result = typeof set === 'object' && set !== null && 'Result' in set ? set.Result : undefined
  if (!Array.isArray(result)) {
    throw new ScansideError('not-supported', 'The archive answered with something that is not a list. Nothing was lost; try again.', {
      reason: 'no-list',
    })
  }
  if (result.length > mostRows) {
    throw new ScansideError('integrity', 'The archive sent a longer list than there can be. Nothing of it was used; tell its administrator.', {
      lines: result.length,
    })
  }
  return result.map((row: unknown) => {
    const pairs = typeof row === 'object' && row !== null ? Object.entries(row) : []
    return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), textOf(value)]))
  })
}

// What ends a line, is no character, or turns the text after it round: a label with one of these would look like another label.
const unseemly = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/gu

/** For people to read: at most `longest` characters, none of which forges what is shown. */
const cell = (row: Row, name: string, longest = 1_000): string =>
  (row[name] ?? '').slice(0, longest).replace(unseemly, (mark) => (/\s/.test(mark) ? ' ' : '\ufffd'))

/** For asking with: an id as the archive has it; empty where it can be none. */
const idCell = (row: Row, name: string): string => {
  const id = row[name] ?? ''
  return id.length > 200 || id.search(unseemly) >= 0 || /^\.{1,2}$/.test(id) ? '' : id
}

const wholeNumber = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null)

/** `xnat:optScanData/parameters/laterality` is "R or L"; anything else is not guessed at. */
export const readLaterality = (text: string): ScanRow['laterality'] => {
  const value = text.trim().toUpperCase()
  if (value === 'R' || value === 'OD') return 'OD'
  return value === 'L' || value === 'OS' ? 'OS' : 'unknown'
}

const roleOf = (row: Row): string => Object.entries(row).find(([name]) => name.startsWith('user_role_'))?.[1] ?? ''

const accessOf = (row: Row): Project['access'] => {
  const role = roleOf(row)
  if (/owner/i.test(role)) return 'owner'
  if (/member/i.test(role)) return 'member'
  if (/collab/i.test(role)) return 'collaborator'
  if (role !== '') return 'unknown'
  return 'read'
}

/**
 * A row of `/data/projects?accessible=true`. Null for a protected project in which the person has no role: it shows its name to everybody and its
 * data to nobody.
 */
export const toProject = (row: Row): Project | null => {
  const id = idCell(row, 'id')
  if (id === '' || (cell(row, 'project_access') === 'protected' && roleOf(row) === '')) return null
  return { id, name: cell(row, 'name') || id, description: cell(row, 'description', 10_000), access: accessOf(row) }
}

/** What `toSession` reads. */
export const sessionColumns = 'ID,label,project,xsiType,date,subject_ID,subject_label'

/** Null where a session has no subject: it can neither be shown nor published to. */
export const toSession = (row: Row, project: string): SessionRow | null => {
  const [id, subjectId] = [idCell(row, 'id'), idCell(row, 'subject_id')]
  if (id === '' || subjectId === '') return null
  const date = cell(row, 'date', 10)
  return {
    id,
    label: cell(row, 'label') || id,
    project,
    subjectId,
    subjectLabel: cell(row, 'subject_label') || subjectId,
    date: /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : '',
    xsiType: cell(row, 'xsitype', 100),
  }
}

const joined = ['ID', 'type', 'quality', 'note', 'frames', 'series_description'].map((field) => `xnat:imageScanData/${field}`)
/** What `toJoinedScan` reads: one line per scan of all sessions of a project. */
export const joinedScanColumns = ['ID', ...joined, 'xnat:imageScanData/extension_item/element_name', 'xnat:optScanData/parameters/laterality'].join(
  ',',
)
/** What `toScan` reads: one session's scans. */
export const scanColumns = 'ID,type,quality,xsiType,note,series_description,frames,xnat:optScanData/parameters/laterality'

const scanRow = (row: Row, session: string, prefix: string, xsiType: string): ScanRow | null => {
  const id = idCell(row, `${prefix}id`)
  if (id === '') return null
  return {
    session,
    id,
    type: cell(row, `${prefix}type`) || cell(row, `${prefix}series_description`),
    xsiType: xsiType.slice(0, 100),
    laterality: readLaterality(cell(row, 'xnat:optscandata/parameters/laterality')),
    quality: cell(row, `${prefix}quality`, 100),
    note: cell(row, `${prefix}note`, 2_500),
    frames: wholeNumber(cell(row, `${prefix}frames`)),
    size: null,
    files: null,
    verdict: null,
    checkedWith: null,
  }
}

/** Null for the line of a session that has no scans, or no id. */
export const toJoinedScan = (row: Row): ScanRow | null => {
  const prefix = 'xnat:imagescandata/'
  const session = idCell(row, 'id')
  return session === '' ? null : scanRow(row, session, prefix, cell(row, `${prefix}extension_item/element_name`))
}

export const toScan = (row: Row, session: string): ScanRow | null => scanRow(row, session, '', cell(row, 'xsitype'))

/** Bytes and count of files by scan id, from a session's `resources?all=true`. */
export const sizesByScan = (rows: Row[]): Map<string, { size: number; files: number }> => {
  const sizes = new Map<string, { size: number; files: number }>()
  for (const row of rows) {
    if (row.category !== 'scans') continue
    const scan = row.cat_id ?? ''
    const before = sizes.get(scan) ?? { size: 0, files: 0 }
    sizes.set(scan, { size: before.size + (wholeNumber(row.file_size ?? '') ?? 0), files: before.files + (wholeNumber(row.file_count ?? '') ?? 0) })
  }
  return sizes
}

/** A row of a file list. Null where it has no usable URI: only `/data/...` below the archive's own address is ever asked for. */
export const toFile = (row: Row): ArchiveFile | null => {
  const uri = row.uri ?? ''
  const size = wholeNumber(row.size ?? '')
  if (!/^\/data\/[^?#\\]+$/.test(uri) || /\/\.{1,2}(?:\/|$)/.test(uri) || size === null) return null
  const md5 = (row.digest ?? '').toLowerCase()
  return { uri, name: row.name ?? '', resource: row.collection ?? '', size, md5: /^[0-9a-f]{32}$/.test(md5) ? md5 : '' }
}

/** The path below its resource that a file's URI ends with: after `/files/`, decoded. */
export const pathInResource = (uri: string): string => {
  const at = uri.indexOf('/files/')
  if (at < 0) return ''
  try {
    return uri
      .slice(at + '/files/'.length)
      .split('/')
      .map(decodeURIComponent)
      .join('/')
  } catch {
    return ''
  }
}

/** Whether a file's URI lies below a scan with this id. */
export const belongsToScan = (uri: string, scan: string): boolean =>
  uri.includes(`/scans/${encodeURIComponent(scan)}/`) || uri.includes(`/scans/${scan}/`)
