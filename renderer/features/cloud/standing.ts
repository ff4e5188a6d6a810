/** What the cloud's state comes to for a person, and what this desk has there. Pure. */
import type { CloudStatus } from '../../../preload/cloud.ts'
import type { RunSummary } from '../../../preload/contract.ts'
import { isActive } from '../runs/grouping.ts'

/** The states as they are told: signed in without a machine's image is not ready yet. */
export type Standing = CloudStatus['state'] | 'no-image'

export function standingOf({ state, runs, has, choices }: Pick<CloudStatus, 'state' | 'runs' | 'has' | 'choices'>): Standing {
  return state === 'ready' && !runs && has.machines && choices.engine === 'nova' && choices.image === null ? 'no-image' : state
}

/** Whether somebody is signed in: what is chosen, offered and left can be asked for. */
export function isSignedIn({ state }: Pick<CloudStatus, 'state'>): boolean {
  return state === 'ready' || state === 'away'
}

/** Machines of this desk at work: one for each run in the cloud that has left the queue. */
export function machinesAtWork(runs: readonly RunSummary[]): number {
  return runs.filter((run) => run.place === 'cloud' && run.state !== 'queued' && isActive(run)).length
}

/** Machines of this desk there can be at once: what was chosen, and no more than the project may have. */
export function mostMachines({ choices, limits }: Pick<CloudStatus, 'choices' | 'limits'>): number {
  const most = limits?.instances.max ?? -1
  return most < 0 ? choices.maxMachines : Math.min(choices.maxMachines, most)
}
