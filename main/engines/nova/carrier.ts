/** A run's machine: ordered once, found again by its name, deleted until the cloud knows it no more. */
import { ScansideError } from '../../../oct/errors.ts'
import { smallestFlavor } from '../../cloud/flavor.ts'
import type { Compute, Server } from '../../openstack/openstack.ts'
import { faultSentence } from '../../openstack/refusal.ts'
import { labelNames } from '../docker/labels.ts'
import type { Carrier, CarrierLook } from '../remote/carrier.ts'
import { type RemoteJob, remoteName } from '../remote/job.ts'
import { plainSleep, type RemoteEngineParts, type RemoteTimes } from '../remote/parts.ts'
import { renderUserData } from './user-data.ts'

/** How often and how far apart a machine whose order was not answered is looked for, ms. */
const lookings = [500, 1_000, 2_000, 4_000, 8_000]

/** How long images and flavors are taken for the same, ms. */
const offersFreshMs = 60_000

/** Lines of the console that are asked for. */
const consoleLines = 60

/** 202 is not acceptance: of two orders over the quota both may end so. */
const isQuota = (fault: Server['fault']): boolean => fault !== null && (fault.code === 413 || /quota/i.test(fault.message))

const lookOf = (server: Server): CarrierLook | null => {
  switch (server.status) {
    case 'BUILD':
      return { state: 'starting', reason: null }
    case 'SHUTOFF':
      return { state: 'ended', reason: null }
    case 'ERROR':
      return { state: 'failed', reason: faultSentence(server.fault), ...(isQuota(server.fault) ? { code: 'quota' } : {}) }
    case 'DELETED':
    case 'SOFT_DELETED':
      return null
    default:
      return { state: 'running', reason: null }
  }
}

/** Whether an order may have been taken although nobody heard it. */
const mayHaveBeenTaken = (error: unknown): boolean =>
  !(error instanceof ScansideError) || ['unreachable', 'timeout', 'cancelled', 'internal', 'integrity'].includes(error.code)

export function novaCarrier(parts: RemoteEngineParts, times: RemoteTimes): Carrier {
  const { cloud, choices } = parts
  const sleep = parts.sleep ?? plainSleep
  const ids = new Map<string, string>()
  /** Names whose order got no answer, until one is seen. */
  const unheard = new Set<string>()
  let offers: { at: number; flavor: ReturnType<typeof loadOffers> } | null = null

  const compute = (): Compute => {
    if (cloud.compute === null) throw new ScansideError('not-supported', 'This cloud offers no machines. Run it at this desk.')
    return cloud.compute
  }

  const loadOffers = async () => {
    const [flavors, images] = await Promise.all([compute().flavors(), cloud.images?.list() ?? []])
    return { flavors, image: images.find(({ id }) => id === choices.image) ?? null, knowsImages: cloud.images !== null }
  }

  const flavorFor = async (job: RemoteJob): Promise<string> => {
    if (choices.flavor !== null) return choices.flavor
    const now = parts.now().getTime()
    if (offers === null || now - offers.at > offersFreshMs) {
      offers = { at: now, flavor: loadOffers() }
      offers.flavor.catch(() => {
        offers = null
      })
    }
    const { flavors, image, knowsImages } = await offers.flavor
    if (image === null && knowsImages) {
      throw new ScansideError('not-found', 'The machine image that was chosen is not in the cloud any more. Choose another in the settings.')
    }
    const need = { memoryBytes: job.limits.memoryBytes, cpus: job.limits.cpus, image: image ?? { minRamMiB: 0, minDiskGiB: 0, size: 0 } }
    const found = smallestFlavor(flavors, need)
    if (found.flavor === null) throw new ScansideError('quota', found.missing)
    return found.flavor.id
  }

  /** The machine of a name, with its fault; null where there is none. */
  const find = async (name: string, signal?: AbortSignal): Promise<Server | null> => {
    const id = ids.get(name)
    if (id !== undefined) return compute().server(id, signal)
    const [server] = await compute().serversNamed(name, signal)
    if (!server) return null
    ids.set(name, server.id)
    unheard.delete(name)
    // A listing may leave out why.
    return server.status === 'ERROR' ? compute().server(server.id, signal) : server
  }

  /** Asks again for a while: an order nobody heard may come to light late. */
  const findPatiently = async (name: string, signal?: AbortSignal): Promise<Server | null> => {
    for (const pause of lookings) {
      const found = await find(name, signal).catch(() => null)
      if (found) return found
      await sleep(pause, signal)
    }
    return find(name, signal)
  }

  const removeOne = async (id: string): Promise<void> => {
    const until = parts.now().getTime() + times.removal
    const late = (what: string) => new ScansideError('conflict', `${what} It is tried again.`)
    let fault: unknown = null
    let again = true
    for (let pause = 100; ; pause = Math.min(2_000, pause * 1.5)) {
      try {
        if (again) await compute().delete(id)
        const server = await compute().server(id)
        if (server === null || server.status === 'DELETED') break
        // A cloud may keep deleted machines for a while; a second DELETE ends them where the account may.
        again = server.status === 'SOFT_DELETED'
        fault = late(again ? 'The cloud keeps the deleted machine for a while.' : 'The cloud has not deleted the machine yet.')
      } catch (error) {
        if (!(error instanceof ScansideError) || !['conflict', 'unreachable', 'timeout'].includes(error.code)) throw error
        again = true
        fault = error
      }
      if (parts.now().getTime() > until) throw fault
      await sleep(pause)
    }
    for (let pause = 100; (await cloud.networks?.portsOf(id))?.length; pause = Math.min(2_000, pause * 1.5)) {
      if (parts.now().getTime() > until) throw late('The machine is gone, but a network port of it is still there.')
      await sleep(pause)
    }
  }

  return {
    kind: 'server',

    async create(name, job, labels, signal) {
      if (choices.image === null) throw new ScansideError('invalid-argument', 'No machine image is chosen for the cloud. Choose one in the settings.')
      const userData = renderUserData(job)
      const [found, flavorId] = await Promise.all([find(name, signal), flavorFor(job)])
      if (found) return
      const { network, zone } = choices
      try {
        const { id } = await compute().create({ name, imageId: choices.image, flavorId, network, zone, userData, metadata: labels }, signal)
        ids.set(name, id)
      } catch (error) {
        if (!mayHaveBeenTaken(error)) throw error
        unheard.add(name)
        if (signal.aborted || (await findPatiently(name, signal)) === null) throw error
      }
    },

    async look(name, signal) {
      const server = await find(name, signal)
      return server === null ? null : lookOf(server)
    },

    async hint(name, signal) {
      const server = await find(name, signal)
      return server === null ? null : compute().console(server.id, consoleLines, signal)
    },

    async remove(name) {
      if (unheard.has(name)) await findPatiently(name)
      const known = ids.get(name)
      const all = new Set([...(known === undefined ? [] : [known]), ...(await compute().serversNamed(name)).map(({ id }) => id)])
      await Promise.all([...all].map(removeOne))
      ids.delete(name)
      if ((await compute().serversNamed(name)).some(({ status }) => status !== 'DELETED')) {
        throw new ScansideError('conflict', 'The cloud still lists the machine. It is tried again.')
      }
      unheard.delete(name)
      const ports = cloud.networks === null ? '' : ', no port is left'
      return { removed: all.size, check: all.size === 0 ? 'listing by name is empty' : `GET answers 404, listing by name is empty${ports}` }
    },

    async list() {
      const servers = await compute().serversOf(remoteName(''))
      return servers.flatMap(({ name, created, metadata, status }) => {
        const run = metadata[labelNames.run]
        const ours = metadata[labelNames.install] === parts.install && run !== undefined && name === remoteName(run)
        return ours && status !== 'DELETED' ? [{ name, run, createdAt: created }] : []
      })
    },
  }
}
