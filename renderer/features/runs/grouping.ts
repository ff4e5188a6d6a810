/** The runs of the list, in groups. */
import type { CloudStatus } from '../../../preload/cloud.ts'
import type { RunState, RunSummary } from '../../../preload/contract.ts'

export type Filter = 'all' | 'active' | 'failed'
export interface RunGroup {
  kind: 'active' | 'today' | 'earlier'
  runs: RunSummary[]
}

const ended: readonly RunState[] = ['done', 'failed', 'cancelled']

/** Whether a run still goes on. */
export function isActive(run: Pick<RunSummary, 'state'>): boolean {
  return !ended.includes(run.state)
}

/** The runs a filter lets through. */
export function filtered(runs: readonly RunSummary[], filter: Filter): RunSummary[] {
  if (filter === 'all') return [...runs]
  return runs.filter((run) => (filter === 'active' ? isActive(run) : run.state === 'failed'))
}

/** Pushed runs before pulled ones, each run once: what main pushed is the newer. Newest first. */
export function mergeRuns(pushed: readonly RunSummary[], pulled: readonly RunSummary[]): RunSummary[] {
  const byId = new Map([...pulled, ...pushed].map((run) => [run.id, run]))
  return [...byId.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0))
}

/** Active runs first, then those begun on the desk's present day, then the rest; groups without runs are left out. */
export function groupRuns(runs: readonly RunSummary[], now: Date): RunGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  const groups: RunGroup[] = [
    { kind: 'active', runs: runs.filter(isActive) },
    { kind: 'today', runs: runs.filter((run) => !isActive(run) && Date.parse(run.createdAt) >= midnight) },
    { kind: 'earlier', runs: runs.filter((run) => !isActive(run) && !(Date.parse(run.createdAt) >= midnight)) },
  ]
  return groups.filter((group) => group.runs.length > 0)
}

/** Whether a run at this desk cannot go on for now: main says why (its engine is away, or its archive while it begins). */
export function waitsHere(run: Pick<RunSummary, 'state' | 'place' | 'message'>): boolean {
  return run.place !== 'cloud' && isActive(run) && run.state !== 'wiping' && run.state !== 'publishing' && run.message !== null
}

/** Whether a run for the cloud cannot go on for now: main says why, or the cloud does not answer or lets nobody in. */
export function waitsForCloud(run: Pick<RunSummary, 'state' | 'place' | 'message'>, cloud: Pick<CloudStatus, 'state'>): boolean {
  return run.place === 'cloud' && isActive(run) && (cloud.state !== 'ready' || (run.state !== 'wiping' && run.message !== null))
}
