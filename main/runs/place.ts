/** Where a run goes, and how long it would take there: pure. */
import type { Estimate } from '../../preload/cloud.ts'
import type { RunPlace } from '../pipelines/plan.ts'

/** A queue and how fast it moves. */
export interface LaneLoad {
  /** Runs waiting and runs under way. */
  waiting: number
  running: number
  /** Runs at once. */
  concurrency: number
  /** Seconds of one run from its first file to its end. */
  each: number
  /** True where `each` is a guess: nothing of this kind has run here yet. */
  guessed: boolean
}

/** Seconds until the last of `runs` more has ended, and until the last of them begins. A run under way counts half. */
export const forecast = (load: LaneLoad, runs: number): { seconds: number; untilLast: number } => {
  const ahead = load.waiting + load.running / 2
  const seconds = load.each * Math.max(1, (ahead + runs) / Math.max(1, load.concurrency))
  return { seconds, untilLast: seconds - load.each }
}

export interface Situation {
  runs: number
  /** Dropped scans among them. */
  local: boolean
  /** Where the pipeline can run. */
  places: readonly RunPlace[]
  here: { ready: boolean; load: LaneLoad }
  cloud: {
    /** Why nothing can be sent there now, as a sentence; null where it can. */
    obstacle: string | null
    load: LaneLoad
    /** Seconds until a machine's pipeline begins. */
    start: number
  }
}

/** Seconds as people say them. */
export const spoken = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** What `auto` does. The order of the rules is their rank: what must stay stays, what cannot go cannot, then what is sooner. */
export const choosePlace = ({ runs, local, places, here, cloud }: Situation): { place: RunPlace; why: string } => {
  const stays = (why: string) => ({ place: 'here' as const, why })
  const goes = (why: string) => ({ place: 'cloud' as const, why })
  if (local) return stays('Dropped scans are run on this computer; they are not sent anywhere.')
  if (!places.includes('cloud')) return stays('This pipeline runs on this computer alone.')
  if (!places.includes('here')) return goes('This pipeline is not on this computer.')
  if (cloud.obstacle !== null) return stays(cloud.obstacle)
  if (!here.ready) return goes('No container engine answers on this computer.')
  if (cloud.load.concurrency < 1) return stays('The cloud has no room for a machine now.')
  const own = forecast(here.load, runs)
  const there = forecast(cloud.load, runs)
  const start = spoken(cloud.start)
  if (own.seconds <= cloud.start) return stays(`It is done here (about ${spoken(own.seconds)}) before a machine has started (about ${start}).`)
  if (own.untilLast > cloud.start && there.seconds < own.seconds) {
    return goes(`The queue here takes about ${spoken(own.untilLast)}, a machine starts in about ${start}.`)
  }
  if (own.untilLast > cloud.start)
    return stays(`It is done here (about ${spoken(own.seconds)}) before it would be in the cloud (about ${spoken(there.seconds)}).`)
  return stays(`The queue here is shorter than a machine’s start (about ${start}).`)
}

/** What a person is shown before choosing. */
export const estimateOf = (situation: Situation): Estimate => {
  const { runs, local, places, here, cloud } = situation
  const whyNotHere = !places.includes('here')
    ? 'This pipeline is not on this computer.'
    : here.ready
      ? null
      : 'No container engine answers on this computer.'
  const whyNotCloud = local
    ? 'Dropped scans are run on this computer. Upload them to the archive to run them in the cloud.'
    : !places.includes('cloud')
      ? 'This pipeline runs on this computer alone.'
      : cloud.obstacle
  const side = (load: LaneLoad, why: string | null) =>
    why === null
      ? {
          seconds: Math.round(forecast(load, runs).seconds),
          why: load.guessed ? 'A guess: this pipeline has not run there from this desk yet.' : null,
        }
      : { seconds: null, why }
  return { here: side(here.load, whyNotHere), cloud: side(cloud.load, whyNotCloud), auto: choosePlace(situation) }
}
