/** Many files in one stream: zip, tar or tar.gz, with the paths XNAT gives them. */
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import { pack } from 'tar-stream'
import type { Exchange } from './exchange.ts'
import { notFound, type Reply } from './http.ts'
import type { Place } from './locate.ts'
import { catalogued, type StoredFile } from './model.ts'
import type { Held } from './resources.ts'

export const isArchiveFormat = (format: string | undefined): boolean => format === 'zip' || format === 'tar' || format === 'tar.gz'

interface Entry {
  path: string
  file: StoredFile
}

function entryPath(structure: string | undefined, root: string, { resource, category, catId, catDescription }: Held, path: string): string {
  const scan = category === 'scans'
  const plain = catDescription.replace(/[^\w.-]/g, '_')
  if (structure === 'improved') return scan ? `scans/${catId}_${plain}/${resource.label}/${path}` : `resources/${resource.label}/${path}`
  if (structure === 'simplified') return scan ? `${root}/scans/${catId}/${resource.label}/${path}` : `${root}/resources/${resource.label}/${path}`
  const above = scan ? `scans/${catId}-${plain}/` : category === 'assessors' ? `assessors/${catId}/` : ''
  return `${root}/${above}resources/${resource.label}/files/${path}`
}

/** Streams without a length. Nothing to send: 404, or 204 with `accept-not-found=true`. */
export function download(x: Exchange, held: Held[], place: Place): Reply {
  const root = (place.assessor ?? place.experiment ?? place.subject)?.label ?? place.project.id
  const structure = x.query.get('structure')
  const entries = held.flatMap((one) => catalogued(one.resource).map((file): Entry => ({ path: entryPath(structure, root, one, file.path), file })))
  if (entries.length === 0) {
    if (x.query.is('accept-not-found')) return { status: 204 }
    throw notFound('Files')
  }
  const format = x.query.get('format') ?? 'zip'
  const headers = { 'Content-Disposition': `attachment; filename="${root}.${format}"` }
  if (format === 'zip') {
    const level = Math.min(9, Math.max(0, Number(x.query.get('compression') ?? 0) || 0)) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
    return { status: 200, type: 'application/zip', headers, body: Readable.from(zipped(entries, level)) }
  }
  const tar = tarred(entries)
  if (format === 'tar') return { status: 200, type: 'application/x-tar', headers, body: tar }
  return { status: 200, type: 'application/x-gzip', headers, body: tar.pipe(createGzip()) }
}

async function* zipped(entries: Entry[], level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const zip = new Zip((error, chunk) => {
    if (error) throw error
    ready.push(chunk)
  })
  for (const { path, file } of entries) {
    const entry = level === 0 ? new ZipPassThrough(path) : new ZipDeflate(path, { level })
    entry.mtime = file.modifiedAt
    zip.add(entry)
    for await (const part of await file.bytes.open()) {
      entry.push(new Uint8Array(part as Buffer))
      yield* ready.splice(0)
    }
    entry.push(new Uint8Array(0), true)
    yield* ready.splice(0)
  }
  zip.end()
  yield* ready.splice(0)
}

function tarred(entries: Entry[]): Readable {
  const tar = pack()
  const fill = async () => {
    for (const { path, file } of entries) {
      const bytes = Buffer.from(await file.bytes.read())
      await new Promise<void>((resolve, reject) => {
        tar.entry({ name: path, mtime: new Date(file.modifiedAt) }, bytes, (error) => (error ? reject(error) : resolve()))
      })
    }
    tar.finalize()
  }
  fill().catch((error) => tar.destroy(error instanceof Error ? error : new Error('The tar could not be written.')))
  return Readable.from(tar as AsyncIterable<Buffer>)
}
