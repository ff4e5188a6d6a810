/** The cloud behind the application's back: what its administrator and its user see, asked with plain requests. */
import { readFileSync } from 'node:fs'
import { request } from 'undici'
import { parse } from 'yaml'
import { z } from 'zod'

const cloudsSchema = z.object({
  clouds: z.record(
    z.string(),
    z.object({
      region_name: z.string(),
      auth: z.object({
        auth_url: z.string(),
        username: z.string(),
        password: z.string(),
        project_name: z.string(),
        user_domain_name: z.string(),
        project_domain_name: z.string(),
      }),
    }),
  ),
})

export type CloudEntry = z.infer<typeof cloudsSchema>['clouds'][string]

/** One entry of the clouds.yaml the suite was given. `OS_CLOUD` where no name is given. */
export function cloudEntry(name = process.env.OS_CLOUD ?? ''): CloudEntry {
  const file = process.env.OS_CLIENT_CONFIG_FILE ?? ''
  const found = cloudsSchema.parse(parse(readFileSync(file, 'utf8'))).clouds[name]
  if (!found) throw new Error(`${file} knows no cloud ${name}`)
  return found
}

/** Where Nova reads what a guest writes. */
export function consoleFolder(): string {
  const folder = process.env.SCANSIDE_TEST_NOVA_CONSOLE
  if (!folder) throw new Error('SCANSIDE_TEST_NOVA_CONSOLE is not set')
  return folder
}

export type Service = 'identity' | 'compute' | 'image' | 'network' | 'object-store'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  json: unknown
}

export interface Session {
  project: string
  user: string
  endpoints: Map<string, string>
  /** Signs in again where a token is refused. */
  ask(service: Service, method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD', path: string, body?: unknown): Promise<Answer>
}

const catalogSchema = z.object({
  token: z.object({
    project: z.object({ id: z.string() }),
    user: z.object({ id: z.string() }),
    catalog: z.array(z.object({ type: z.string(), endpoints: z.array(z.object({ interface: z.string(), url: z.string() })) })),
  }),
})

async function send(method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const answer = await request(url, {
    method: method as 'GET',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, json: /^\s*[[{]/.test(text) ? JSON.parse(text) : text }
}

/** Signs in as one entry of clouds.yaml. */
export async function openSession(entry: CloudEntry): Promise<Session> {
  const { auth } = entry
  let token = ''
  const session: Session = {
    project: '',
    user: '',
    endpoints: new Map([['identity', auth.auth_url]]),
    async ask(service, method, path, body) {
      const base = session.endpoints.get(service)
      if (!base) throw new Error(`The catalog knows no ${service}`)
      const ask = () =>
        send(method, `${base}${path}`, { 'x-auth-token': token, 'openstack-api-version': 'compute 2.79', accept: 'application/json' }, body)
      const first = await ask()
      if (first.status !== 401) return first
      await signIn()
      return ask()
    },
  }
  const signIn = async () => {
    const answer = await send(
      'POST',
      `${auth.auth_url}/auth/tokens`,
      {},
      {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: auth.username, domain: { name: auth.user_domain_name }, password: auth.password } },
          },
          scope: { project: { name: auth.project_name, domain: { name: auth.project_domain_name } } },
        },
      },
    )
    if (answer.status !== 201) throw new Error(`Signing in to the test's cloud: ${answer.status} ${JSON.stringify(answer.json).slice(0, 300)}`)
    const told = catalogSchema.parse(answer.json).token
    token = String(answer.headers['x-subject-token'])
    session.project = told.project.id
    session.user = told.user.id
    for (const { type, endpoints } of told.catalog) {
      const url = endpoints.find((endpoint) => endpoint.interface === 'public')?.url
      if (url && type !== 'identity') session.endpoints.set(type, url.replace(/\/$/, ''))
    }
    // Glance and Neutron are listed without their version.
    for (const [type, version] of [
      ['image', '/v2'],
      ['network', '/v2.0'],
    ] as const) {
      const url = session.endpoints.get(type)
      if (url && !url.endsWith(version)) session.endpoints.set(type, `${url}${version}`)
    }
  }
  await signIn()
  return session
}

/** The administrator: as clouds.yaml says, else in the administrators' own project. */
export async function openAdmin(): Promise<Session> {
  const entry = cloudEntry('admin')
  return openSession(entry).catch(() => openSession({ ...entry, auth: { ...entry.auth, project_name: 'admin' } }))
}

const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()),
  'OS-EXT-SRV-ATTR:user_data': z.string().nullish(),
})

export interface LabServer {
  id: string
  name: string
  status: string
  metadata: Record<string, string>
}

/** Every server of every project. */
export async function allServers(admin: Session): Promise<LabServer[]> {
  const { status, json } = await admin.ask('compute', 'GET', '/servers/detail?all_tenants=1&limit=500')
  if (status !== 200) throw new Error(`GET /servers/detail: ${status}`)
  return z.object({ servers: z.array(serverSchema) }).parse(json).servers
}

/** What Nova returns as this server's user_data; null: it has none, or is gone. */
export async function userDataOf(admin: Session, id: string): Promise<string | null> {
  const { status, json } = await admin.ask('compute', 'GET', `/servers/${id}`)
  if (status === 404) return null
  if (status !== 200) throw new Error(`GET /servers/${id}: ${status}`)
  const data = z.object({ server: serverSchema }).parse(json).server['OS-EXT-SRV-ATTR:user_data']
  return data ? Buffer.from(data, 'base64').toString('utf8') : null
}

export interface LeftInCloud {
  servers: string[]
  ports: string[]
  /** Containers of Swift that belong to runs, with their objects. */
  objects: string[]
}

export const nothingLeft: LeftInCloud = { servers: [], ports: [], objects: [] }

/** Everything the project of `user` still holds of runs: names begin with `scanside-`. */
export async function leftInCloud(admin: Session, user: Session): Promise<LeftInCloud> {
  const servers = (await allServers(admin)).filter(({ name }) => name.startsWith('scanside-')).map(({ name, status }) => `${name} ${status}`)
  const ports = await admin.ask('network', 'GET', `/ports?project_id=${user.project}`)
  const owned = z.object({ ports: z.array(z.object({ id: z.string(), device_owner: z.string() })) }).parse(ports.json)
  const listed = await user.ask('object-store', 'GET', '?format=json&prefix=scanside-')
  const containers = listed.status === 204 ? [] : z.array(z.object({ name: z.string() })).parse(listed.json)
  const objects = await Promise.all(
    containers
      // The shelf of pipelines' images belongs to no run.
      .filter(({ name }) => /^scanside-[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name))
      .map(async ({ name }) => {
        const inside = await user.ask('object-store', 'GET', `/${encodeURIComponent(name)}?format=json`)
        const rows = Array.isArray(inside.json) ? z.array(z.object({ name: z.string() })).parse(inside.json) : []
        return [name, ...rows.map((row) => `${name}/${row.name}`)]
      }),
  )
  return {
    servers,
    ports: owned.ports.filter(({ device_owner }) => device_owner.startsWith('compute:')).map(({ id }) => id),
    objects: objects.flat(),
  }
}
