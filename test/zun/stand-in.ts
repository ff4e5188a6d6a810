/**
 * A stand-in for Zun, which cannot be run on the machines the project is tested on: its v1 API by the reference (containers with microversions
 * 1.1 to 1.40), over a real Keystone and a real Docker engine. `zunclient.test.ts` holds it against a client this project did not write.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Docker from 'dockerode'
import { type Containers, type Faults, noFaults, openContainers } from './containers.ts'
import { type Identity, passIdentity } from './identity.ts'
import { Refused } from './refused.ts'

const newest = 40

export interface ZunStandIn {
  /** Keystone with the container service in its catalog, ending in `/v3`. */
  authUrl: string
  /** Label value of every container it runs. */
  id: string
  faults: Faults
  /** Method and path of every request to the container service, without their queries. */
  asked: string[]
  stop(): Promise<void>
}

/** `keystone` ends in `/v3`. */
export async function startZun({ keystone, docker }: { keystone: string; docker: Docker }): Promise<ZunStandIn> {
  const id = randomUUID()
  const faults = noFaults()
  const asked: string[] = []
  const containers = openContainers(docker, id, faults)
  let identity: Identity
  const server = createServer((request, response) => {
    answer(request, response).catch((fault: unknown) => {
      const refused = fault instanceof Refused ? fault : new Refused(500, 'Internal Server Error', 'The stand-in failed.')
      if (!(fault instanceof Refused)) console.error(fault)
      const errors = [{ request_id: '', code: '', status: refused.status, title: refused.title, detail: refused.message, links: [] }]
      send(response, refused.status, { errors })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const authUrl = `${base}/identity/v3`
  identity = passIdentity(keystone, authUrl, `${base}/container/v1`)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', base)
    if (url.pathname === '/identity' || url.pathname === '/identity/') return await identity.pass(request, response, '')
    if (url.pathname.startsWith('/identity/v3'))
      return await identity.pass(request, response, `${url.pathname.slice('/identity/v3'.length)}${url.search}`)
    if (/^\/container\/?$/.test(url.pathname)) {
      const version = {
        id: 'v1',
        status: 'CURRENT',
        max_version: `1.${newest}`,
        min_version: '1.1',
        links: [{ href: `${base}/container/v1/`, rel: 'self' }],
      }
      return send(response, 200, { name: 'OpenStack Zun API', description: 'A stand-in.', versions: [version], default_version: version })
    }
    if (!/^\/container\/v1(\/|$)/.test(url.pathname)) throw new Refused(404, 'Not Found', 'There is nothing here.')
    asked.push(`${request.method} ${url.pathname.slice('/container/v1'.length)}`)
    const token = request.headers['x-auth-token']
    const who = typeof token === 'string' ? await identity.whoIs(token) : null
    if (who === null) {
      response.writeHead(401, { 'www-authenticate': `Keystone uri="${keystone}"`, 'content-type': 'text/html' })
      response.end('Authentication required')
      return
    }
    await containerService(request, response, url, who, base, containers, faults)
  }

  return {
    authUrl,
    id,
    faults,
    asked,
    async stop() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await containers.stop()
    },
  }
}

/** `container 1.20` as its minor number; without a header 1.1. */
function microversionOf(header: string | string[] | undefined): number {
  if (typeof header !== 'string') return 1
  const match = /^container (\d+)\.(\d+)$/.exec(header.trim())
  const minor = match?.[1] === '1' ? Number(match[2]) : -1
  if (minor < 1 || minor > newest) {
    throw new Refused(
      406,
      'Not Acceptable',
      `Version ${header} was requested but the minor version is not supported by this service. The supported version range is: [1.1, 1.${newest}].`,
    )
  }
  return minor
}

const truth = (value: string | null): boolean => /^(true|1|yes)$/i.test(value ?? '')

function send(response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

async function containerService(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  who: { project: string; admin: boolean },
  base: string,
  containers: Containers,
  faults: Faults,
): Promise<void> {
  const microversion = microversionOf(request.headers['openstack-api-version'])
  const version = { 'openstack-api-version': `container 1.${microversion}` }
  const [, , , kind, wanted, action] = url.pathname.split('/').map(decodeURIComponent)
  if (kind !== 'containers') throw new Refused(404, 'Not Found', 'The stand-in knows containers alone.')
  const asked = `${request.method} ${[wanted ? ':id' : '', action ?? ''].filter(Boolean).join('/')}`
  switch (asked.trim()) {
    case 'GET': {
      const limit = Math.min(Number(url.searchParams.get('limit') ?? '1000'), 1000)
      const page = await containers.list(who.project, limit, url.searchParams.get('marker'))
      const next = page.more ? { next: `${base}/container/v1/containers?limit=${limit}&marker=${page.containers.at(-1)?.uuid ?? ''}` } : {}
      return send(response, 200, { containers: page.containers, ...next }, version)
    }
    case 'POST': {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
      const made = await containers.create(who.project, body, truth(url.searchParams.get('run')), microversion)
      if (faults.loseAnswers > 0) {
        faults.loseAnswers -= 1
        request.socket.destroy()
        return
      }
      return send(response, 202, made, { ...version, location: `${base}/container/v1/containers/${made.uuid}` })
    }
    case 'GET :id':
      return send(response, 200, await containers.show(who.project, wanted ?? ''), version)
    case 'GET :id/logs':
      return send(response, 200, await containers.logs(who.project, wanted ?? ''), version)
    case 'DELETE :id': {
      const stop = truth(url.searchParams.get('stop'))
      if (stop && microversion < 12)
        throw new Refused(400, 'Bad Request', 'Invalid param stop because current request version is too old: it needs 1.12.')
      await containers.remove(who.project, wanted ?? '', { stop, force: truth(url.searchParams.get('force')), admin: who.admin })
      return send(response, 204, undefined, version)
    }
    default:
      throw new Refused(405, 'Method Not Allowed', 'The stand-in does not know this action.')
  }
}
