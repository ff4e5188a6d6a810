/** The stand-in's way into a real Keystone: everything is passed on to it, and its catalog gains the container service. */
import type { IncomingMessage, ServerResponse } from 'node:http'

interface CatalogEntry {
  type: string
  endpoints: { region?: string | null; region_id?: string | null }[]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Adds an entry for the container service beside those of Keystone's own catalog, in the region they are in. */
export function withContainers(body: unknown, url: string): unknown {
  const token = isRecord(body) && isRecord(body.token) ? body.token : null
  if (token === null || !Array.isArray(token.catalog)) return body
  const catalog = token.catalog as CatalogEntry[]
  const region = catalog.flatMap(({ endpoints }) => endpoints)[0]?.region_id ?? 'RegionOne'
  const endpoints = ['public', 'internal', 'admin'].map((name) => ({ id: `zun-${name}`, interface: name, region, region_id: region, url }))
  return { ...(body as object), token: { ...token, catalog: [...catalog, { id: 'zun', name: 'zun', type: 'container', endpoints }] } }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export interface Identity {
  /** `path` is what stands behind `/v3`. */
  pass(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
  /** Who a token is, or null where Keystone does not take it (any more). */
  whoIs(token: string): Promise<{ project: string; admin: boolean } | null>
}

/**
 * @param keystone ends in `/v3`
 * @param own where the stand-in passes it on, ending in `/v3`
 * @param zun the container service's address for the catalog
 */
export function passIdentity(keystone: string, own: string, zun: string): Identity {
  const origin = keystone.replace(/\/v3$/, '')
  return {
    async pass(request, response, path) {
      const headers: Record<string, string> = {}
      for (const name of ['x-auth-token', 'x-subject-token', 'content-type', 'accept']) {
        const value = request.headers[name]
        if (typeof value === 'string') headers[name] = value
      }
      const body = await bodyOf(request)
      const method = request.method ?? 'GET'
      const answer = await fetch(`${keystone}${path}`, { method, headers, redirect: 'manual', ...(body.length > 0 ? { body } : {}) })
      const text = (await answer.text()).replaceAll(origin, own.replace(/\/v3$/, ''))
      const subject = answer.headers.get('x-subject-token')
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
        vary: 'X-Auth-Token',
        ...(subject === null ? {} : { 'x-subject-token': subject }),
      })
      response.end(path.startsWith('/auth/tokens') && text.startsWith('{') ? JSON.stringify(withContainers(JSON.parse(text), zun)) : text)
    },
    async whoIs(token) {
      const answer = await fetch(`${keystone}/auth/tokens`, { headers: { 'x-auth-token': token, 'x-subject-token': token } })
      if (answer.status !== 200) return null
      const { token: said } = (await answer.json()) as { token: { project?: { id: string }; roles?: { name: string }[] } }
      return said.project === undefined ? null : { project: said.project.id, admin: said.roles?.some(({ name }) => name === 'admin') ?? false }
    },
  }
}
