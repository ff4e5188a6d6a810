/** What of this desk is in the cloud, in the order a person looks at it. Pure. */
import type { Output } from '../../../preload/contract.ts'

export type LeftThing = Output<'cloud.left'>['things'][number]

const kinds: readonly LeftThing['kind'][] = ['server', 'container', 'object-container', 'token']

/** What nobody uses first, then by run, then by kind: machines before what hangs on them. */
export function orderLeft(things: readonly LeftThing[]): LeftThing[] {
  return [...things].sort(
    (a, b) =>
      Number(a.use === 'working') - Number(b.use === 'working') ||
      a.run.localeCompare(b.run) ||
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
      a.name.localeCompare(b.name),
  )
}

/** How many nobody uses. */
export function countOwed(things: readonly LeftThing[]): number {
  return things.filter(({ use }) => use === 'owed').length
}
