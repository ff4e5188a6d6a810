/** What is known now of a run to come: where it can go, what stands before it, how long its like have taken. */
import { isLoopback } from '../http/address.ts'
import type { Outlook } from '../pipelines/plan.ts'
import { type Desk, engineOf, type Lane, obstacleInCloud } from './desk.ts'
import { alike, guessed, guessedStart, type Known, lasted, recentRuns, startedIn } from './durations.ts'
import type { LaneCounts } from './lanes.ts'
import type { LaneLoad, Situation } from './place.ts'

/** Records looked through for runs of the same kind. */
const lookedThrough = 400

export interface Asked {
  pipeline: string
  scans: number
  /** bytes of all of them; null where nobody knows */
  bytes: number | null
  local: boolean
}

/** Of a pipeline nothing is known of, everything is possible: `plan` says what is not. */
const unknownOutlook: Outlook = { pipeline: { name: '', version: '' }, context: 'scan', places: ['here', 'cloud'], lane: 'container' }

export const outlookOf = async (desk: Desk, pipeline: string): Promise<Outlook> => (await desk.pipelines.outlook?.(pipeline)) ?? unknownOutlook

/** @param counts of a lane's queue */
export const situationOf = async (desk: Desk, asked: Asked, counts: (lane: Lane) => LaneCounts): Promise<Situation> => {
  const outlook = await outlookOf(desk, asked.pipeline)
  const runs = outlook.context === 'session' ? 1 : asked.scans
  const bytes = asked.bytes === null ? null : asked.bytes / runs
  const records = desk.lab.runs.list(0, lookedThrough)
  const known = (lane: Lane): Known[] =>
    alike(records, outlook.pipeline, lane)
      .slice(0, recentRuns)
      .map((record) => ({ record, steps: desk.lab.runs.steps(record.id) }))

  const inCloud = known('cloud')
  const start = startedIn(inCloud) ?? guessedStart
  const here = lasted(known(outlook.lane))
  const cloud = lasted(inCloud)
  const load = (lane: Lane, each: number | null, guess: number): LaneLoad => ({
    ...counts(lane),
    concurrency: desk.concurrency(lane),
    each: each ?? guess,
    guessed: each === null,
  })
  const home = desk.archive()
  return {
    runs,
    local: asked.local,
    places: outlook.places,
    here: {
      ready: engineOf(desk, outlook.lane).engine !== null,
      load: load(outlook.lane, here, guessed(outlook.lane, bytes)),
    },
    cloud: {
      obstacle: desk.cloud ? notNow(desk, home?.id ?? null) : noCloud,
      load: load('cloud', cloud, here === null ? guessed('cloud', bytes, start) : here + start),
      start,
    },
  }
}

const noCloud = 'No cloud is set up at this desk.'

/** Why nothing can be sent to the cloud now; null where it can. */
export const notNow = (desk: Desk, archive: string | null): string | null => {
  if (!desk.cloud?.engine()) return desk.cloud?.health()?.message || 'The cloud is not ready: nobody is signed in to it, or no machine is chosen.'
  const cloudHost = (desk.cloud.health()?.endpoint ?? '').replace(/:\d+$/, '')
  if (desk.archive()?.demo && !isLoopback(cloudHost)) return 'The demo lab lies on this computer, where no machine of the cloud can reach it.'
  return obstacleInCloud(desk, { archive })?.replace(/ Nothing is lost\.$/, '') ?? null
}
