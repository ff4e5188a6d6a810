/** Files of resources: list, read, write, delete. Every trap of the real one is kept. */
import { unzipSync } from 'fflate'
import { canEdit, requireDelete } from './access.ts'
import { upload } from './body.ts'
import { memoryBytes } from './bytes.ts'
import { download, isArchiveFormat } from './download.ts'
import type { Exchange } from './exchange.ts'
import { done, notFound, Problem, type Reply } from './http.ts'
import { pickResources } from './locate.ts'
import { addResource, catalogued, type Resource, type StoredFile, stamp } from './model.ts'
import { type Held, heldForReading, heldForWriting, touch } from './resources.ts'
import { tableReply } from './table.ts'
import { isPacked, unpack } from './unpack.ts'

const columns = ['Name', 'Size', 'URI', 'collection', 'file_tags', 'file_format', 'file_content', 'cat_ID', 'digest']

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')

/** The resources a path speaks of, narrowed to the one it names. 404 where that one is not there. */
function chosen(x: Exchange): Held[] {
  const { held } = heldForReading(x)
  if (x.params.resource === undefined) return held
  const wanted = pickResources(
    held.map((one) => one.resource),
    x.params.resource,
  )
  if (wanted.length === 0) throw notFound('Resource')
  return held.filter((one) => wanted.includes(one.resource))
}

/** `.../files`: a table, or with `format=zip|tar|tar.gz` the bytes. */
export async function listFiles(x: Exchange, folder = ''): Promise<Reply> {
  if (isArchiveFormat(x.query.get('format'))) return download(x, chosen(x), heldForReading(x).place)
  const format = x.query.get('file_format')?.split(',')
  const content = x.query.get('file_content')?.split(',')
  const flat = x.query.get('recursive') === 'false'
  const rows: string[][] = []
  for (const { resource, owner } of chosen(x)) {
    for (const file of catalogued(resource)) {
      if (!file.path.startsWith(folder) || (flat && file.path.slice(folder.length).includes('/'))) continue
      if ((format && !format.includes(file.format)) || (content && !content.includes(file.content))) continue
      rows.push([
        file.path.slice(file.path.lastIndexOf('/') + 1),
        String(file.bytes.size),
        `${owner}/resources/${resource.id}/files/${encodePath(file.path)}`,
        resource.label,
        file.tags,
        file.format,
        file.content,
        String(resource.id),
        x.site.checksums ? await file.bytes.digest() : '',
      ])
    }
  }
  const index = x.query.get('index')
  return tableReply(x, { columns, rows: index === undefined ? rows : rows.slice(Number(index), Number(index) + 1), total: true })
}

const types: Record<string, string> = {
  txt: 'text/plain',
  xml: 'text/xml',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  html: 'text/html',
  csv: 'text/csv',
  zip: 'application/zip',
}

/** One file, from its beginning: the real one knows neither Range nor ETag. `a.zip!/entry` and `listContents=true` look into an archive. */
export async function readFile(x: Exchange): Promise<Reply> {
  const path = x.params.path ?? ''
  if (path.endsWith('/')) return listFiles(x, path)
  const [outer = '', entry] = path.split('!/')
  const file = chosen(x)
    .map((one) => one.resource.files.get(outer))
    .find((one) => one?.catalogued)
  if (!file) throw notFound('File')
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (x.query.is('listContents')) {
    const inside = Object.entries(unzipSync(await file.bytes.read())).map(([inner, bytes]) => [inner, String(bytes.byteLength)])
    return tableReply(x, { columns: ['File Name', 'Size'], rows: inside, total: true })
  }
  let bytes = file.bytes
  if (entry !== undefined) {
    const inside = unzipSync(await file.bytes.read())[entry]
    if (!inside) throw notFound('File')
    bytes = memoryBytes(inside)
  }
  const headers = {
    'Content-Length': String(bytes.size),
    'Last-Modified': new Date(file.modifiedAt).toUTCString(),
    'Content-Disposition': `attachment; filename="${name.replace(/["\\\r\n]/g, '_')}"`,
  }
  const type = types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
  return { status: 200, type, headers, body: x.method === 'HEAD' ? '' : await bytes.open() }
}

/**
 * PUT or POST of a file. 200 with an empty body when it was stored. Also 200: with `{"duplicates":[...]}` when it was there already and
 * `overwrite=true` was not said, and with nothing at all when the person may not edit.
 */
export async function writeFile(x: Exchange): Promise<Reply> {
  const { place, list, resource: there } = heldForWriting(x)
  if (!canEdit(x.user, place.project)) return { ...done(), close: true }
  const uploads = await upload(x)
  const given = (name: string) => x.query.get(name) ?? ''
  const resource = there ?? addResource(x.lab, list, x.params.resource ?? '', { format: given('format'), content: given('content') })
  const duplicates: string[] = []
  for (const one of uploads) {
    const { bytes, complete, reason } = await x.store.take(one.body, one.cut)
    const whole = complete && one.complete()
    const path = placeFor(x, one.name)
    if (whole && x.query.is('extract') && isPacked(path)) {
      for (const [inner, content] of await unpack(path, await bytes.read())) {
        if (!keep(x, resource, inner, memoryBytes(content), true)) duplicates.push(inner)
      }
      continue
    }
    if (!keep(x, resource, path, bytes, whole)) duplicates.push(path)
    if (!whole) throw new Problem(500, reason === 'disk-full' ? 'java.io.IOException: No space left on device' : 'Error during upload', 'error')
  }
  touch(x, place)
  if (duplicates.length === 0) return done()
  return { status: 200, type: 'text/html;charset=UTF-8', body: JSON.stringify({ duplicates }) }
}

function placeFor(x: Exchange, partName: string | undefined): string {
  const path = x.params.path ?? ''
  if (path === '' || path.endsWith('/')) {
    if (!partName) throw new Problem(400, 'The name of the file is missing.')
    return `${path}${partName}`
  }
  if (path.split('/').includes('..')) throw new Problem(400, 'Invalid file path.')
  return path
}

/** False where something is in the way: XNAT looks at the disk, so an uncatalogued leftover is in the way too. */
function keep(x: Exchange, resource: Resource, path: string, bytes: StoredFile['bytes'], whole: boolean): boolean {
  const there = resource.files.get(path)
  if (there && !x.query.is('overwrite')) return false
  const given = (name: string) => x.query.get(name) ?? ''
  const listed = whole || there?.catalogued === true
  resource.files.set(path, {
    path,
    format: given('format'),
    content: given('content'),
    tags: given('tags'),
    modifiedAt: stamp(x.lab),
    catalogued: listed,
    bytes,
  })
  return true
}

export function deleteFile(x: Exchange): Reply {
  const { place, resource } = heldForWriting(x)
  requireDelete(x.user, place.project)
  if (!resource?.files.delete(x.params.path ?? '')) throw notFound('File')
  touch(x, place)
  return done()
}
