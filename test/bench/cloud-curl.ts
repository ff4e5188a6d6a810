/** The cloud's own time for machines, asked by curl: what anybody without this application would wait. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { CloudEntry } from '../openstack/lab.ts'

export interface CurlBaseline {
  cloud: CloudEntry
  imageId: string
  flavorId: string
  networkId: string
  /** bytes of user_data */
  userData: number
}

export interface CurlCloud {
  /** So many machines at once: ms until all are ACTIVE, and from the first DELETE until all are 404. */
  turn(machines: number): Promise<{ up: number; down: number }>
  close(): Promise<void>
}

const lanes = 10
/** ms between two looks; every look is one listing, however many machines. */
const pulse = 200

/** One curl. Config by stdin: no token on a command line. */
function curl(config: string[]): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', ['-sS', '-K', '-', '-w', '\n%{http_code}'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (part) => {
      output += String(part)
    })
    child.once('error', (fault) => reject(new Error(`curl cannot be run: ${fault.message}`)))
    child.once('close', () => {
      const cut = output.lastIndexOf('\n')
      resolve({ status: Number(output.slice(cut + 1)), body: output.slice(0, cut) })
    })
    child.stdin.end(config.join('\n'))
  })
}

const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

async function inLanes<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const rest = items.entries()
  const lane = async () => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
  return results
}

const header = (text: string) => `header = ${quoted(text)}`

/** A token of Keystone and Nova's address, as curl gets them. */
async function signIn({ auth }: CloudEntry): Promise<{ token: string; compute: string }> {
  const asked = {
    identity: {
      methods: ['password'],
      password: { user: { name: auth.username, domain: { name: auth.user_domain_name }, password: auth.password } },
    },
    scope: { project: { name: auth.project_name, domain: { name: auth.project_domain_name } } },
  }
  const { status, body } = await curl([
    `url = ${quoted(`${auth.auth_url}/auth/tokens`)}`,
    'include',
    header('Content-Type: application/json'),
    `data-binary = ${quoted(JSON.stringify({ auth: asked }))}`,
  ])
  const token = /^x-subject-token: *(\S+)/im.exec(body)?.[1]
  const catalog = /^\{.*$/m.exec(body)?.[0]
  if (status !== 201 || !token || !catalog) throw new Error(`curl is not let in: ${status}`)
  const services = (JSON.parse(catalog) as { token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] } }).token.catalog
  const compute = services.find(({ type }) => type === 'compute')?.endpoints.find((endpoint) => endpoint.interface === 'public')?.url
  if (!compute) throw new Error('the catalog has no compute')
  return { token, compute: compute.replace(/\/$/, '') }
}

export async function cloudByCurl(baseline: CurlBaseline): Promise<CurlCloud> {
  const { token, compute } = await signIn(baseline.cloud)
  const ask = (method: string, path: string, body?: string) =>
    curl([
      `url = ${quoted(`${compute}${path}`)}`,
      `request = ${method}`,
      header(`X-Auth-Token: ${token}`),
      header('OpenStack-API-Version: compute 2.37'),
      header('Content-Type: application/json'),
      ...(body === undefined ? [] : [`data-binary = ${quoted(body)}`]),
    ])
  const list = async (prefix: string) => {
    const { status, body } = await ask('GET', `/servers/detail?limit=1000&name=%5E${prefix}`)
    if (status !== 200) throw new Error(`the cloud lists no machines: ${status} ${body.slice(0, 200)}`)
    return (JSON.parse(body) as { servers: { id: string; status: string; fault?: { message: string } }[] }).servers
  }
  const ours = new Set<string>()

  const remove = async (ids: string[], prefix: string) => {
    await inLanes(ids, (id) => ask('DELETE', `/servers/${id}`))
    let left = ids
    while (left.length > 0) {
      const there = ids.length === 1 ? new Set<string>() : new Set((await list(prefix)).map(({ id }) => id))
      const asked = await inLanes(
        left.filter((id) => !there.has(id)),
        async (id) => ({ id, status: (await ask('GET', `/servers/${id}`)).status }),
      )
      for (const { id, status } of asked) if (status === 404) ours.delete(id)
      left = left.filter((id) => ours.has(id))
      if (left.length > 0) await pause(pulse)
    }
  }

  return {
    async turn(machines) {
      const prefix = `curl-${randomUUID().slice(0, 8)}-`
      const server = (index: number) => ({
        name: `${prefix}${index}`,
        imageRef: baseline.imageId,
        flavorRef: baseline.flavorId,
        networks: [{ uuid: baseline.networkId }],
        config_drive: true,
        user_data: Buffer.from('#'.repeat(baseline.userData)).toString('base64'),
      })
      const began = performance.now()
      const ids = await inLanes([...Array(machines).keys()], async (index) => {
        const { status, body } = await ask('POST', '/servers', JSON.stringify({ server: server(index) }))
        if (status !== 202) throw new Error(`the cloud takes no machine: ${status} ${body.slice(0, 200)}`)
        const { id } = (JSON.parse(body) as { server: { id: string } }).server
        ours.add(id)
        return id
      })
      for (;;) {
        const found = await list(prefix)
        const failed = found.find(({ status }) => status === 'ERROR')
        if (failed) throw new Error(`a machine of the baseline failed: ${failed.fault?.message ?? ''}`)
        if (found.filter(({ status }) => status === 'ACTIVE').length === machines) break
        await pause(pulse)
      }
      const active = performance.now()
      await remove(ids, prefix)
      return { up: active - began, down: performance.now() - active }
    },
    async close() {
      if (ours.size > 0) await remove([...ours], 'curl-')
    },
  }
}
