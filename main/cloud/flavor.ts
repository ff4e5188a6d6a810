/** Which flavor a machine gets, and how many of them the project's quota leaves room for. Pure. */
import type { Flavor, Limits, MachineImage, Quota } from '../openstack/openstack.ts'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/** What the machine's own system needs beside the pipeline, MiB. */
export const systemMiB = 512

/** What a pipeline may take (`RunLimits`), and the machine's image it starts from. */
export interface Need {
  memoryBytes: number
  cpus: number
  image: Pick<MachineImage, 'minRamMiB' | 'minDiskGiB' | 'size'>
}

/** What a machine needs at least: MiB, CPUs, GiB. */
const leastOf = ({ memoryBytes, cpus, image }: Need) => ({
  ramMiB: Math.max(Math.ceil(memoryBytes / mebibyte) + systemMiB, image.minRamMiB),
  vcpus: Math.max(1, Math.ceil(cpus)),
  diskGiB: Math.max(image.minDiskGiB, Math.ceil(image.size / gibibyte)),
})

/**
 * The smallest flavor that fits: by memory, then CPUs, then disk. A flavor without a disk of its own takes the image's size, which most clouds
 * refuse to all but administrators: it is the last resort.
 * @returns the flavor, or null with a sentence that names what is missing
 */
export function smallestFlavor(flavors: Flavor[], need: Need): { flavor: Flavor; missing: null } | { flavor: null; missing: string } {
  const least = leastOf(need)
  const hasRam = (flavor: Flavor) => flavor.ramMiB >= least.ramMiB
  const hasCpus = (flavor: Flavor) => flavor.vcpus >= least.vcpus
  const hasDisk = (flavor: Flavor) => flavor.diskGiB === 0 || flavor.diskGiB >= least.diskGiB
  const [flavor] = flavors
    .filter((each) => hasRam(each) && hasCpus(each) && hasDisk(each))
    .sort(
      (a, b) =>
        Number(a.diskGiB === 0) - Number(b.diskGiB === 0) ||
        a.ramMiB - b.ramMiB ||
        a.vcpus - b.vcpus ||
        a.diskGiB - b.diskGiB ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    )
  if (flavor) return { flavor, missing: null }
  if (flavors.length === 0) return { flavor: null, missing: 'The cloud offers no flavor to this project. Ask the cloud’s administrator for one.' }
  const asked = `${least.ramMiB} MiB of memory, ${least.vcpus} ${least.vcpus === 1 ? 'CPU' : 'CPUs'} and a disk of ${least.diskGiB} GiB`
  const lacking = [
    ...(flavors.some(hasRam) ? [] : ['enough memory']),
    ...(flavors.some(hasCpus) ? [] : ['enough CPUs']),
    ...(flavors.some(hasDisk) ? [] : ['a disk that is large enough']),
  ]
  const none = lacking.length === 0 ? 'none has all of it together' : `none has ${lacking.join(' and ')}`
  return {
    flavor: null,
    missing: `This pipeline’s machine needs ${asked}; of the cloud’s ${flavors.length} flavors ${none}. Ask for a larger flavor.`,
  }
}

const leftOf = ({ used, max }: Quota): number => (max < 0 ? Number.POSITIVE_INFINITY : Math.max(0, max - used))

/**
 * Machines this desk may have at once: what a person chose, and no more than the quota leaves beside its own that are there already.
 * @param room.flavor what one machine takes; null where that is not known before a run: then machines alone are counted
 * @param room.own this desk's machines that `limits` counts as used
 * @param room.limits null where they are not known yet
 */
export function machinesAtOnce(room: { max: number; limits: Limits | null; flavor: Pick<Flavor, 'vcpus' | 'ramMiB'> | null; own: number }): number {
  const { max, limits, flavor, own } = room
  if (limits === null) return max
  const left = [leftOf(limits.instances)]
  if (flavor && flavor.vcpus > 0) left.push(Math.floor(leftOf(limits.cores) / flavor.vcpus))
  if (flavor && flavor.ramMiB > 0) left.push(Math.floor(leftOf(limits.ramMiB) / flavor.ramMiB))
  return Math.min(max, own + Math.min(...left))
}
