/** How long runs take, from what this desk has seen. */
import type { RunRecord, RunStep } from '../store/lab-runs.ts'
import { type Lane, laneOf } from './desk.ts'

/** Runs looked at, newest first. */
export const recentRuns = 20

/** Bytes a second that are copied, where nothing is known: a desk's engine, and an archive over the network. */
const speed: Record<Lane, number> = { builtin: 60e6, container: 40e6, cloud: 20e6 }
/** Seconds of a run beside its bytes. */
const own: Record<Lane, number> = { builtin: 2, container: 4, cloud: 4 }
/** Seconds from the order to a machine's first word: boot, engine and image. A guess on the long side, until one has run. */
export const guessedStart = 90

const median = (values: number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? null : (sorted[Math.floor((sorted.length - 1) / 2)] as number)
}
const seconds = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000)

export interface Known {
  record: RunRecord
  steps: RunStep[]
}

/** Those of this pipeline in this lane that ended well, newest first. */
export const alike = (records: RunRecord[], pipeline: RunRecord['pipeline'], lane: Lane): RunRecord[] =>
  records
    .filter(
      (record) =>
        record.state === 'done' && record.pipeline.name === pipeline.name && record.pipeline.version === pipeline.version && laneOf(record) === lane,
    )
    .slice(0, recentRuns)

/** Median seconds from the first file to the end; null where nothing is known. A run that lay still between two lives says nothing. */
export const lasted = (known: Known[]): number | null =>
  median(
    known.flatMap(({ steps }) => {
      const begun = steps.findLast(({ state }) => state === 'staging')
      const ended = steps.findLast(({ state }) => state === 'done')
      const again = steps.filter(({ state }) => state === 'running').length > 1
      return begun && ended && !again ? [seconds(begun.at, ended.at)] : []
    }),
  )

/** Median seconds from the order of a machine to its pipeline's first word; null where nothing is known. */
export const startedIn = (known: Known[]): number | null =>
  median(
    known.flatMap(({ record, steps }) => {
      const ordered = steps.find(({ state }) => state === 'running')
      const spokeAt = record.resume?.spokeAt
      return ordered && spokeAt ? [seconds(ordered.at, spokeAt)] : []
    }),
  )

/** Seconds of one run where none of its kind is known. `bytes`: of one run; null where nobody knows. */
export const guessed = (lane: Lane, bytes: number | null, start = 0): number => own[lane] + start + (bytes ?? 20e6) / speed[lane]
