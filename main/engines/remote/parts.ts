/** What an engine over a cloud is built from. */
import type { CloudChoices } from '../../../preload/cloud.ts'
import type { RunTokens } from '../../archive/run-tokens.ts'
import type { Cloud } from '../../openstack/openstack.ts'
import type { HomeArchive } from '../../runs/desk.ts'
import type { ProcessWatch } from '../docker/process-start.ts'
import type { Debts } from '../engine.ts'
import type { ImageSource } from './job.ts'

/** How long things may take, ms. */
export interface RemoteTimes {
  /** From the order to a machine that runs. */
  start: number
  /** What a machine may take beside the pipeline itself: fetching, loading the image, sending. */
  transfer: number
  /** First and longest pause between two looks. */
  firstPause: number
  longestPause: number
  /** Between two looks at a machine that runs; its reports are read more often. */
  look: number
  /** How long a last report may be on its way after a machine has ended. */
  grace: number
  /** How long a removal is waited for. */
  removal: number
  /** How long reports stay where the desk does not come back for them. */
  reports: number
}

export const usualTimes: RemoteTimes = {
  start: 10 * 60_000,
  transfer: 30 * 60_000,
  firstPause: 250,
  longestPause: 2_000,
  look: 5_000,
  grace: 10_000,
  removal: 120_000,
  reports: 7 * 86_400_000,
}

export interface RemoteEngineParts {
  /** `nova:<cloud id>` */
  id: string
  kind: 'nova' | 'zun'
  cloud: Cloud
  choices: CloudChoices
  /** Null while nobody is signed in to an archive. */
  tokens(): RunTokens | null
  archive(): HomeArchive | null
  imageSource(image: { name: string; digest: string }, signal: AbortSignal): Promise<ImageSource>
  debts: Debts
  /** Opaque id of this installation. */
  install: string
  process: ProcessWatch
  now(): Date
  /** Rejects when the signal aborts. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>
  times?: Partial<RemoteTimes>
  /** What went wrong and is no person's business; for main's log. */
  report(error: unknown): void
}

/** Waits; rejects with the signal's reason. */
export const plainSleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })

/** Pauses that grow from `first` to `longest`, each a quarter shorter or longer by chance, so that many runs do not ask at once. */
export const growingPauses = (first: number, longest: number, chance: () => number = Math.random) => {
  let next = first
  return (): number => {
    const pause = next * (0.75 + chance() / 2)
    next = Math.min(longest, next * 1.5)
    return pause
  }
}
