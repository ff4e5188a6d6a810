/** Lists as XNAT prints them: JSON, CSV, XML or an HTML table; picked columns, filters, order, pages. */
import type { Exchange } from './exchange.ts'
import { aliasNames, type Column, type Context, column, type Row } from './fields.ts'
import { escapeXml, type Query, type Reply } from './http.ts'

export interface Table {
  columns: string[]
  rows: string[][]
  /** False for pages and for permission lists: XNAT leaves totalRecords away there. */
  total: boolean
}

type Format = 'json' | 'csv' | 'xml' | 'html'

/** The format a client asked for: the query wins over Accept; JSON where neither says. */
export function formatOf(x: Pick<Exchange, 'query' | 'request'>): Format {
  const asked = x.query.get('format')?.toLowerCase()
  if (asked === 'json' || asked === 'csv' || asked === 'xml' || asked === 'html') return asked
  const accept = x.request.headers.accept ?? ''
  if (/application\/json|\*\/\*|^$/.test(accept)) return 'json'
  if (/text\/csv/.test(accept)) return 'csv'
  if (/xml/.test(accept) && !/html/.test(accept)) return 'xml'
  return /text\/html/.test(accept) ? 'html' : 'json'
}

const csvCell = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

export function tableReply(x: Pick<Exchange, 'query' | 'request'>, table: Table): Reply {
  const { columns, rows } = table
  const format = formatOf(x)
  if (format === 'csv') {
    const body = [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('')
    return { status: 200, type: 'text/csv;charset=UTF-8', body }
  }
  if (format === 'xml') {
    const heads = columns.map((name) => `<column>${escapeXml(name)}</column>`).join('')
    const lines = rows.map((row) => `<row>${row.map((cell) => `<cell>${escapeXml(cell)}</cell>`).join('')}</row>`).join('\n')
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ResultSet totalRecords="${rows.length}"><results><columns>${heads}</columns><rows>${lines}</rows></results></ResultSet>\n`
    return { status: 200, type: 'text/xml;charset=UTF-8', body }
  }
  if (format === 'html') {
    const line = (cells: string[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join('')}</tr>`
    const body = `<html><head><title>DEMO archive</title></head><body><h1>DEMO archive</h1><table>${line(columns, 'th')}${rows.map((row) => line(row, 'td')).join('\n')}</table></body></html>\n`
    return { status: 200, type: 'text/html;charset=UTF-8', body }
  }
  const result = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])))
  // XNAT writes this frame by hand, with one space before totalRecords: clients without a JSON parser must not count on more.
  const total = table.total ? `, "totalRecords": "${rows.length}"` : ''
  return { status: 200, type: 'application/json;charset=UTF-8', body: `{"ResultSet":{"Result":${JSON.stringify(result)}${total}}}` }
}

/** Query names that steer a list and are never filters. */
const steering = new Set(
  'columns,format,xsiType,sortBy,sortOrder,limit,offset,XNAT_CSRF,all,file_stats,file_format,file_content,index,recursive,fields,accessible,owner,member,collaborator,data,restrict,permissions,dataType,listContents,structure,compression,xnat_csrf'.split(
    ',',
  ),
)

function matcher(name: string, wanted: string): (value: string) => boolean {
  const choices = wanted.split(',').map((choice): ((value: string) => boolean) => {
    const isDate = /date|last_modified/i.test(name)
    if (isDate && choice.includes('-')) {
      // XNAT takes the first '-' for a range; an ISO date is then a range between two things that are no dates.
      const [from = '', to = ''] = choice.split('-').map((part) => date(part.trim()))
      return (value) => from !== '' && to !== '' && value.slice(0, 10) >= from && value.slice(0, 10) <= to
    }
    if (isDate) return (value) => date(choice) !== '' && value.slice(0, 10) === date(choice)
    if (/[*%]/.test(choice)) {
      const pattern = new RegExp(`^${choice.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/[*%]/g, '.*')}$`, 'i')
      return (value) => pattern.test(value)
    }
    const range = /frames|[/_](x|y|z)$|illumination/i.test(name) ? /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(choice) : null
    if (range) return (value) => value !== '' && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2])
    return (value) => value === choice
  })
  return (value) => choices.some((choice) => choice(value))
}

/** `MM/DD/YYYY` as ISO; empty for anything else. */
function date(value: string): string {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value)
  return parts ? `${parts[3]}-${parts[1]?.padStart(2, '0')}-${parts[2]?.padStart(2, '0')}` : ''
}

export interface ListSpec {
  context: Context
  /** Names where the client gave no `columns=`. */
  defaults: string[]
  rows: Row[]
  uri: (row: Row) => string
  /** XNAT pages some lists only. */
  pages: boolean
  /** Called with the picked columns and filters, for lists that join one line per scan when asked for a scan's field. */
  join?: (columns: Column[], rows: Row[]) => Row[]
  /** Columns by name that are no fields. */
  extra?: Record<string, (row: Row) => string>
  total?: boolean
}

/** Picks, filters, sorts and pages. ID and URI are in every list. */
export function list(x: Exchange, spec: ListSpec): Reply {
  if (x.query.get('fields') !== undefined)
    return tableReply(x, { columns: ['FIELD'], rows: aliasNames(spec.context).map((name) => [name]), total: true })
  const pick = (name: string): Column | undefined => {
    const own = spec.extra?.[name]
    return own ? { name, xpath: name, value: own } : column(x.lab, spec.context, name)
  }
  const asked = x.query
    .get('columns')
    ?.split(',')
    .map((name) => name.trim())
  const columns: Column[] = []
  for (const name of asked ? ['ID', ...asked] : spec.defaults) {
    const found = pick(name)
    if (found && !columns.some((other) => other.name === found.name)) columns.push(found)
  }
  const filters = filtersOf(x.query, pick)
  let rows = spec.join ? spec.join([...columns, ...filters.map((filter) => filter.column)], spec.rows) : spec.rows
  for (const filter of filters) rows = rows.filter((row) => filter.fits(filter.column.value(row)))
  rows = sorted(x.query, rows, pick)
  const paged = spec.pages && (x.query.get('limit') !== undefined || x.query.get('offset') !== undefined)
  if (paged) rows = page(x.query, rows)
  columns.push({ name: 'URI', xpath: 'URI', value: spec.uri })
  return tableReply(x, {
    columns: columns.map((one) => one.name),
    rows: rows.map((row) => columns.map((one) => one.value(row))),
    total: !paged && spec.total !== false,
  })
}

function filtersOf(query: Query, pick: (name: string) => Column | undefined): { column: Column; fits: (value: string) => boolean }[] {
  return query.entries.flatMap(([key, value]) => {
    if (steering.has(key)) return []
    const found = pick(key)
    // `project=` finds what is shared into a project too, so the list's own handler applies it.
    if (!found || found.name === 'project') return []
    return [{ column: found, fits: matcher(found.name, value) }]
  })
}

function sorted(query: Query, rows: Row[], pick: (name: string) => Column | undefined): Row[] {
  const by = query.get('sortBy')
  if (by === undefined) return rows
  const columns = by.split(',').flatMap((name) => pick(name.trim()) ?? [])
  const direction = /^desc$/i.test(query.get('sortOrder') ?? '') ? -1 : 1
  const keyed = rows.map((row) => ({ row, keys: columns.map((one) => one.value(row)) }))
  keyed.sort((a, b) => {
    for (let i = 0; i < columns.length; i++) {
      const left = a.keys[i] ?? ''
      const right = b.keys[i] ?? ''
      if (left !== right) return left < right ? -direction : direction
    }
    return 0
  })
  return keyed.map((one) => one.row)
}

function page(query: Query, rows: Row[]): Row[] {
  const offset = Number(query.get('offset') ?? 0) || 0
  const limit = query.get('limit') ?? '100'
  return limit === '*' ? rows.slice(offset) : rows.slice(offset, offset + (Number(limit) || 100))
}
