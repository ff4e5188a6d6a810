/** What a cloud offers for machines, and whether what was chosen is among it. Pure but for the asking. */
import { ScansideError } from '../../oct/errors.ts'
import type { CloudChoices } from '../../preload/cloud.ts'
import type { RunLimits } from '../engines/engine.ts'
import type { Cloud, Flavor, MachineImage, Network } from '../openstack/openstack.ts'
import { defaultLimits } from '../pipelines/limits.ts'
import { smallestFlavor } from './flavor.ts'

export interface Offers {
  images: MachineImage[]
  flavors: Flavor[]
  networks: Network[]
  zones: string[]
}

/** The property by which an image says that it holds what a run needs, and which engine: `docker` or `podman` (docs/cloud.md). */
const engineProperty = 'scanside_engine'
export const fits = (image: MachineImage): boolean => (image.properties[engineProperty] ?? '') !== ''

/** Asks image, compute and network service at once; what the cloud has not is empty. */
export async function askOffers(cloud: Cloud, signal?: AbortSignal): Promise<Offers> {
  const [images, flavors, networks, zones] = await Promise.all([
    cloud.images?.list(signal) ?? [],
    cloud.compute?.flavors(signal) ?? [],
    cloud.networks?.list(signal) ?? [],
    cloud.compute?.zones(signal) ?? [],
  ])
  return { images, flavors, networks: networks.filter(({ external }) => !external), zones }
}

export const usualChoices: CloudChoices = { engine: 'nova', image: null, flavor: null, network: { kind: 'auto' }, zone: null, maxMachines: 10 }

/** What a site file says, in names or ids; null: left to Scanside. */
export interface WrittenChoices {
  engine: CloudChoices['engine'] | null
  image: string | null
  flavor: string | null
  network: string | null
  zone: string | null
  maxMachines: number | null
}

const one = <T extends { id: string; name: string }>(offered: T[], written: string, what: string): T => {
  const byId = offered.find(({ id }) => id === written)
  if (byId) return byId
  const byName = offered.filter(({ name }) => name === written)
  if (byName.length === 1 && byName[0]) return byName[0]
  const many = byName.length > 1
  throw new ScansideError(
    'not-found',
    `The site file names the ${what} “${written}”, ${many ? `of which this cloud has ${byName.length}: write its id` : 'which this cloud does not offer'}. Tell your lab’s administrator.`,
  )
}

/** A site's choices for this cloud. @throws ScansideError `not-found` where it does not offer them */
export function choicesOf(written: WrittenChoices, offers: Offers): CloudChoices {
  const { network } = written
  return {
    engine: written.engine ?? usualChoices.engine,
    image: written.image === null ? onlyFitting(offers) : one(offers.images, written.image, 'machine’s image').id,
    flavor: written.flavor === null ? null : one(offers.flavors, written.flavor, 'flavor').id,
    network:
      network === null
        ? usualChoices.network
        : network === 'auto' || network === 'none'
          ? { kind: network }
          : { kind: 'given', id: one(offers.networks, network, 'network').id },
    zone: written.zone,
    maxMachines: written.maxMachines ?? usualChoices.maxMachines,
  }
}

/** The image that is meant where nobody chose one: the only one that says it holds what a run needs. */
export const onlyFitting = ({ images }: Offers): string | null => {
  const fitting = images.filter(fits)
  return fitting.length === 1 ? (fitting[0]?.id ?? null) : null
}

/** Why these choices cannot be kept: a sentence, or null. */
export function choiceProblem(choices: CloudChoices, offers: Offers, has: { machines: boolean; containers: boolean }): string | null {
  if (choices.engine === 'zun') return has.containers ? null : 'This cloud has no container service (Zun). Choose its machines.'
  if (!has.machines) return 'This cloud has no compute service (Nova) that machines could run on.'
  const image = offers.images.find(({ id }) => id === choices.image)
  if (choices.image !== null && !image) return 'The cloud does not offer this image any more. Choose another.'
  const flavor = offers.flavors.find(({ id }) => id === choices.flavor)
  if (choices.flavor !== null && !flavor) return 'The cloud does not offer this flavor any more. Choose another.'
  if (image && flavor && flavor.ramMiB < image.minRamMiB)
    return `The image asks for ${image.minRamMiB} MiB of memory; this flavor has less. Choose a larger one.`
  if (image && flavor && flavor.diskGiB > 0 && flavor.diskGiB < image.minDiskGiB)
    return `The image asks for a disk of ${image.minDiskGiB} GiB; this flavor’s is smaller. Choose a larger one.`
  const { network, zone } = choices
  if (network.kind === 'given' && !offers.networks.some(({ id }) => id === network.id))
    return 'The cloud does not offer this network any more. Choose another.'
  if (zone !== null && !offers.zones.includes(zone)) return 'The cloud does not offer this availability zone any more. Choose another.'
  return null
}

/** What one machine takes of the quota: the flavor chosen, else the one that a pipeline with these limits would get. */
export function usualFlavor(choices: CloudChoices, offers: Offers, need: Pick<RunLimits, 'memoryBytes' | 'cpus'> = defaultLimits): Flavor | null {
  if (choices.flavor !== null) return offers.flavors.find(({ id }) => id === choices.flavor) ?? null
  const image = offers.images.find(({ id }) => id === choices.image)
  return image ? smallestFlavor(offers.flavors, { memoryBytes: need.memoryBytes, cpus: need.cpus, image }).flavor : null
}
