/** What happens when a cloud comes back: runs that waited for it go on, and what an earlier life left there is removed. */
import type { Runs } from '../runs/runs.ts'
import type { CloudRoom } from './cloud.ts'

export interface CloudReturnParts {
  cloud: Pick<CloudRoom, 'status' | 'engines' | 'restore'>
  runs: Pick<Runs, 'takeUp' | 'payOwed' | 'counts'>
  /** Does it, and tells main's log where it fails. */
  inBackground(what: string, work: () => Promise<unknown>): void
  sleep(ms: number): Promise<unknown>
}

export interface CloudReturn {
  /** To be called whenever the room says that something has changed. */
  changed(): void
  /** Signs in at a start, and resolves when the cloud is there or has been waited for long enough. */
  restored(): Promise<void>
  /** Once what an earlier life left under way has been looked at: a cloud that was too late for it is looked through when it comes. */
  recovered(): void
}

/** How long a start waits for the cloud before it goes on without, ms: what is left on this desk's engine is not kept waiting. */
const patienceMs = 5_000

export function createCloudReturn({ cloud, runs, inBackground, sleep }: CloudReturnParts): CloudReturn {
  let was = cloud.status().state
  let inTime = false
  let unseen = false

  const lookThrough = () => {
    unseen = false
    inBackground('look through the cloud', async () => {
      await runs.payOwed()
      // Also what is there by its label and was not written down.
      for (const engine of cloud.engines()) await engine.reap()
    })
  }
  return {
    changed() {
      const { state } = cloud.status()
      const back = state === 'ready' && was !== 'ready'
      was = state
      if (!back) return
      runs.takeUp()
      if (unseen) lookThrough()
      else if (runs.counts().owed > 0) inBackground('pay owed', runs.payOwed)
    },
    async restored() {
      await Promise.race([cloud.restore(), sleep(patienceMs)])
      inTime = cloud.engines().length > 0
    },
    recovered() {
      if (inTime) return
      unseen = true
      if (cloud.engines().length > 0) lookThrough()
    },
  }
}
