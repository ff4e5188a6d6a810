/** The part in which Nova and Zun differ: how one job gets its machine or container, and how that is looked at and removed. */
import type { ErrorCode } from '../../../oct/errors.ts'
import type { RemoteJob } from './job.ts'

export interface CarrierLook {
  /** `ended`: powered off or exited; `failed`: the cloud could not start or keep it. */
  state: 'starting' | 'running' | 'ended' | 'failed'
  /** Why it failed, as a sentence for a person; null else. */
  reason: string | null
  /** What kind of failure that is, where it is known: `quota`. */
  code?: ErrorCode
}

export interface Carrier {
  /** How owed.db and receipts call it. */
  readonly kind: 'server' | 'container'
  /**
   * Creates it under `name` with everything the job says, or takes up one of this name that is there already (a lost answer, a crash).
   * `labels` are opaque: installation, run, process, creation. Resolves when the cloud has taken the order, not when it runs.
   */
  create(name: string, job: RemoteJob, labels: Record<string, string>, signal: AbortSignal): Promise<void>
  /** Null: not there (any more). */
  look(name: string, signal?: AbortSignal): Promise<CarrierLook | null>
  /** The end of its console or log: a hint for a person, nothing is concluded from it. */
  hint(name: string, signal?: AbortSignal): Promise<string | null>
  /** Deletes everything of this name and asks until the cloud answers 404 (or a listing without it); ports too. Rejects where that does not come. */
  remove(name: string): Promise<{ removed: number; check: string }>
  /** Names of this installation's that are there, whoever owes them. */
  list(): Promise<{ name: string; run: string; createdAt: string }[]>
}
