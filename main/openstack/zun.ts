/** Zun, OpenStack's container service (reference: its API, v1 with microversions): containers that are run, looked at, read and removed. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Capsule, Capsules, NewCapsule } from './openstack.ts'
import { cloudsWords } from './refusal.ts'
import { chooseMicroversion, readAs, rootOf, type Service } from './service.ts'

/** 1.12 stops what it deletes, 1.20 takes a command as a list of arguments. */
export const neededMicroversion = '1.20'

const versionsSchema = z.object({ versions: z.array(z.object({ id: z.string(), max_version: z.string(), min_version: z.string() })) })

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const containerSchema = z.object({
  uuid: z.string().min(1),
  name: text,
  status: text,
  status_detail: text,
  status_reason: text,
  labels: z
    .record(z.string(), z.string())
    .nullish()
    .transform((labels) => labels ?? {}),
})
const listSchema = z.object({ containers: z.array(containerSchema), next: z.string().nullish() })

const known = new Set<string>(['Creating', 'Created', 'Running', 'Stopped', 'Error', 'Dead', 'Deleting', 'Deleted'] satisfies Capsule['status'][])

/** A container as Zun describes it; a status Scanside has no use for (`Paused`, `Rebuilding`) is `Other`. */
export const toCapsule = (container: z.infer<typeof containerSchema>): Capsule => ({
  uuid: container.uuid,
  name: container.name,
  status: known.has(container.status) ? (container.status as Capsule['status']) : 'Other',
  statusDetail: container.status_detail,
  statusReason: container.status_reason,
  labels: container.labels,
})

/**
 * What `POST /v1/containers` is sent. Zun knows no container without a network, so `none` is refused.
 * @throws ScansideError `not-supported`
 */
export const toCreation = (capsule: NewCapsule): Record<string, unknown> => {
  if (capsule.network.kind === 'none') {
    throw new ScansideError(
      'not-supported',
      'The cloud’s container service (Zun) starts nothing without a network. Choose a network for it in the settings.',
    )
  }
  return {
    name: capsule.name,
    image: capsule.image,
    image_driver: capsule.imageDriver,
    image_pull_policy: capsule.pull,
    ...(capsule.command === null ? {} : { command: capsule.command }),
    environment: capsule.environment,
    labels: capsule.labels,
    cpu: capsule.cpus,
    memory: String(capsule.memoryMiB),
    // Kept after its end: its exit code and its log are read from it.
    auto_remove: false,
    interactive: false,
    ...(capsule.network.kind === 'given' ? { nets: [{ network: capsule.network.id }] } : {}),
  }
}

/** The exit code, of which Zun has no field of its own: `Exited(3) 8 mins ago ` gives 3. Null where it has not ended, or does not say. */
export const exitCodeOf = (statusDetail: string): number | null => {
  const match = /^\s*Exited\s*\((-?\d{1,10})\)/.exec(statusDetail)
  return match ? Number(match[1]) : null
}

/** Why a container is in Error, as a sentence; `status_reason` is the only word on it. */
export const capsuleFault = (statusReason: string): string => {
  const words = cloudsWords(statusReason)
  const says = words === '' ? '' : ` The cloud says: “${words.replace(/[.\s]+$/, '')}.”`
  if (/quota|exceed/i.test(words)) {
    return `The cloud did not start the container: the project’s quota is used up. Wait until others are gone, or ask the cloud’s administrator for more.${says}`
  }
  if (/no valid host|not enough|insufficient|no.*hosts? /i.test(words)) {
    return `The cloud has no room for a container of this size now. Try again later.${says}`
  }
  if (/image|pull|manifest|repository|registry/i.test(words)) {
    return `The cloud’s container service could not get the image of this pipeline. It must be in a registry the cloud reaches, or in its image service.${says}`
  }
  if (/network|port|subnet|ip address/i.test(words)) {
    return `The cloud could not connect the container to its network. Choose another network, or tell the cloud’s administrator.${says}`
  }
  return `The cloud could not start the container. Try again; if it stays so, tell the cloud’s administrator.${says}`
}

/** A log as Zun sends it: JSON with one string in it; older releases send the text itself. */
export const logText = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'string' ? parsed : body
  } catch {
    return body
  }
}

const logLimit = 16 * 1024 * 1024

/** Long lists come by pages; a cloud that never ends its list is not believed. */
const mostPages = 1_000

/**
 * Asks what the service speaks, and gives its containers.
 * @throws ScansideError `not-supported` where it is too old
 */
export const connectZun = async (service: Service, signal?: AbortSignal): Promise<Capsules> => {
  const root = await service.ask({ method: 'GET', path: '/', base: rootOf(service.url), answers: [300], signal })
  const { versions } = await readAs(versionsSchema, root, 'container')
  const offered = versions.find(({ id }) => id === 'v1')
  const microversion = chooseMicroversion('container', neededMicroversion, { min: offered?.min_version ?? '', max: offered?.max_version ?? '' })
  const headers = { 'openstack-api-version': `container ${microversion}` }
  const base = /\/v1$/.test(service.url) ? service.url : `${service.url}/v1`
  const path = (uuid: string): string => `/containers/${encodeURIComponent(uuid)}`

  const list = async (signal?: AbortSignal): Promise<Capsule[]> => {
    const found: Capsule[] = []
    let marker: string | null = null
    for (let pages = 0; pages < mostPages; pages++) {
      const query: Record<string, string> = marker === null ? {} : { marker }
      const reply = await service.ask({ method: 'GET', base, path: '/containers', query, headers, signal })
      const page: z.infer<typeof listSchema> = await readAs(listSchema, reply, 'container')
      found.push(...page.containers.map(toCapsule))
      marker = page.containers.at(-1)?.uuid ?? null
      // The link itself is not followed: it names whatever host the service believes to be its own.
      if (!page.next || marker === null) return found
    }
    throw new ScansideError('not-supported', 'The cloud’s container service (Zun) lists more containers than Scanside reads. Nothing was changed.')
  }

  return {
    microversion,
    async create(capsule, signal) {
      const reply = await service.ask({
        method: 'POST',
        base,
        path: '/containers',
        query: { run: 'true' },
        headers,
        json: toCreation(capsule),
        signal,
      })
      const { uuid } = await readAs(containerSchema, reply, 'container')
      return { uuid }
    },
    async capsule(uuid, signal) {
      const reply = await service.ask({ method: 'GET', base, path: path(uuid), headers, answers: [404], signal })
      if (reply.status === 404) {
        await reply.discard()
        return null
      }
      return toCapsule(await readAs(containerSchema, reply, 'container'))
    },
    // By listing: asked for by a name that two containers have, Zun answers 409.
    capsulesNamed: async (name, signal) => (await list(signal)).filter((capsule) => capsule.name === name),
    capsulesOf: async (prefix, signal) => (await list(signal)).filter((capsule) => capsule.name.startsWith(prefix)),
    async logs(uuid, signal) {
      const query = { stdout: 'true', stderr: 'true' }
      const reply = await service.ask({ method: 'GET', base, path: `${path(uuid)}/logs`, query, headers, signal })
      return logText(await reply.text(logLimit))
    },
    async delete(uuid, signal) {
      const reply = await service.ask({ method: 'DELETE', base, path: path(uuid), query: { stop: 'true' }, headers, answers: [404], signal })
      await reply.discard()
    },
  }
}
