/** What a cloud offers, in the order a person chooses from. Pure. */
import type { Output } from '../../../preload/contract.ts'

export type Offers = Output<'cloud.offers'>
type Flavor = Offers['flavors'][number]

/** Small ones first: memory, then cores, then disk, then name. */
export function bySize(flavors: readonly Flavor[]): Flavor[] {
  return [...flavors].sort((a, b) => a.ramMiB - b.ramMiB || a.vcpus - b.vcpus || a.diskGiB - b.diskGiB || a.name.localeCompare(b.name))
}

/** Images made for runs, then the others, each by name. */
export function byFitness(images: Offers['images']): { fit: Offers['images']; others: Offers['images'] } {
  const named = [...images].sort((a, b) => a.name.localeCompare(b.name))
  return { fit: named.filter(({ fits }) => fits), others: named.filter(({ fits }) => !fits) }
}

/** A count of machines as a person types it; null where it is none between 1 and 50. */
export function machineCount(text: string): number | null {
  const count = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= 50 ? count : null
}
