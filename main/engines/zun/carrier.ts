/** A run's container of Zun: told its job by one link, ordered once, found again by its name, deleted until the cloud knows it no more. */
import { ScansideError } from '../../../oct/errors.ts'
import type { Capsule, Capsules, NewCapsule, ObjectStore } from '../../openstack/openstack.ts'
import { capsuleFault, exitCodeOf } from '../../openstack/zun.ts'
import { labelNames } from '../docker/labels.ts'
import type { Carrier, CarrierLook } from '../remote/carrier.ts'
import { type ImageSource, objectNames, type RemoteJob, remoteName } from '../remote/job.ts'
import { plainSleep, type RemoteEngineParts, type RemoteTimes } from '../remote/parts.ts'

/** How often and how far apart a container whose order was not answered is looked for, ms. */
const lookings = [500, 1_000, 2_000, 4_000, 8_000]

/** What the courier needs beside the analysis, MiB. */
const courierMiB = 128

/** A single variable of a Linux process, with its name. */
const mostCertificates = 100_000

const lookOf = (capsule: Capsule): CarrierLook | null => {
  switch (capsule.status) {
    case 'Creating':
    case 'Created':
      return { state: 'starting', reason: null }
    case 'Stopped': {
      const code = exitCodeOf(capsule.statusDetail)
      if (code === 0 || code === null) return { state: 'ended', reason: null }
      return { state: 'failed', reason: `The container ended by itself (exit code ${code}) before it had reported.` }
    }
    case 'Error':
    case 'Dead':
      return { state: 'failed', reason: capsuleFault(capsule.statusReason) }
    case 'Deleting':
    case 'Deleted':
      return null
    default:
      return { state: 'running', reason: null }
  }
}

/** Whether an order may have been taken although nobody heard it. */
const mayHaveBeenTaken = (error: unknown): boolean =>
  !(error instanceof ScansideError) || ['unreachable', 'timeout', 'cancelled', 'internal', 'integrity'].includes(error.code)

/**
 * How Zun is told which image. It takes no digest: only a registry that was named is asked; else the image must be in Glance under its name, or on
 * the hosts already, and is never looked for in a public registry.
 * @param glance id of an image of this name in Glance; null: none
 */
export const imageOrder = (
  image: { name: string; source: ImageSource },
  glance: string | null,
): Pick<NewCapsule, 'image' | 'imageDriver' | 'pull'> => {
  if (image.source.kind === 'registry') return { image: image.source.reference, imageDriver: 'docker', pull: 'ifnotpresent' }
  if (glance !== null) return { image: glance, imageDriver: 'glance', pull: 'ifnotpresent' }
  return { image: image.name, imageDriver: 'docker', pull: 'never' }
}

export function zunCarrier(parts: RemoteEngineParts, times: RemoteTimes): Carrier {
  const { cloud, choices } = parts
  const sleep = parts.sleep ?? plainSleep
  const ids = new Map<string, string>()
  /** Names whose order got no answer, until one is seen. */
  const unheard = new Set<string>()

  const capsules = (): Capsules => {
    if (cloud.capsules === null)
      throw new ScansideError('not-supported', 'This cloud offers no containers (Zun). Choose machines in the settings, or run it at this desk.')
    return cloud.capsules
  }

  const store = (): ObjectStore => {
    if (!cloud.objects?.tempUrl) throw new ScansideError('not-supported', withoutStore)
    return cloud.objects
  }

  /** The job lies beside the run's token; what the container is told is the link alone. */
  const linkToJob = async (name: string, job: RemoteJob, signal: AbortSignal): Promise<string> => {
    if (job.report.kind !== 'link' || job.token.kind !== 'link') throw new ScansideError('not-supported', withoutStore)
    const key = (await store().container(name, signal))?.tempUrlKey ?? null
    if (key === null) throw new ScansideError('internal', 'The run’s place in the object store is gone. Nothing was started; start the run again.')
    return store().link('GET', name, objectNames.job, key, job.report.deleteAfter)
  }

  const inGlance = async (job: RemoteJob, signal: AbortSignal): Promise<string | null> => {
    if (job.image.source.kind === 'registry') return null
    return (await cloud.images?.list(signal))?.find(({ name }) => name === job.image.name)?.id ?? null
  }

  const find = async (name: string, signal?: AbortSignal): Promise<Capsule | null> => {
    const id = ids.get(name)
    if (id !== undefined) return capsules().capsule(id, signal)
    const [capsule] = await capsules().capsulesNamed(name, signal)
    if (capsule === undefined) return null
    ids.set(name, capsule.uuid)
    unheard.delete(name)
    return capsule
  }

  /** Asks again for a while: an order nobody heard may come to light late. */
  const findPatiently = async (name: string, signal?: AbortSignal): Promise<Capsule | null> => {
    for (const pause of lookings) {
      const found = await find(name, signal).catch(() => null)
      if (found !== null) return found
      await sleep(pause, signal)
    }
    return find(name, signal)
  }

  const removeOne = async (uuid: string): Promise<void> => {
    const until = parts.now().getTime() + times.removal
    let refused: unknown = null
    let ordered = false
    for (let pause = 100; ; pause = Math.min(2_000, pause * 1.5)) {
      if (!ordered) {
        try {
          await capsules().delete(uuid)
          ordered = true
          refused = null
        } catch (error) {
          // One that is still being created is not deleted yet.
          if (!(error instanceof ScansideError) || !['conflict', 'unreachable', 'timeout'].includes(error.code)) throw error
          refused = error
        }
      }
      if (ordered) {
        const capsule = await capsules().capsule(uuid)
        if (capsule === null || capsule.status === 'Deleted') return
        // It could not be stopped or removed: then it is ordered once more.
        if (capsule.status !== 'Deleting') ordered = false
      }
      if (parts.now().getTime() > until)
        throw refused ?? new ScansideError('conflict', 'The cloud has not deleted the container yet. It is tried again.')
      await sleep(pause)
    }
  }

  return {
    kind: 'container',

    async create(name, job, labels, signal) {
      const ca = job.archive.ca.join('\n')
      if (Buffer.byteLength(ca) > mostCertificates) {
        throw new ScansideError(
          'not-supported',
          'The site file names more certificates than a container of the cloud can be told. Nothing was started; tell the lab’s administrator.',
        )
      }
      if ((await find(name, signal)) !== null) return
      const [link, glance] = [await linkToJob(name, job, signal), await inGlance(job, signal)]
      const order: NewCapsule = {
        name,
        ...imageOrder(job.image, glance),
        command: null,
        environment: { SCANSIDE_JOB: link, ...(ca === '' ? {} : { SCANSIDE_CA: ca }) },
        labels,
        cpus: job.limits.cpus,
        memoryMiB: Math.ceil(job.limits.memoryBytes / 1_048_576) + courierMiB,
        network: choices.network,
      }
      try {
        const { uuid } = await capsules().create(order, signal)
        ids.set(name, uuid)
      } catch (error) {
        if (!mayHaveBeenTaken(error)) throw error
        unheard.add(name)
        if (signal.aborted || (await findPatiently(name, signal)) === null) throw error
      }
    },

    async look(name, signal) {
      const capsule = await find(name, signal)
      return capsule === null ? null : lookOf(capsule)
    },

    async hint(name, signal) {
      const capsule = await find(name, signal)
      return capsule === null || capsule.status === 'Creating' || capsule.status === 'Error' ? null : capsules().logs(capsule.uuid, signal)
    },

    async remove(name) {
      if (unheard.has(name)) await findPatiently(name)
      const known = ids.get(name)
      const all = new Set([...(known === undefined ? [] : [known]), ...(await capsules().capsulesNamed(name)).map(({ uuid }) => uuid)])
      await Promise.all([...all].map(removeOne))
      ids.delete(name)
      if ((await capsules().capsulesNamed(name)).some(({ status }) => status !== 'Deleted')) {
        throw new ScansideError('conflict', 'The cloud still lists the container. It is tried again.')
      }
      unheard.delete(name)
      return { removed: all.size, check: all.size === 0 ? 'listing by name is empty' : 'GET answers 404, listing by name is empty' }
    },

    async list() {
      const found = await capsules().capsulesOf(remoteName(''))
      return found.flatMap(({ name, labels, status }) => {
        const run = labels[labelNames.run]
        const ours = labels[labelNames.install] === parts.install && run !== undefined && name === remoteName(run)
        return ours && status !== 'Deleted' ? [{ name, run, createdAt: labels[labelNames.created] ?? '' }] : []
      })
    },
  }
}

/** Why containers of Zun need Swift. */
export const withoutStore =
  'This cloud has no object store with temporary links (Swift). Its containers could only be told the archive’s token in the clear, so none is started. Choose machines in the settings, or run it at this desk.'
