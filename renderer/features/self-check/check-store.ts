/** What the self-check found last. It outlives the page: whoever comes back reads it while it is looked at again. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import type { Check } from '../../../preload/diagnostics.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'

interface SelfCheck {
  checks: readonly Check[] | null
  /** ISO */
  at: string | null
  looking: boolean
  problem: ScansideError | null
  chain: Output<'audit.status'> | null
  chainProblem: ScansideError | null
}

export const useSelfCheck = create<SelfCheck>(() => ({ checks: null, at: null, looking: false, problem: null, chain: null, chainProblem: null }))

const { getState, setState } = useSelfCheck

type Source = { diagnostics: Pick<Lab['diagnostics'], 'check'>; audit: Pick<Lab['audit'], 'status'> }

/** Looks at everything, once at a time; the chain is verified meanwhile. Never rejects. */
export async function lookAgain(source: Source = lab): Promise<void> {
  if (getState().looking) return
  setState({ looking: true, problem: null, chainProblem: null })
  const chain = source.audit.status().then(
    (found) => setState({ chain: found }),
    (error: unknown) => setState({ chainProblem: asScansideError(error) }),
  )
  try {
    const { at, checks } = await source.diagnostics.check()
    setState({ at, checks })
  } catch (error) {
    setState({ problem: asScansideError(error) })
  }
  await chain
  setState({ looking: false })
}
