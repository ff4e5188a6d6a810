/** The way into the cloud as this window shows it: what was found or read, and what is chosen. No secret is ever in here. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { FoundCloud } from '../../../preload/cloud.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'

interface SignInView {
  way: 'file' | 'hand'
  /** What the usual places hold; null until they were looked at. */
  found: FoundCloud[] | null
  /** The sentence where a file there cannot be read. */
  foundProblem: string | null
  /** What the chosen files hold; null where none were chosen. */
  read: FoundCloud[] | null
  /** The entry that is open. */
  entry: string | null
  reading: boolean
  problem: ScansideError | null
  /** A sign-in that was begun in this window is under way. */
  signingIn: boolean
}

const nothing: SignInView = { way: 'file', found: null, foundProblem: null, read: null, entry: null, reading: false, problem: null, signingIn: false }

export const useSignInView = create<SignInView>(() => nothing)

const { setState } = useSignInView

/** The first entry that can be used stands open: with one cloud there is nothing to choose. */
const firstUsable = (clouds: readonly FoundCloud[]) => clouds.find(({ problem }) => problem === null)?.name ?? null

/** Looks in the usual places. */
export async function findClouds(cloud: Pick<Lab['cloud'], 'found'> = lab.cloud): Promise<void> {
  try {
    const { clouds, problem } = await cloud.found()
    setState((before) => ({ found: clouds, foundProblem: problem, entry: before.read ? before.entry : firstUsable(clouds) }))
  } catch (error) {
    setState({ found: [], problem: asScansideError(error) })
  }
}

/** Hands chosen texts on and shows what they hold; the texts are not kept here. */
export async function readClouds(texts: { clouds: string; secure: string | null }, cloud: Pick<Lab['cloud'], 'read'> = lab.cloud): Promise<void> {
  setState({ reading: true, problem: null })
  try {
    const { clouds } = await cloud.read(texts)
    setState({ read: clouds, entry: firstUsable(clouds), reading: false })
  } catch (error) {
    setState({ problem: asScansideError(error), reading: false })
  }
}

/** Back to what the usual places hold. */
export function forgetRead(): void {
  setState((before) => ({ read: null, entry: firstUsable(before.found ?? []), problem: null }))
}

/** Signs in by `work`; answers why it failed, null where it did not or where the person stopped it. */
export async function attempt(work: () => Promise<void>): Promise<ScansideError | null> {
  setState({ signingIn: true })
  try {
    await work()
    return null
  } catch (error) {
    const problem = asScansideError(error)
    return problem.code === 'cancelled' ? null : problem
  } finally {
    setState({ signingIn: false })
  }
}

/** Gives up the sign-in that is under way: nobody is signed in afterwards. */
export async function stopSigningIn(cloud: Pick<Lab['cloud'], 'signOut'> = lab.cloud): Promise<void> {
  await cloud.signOut({ force: true }).catch(() => undefined)
}

/** Once somebody is signed in nothing of the way there is left. */
export function forgetSignIn(): void {
  setState({ ...nothing })
}
