/** The OpenStack client against real services: everything they taught that a client has to know. In a project of its own, removed at the end. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHttp, type Http } from '../../main/http/http.ts'
import { applicationCredentialsNamed, deleteApplicationCredential, makeApplicationCredential } from '../../main/openstack/application-credential.ts'
import { readClouds } from '../../main/openstack/clouds-yaml.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import { maxUserDataBytes } from '../../main/openstack/nova.ts'
import type { Cloud, CloudAccess, Compute, NewServer, ObjectStore, Server } from '../../main/openstack/openstack.ts'
import { faultSentence } from '../../main/openstack/refusal.ts'
import { type LinkDigest, temporaryLink } from '../../main/openstack/temp-url.ts'
import { cloudEntry, openAdmin, openSession, type Session } from './lab.ts'

const mark = `api-${randomBytes(4).toString('hex')}`

let http: Http
let admin: Session
let access: CloudAccess
let cloud: Cloud
let compute: Compute
let objects: ObjectStore
let projectId: string
let userId: string
/** What is undone at the end, the last first. */
const closing: (() => Promise<unknown>)[] = []

const idOf = (json: unknown, key: string) => z.record(z.string(), z.looseObject({ id: z.string() })).parse(json)[key]?.id ?? ''

const ask = async (session: Session, ...args: Parameters<Session['ask']>) => {
  const answer = await session.ask(...args)
  if (answer.status >= 300) throw new Error(`${args[1]} ${args[2]}: ${answer.status} ${JSON.stringify(answer.json).slice(0, 300)}`)
  return answer.json
}

/** The test's own account, behind the client's back. */
const owner = (): Promise<Session> => {
  const entry = cloudEntry()
  return openSession({ ...entry, auth: { ...entry.auth, username: mark, password: mark, project_name: mark } })
}

const connect = async (wanted: CloudAccess): Promise<Cloud> => {
  const made = await connectCloud(wanted, { http })
  closing.push(made.close)
  return made
}

const until = async <T>(look: () => Promise<T | null | false>): Promise<T> => {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look()
    if (found) return found
    await delay(300)
  }
  throw new Error('It did not come about')
}

beforeAll(async () => {
  const file = process.env.OS_CLIENT_CONFIG_FILE
  const name = process.env.OS_CLOUD
  if (!file || !name) throw new Error('This suite needs a cloud: set OS_CLIENT_CONFIG_FILE and OS_CLOUD, with an entry admin beside it.')
  const entry = readClouds(readFileSync(file, 'utf8'), null).find((one) => one.name === name)
  if (!entry?.config) throw new Error(`${file}: ${entry?.problem ?? `no cloud ${name}`}`)

  http = createHttp({ userAgent: 'Scanside/test', roots: entry.config.ca })
  closing.push(http.close)
  admin = await openAdmin()
  projectId = idOf(await ask(admin, 'identity', 'POST', '/projects', { project: { name: mark, domain_id: 'default' } }), 'project')
  closing.push(() => ask(admin, 'identity', 'DELETE', `/projects/${projectId}`))
  userId = idOf(await ask(admin, 'identity', 'POST', '/users', { user: { name: mark, password: mark, domain_id: 'default' } }), 'user')
  closing.push(() => ask(admin, 'identity', 'DELETE', `/users/${userId}`))
  // One by one: with their user, Keystone on SQLite leaves their roles behind, and nobody can make another.
  closing.push(async () => {
    for (const id of await applicationCredentialsNamed(access, '', { http })) await deleteApplicationCredential(access, id, { http })
  })
  const known = z.object({ roles: z.array(z.object({ id: z.string(), name: z.string() })) }).parse(await ask(admin, 'identity', 'GET', '/roles'))
  for (const role of known.roles.filter((one) => ['member', 'reader'].includes(one.name))) {
    await ask(admin, 'identity', 'PUT', `/projects/${projectId}/users/${userId}/roles/${role.id}`)
  }
  await quota(25)
  access = {
    config: { ...entry.config, auth: { kind: 'password', user: mark, userDomain: 'default', project: mark, projectDomain: 'default' } },
    secret: mark,
  }
  cloud = await connect(access)
  if (!cloud.compute || !cloud.objects) throw new Error('This cloud has no Nova or no Swift')
  compute = cloud.compute
  objects = cloud.objects
  closing.push(async () => {
    for (const server of await compute.serversOf('api-')) await gone(server.id)
    for (const container of await objects.containersOf('api-')) {
      for (const object of await objects.objects(container)) await objects.deleteObject(container, object.name)
      await objects.deleteContainer(container)
    }
  })
})

const quota = (instances: number) =>
  ask(admin, 'compute', 'PUT', `/os-quota-sets/${projectId}`, { quota_set: { instances, cores: 2_000, ram: 4_000_000, force: true } })

const gone = async (id: string): Promise<void> => {
  await compute.delete(id)
  await until(async () => (await compute.server(id)) === null)
}

afterAll(async () => {
  for (const one of closing.reverse()) await one()
})

const order = async (change: Partial<NewServer> = {}): Promise<NewServer> => {
  const [image] = (await cloud.images?.list()) ?? []
  const flavors = await compute.flavors()
  const smallest = flavors.filter((one) => one.diskGiB > 0 && !one.name.startsWith('api-')).sort((a, b) => a.ramMiB - b.ramMiB)[0]
  if (!image || !smallest) throw new Error('This cloud has no image or no flavor')
  return {
    name: `${mark}-${randomBytes(3).toString('hex')}`,
    imageId: image.id,
    flavorId: smallest.id,
    network: { kind: 'none' },
    zone: null,
    userData: '#cloud-config\n',
    metadata: { 'org.scanside.run': 'r1' },
    ...change,
  }
}

/** Out of BUILD, whatever became of it. */
const settled = (id: string): Promise<Server> =>
  until(async () => {
    const server = await compute.server(id)
    return server && server.status !== 'BUILD' ? server : null
  })

const flavor = async (of: { vcpus: number; ram: number; disk: number }): Promise<string> => {
  const id = `${mark}-${of.disk}-${of.vcpus}`
  await ask(admin, 'compute', 'POST', '/flavors', { flavor: { id, name: id, ...of } })
  closing.push(() => admin.ask('compute', 'DELETE', `/flavors/${id}`))
  return id
}

describe('signing in', () => {
  it('finds who, where and what there is', async () => {
    expect(cloud).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      project: { id: projectId, name: mark },
      user: { id: userId, name: mark },
    })
    expect(cloud.roles.sort()).toEqual(['member', 'reader'])
    expect(cloud.expiresAt).toBeNull()
    expect(Math.abs(cloud.clockSkewMs())).toBeLessThan(30_000)
    expect(compute.microversion).toBe('2.37')
    expect(await compute.zones()).toContain('nova')
    expect(await compute.limits()).toMatchObject({ instances: { used: 0, max: 25 } })
    expect((await cloud.images?.list())?.map((image) => image.name)).toContain('analysis-base')
    expect(await cloud.networks?.list()).toEqual(expect.arrayContaining([expect.objectContaining({ external: true })]))
  })

  it('says the same of the same cloud every time, and another of another project', async () => {
    expect((await connect(access)).id).toBe(cloud.id)
    const other = cloudEntry()
    const auth = {
      kind: 'password' as const,
      user: other.auth.username,
      userDomain: 'default',
      project: other.auth.project_name,
      projectDomain: 'default',
    }
    expect((await connect({ config: { ...access.config, auth }, secret: other.auth.password })).id).not.toBe(cloud.id)
  })

  it.each<[string, Partial<CloudAccess['config']>, string | null, object]>([
    ['a wrong password', {}, 'wrong', { code: 'unauthorized', details: { reason: 'wrong-secret' } }],
    ['an unknown region', { region: 'Mars' }, null, { code: 'invalid-argument', message: expect.stringContaining('RegionOne') }],
    ['a wrong path', { authUrl: 'PATH' }, null, { code: 'invalid-argument', details: { reason: 'no-keystone' } }],
    [
      'an application credential nobody made',
      { auth: { kind: 'application-credential', id: 'f'.repeat(32) } },
      null,
      { code: 'unauthorized', details: { reason: 'deleted' } },
    ],
  ])('%s is told', async (_what, change, secret, expected) => {
    const config = { ...access.config, ...change }
    if (change.authUrl) config.authUrl = access.config.authUrl.replace(/\/v3$/, '/elsewhere/v3')
    await expect(connectCloud({ config, secret: secret ?? access.secret }, { http })).rejects.toMatchObject(expected)
  })

  it('ends its token on close', async () => {
    const short = await connectCloud(access, { http })
    await short.close()
    await expect(short.compute?.limits()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'signed-out' } })
  })
})

describe('application credentials', () => {
  it('are made from a password, with all of its roles, and cannot make another', async () => {
    const expiresAt = new Date(Math.floor((Date.now() + 3_600_000) / 1_000) * 1_000)
    const made = await makeApplicationCredential(access, { http, name: `${mark}-a`, expiresAt })
    expect(made.config.auth.kind).toBe('application-credential')
    expect(JSON.stringify(made)).not.toContain(access.secret === mark ? `"secret":"${mark}"` : access.secret)
    const as = await connect(made)
    expect(as.roles.sort()).toEqual(['member', 'reader'])
    expect(as.expiresAt).toBe(expiresAt.toISOString())
    expect(as.id).toBe(cloud.id)
    expect(await as.compute?.limits()).toMatchObject({ instances: { max: 25 } })
    await expect(makeApplicationCredential(made, { http, name: `${mark}-b` })).rejects.toMatchObject({ details: { reason: 'needs-password' } })
    await expect(makeApplicationCredential(access, { http, name: `${mark}-a` })).rejects.toMatchObject({ code: 'conflict' })
    await expect(connectCloud({ ...made, secret: 'wrong' }, { http })).rejects.toMatchObject({
      code: 'unauthorized',
      details: { reason: 'wrong-secret' },
    })

    if (made.config.auth.kind !== 'application-credential') throw new Error('not by id')
    const byName = { kind: 'application-credential-name' as const, name: `${mark}-a`, user: mark, userDomain: 'default' }
    expect((await connect({ ...made, config: { ...made.config, auth: byName } })).project.id).toBe(projectId)

    expect(await applicationCredentialsNamed(access, `${mark}-`, { http })).toContain(made.config.auth.id)
    await deleteApplicationCredential(access, made.config.auth.id, { http })
    expect(await applicationCredentialsNamed(access, `${mark}-`, { http })).not.toContain(made.config.auth.id)
    await deleteApplicationCredential(access, made.config.auth.id, { http })
    await expect(connectCloud(made, { http })).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'deleted' } })
  })

  it('that have expired are refused', async () => {
    const made = await makeApplicationCredential(access, { http, name: `${mark}-short`, expiresAt: new Date(Date.now() + 3_000) })
    const refused = await until(async () => {
      const result = await connectCloud(made, { http }).catch((error: unknown) => error)
      return result instanceof Error ? result : null
    })
    expect(refused).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('expired') })
  })

  const special = async (name: string, of: object): Promise<CloudAccess> => {
    const json = await ask(await owner(), 'identity', 'POST', `/users/${userId}/application_credentials`, { application_credential: { name, ...of } })
    const made = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) }).parse(json).application_credential
    return { config: { ...access.config, auth: { kind: 'application-credential', id: made.id } }, secret: made.secret }
  }

  it('without the reader role: each refusal names the roles to ask for', async () => {
    const as = await connect(await special(`${mark}-member`, { roles: [{ name: 'member' }] }))
    expect(as.roles).toEqual(['member'])
    const refused = { code: 'forbidden', message: expect.stringContaining('“reader”'), details: { reason: 'roles', status: 403 } }
    await expect(as.compute?.serversOf('api-')).rejects.toMatchObject(refused)
    await expect(as.images?.list()).rejects.toMatchObject(refused)
  })

  it('with access rules: what they leave out is named', async () => {
    const rules = [{ service: 'compute', method: 'GET', path: '/v2.1/flavors/detail' }]
    const as = await connect(await special(`${mark}-rules`, { access_rules: rules }))
    expect((await as.compute?.flavors())?.length).toBeGreaterThan(0)
    const refused = { code: 'forbidden', details: { reason: 'access-rules' } }
    await expect(as.compute?.serversOf('api-')).rejects.toMatchObject(refused)
    await expect(as.images?.list()).rejects.toMatchObject(refused)
    await expect(as.objects?.containersOf('api-')).rejects.toMatchObject(refused)
  })
})

describe('machines', () => {
  it('are found by name after a lost answer, have no console while they build, and are gone after DELETE', async () => {
    const wanted = await order()
    const { id } = await compute.create(wanted)
    expect((await compute.serversNamed(wanted.name)).map((server) => server.id)).toEqual([id])
    expect(await compute.serversNamed(wanted.name.slice(0, -1))).toEqual([])
    expect(await compute.serversNamed(`${wanted.name.slice(0, -1)}.`)).toEqual([])
    const server = await settled(id)
    expect(server).toMatchObject({ id, name: wanted.name, status: 'ACTIVE', metadata: wanted.metadata, fault: null })
    expect(await compute.console(id, 100)).toContain('CONSOLE')
    await gone(id)
    await compute.delete(id)
    expect(await compute.console(id, 100)).toBeNull()
    expect(await compute.serversNamed(wanted.name)).toEqual([])
    expect(await cloud.networks?.portsOf(id)).toEqual([])
  })

  it('take user data to the last byte, and one more is refused before it is sent', async () => {
    const wanted = await order({ userData: `#${'ä'.repeat((maxUserDataBytes - 1) / 2)}` })
    expect(Buffer.byteLength(wanted.userData)).toBe(maxUserDataBytes)
    const { id } = await compute.create(wanted)
    await gone(id)
    const more = await order({ userData: `${wanted.userData}x` })
    await expect(compute.create(more)).rejects.toMatchObject({ code: 'invalid-argument', details: { bytes: maxUserDataBytes + 1 } })
    expect(await compute.serversNamed(more.name)).toEqual([])
  })

  it('that the cloud took (202) and then has no room for say so', async () => {
    const huge = await flavor({ vcpus: 1, ram: 128, disk: 50_000_000 })
    const { id } = await compute.create(await order({ flavorId: huge }))
    const server = await settled(id)
    expect(server).toMatchObject({ status: 'ERROR', fault: { code: 500 } })
    expect(faultSentence(server.fault)).toContain('no room for a machine of this size')
    expect(await compute.console(id, 10)).toBeNull()
    await gone(id)
  })

  it('on a flavor without disk are refused with what to choose', async () => {
    const bare = await flavor({ vcpus: 1, ram: 128, disk: 0 })
    await expect(compute.create(await order({ flavorId: bare }))).rejects.toMatchObject({ details: { reason: 'flavor-without-disk' } })
  })

  it('of an image or on a network nobody has are refused in the cloud’s words', async () => {
    const nobody = '11111111-2222-4333-8444-555555555555'
    for (const change of [{ imageId: nobody }, { network: { kind: 'given', id: nobody } as const }]) {
      await expect(compute.create(await order(change))).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('The cloud says'),
      })
    }
  })

  it('beyond the quota are refused, at once or afterwards by their fault', async () => {
    await quota(1)
    try {
      const orders = await Promise.all([order(), order(), order()])
      const results = await Promise.allSettled(orders.map((wanted) => compute.create(wanted)))
      const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : []))
      const servers = await Promise.all(made.map(settled))
      expect(servers.filter((server) => server.status === 'ACTIVE').length).toBeLessThanOrEqual(1)
      for (const server of servers.filter((one) => one.status === 'ERROR')) {
        expect([faultSentence(server.fault), server.fault]).toEqual([expect.stringContaining('quota'), expect.objectContaining({ code: 413 })])
      }
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota' })
      }
      await quota(made.length)
      await expect(compute.create(await order())).rejects.toMatchObject({ code: 'quota', details: { status: 403 } })
      await Promise.all(made.map(gone))
    } finally {
      await quota(25)
    }
  })

  it('twenty at once are all there, and all gone', { timeout: 300_000 }, async () => {
    // One listing tells of all of them: a cloud is not asked twenty times for what it says once.
    const wanted = await order()
    const orders = Array.from({ length: 20 }, (_, index) => ({ ...wanted, name: `${wanted.name}-${index}` }))
    const made = await Promise.all(orders.map((one) => compute.create(one)))
    const ids = made.map((one) => one.id).sort()
    const servers = await until(async () => {
      const listed = await compute.serversOf(wanted.name)
      return listed.every((server) => server.status !== 'BUILD') && listed
    })
    expect(servers.map((server) => server.id).sort()).toEqual(ids)
    expect(servers.map((server) => server.status)).toEqual(Array(20).fill('ACTIVE'))
    await Promise.all(ids.map((id) => compute.delete(id)))
    await until(async () => (await compute.serversOf(wanted.name)).length === 0)
  })
})

describe('objects', () => {
  const container = `${mark}-box`
  const key = randomBytes(24).toString('hex')

  it('have a container with a key of its own', async () => {
    expect(objects.tempUrl).toMatchObject({ digests: ['sha256', 'sha512', 'sha1'] })
    await objects.makeContainer(container, { tempUrlKey: key, metadata: { run: 'r1' } })
    await objects.makeContainer(container, { tempUrlKey: key })
    expect(objects.tempUrl?.levels).toEqual(['container'])
    expect(await objects.container(container)).toEqual({ tempUrlKey: key, metadata: { run: 'r1' }, objects: 0 })
    expect(await objects.container(`${container}-not`)).toBeNull()
    expect(await objects.containersOf(mark)).toEqual([container])
  })

  it('go and come whole, from bytes and from a stream, and know when they end', async () => {
    const bytes = randomBytes(300_000)
    await objects.put(container, 'in/ä b.bin', bytes, { deleteAfter: 600, metadata: { sha256: 'x' } })
    await objects.put(container, 'stream', { stream: Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), size: bytes.length }, {})
    const md5 = createHash('md5').update(bytes).digest('hex')
    expect(await objects.objects(container)).toEqual([
      { name: 'in/ä b.bin', size: 300_000, md5 },
      { name: 'stream', size: 300_000, md5 },
    ])
    expect(await objects.object(container, 'in/ä b.bin')).toEqual({ name: 'in/ä b.bin', size: 300_000, md5, metadata: { sha256: 'x' } })
    expect(await objects.get(container, 'stream', 300_000)).toEqual(bytes)
    expect(await objects.get(container, 'nothing', 1)).toBeNull()
    await expect(objects.get(container, 'stream', 299_999)).rejects.toMatchObject({ code: 'integrity' })

    const seen = await request(objects.link('GET', container, 'in/ä b.bin', key, 60), { method: 'HEAD' })
    expect(Number(seen.headers['x-delete-at']) * 1_000 - Date.now()).toBeGreaterThan(300_000)
  })

  it('are reached by links without a credential: each method, each digest, no other object', async () => {
    const text = async (url: string) => {
      const reply = await request(url)
      return { status: reply.statusCode, body: await reply.body.text() }
    }
    expect((await request(objects.link('PUT', container, 'sent', key, 60), { method: 'PUT', body: 'hello' })).statusCode).toBe(201)
    expect(await text(objects.link('GET', container, 'sent', key, 60))).toEqual({ status: 200, body: 'hello' })
    expect((await text(objects.link('PUT', container, 'sent', key, 60))).status).toBe(401)
    expect((await text(objects.link('GET', container, 'sent', 'another', 60))).status).toBe(401)
    expect((await text(objects.link('GET', container, 'sent', key, 60).replace('/sent?', '/stream?'))).status).toBe(401)
    expect((await request(objects.link('GET', container, 'sent', key, 60), { method: 'PUT', body: 'x' })).statusCode).toBe(401)

    const account = (await owner()).endpoints.get('object-store') ?? ''
    const expires = Math.floor(Date.now() / 1_000) + 60
    for (const digest of ['sha1', 'sha256', 'sha512'] satisfies LinkDigest[]) {
      const link = temporaryLink({ method: 'GET', account, container, object: 'sent', expires }, key, digest)
      expect(await text(link)).toEqual({ status: 200, body: 'hello' })
      const over = temporaryLink({ method: 'GET', account, container, object: 'sent', expires: expires - 120 }, key, digest)
      expect((await text(over)).status).toBe(401)
    }
  })

  it('are removed one by one, then their container', async () => {
    await expect(objects.deleteContainer(container)).rejects.toMatchObject({ code: 'conflict' })
    for (const object of await objects.objects(container)) {
      await objects.deleteObject(container, object.name)
      await objects.deleteObject(container, object.name)
      expect(await objects.has(container, object.name)).toBe(false)
      expect(await objects.object(container, object.name)).toBeNull()
    }
    await objects.deleteContainer(container)
    await objects.deleteContainer(container)
    expect(await objects.container(container)).toBeNull()
    expect(await objects.objects(container)).toEqual([])
  })
})
