/** The institute's cloud as this desk knows it: signing in, what it offers and what was chosen, the engine runs go to, and what is left there. */
import type { CloudChoices, CloudStatus } from '../../preload/cloud.ts'
import type { Input, Output } from '../../preload/contract.ts'
import type { Engine, EngineHealth, RunLimits } from '../engines/engine.ts'
import type { Cloud } from '../openstack/openstack.ts'

export interface CloudRoom {
  status(): CloudStatus
  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void
  /** The cloud, or null where nobody is signed in. */
  cloud(): Cloud | null
  /** The engine runs are sent to; null until a cloud is ready and a machine's image is chosen. The same object while cloud and choices stay. */
  engine(): Engine | null
  /** Engines that what is owed here may belong to, whatever is chosen now: for removing it. Empty unless a cloud is ready. */
  engines(): Engine[]
  health(): EngineHealth | null
  /** Runs at once: what was chosen, and what the quota leaves for machines that fit `need` (a pipeline without limits of its own, where left out). */
  concurrency(need?: Pick<RunLimits, 'memoryBytes' | 'cpus'>): number
  found(): Promise<Output<'cloud.found'>>
  read(input: Input<'cloud.read'>): Promise<Output<'cloud.read'>>
  use(input: Input<'cloud.use'>): Promise<void>
  signIn(input: Input<'cloud.signIn'>): Promise<void>
  /** `working`: runs that are in the cloud now. */
  signOut(input: { force: boolean; working: number }): Promise<void>
  refresh(): Promise<void>
  offers(): Promise<Output<'cloud.offers'>>
  choose(choices: CloudChoices): Promise<void>
  left(): Promise<Output<'cloud.left'>>
  /** Puts a pipeline's image into the object store, once; `report` hears 0..1. Resolves with a sentence. */
  sendImage(pipeline: string, signal: AbortSignal, report: (progress: number | null, message: string) => void): Promise<string>
  /** At start: takes the secret out of the vault and signs in; never rejects, the status says it. */
  restore(): Promise<void>
  /** About once a minute: looks whether a cloud that was away is back, and at the limits. */
  tick(): Promise<void>
  close(): Promise<void>
}
