/** A project and a person of their own for the tests of the client, removed at the end; and the client signed in there. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { createHttp, type Http } from '../../main/http/http.ts'
import { applicationCredentialsNamed, deleteApplicationCredential } from '../../main/openstack/application-credential.ts'
import { readClouds } from '../../main/openstack/clouds-yaml.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import type { Cloud, CloudAccess, Compute, ObjectStore } from '../../main/openstack/openstack.ts'
import { cloudEntry, openAdmin, openSession, type Session } from './lab.ts'

export interface ApiProject {
  /** Name of the project and of the person, and how every name in it begins. */
  mark: string
  http: Http
  admin: Session
  access: CloudAccess
  cloud: Cloud
  compute: Compute
  objects: ObjectStore
  projectId: string
  userId: string
  connect(access: CloudAccess): Promise<Cloud>
  /** The same person, behind the client's back. */
  owner(): Promise<Session>
  quota(instances: number): Promise<unknown>
  /** Deletes a machine and waits for its 404. */
  gone(id: string): Promise<void>
  /** Undone at the end, the last first. */
  later(undo: () => Promise<unknown>): void
  end(): Promise<void>
}

/** What the cloud says, or an error that tells what it said instead. */
export const ask = async (session: Session, ...args: Parameters<Session['ask']>): Promise<unknown> => {
  const answer = await session.ask(...args)
  if (answer.status >= 300) throw new Error(`${args[1]} ${args[2]}: ${answer.status} ${JSON.stringify(answer.json).slice(0, 300)}`)
  return answer.json
}

export const until = async <T>(look: () => Promise<T | null | false>): Promise<T> => {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look()
    if (found) return found
    await delay(300)
  }
  throw new Error('It did not come about')
}

const idOf = (json: unknown, key: string) => z.record(z.string(), z.looseObject({ id: z.string() })).parse(json)[key]?.id ?? ''

const givenConfig = (): CloudAccess['config'] => {
  const file = process.env.OS_CLIENT_CONFIG_FILE
  const name = process.env.OS_CLOUD
  if (!file || !name) throw new Error('This suite needs a cloud: set OS_CLIENT_CONFIG_FILE and OS_CLOUD, with an entry admin beside it.')
  const entry = readClouds(readFileSync(file, 'utf8'), null).find((one) => one.name === name)
  if (!entry?.config) throw new Error(`${file}: ${entry?.problem ?? `no cloud ${name}`}`)
  return entry.config
}

/** Rejects with nothing left behind. */
export const makeProject = async (): Promise<ApiProject> => {
  const mark = `api-${randomBytes(4).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const config = givenConfig()
  const undos: (() => Promise<unknown>)[] = []
  const later = (undo: () => Promise<unknown>) => {
    undos.push(undo)
  }
  const end = async () => {
    for (const undo of undos.splice(0).reverse()) await undo()
  }
  try {
    const http = createHttp({ userAgent: 'Scanside/test', roots: config.ca })
    later(http.close)
    const admin = await openAdmin()
    const projectId = idOf(await ask(admin, 'identity', 'POST', '/projects', { project: { name: mark, domain_id: 'default' } }), 'project')
    later(() => ask(admin, 'identity', 'DELETE', `/projects/${projectId}`))
    const userId = idOf(await ask(admin, 'identity', 'POST', '/users', { user: { name: mark, password, domain_id: 'default' } }), 'user')
    later(() => ask(admin, 'identity', 'DELETE', `/users/${userId}`))
    const known = z.object({ roles: z.array(z.object({ id: z.string(), name: z.string() })) }).parse(await ask(admin, 'identity', 'GET', '/roles'))
    for (const role of known.roles.filter((one) => ['member', 'reader'].includes(one.name))) {
      await ask(admin, 'identity', 'PUT', `/projects/${projectId}/users/${userId}/roles/${role.id}`)
    }
    const access: CloudAccess = {
      config: { ...config, auth: { kind: 'password', user: mark, userDomain: 'default', project: mark, projectDomain: 'default' } },
      secret: password,
    }
    // One by one: with their user, Keystone on SQLite leaves their roles behind, and nobody can make another.
    later(async () => {
      for (const id of await applicationCredentialsNamed(access, '', { http })) await deleteApplicationCredential(access, id, { http })
    })
    const connect = async (wanted: CloudAccess): Promise<Cloud> => {
      const made = await connectCloud(wanted, { http })
      later(made.close)
      return made
    }
    const quota = (instances: number) =>
      ask(admin, 'compute', 'PUT', `/os-quota-sets/${projectId}`, { quota_set: { instances, cores: 2_000, ram: 4_000_000, force: true } })
    await quota(25)
    const cloud = await connect(access)
    const { compute, objects } = cloud
    if (!compute || !objects) throw new Error('This cloud has no Nova or no Swift')
    const gone = async (id: string): Promise<void> => {
      await compute.delete(id)
      await until(async () => (await compute.server(id)) === null)
    }
    later(async () => {
      for (const server of await compute.serversOf('api-')) await gone(server.id)
      for (const container of await objects.containersOf('api-')) {
        for (const object of await objects.objects(container)) await objects.deleteObject(container, object.name)
        await objects.deleteContainer(container)
      }
    })
    const owner = () => {
      const entry = cloudEntry()
      return openSession({ ...entry, auth: { ...entry.auth, username: mark, password, project_name: mark } })
    }
    return { mark, http, admin, access, cloud, compute, objects, projectId, userId, connect, owner, quota, gone, later, end }
  } catch (error) {
    await end()
    throw error
  }
}
