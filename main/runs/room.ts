/** What fits at once: runs on an engine by its CPUs and memory, and a run's files on the disks. Pure. */
import { ScansideError } from '../../oct/errors.ts'
import type { RunLimits } from '../engines/engine.ts'
import type { Capacity } from '../pipelines/limits.ts'

export type Need = Pick<RunLimits, 'memoryBytes' | 'cpus'>

/** Of the engine's memory, what runs may have; the rest is the system's and of whoever works at this computer. */
const memoryShare = 0.8
/** A run seldom uses all the CPU it may: each of the engine's is promised so often. Memory is promised once. */
const cpuShare = 2
/** Where it is not known what the engine has. */
const unknownAtOnce = 2
const mostAtOnce = 16

const sum = (needs: Need[], of: keyof Need): number => needs.reduce((total, need) => total + need[of], 0)

/** Whether one more run fits beside those that run; one alone always does, with what there is. */
export const fits = (capacity: Capacity | null, running: Need[], need: Need): boolean => {
  if (running.length === 0) return true
  if (capacity === null) return running.length < unknownAtOnce
  const all = [...running, need]
  return all.length <= mostAtOnce && sum(all, 'memoryBytes') <= capacity.memoryBytes * memoryShare && sum(all, 'cpus') <= capacity.cpus * cpuShare
}

/** How many runs of one kind fit at once. */
export const fitAtOnce = (capacity: Capacity | null, need: Need): number => {
  const running: Need[] = []
  while (fits(capacity, running, need)) running.push(need)
  return running.length
}

/** bytes; records, log and results of a run on this computer, and what the system itself must have */
const ownBytes = 64 * 1024 * 1024
/** bytes; a container's log and what the engine keeps of it */
const engineBytes = 64 * 1024 * 1024

export interface DiskFacts {
  /** bytes of all inputs */
  inputs: number
  /** bytes the run may write */
  outputs: number
  /** bytes free where Scanside keeps its records, and where the engine keeps its volumes; null where that is not known, or there is none */
  own: number | null
  engine: number | null
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
const tooSmall = (where: string, free: number, needed: number) =>
  new ScansideError(
    'disk-full',
    `The disk ${where} has ${megabytes(free)} left, and this run may need ${megabytes(needed)}. Nothing was created and nothing is lost. Free some space and start the run again.`,
    { free, needed },
  )

/** Why a run is not begun, before anything of it is made; null where there is room, or nobody knows. */
export const diskShort = ({ inputs, outputs, own, engine }: DiskFacts): ScansideError | null => {
  if (own !== null && own < ownBytes) return tooSmall('on which Scanside keeps its records', own, ownBytes)
  const needed = inputs + outputs + engineBytes
  return engine !== null && engine < needed ? tooSmall('of the container engine', engine, needed) : null
}
