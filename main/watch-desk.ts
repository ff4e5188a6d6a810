/** What happens by itself: at the start, when archive, engine or cloud come and go, and from time to time. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchiveDesk } from './archive-desk.ts'
import type { CloudRoom } from './cloud/cloud.ts'
import { createCloudReturn } from './cloud/return.ts'
import type { LogUnexpected } from './doorway/dispatch.ts'
import type { GradingRoom } from './grading/grading.ts'
import type { Labels } from './labels.ts'
import type { LocalEngine } from './local-engine.ts'
import type { OfflineRoom } from './offline/offline.ts'
import type { Runs } from './runs/runs.ts'

/** How often engine, archive and what waits are looked at, ms. */
const lookAgainMs = 15_000
const tickMs = 60_000

/** Does work that nobody waits for; a fault is told to the log. */
export type InBackground = (what: string, work: () => Promise<unknown>) => void

/** `after` is called whenever something was done or has failed. */
export const createBackground = (log: LogUnexpected, after: () => void): InBackground => {
  const look = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      log(what, error)
    }
    after()
  }
  return (what, work) => {
    look(what, work).catch((error) => log(what, error))
  }
}

export interface WatchParts {
  desk: ArchiveDesk
  engine: LocalEngine
  cloud: CloudRoom
  runs: Runs
  grading: Pick<GradingRoom, 'pack'>
  offline: Pick<OfflineRoom, 'moved'>
  labels: Pick<Labels, 'clear'>
  inBackground: InBackground
  /** Tells the window what has changed. */
  show(): void
}

export interface Watch {
  /** To be called when what is known of this computer's engine has changed. */
  engineChanged(): void
  stop(): void
}

/** Signs in again, ends or goes on with what an earlier life left, and from then on looks after what waits and what is owed. */
export function watchDesk({ desk, engine, cloud, runs, grading, offline, labels, inBackground, show }: WatchParts): Watch {
  let stopped = false
  let lastHome = ''
  desk.onChange(() => {
    const home = desk.live()
    const place = home ? `${home.id} ${home.user}` : ''
    if (place !== lastHome) {
      labels.clear()
      inBackground('scans kept offline', offline.moved)
    }
    lastHome = place
    show()
    if (desk.status().state !== 'signed-in') return
    inBackground('send waiting', () => runs.sendWaiting('again'))
    // Tokens of runs in the cloud can be withdrawn again.
    if (cloud.engine() && runs.counts().owed > 0) inBackground('pay owed', runs.payOwed)
  })

  // Apart: what is owed is paid whatever becomes of the sign-in, and however long the archive takes.
  inBackground('restore sign-in', desk.restore)
  const sleepAside = (ms: number) => sleep(ms, undefined, { ref: false })
  const cloudReturn = createCloudReturn({ cloud, runs, inBackground, sleep: sleepAside })
  cloud.onChange(() => {
    show()
    if (!stopped) cloudReturn.changed()
  })
  inBackground('recover', async () => {
    await Promise.all([engine.refresh(), cloudReturn.restored()])
    try {
      await runs.recover()
    } finally {
      // Whatever kept it from its end is told and tried again; what waits, and what is left in the cloud, do not wait for that.
      cloudReturn.recovered()
      await grading.pack()
      // Whoever is signed in or not: what an earlier version let wait is packed.
      await runs.sendWaiting()
    }
  })
  const looking = setInterval(() => {
    inBackground('look for engines', async () => {
      await engine.refresh()
      // Also what was cut off from an engine that was away for less than a look.
      runs.takeUp()
    })
    // Runs wait for it: sooner than the minute.
    if (cloud.status().state === 'away') inBackground('look for the cloud', cloud.tick)
    // So does whatever is to go home.
    if (desk.status().state === 'offline') inBackground('look for the archive', desk.tick)
  }, lookAgainMs)
  const tick = async () => {
    // Also what could not be removed while the engine was away for less than a look.
    if ((engine.engine() || cloud.engine()) && runs.counts().owed > 0) await runs.payOwed()
    await desk.tick()
    await cloud.tick()
    // Others may have left room in the quota.
    runs.takeUp()
    if (desk.status().state === 'signed-in' && runs.counts().waiting > 0) await runs.sendWaiting()
  }
  const ticking = setInterval(() => inBackground('tick', tick), tickMs)
  return {
    engineChanged() {
      show()
      if (!engine.engine()) return
      runs.takeUp()
      // What an earlier life owes is paid once an engine is known, and again whenever one comes back.
      if (runs.counts().owed > 0) inBackground('pay owed', runs.payOwed)
    },
    stop() {
      stopped = true
      clearInterval(looking)
      clearInterval(ticking)
    },
  }
}
