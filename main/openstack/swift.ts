/** Swift (or Ceph's gateway in its place): containers, objects, and links that need no credential. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { HttpReply } from '../http/http.ts'
import { createLinkKeys } from './link-keys.ts'
import type { ObjectFacts, ObjectStore } from './openstack.ts'
import { readAs, type Service } from './service.ts'
import { encodeObject, type LinkDigest, linkDigests, temporaryLink } from './temp-url.ts'

const infoSchema = z.object({
  swift: z.object({ max_file_size: z.number().optional() }).optional(),
  tempurl: z.object({ allowed_digests: z.array(z.string()).optional() }).optional(),
})

// Swift's own bound where it says none.
const usualMaxObject = 5 * 1024 ** 3
const pageSize = 1_000
const maxPages = 1_000

const containersSchema = z.array(z.object({ name: z.string() }))
const objectsSchema = z.array(z.union([z.object({ name: z.string(), bytes: z.number(), hash: z.string() }), z.object({ subdir: z.string() })]))

const metaPrefix = 'x-container-meta-'
const objectMetaPrefix = 'x-object-meta-'
const keyHeader = 'x-container-meta-temp-url-key'

interface Offer {
  /** Null: the store says that it knows no links. */
  digests: LinkDigest[] | null
  maxObject: number
}

/** `/info` lies beside the accounts. Where it is closed or missing, links are tried with what every store knows. */
const offerOf = async (service: Service, signal?: AbortSignal): Promise<Offer> => {
  const base = service.url.replace(/\/v1(\/.*)?$/, '')
  const reply = await service.ask({ method: 'GET', base, path: '/info', answers: [400, 401, 403, 404, 405, 501], signal })
  if (reply.status >= 400) {
    await reply.discard()
    return { digests: linkDigests(undefined), maxObject: usualMaxObject }
  }
  const info = await readAs(infoSchema, reply, 'object-store')
  return {
    digests: info.tempurl ? linkDigests(info.tempurl.allowed_digests) : null,
    maxObject: info.swift?.max_file_size ?? usualMaxObject,
  }
}

const etagOf = (reply: HttpReply): string => (reply.header('etag') ?? '').replaceAll('"', '').toLowerCase()

/** Headers that begin so, without that; never a key of links. */
const metadataOf = (reply: HttpReply, prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(reply.headers).flatMap(([header, value]) =>
      header.startsWith(prefix) && !header.startsWith(keyHeader) && typeof value === 'string' ? [[header.slice(prefix.length), value] as const] : [],
    ),
  )

/** @param opens whether a link opens without any credential */
export const connectSwift = async (
  service: Service,
  opens: (link: string, signal?: AbortSignal) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<ObjectStore> => {
  const offer = await offerOf(service, signal)
  const keys = createLinkKeys(service, opens, offer.digests?.[0] ?? 'sha1')
  const containerPath = (name: string) => `/${encodeURIComponent(name)}`
  const objectPath = (container: string, name: string) => `${containerPath(container)}/${encodeObject(name)}`

  const pages = async <T>(path: string, prefix: string, schema: z.ZodType<T[]>, nameOf: (item: T) => string, signal?: AbortSignal): Promise<T[]> => {
    const all: T[] = []
    let marker = ''
    for (let page = 0; page < maxPages; page += 1) {
      const query = { format: 'json', limit: String(pageSize), ...(prefix === '' ? {} : { prefix }), ...(marker === '' ? {} : { marker }) }
      const reply = await service.ask({ method: 'GET', path, query, answers: [404], signal })
      if (reply.status === 404 || reply.status === 204) {
        await reply.discard()
        return all
      }
      const items = await readAs(schema, reply, 'object-store')
      all.push(...items)
      const last = items.at(-1)
      // A store may give smaller pages than it is asked for: only an empty one is the end.
      if (last === undefined) return all
      marker = nameOf(last)
    }
    throw new ScansideError(
      'not-supported',
      'The cloud’s object store (Swift) lists without end. Nothing was changed; tell the cloud’s administrator.',
      {
        reason: 'endless-listing',
      },
    )
  }

  const removed = async (path: string, signal?: AbortSignal): Promise<void> => {
    await (await service.ask({ method: 'DELETE', path, answers: [404], signal })).discard()
  }

  return {
    get tempUrl() {
      return offer.digests === null ? null : { digests: offer.digests, levels: keys.levels() }
    },
    async makeContainer(name, options, signal) {
      const headers: Record<string, string> = {}
      for (const [key, value] of Object.entries(options.metadata ?? {})) headers[`${metaPrefix}${key.toLowerCase()}`] = value
      if (options.tempUrlKey !== undefined) headers[keyHeader] = options.tempUrlKey
      await (await service.ask({ method: 'PUT', path: containerPath(name), headers, body: new Uint8Array(0), signal })).discard()
      if (options.tempUrlKey !== undefined && offer.digests !== null) await keys.prove(name, options.tempUrlKey, signal)
    },
    async container(name, signal) {
      const reply = await service.ask({ method: 'HEAD', path: containerPath(name), answers: [404], signal })
      await reply.discard()
      if (reply.status === 404) return null
      return {
        tempUrlKey: reply.header(keyHeader) || null,
        metadata: metadataOf(reply, metaPrefix),
        objects: Number(reply.header('x-container-object-count') ?? 0),
      }
    },
    async deleteContainer(name, signal) {
      await removed(containerPath(name), signal)
      await keys.tidy(async () => (await pages('', keys.prefix, containersSchema, (one) => one.name, signal)).length === 0, signal)
    },
    async containersOf(prefix, signal) {
      return (await pages('', prefix, containersSchema, (one) => one.name, signal)).map((one) => one.name)
    },
    async objects(container, signal) {
      const found = await pages(containerPath(container), '', objectsSchema, (one) => ('name' in one ? one.name : one.subdir), signal)
      return found.flatMap((one): ObjectFacts[] => ('name' in one ? [{ name: one.name, size: one.bytes, md5: one.hash }] : []))
    },
    async put(container, name, body, options, signal) {
      const size = body instanceof Uint8Array ? body.byteLength : body.size
      if (size > offer.maxObject) {
        throw new ScansideError('quota', 'This is larger than the cloud’s object store takes in one piece. Nothing was sent.', {
          reason: 'object-size',
          size,
          max: offer.maxObject,
        })
      }
      const path = objectPath(container, name)
      const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
      for (const [key, value] of Object.entries(options.metadata ?? {})) headers[`${objectMetaPrefix}${key.toLowerCase()}`] = value
      if (options.deleteAfter !== undefined) headers['x-delete-after'] = String(Math.max(1, Math.round(options.deleteAfter)))
      let digest: () => string
      let sent: Uint8Array | { stream: Transform; size: number }
      if (body instanceof Uint8Array) {
        const md5 = createHash('md5').update(body).digest('hex')
        digest = () => md5
        headers.etag = md5
        sent = body
      } else {
        // A stream is sent once: asked now, an ended sign-in is renewed before the first byte.
        await (await service.ask({ method: 'HEAD', path: containerPath(container), signal })).discard()
        const hash = createHash('md5')
        const through = new Transform({
          transform(part: Uint8Array, _encoding, done) {
            hash.update(part)
            done(null, part)
          },
        })
        body.stream.once('error', (error) => through.destroy(error))
        sent = { stream: body.stream.pipe(through), size }
        digest = () => hash.digest('hex')
      }
      // At a hundred kilobytes a second even a slow line comes through.
      const timeouts = { headersMs: 120_000 + size / 100 }
      const reply = await service.ask({ method: 'PUT', path, headers, body: sent, timeouts, signal })
      await reply.discard()
      if (etagOf(reply) !== digest()) {
        await removed(path, signal)
        throw new ScansideError('integrity', 'The cloud’s object store received other bytes than were sent. They were removed there; try again.', {
          reason: 'etag',
          service: 'object-store',
        })
      }
    },
    async object(container, name, signal) {
      const reply = await service.ask({ method: 'HEAD', path: objectPath(container, name), answers: [404], signal })
      await reply.discard()
      if (reply.status === 404) return null
      const size = Number(reply.header('content-length') ?? 0)
      return { name, size, md5: etagOf(reply), metadata: metadataOf(reply, objectMetaPrefix) }
    },
    async get(container, name, limit, signal) {
      const reply = await service.ask({ method: 'GET', path: objectPath(container, name), headers: { accept: '*/*' }, answers: [404], signal })
      if (reply.status === 404) {
        await reply.discard()
        return null
      }
      const bytes = await reply.bytes(limit)
      const etag = etagOf(reply)
      if (/^[0-9a-f]{32}$/.test(etag) && !reply.header('x-static-large-object') && !reply.header('x-object-manifest')) {
        if (createHash('md5').update(bytes).digest('hex') !== etag) {
          throw new ScansideError('integrity', 'What came from the cloud’s object store is not what lies there. Try again.', {
            reason: 'etag',
            service: 'object-store',
          })
        }
      }
      return bytes
    },
    async has(container, name, signal) {
      const reply = await service.ask({ method: 'HEAD', path: objectPath(container, name), answers: [404], signal })
      await reply.discard()
      return reply.status !== 404
    },
    async deleteObject(container, name, signal) {
      await removed(objectPath(container, name), signal)
    },
    link(method, container, name, key, seconds) {
      if (offer.digests === null) {
        throw new ScansideError('not-supported', 'The cloud’s object store makes no links that work without a credential (TempURL).', {
          reason: 'no-links',
        })
      }
      const expires = Math.floor(service.now() / 1000) + Math.max(1, Math.round(seconds))
      return temporaryLink({ method, account: service.url, container, object: name, expires }, keys.keyFor(key), offer.digests[0] ?? 'sha1')
    },
  }
}
