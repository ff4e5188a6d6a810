/** Nova: machines, and what the cloud offers for them. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Compute, Flavor, NewServer, Server, ServerStatus } from './openstack.ts'
import { byMarkers, chooseMicroversion, readAs, rootOf, type Service, type ServiceRequest } from './service.ts'

/** 2.37: a machine may ask for its network by `auto` or `none`. Nothing newer is needed. */
const neededMicroversion = '2.37'

/** Nova's column holds 65,535 characters of base64. */
export const maxUserDataBytes = 49_149

const pageSize = '500'

const versionsSchema = z.union([
  z.object({ version: z.object({ version: z.string().default(''), min_version: z.string().default('') }) }),
  z.object({ versions: z.array(z.object({ id: z.string(), version: z.string().default(''), min_version: z.string().default('') })) }),
])

const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  created: z.string().default(''),
  metadata: z.record(z.string(), z.string()).default({}),
  fault: z.object({ code: z.number().default(0), message: z.string().default('') }).nullish(),
})

const flavorSchema = z.object({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  ram: z.number(),
  disk: z.number(),
  'OS-FLV-DISABLED:disabled': z.boolean().default(false),
})

const links = z.array(z.object({ rel: z.string() })).default([])
const serversPage = z.object({ servers: z.array(serverSchema), servers_links: links })
const flavorsPage = z.object({ flavors: z.array(flavorSchema), flavors_links: links })

const limitsSchema = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalInstances: z.number(),
      totalInstancesUsed: z.number().default(0),
      maxTotalCores: z.number(),
      totalCoresUsed: z.number().default(0),
      maxTotalRAMSize: z.number(),
      totalRAMUsed: z.number().default(0),
    }),
  }),
})

const zonesSchema = z.object({
  availabilityZoneInfo: z.array(z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) })),
})

const known = new Set<string>(['BUILD', 'ACTIVE', 'SHUTOFF', 'ERROR', 'DELETED', 'SOFT_DELETED'] satisfies ServerStatus[])

const serverOf = (raw: z.infer<typeof serverSchema>): Server => ({
  id: raw.id,
  name: raw.name,
  status: known.has(raw.status) ? (raw.status as ServerStatus) : 'OTHER',
  created: raw.created,
  metadata: raw.metadata,
  fault: raw.fault ? { code: raw.fault.code, message: raw.fault.message } : null,
})

const flavorOf = (raw: z.infer<typeof flavorSchema>): Flavor => ({
  id: raw.id,
  name: raw.name,
  vcpus: raw.vcpus,
  ramMiB: raw.ram,
  diskGiB: raw.disk,
})

/** Nova takes a name to look for as a regular expression. */
export const escapeName = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/**
 * The body of `POST /servers`.
 * @throws ScansideError `invalid-argument` where the user data are longer than Nova takes
 */
export const serverBody = (server: NewServer): { server: Record<string, unknown> } => {
  const userData = Buffer.from(server.userData, 'utf8')
  if (userData.byteLength > maxUserDataBytes) {
    throw new ScansideError(
      'invalid-argument',
      `What the machine is to be told is too long for the cloud: ${userData.byteLength} bytes, at most ${maxUserDataBytes}. Nothing was sent. Run fewer scans at once.`,
      { reason: 'user-data', bytes: userData.byteLength, max: maxUserDataBytes },
    )
  }
  return {
    server: {
      name: server.name,
      imageRef: server.imageId,
      flavorRef: server.flavorId,
      networks: server.network.kind === 'given' ? [{ uuid: server.network.id }] : server.network.kind,
      ...(server.zone === null ? {} : { availability_zone: server.zone }),
      config_drive: true,
      user_data: userData.toString('base64'),
      metadata: server.metadata,
    },
  }
}

/** The service's address with its version, and the microversions it speaks there. */
const versionsOf = async (service: Service, signal?: AbortSignal): Promise<{ url: string; min: string; max: string }> => {
  const versioned = /\/v2(\.\d+)?(\/|$)/.exec(service.url)
  const url = versioned ? service.url : `${service.url}/v2.1`
  const base = versioned ? `${rootOf(service.url)}/${versioned[0].replaceAll('/', '')}` : service.url
  const answer = await readAs(versionsSchema, await service.ask({ method: 'GET', base, path: '/', answers: [300], signal }), 'compute')
  const found = 'version' in answer ? answer.version : answer.versions.find((one) => one.id === 'v2.1')
  return { url, min: found?.min_version ?? '', max: found?.version ?? '' }
}

/** @throws ScansideError `not-supported` where Nova is too old */
export const connectNova = async (service: Service, signal?: AbortSignal): Promise<Compute> => {
  const { url, min, max } = await versionsOf(service, signal)
  const microversion = chooseMicroversion('compute', neededMicroversion, { min, max })
  const headers = { 'openstack-api-version': `compute ${microversion}` }
  const ask = (request: Omit<ServiceRequest, 'headers' | 'base'>) => service.ask({ ...request, base: url, headers })
  const at = (id: string) => `/servers/${encodeURIComponent(id)}`

  const goesOn = (rels: { rel: string }[]) => rels.some((link) => link.rel === 'next')

  const servers = async (name: string, signal?: AbortSignal): Promise<Server[]> => {
    const found = await byMarkers('compute', async (marker) => {
      const reply = await ask({ method: 'GET', path: '/servers/detail', query: { limit: pageSize, ...marker, name: escapeName(name) }, signal })
      const page = await readAs(serversPage, reply, 'compute')
      return { items: page.servers, more: goesOn(page.servers_links) }
    })
    return found.map(serverOf)
  }

  return {
    microversion,
    async flavors(signal) {
      const found = await byMarkers('compute', async (marker) => {
        const page = await readAs(
          flavorsPage,
          await ask({ method: 'GET', path: '/flavors/detail', query: { limit: pageSize, ...marker }, signal }),
          'compute',
        )
        return { items: page.flavors, more: goesOn(page.flavors_links) }
      })
      return found.filter((flavor) => !flavor['OS-FLV-DISABLED:disabled']).map(flavorOf)
    },
    async zones(signal) {
      const { availabilityZoneInfo } = await readAs(zonesSchema, await ask({ method: 'GET', path: '/os-availability-zone', signal }), 'compute')
      return availabilityZoneInfo.filter((zone) => zone.zoneState.available).map((zone) => zone.zoneName)
    },
    async limits(signal) {
      const { absolute } = (await readAs(limitsSchema, await ask({ method: 'GET', path: '/limits', signal }), 'compute')).limits
      return {
        instances: { used: absolute.totalInstancesUsed, max: absolute.maxTotalInstances },
        cores: { used: absolute.totalCoresUsed, max: absolute.maxTotalCores },
        ramMiB: { used: absolute.totalRAMUsed, max: absolute.maxTotalRAMSize },
      }
    },
    async create(server, signal) {
      const reply = await ask({ method: 'POST', path: '/servers', json: serverBody(server), signal })
      const made = await readAs(z.object({ server: z.object({ id: z.string() }) }), reply, 'compute')
      return { id: made.server.id }
    },
    async server(id, signal) {
      const reply = await ask({ method: 'GET', path: at(id), answers: [404], signal })
      if (reply.status === 404) {
        await reply.discard()
        return null
      }
      return serverOf((await readAs(z.object({ server: serverSchema }), reply, 'compute')).server)
    },
    async serversNamed(name, signal) {
      return (await servers(name, signal)).filter((server) => server.name === name)
    },
    async serversOf(namePrefix, signal) {
      return (await servers(namePrefix, signal)).filter((server) => server.name.startsWith(namePrefix))
    },
    async delete(id, signal) {
      try {
        await (await ask({ method: 'DELETE', path: at(id), answers: [404], signal })).discard()
      } catch (error) {
        if (!(error instanceof ScansideError) || error.code !== 'conflict') throw error
        // A cloud that keeps deleted machines for a while answers 409 to the second DELETE; this ends them for good.
        const force = await ask({ method: 'POST', path: `${at(id)}/action`, json: { forceDelete: null }, answers: [400, 403, 404, 409, 501], signal })
        await force.discard()
        if (force.status >= 400 && force.status !== 404) throw error
      }
    },
    async console(id, lines, signal) {
      const reply = await ask({
        method: 'POST',
        path: `${at(id)}/action`,
        json: { 'os-getConsoleOutput': { length: lines } },
        answers: [404, 409, 501],
        signal,
      })
      if (reply.status >= 400) {
        await reply.discard()
        return null
      }
      return (await readAs(z.object({ output: z.string().nullable() }), reply, 'compute')).output
    },
  }
}
