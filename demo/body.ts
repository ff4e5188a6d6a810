/** What a request carries: raw bytes, or parts of a form; with XNAT's rules about how a file may be sent. */
import { Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'
import { Problem } from './http.ts'

/** Content types XNAT takes for a file in the body without being told `inbody=true`. */
const fileTypes =
  /^(application\/(octet-stream|zip|x-zip-compressed|x-tar|x-gzip|gzip|x-gtar|pdf|dicom|msword|excel|vnd\.|rtf|postscript)|text\/(plain|csv|xml|richtext|tab-separated-values)|application\/xml|image\/|video\/|audio\/)/

export interface Upload {
  /** File name of a form's part; undefined where the body is the file. */
  name?: string
  body: AsyncIterable<unknown>
  /** Called after the bytes were taken: whether all that was promised arrived. */
  complete: () => boolean
  /** Breaks the connection. */
  cut?: () => void
}

export async function readAll(x: Exchange): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of x.request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export const contentType = (x: Exchange) => (x.request.headers['content-type'] ?? '').toLowerCase()

/** The file a request brings. 406 multipart with inbody, 400 without a length or empty, 417 where there is nothing XNAT takes for a file. */
export async function upload(x: Exchange): Promise<Upload[]> {
  const type = contentType(x)
  const inBody = x.query.is('inbody')
  if (type.startsWith('multipart/form-data')) {
    if (inBody) throw new Problem(406, 'Multi-part form data cannot be combined with inbody=true.')
    return multipart(await readAll(x), x.request.headers['content-type'] ?? '')
  }
  if (!inBody && !fileTypes.test(type)) throw new Problem(417, 'Need PUT/POST Contents')
  const length = Number(x.request.headers['content-length'] ?? -1)
  const zip = /^application\/(zip|x-zip-compressed)/.test(type)
  if (length < 1 && !(zip && length < 0)) {
    throw new Problem(400, 'In-body File posts must include the file directly as the body of the message (with a content-length).')
  }
  return [{ body: x.request.iterator({ destroyOnReturn: false }), complete: () => x.request.complete, cut: () => x.request.socket.destroy() }]
}

/** The parts of a form that carry a file name. */
export function multipart(body: Buffer, type: string): Upload[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type)
  const mark = Buffer.from(`--${boundary?.[1] ?? boundary?.[2] ?? ''}`)
  const uploads: Upload[] = []
  let at = body.indexOf(mark)
  while (at >= 0) {
    const from = at + mark.byteLength + 2
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), from)
    if (next < 0) break
    const split = body.indexOf('\r\n\r\n', from)
    const head = body.subarray(from, split).toString('utf8')
    const name = /filename="([^"]*)"/i.exec(head)?.[1]
    const content = body.subarray(split + 4, next)
    if (split >= 0 && split < next && name) uploads.push({ name, body: Readable.from([content]), complete: () => true })
    at = next + 2
  }
  if (uploads.length === 0) throw new Problem(417, 'Need PUT/POST Contents')
  return uploads
}

/** The XML document a request brings, where it brings one: by content type, `inbody=true`, `req_format=xml`, or a form's part named *.xml. */
export async function xmlBody(x: Exchange): Promise<string | undefined> {
  if (x.query.get('req_format') === 'qs') return undefined
  const type = contentType(x)
  if (type.startsWith('multipart/form-data')) {
    const part = multipart(await readAll(x), x.request.headers['content-type'] ?? '').find((one) => one.name?.endsWith('.xml'))
    if (!part) return undefined
    const pieces: Buffer[] = []
    for await (const piece of part.body) pieces.push(piece as Buffer)
    return Buffer.concat(pieces).toString('utf8')
  }
  if (!/^(text|application)\/xml/.test(type) && !x.query.is('inbody') && x.query.get('req_format') !== 'xml') return undefined
  const body = (await readAll(x)).toString('utf8')
  return body.trim() === '' ? undefined : body
}
