/** Where a run may go: what can be chosen, why not where it cannot, and how long it would take. Pure. */
import type { CloudStatus, Estimate, Place } from '../../../preload/cloud.ts'
import type { Pipeline } from '../../../preload/contract.ts'
import { standingOf } from '../cloud/standing.ts'

/** Why a place cannot be chosen: one of our own reasons, or a sentence of the engine room's. */
export type WhyNot =
  | { own: 'local' | 'none' | 'signed-out' | 'signing-in' | 'refused' | 'away' | 'no-image' | 'pipeline' | 'cloud-only' | 'engine' }
  | { said: string }

export interface PlaceOption {
  place: Place
  /** Null: it can be chosen. */
  whyNot: WhyNot | null
  /** Null: not known (yet). */
  seconds: number | null
}

export interface PlaceFacts {
  pipeline: Pick<Pipeline, 'builtin' | 'places'> | undefined
  /** Whether dropped scans are among what is run on. */
  local: boolean
  engineReady: boolean
  cloud: Pick<CloudStatus, 'state' | 'runs' | 'has' | 'choices'>
  estimate: Estimate | null
}

/** Here, cloud and automatic, in this order. Automatic is only there where there is something to choose between. */
export function placeOptions({ pipeline, local, engineReady, cloud, estimate }: PlaceFacts): PlaceOption[] {
  const places = pipeline?.places ?? ['here']
  const here: PlaceOption = {
    place: 'here',
    whyNot: places.includes('here') ? (pipeline?.builtin || engineReady ? saidNot(estimate?.here) : { own: 'engine' }) : { own: 'cloud-only' },
    seconds: estimate?.here.seconds ?? null,
  }
  const away: PlaceOption = {
    place: 'cloud',
    whyNot: cloudNot(places, local, cloud) ?? saidNot(estimate?.cloud),
    seconds: estimate?.cloud.seconds ?? null,
  }
  if (here.whyNot || away.whyNot) return [here, away]
  const seconds = estimate ? estimate[estimate.auto.place].seconds : null
  return [here, away, { place: 'auto', whyNot: null, seconds }]
}

function saidNot(one: Estimate['here'] | undefined): WhyNot | null {
  return one && one.seconds === null && one.why !== null ? { said: one.why } : null
}

function cloudNot(places: readonly string[], local: boolean, cloud: PlaceFacts['cloud']): WhyNot | null {
  const standing = standingOf(cloud)
  if (standing === 'none') return { own: 'none' }
  if (local) return { own: 'local' }
  if (standing !== 'ready') return { own: standing }
  if (!places.includes('cloud')) return { own: 'pipeline' }
  return cloud.runs ? null : { own: 'away' }
}

/** What is taken of what is wanted: it where it can be chosen, else what can be; here where nothing can. */
export function placeTaken(wanted: Place, options: readonly PlaceOption[]): Place {
  const possible = options.filter(({ whyNot }) => whyNot === null)
  return (possible.find(({ place }) => place === wanted) ?? possible[0])?.place ?? 'here'
}

export type AboutTime = { unit: 'instant' } | { unit: 'seconds' | 'minutes' | 'hours'; count: number }

/** A guess as a person says it: no figure that pretends to know more. */
export function aboutTime(seconds: number): AboutTime {
  if (seconds < 1) return { unit: 'instant' }
  if (seconds < 9.5) return { unit: 'seconds', count: Math.round(seconds) }
  if (seconds < 57.5) return { unit: 'seconds', count: Math.round(seconds / 5) * 5 }
  const minutes = seconds / 60
  if (minutes < 9.5) return { unit: 'minutes', count: Math.round(minutes) }
  if (minutes < 87.5) return { unit: 'minutes', count: Math.round(minutes / 5) * 5 }
  return { unit: 'hours', count: Math.round(minutes / 30) / 2 }
}
