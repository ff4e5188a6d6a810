/** Every listed field, with everything a hostile archive could write into it. One bad line must neither run, nor forge, nor hide the good ones. */
import type { ServerResponse } from 'node:http'
import type { ChaosCase } from './part.ts'
import { type Hook, type HostileArchive, marker, mustBeSentence, mustBeShowable, outcome } from './part5-archive.ts'

const deep = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`) as unknown

/** By name, so that a case can be told from another. */
export const hostileValues: Record<string, unknown> = {
  script: `<script>document.title='${marker}'</script>`,
  image: `<img src=x onerror="document.title='${marker}'">`,
  svg: `"><svg/onload=document.title='${marker}'>`,
  address: `javascript:document.title='${marker}'`,
  template: '{{7*7}}<%= 7*7 %>#{7*7}',
  entity: '&lt;script&gt;&#x3c;script&#x3e;',
  query: "'; DROP TABLE runs; --",
  format: '%s%n%x%p%00',
  nul: `a\u0000${marker}`,
  escape: `\u001b[2J\u001b]0;${marker}\u0007`,
  lines: `a\r\nSet-Cookie: x=${marker}\r\n\r\n<html>`,
  override: `\u202e${marker}gpj.lov`,
  isolate: '\u2066\u2067abc\u2069\u200f\u061c',
  surrogate: 'a\ud800b\udfff',
  separator: 'a\u2028b\u2029c\u0085d',
  zalgo: `Z${'\u0301\u0489'.repeat(5_000)}`,
  megabyte: `${marker}${'W'.repeat(1_048_576)}`,
  'a million lines': '\n'.repeat(1_000_000),
  path: `../../../../tmp/${marker}`,
  windows: `..\\..\\${marker}.exe`,
  device: 'CON',
  stream: 'a.vol::$DATA',
  slash: '/',
  dots: '..',
  encoded: '%2e%2e%2f%2e%2e%2f',
  prototype: '__proto__',
  constructor: 'constructor',
  empty: '',
  space: ' \u00a0\u3000\u200b',
  null: null,
  true: true,
  negative: -1,
  huge: 1e308,
  list: ['a', 'b'],
  object: { toString: 'x', valueOf: 'y' },
  deep,
}

const list = (response: ServerResponse, rows: unknown[]): boolean => {
  response
    .writeHead(200, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ ResultSet: { Result: rows, totalRecords: String(rows.length) } }))
  return true
}

interface Listing {
  what: string
  /** Fields of one honest line, all of which are spoiled in turn. */
  line: Record<string, string>
  asks(path: string): boolean
  call(archive: HostileArchive): Promise<unknown>
  /** Whether the honest line is among what came. */
  shows(value: unknown): boolean
}

const scanLine = {
  ID: 'H1',
  type: 'Ring',
  quality: 'usable',
  xsiType: 'xnat:optScanData',
  note: 'a note',
  series_description: 'x',
  frames: '3',
  'xnat:optscandata/parameters/laterality': 'R',
}
const joined = (line: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(line).map(([name, value]) => [name.startsWith('xnat:') ? name : `xnat:imagescandata/${name.toLowerCase()}`, value]),
  )
const has = (value: unknown, id: string) => JSON.stringify(value)?.includes(`"id":"${id}"`) ?? false

const listings: Listing[] = [
  {
    what: 'projects',
    line: { id: 'H1', name: 'Honest', description: 'An honest one', project_access: 'private', user_role_1: 'Owners', secondary_id: 'H1' },
    asks: (path) => path.startsWith('/data/projects?'),
    call: ({ desk }) => desk.call('archive.projects', undefined),
    shows: (value) => has(value, 'H1'),
  },
  {
    what: 'sessions',
    line: {
      ID: 'H1',
      label: 'Honest',
      project: 'DEMO-MS',
      xsiType: 'xnat:optSessionData',
      date: '2024-01-02',
      subject_ID: 'S1',
      subject_label: 'P-1',
    },
    asks: (path) => path.startsWith('/data/experiments?') && path.includes('optSessionData'),
    call: ({ desk }) => desk.call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 }),
    shows: (value) => has(value, 'H1'),
  },
  {
    what: 'scans',
    line: scanLine,
    asks: (path) => /^\/data\/experiments\/[^/]+\/scans\?/.test(path),
    call: ({ desk, honest }) => desk.call('archive.scans', { project: 'DEMO-MS', session: honest.ref.session }),
    shows: (value) => has(value, 'H1'),
  },
  {
    what: 'resources',
    line: { category: 'scans', cat_id: '1', file_count: '1', file_size: '10', label: 'VOL' },
    asks: (path) => /^\/data\/experiments\/[^/]+\/resources\?/.test(path),
    call: ({ desk, honest }) => desk.call('archive.scans', { project: 'DEMO-MS', session: honest.ref.session }),
    shows: (value) => has(value, '1'),
  },
  {
    what: 'all scans',
    line: { id: 'E1', ...joined(scanLine), 'xnat:imagescandata/extension_item/element_name': 'xnat:optScanData' },
    asks: (path) => path.startsWith('/data/experiments?') && path.includes('optSessionData'),
    call: ({ desk }) => desk.call('archive.projectScans', { project: 'DEMO-MS', offset: 0, limit: 100 }),
    shows: (value) => has(value, 'H1'),
  },
]

export function fieldCases(archive: HostileArchive): ChaosCase[] {
  const cases: ChaosCase[] = []
  for (const { what, line, asks, call, shows } of listings) {
    const run = async (rows: unknown[]) => {
      archive.answers((asked, response) => (asks(asked.url ?? '') ? list(response, rows) : false))
      const came = await outcome(call(archive))
      if (!('value' in came)) throw new Error(`The good lines are hidden: ${came.code}: ${came.message}`)
      if (!shows(came.value)) throw new Error('The good line is not shown.')
      mustBeShowable(came.value)
    }
    for (const field of Object.keys(line))
      for (const [name, value] of Object.entries(hostileValues))
        cases.push({ name: `${what}: ${name} as ${field}`, run: () => run([{ ...line, [field]: value }, line]) })
    cases.push({ name: `${what}: the same line twice`, run: () => run([line, line, line]) })
    cases.push({ name: `${what}: lines that are no lines`, run: () => run([null, 1, 'x', [], true, line]) })
    cases.push({
      name: `${what}: a line of 10,000 fields`,
      run: () => run([{ ...Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${at}`, marker])), ...line }, line]),
    })
    cases.push({
      name: `${what}: a line that names a prototype`,
      run: () => run([JSON.parse(`{"__proto__":{"id":"x","label":"${marker}"},"constructor":"x"}`), line]),
    })
  }
  return [...cases, ...fileCases(archive)]
}

/** The files of a scan: what is asked for, and under which name it is kept. */
function fileCases(archive: HostileArchive): ChaosCase[] {
  const { file, ref } = archive.honest
  const honestUri = file.URI ?? ''
  const uris: Record<string, unknown> = {
    ...hostileValues,
    'another host': `${archive.elsewhere.url}/x.vol`,
    'without a scheme': archive.elsewhere.url.replace('https:', ''),
    'a backslash host': `\\\\evil.example\\share\\x.vol`,
    'out of the data': '/data/../../etc/passwd',
    'encoded dots': '/data/experiments/%2e%2e/%2e%2e/x.vol',
    'another thing of the archive': '/data/services/tokens/issue',
    'a file of this machine': 'file:///etc/passwd',
    'a query of its own': `${honestUri}?action=delete`,
    'a fragment': `${honestUri}#x`,
    'a space and more': `${honestUri} HTTP/1.1\r\nX-Evil: 1`,
    'a user': '/data/@evil.example/x.vol',
  }
  const sizes: Record<string, unknown> = {
    ...hostileValues,
    'more than there is': '999999999',
    'four exabytes': '4611686018427387904',
    hex: '0x10',
    exponent: '1e9',
    fraction: '1.5',
    zero: '0',
    one: '1',
  }
  const spoiled: [string, Record<string, unknown>][] = [
    ['URI', uris],
    ['Size', sizes],
    ['Name', hostileValues],
    ['collection', hostileValues],
    ['digest', { ...hostileValues, 'of another file': 'd41d8cd98f00b204e9800998ecf8427e' }],
  ]
  const open = async (hook: Hook) => {
    archive.answers(hook)
    const came = await outcome(archive.desk.call('scans.open', { ref, operation: 'chaos' }))
    if ('value' in came) {
      mustBeShowable(came.value)
      await archive.desk.call('scans.close', { bulk: (came.value as { bulk: string }).bulk })
    } else mustBeSentence(came)
  }
  const listed =
    (rows: unknown[]): Hook =>
    (asked, response) =>
      /\/scans\/1\/files\?/.test(asked.url ?? '') ? list(response, rows) : false
  const cases: ChaosCase[] = spoiled.flatMap(([field, values]) =>
    Object.entries(values).map(([name, value]) => ({ name: `files: ${name} as ${field}`, run: () => open(listed([{ ...file, [field]: value }])) })),
  )
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ ...file, Name: `${at}.vol`, URI: `${honestUri.replace(/[^/]+$/, '')}${at}.vol` }))
  return [
    ...cases,
    { name: 'files: the same one 100 times', run: () => open(listed(Array.from({ length: 100 }, () => file))) },
    { name: 'files: 50,000 that are not there', run: () => open(listed(many(50_000))) },
    { name: 'files: a zip with paths that climb out', run: () => open(zipWithClimbers(archive)) },
  ]
}

/** A stored zip whose entries are named `../../../tmp/…`: the scan's only file. */
function zipWithClimbers(archive: HostileArchive): Hook {
  const name = Buffer.from(`../../../../../../tmp/${marker}.vol`)
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(20, 4)
  head.writeUInt32LE(4, 18)
  head.writeUInt32LE(4, 22)
  head.writeUInt16LE(name.length, 26)
  const zip = Buffer.concat([head, name, Buffer.from('evil')])
  const { file } = archive.honest
  const uri = (file.URI ?? '').replace(/[^/]+$/, 'scan.zip')
  return (asked, response) => {
    if (/\/scans\/1\/files\?/.test(asked.url ?? ''))
      return list(response, [{ ...file, Name: 'scan.zip', URI: uri, Size: String(zip.length), digest: '' }])
    if (!asked.url?.startsWith(uri)) return false
    response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Length': zip.length }).end(zip)
    return true
  }
}
