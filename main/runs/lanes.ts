/** The queues: one for each engine, so that what the application judges itself waits for no container, and neither for the cloud. */
import { type CourseHands, type Job, take } from './arrows.ts'
import { carry } from './course.ts'
import { type Desk, type Lane, obstacleOf } from './desk.ts'
import type { Need } from './room.ts'
import { hasEnded } from './state.ts'
import { cancelWaiting } from './waiting.ts'

export interface LaneCounts {
  waiting: number
  running: number
}

export interface Lanes {
  add(job: Job): void
  /** A run of an earlier life: it goes on as soon as its engine and its archive are there. */
  takeUpLater(job: Job): void
  get(run: string): Job | undefined
  /** Every run that has not ended. */
  all(): Job[]
  /** Begins what has room. */
  pump(): void
  /** Goes on with what waited, where nothing is in its way any more. */
  takeUp(): void
  /** True where it went; false where it is under way and will hear it. */
  cancel(job: Job): void
  counts(lane: Lane): LaneCounts
  idle(): Promise<void>
  /** Begins nothing more; resolves when everything under way has ended or was left to the cloud. */
  close(staysInCloud: (job: Job) => boolean, lets: (job: Job) => boolean): Promise<void>
}

const noRoom = 'Waits for room in the cloud: what its quota leaves now is too little for this machine.'

/** What its machine or container may have, where that is known. */
const needOf = ({ plan, record }: Job): Need | undefined => plan?.limits ?? record.resume?.workspace?.spec.limits

export const createLanes = (desk: Desk, hands: Omit<CourseHands, 'othersInCloud'>, ended: (job: Job) => void): Lanes => {
  const jobs = new Map<string, Job>()
  const queue: Job[] = []
  /** Not in the queue and not under way: its engine or its archive is not there. */
  const waiting = new Set<Job>()
  const underWay = new Map<Job, Promise<void>>()
  let closed = false

  const othersInCloud: CourseHands['othersInCloud'] = (job) => {
    const others = [...underWay.keys()].filter((other) => other !== job && other.lane === 'cloud')
    if (others.some(({ placed }) => placed)) return 'placed'
    return others.length > 0 ? 'asking' : 'none'
  }
  const all: CourseHands = { ...hands, othersInCloud }

  const finish = (job: Job) => {
    jobs.delete(job.record.id)
    waiting.delete(job)
    ended(job)
  }

  const run = (job: Job) => {
    job.waits = null
    const course = carry(all, job).then((carried) => {
      underWay.delete(job)
      const late = carried === 'waits' && job.abort.signal.aborted && !job.leaving
      if (late) cancelAside(job)
      if (carried === 'ended' || hasEnded(job.record.state)) finish(job)
      else if (job.record.state === 'queued' && job.waits === null) queue.push(job)
      else waiting.add(job)
      if (carried === 'waits') hands.changed(job)
      // Where its machine is gone there may be room for one that waits for it.
      if (late || (carried === 'ended' && job.lane === 'cloud')) takeUp()
      pump()
    })
    underWay.set(job, course)
  }

  /** Not under way, or put off in this moment: nobody would hear of it before the next try. What cannot be written down now is, later. */
  const cancelAside = (job: Job) => {
    try {
      cancelWaiting(all, job)
    } catch (error) {
      desk.report(error)
    }
  }

  const needsIn = (lane: Lane) => [...underWay.keys()].filter((job) => job.lane === lane).map(needOf)
  const runningIn = (lane: Lane) => [...underWay.keys()].filter((job) => job.lane === lane).length

  const pump = () => {
    while (!closed) {
      const full = new Set<Lane>()
      const place = queue.findIndex((job) => {
        if (full.has(job.lane)) return false
        if (desk.hasRoom(job.lane, needsIn(job.lane), needOf(job))) return true
        // Else small runs would keep a large one waiting for ever. The cloud's room is asked for each by itself.
        if (job.lane !== 'cloud') full.add(job.lane)
        return false
      })
      const [job] = place < 0 ? [] : queue.splice(place, 1)
      if (!job) break
      run(job)
    }
    if (!closed) tellOfRoom()
  }

  /** Says so where nothing begins because others use up the cloud's quota. */
  const tellOfRoom = () => {
    for (const job of queue) {
      const full = job.lane === 'cloud' && runningIn('cloud') === 0 && desk.concurrency('cloud', needOf(job)) < 1
      const waits = full ? noRoom : null
      if (job.waits === waits) continue
      job.waits = waits
      hands.changed(job)
    }
  }

  const takeUp = () => {
    if (closed) return
    for (const job of [...waiting]) {
      const obstacle = obstacleOf(desk, job.lane, job.record)
      if (obstacle !== null) {
        if (job.waits !== obstacle) {
          job.waits = obstacle
          hands.changed(job)
        }
        continue
      }
      waiting.delete(job)
      // What has a machine goes on with it; what has none stands in the queue like any other.
      if (job.record.state === 'queued') queue.push(job)
      else run(job)
      job.waits = null
    }
    pump()
  }

  return {
    add: (job) => {
      jobs.set(job.record.id, job)
      queue.push(job)
    },
    takeUpLater: (job) => {
      jobs.set(job.record.id, job)
      waiting.add(job)
    },
    get: (id) => jobs.get(id),
    all: () => [...jobs.values()],
    pump,
    takeUp,
    cancel: (job) => {
      const place = queue.indexOf(job)
      job.abort.abort()
      if (place >= 0) {
        queue.splice(place, 1)
        try {
          take(all, job, 'cancel', 'cancelled before it began')
        } catch (error) {
          // It went, and is written down when it can be.
          desk.report(error)
        }
        finish(job)
      } else if (waiting.has(job)) {
        cancelAside(job)
        if (hasEnded(job.record.state)) finish(job)
        else takeUp()
      }
    },
    counts: (lane) => ({
      waiting: queue.filter((job) => job.lane === lane).length,
      running: runningIn(lane),
    }),
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
    close: async (staysInCloud, lets) => {
      closed = true
      for (const job of queue.splice(0)) {
        if (staysInCloud(job)) continue
        job.abort.abort()
        try {
          take(all, job, 'cancel', 'Scanside was closed')
        } catch (error) {
          desk.report(error)
        }
        finish(job)
      }
      for (const job of underWay.keys()) {
        job.leaving = staysInCloud(job)
        if (job.leaving || lets(job)) job.abort.abort()
      }
      await Promise.all(underWay.values())
    },
  }
}
