/** Where a person is in grading. View state only: batches and gradings are kept by main. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Batch } from '../../../preload/grading.ts'
import { asScansideError, lab } from '../../lab.ts'
import { go } from '../../navigation.ts'

export type GradingView = { at: 'batches' } | { at: 'reading' | 'agreement' | 'adjudication'; batch: string }

interface GradingState {
  /** Which part of the cohort is shown. */
  section: 'results' | 'grading'
  view: GradingView
  /** Newest first; null until they were listed. */
  batches: Batch[] | null
  error: ScansideError | null
}

export const useGrading = create<GradingState>(() => ({ section: 'results', view: { at: 'batches' }, batches: null, error: null }))

export function showGrading(view: GradingView): void {
  useGrading.setState({ section: 'grading', view })
}

/** Goes to the batches, from wherever the person is. */
export function goToGrading(): void {
  showGrading({ at: 'batches' })
  go('cohort')
}

/** Lists the batches anew; what was listed stays where that fails. */
export async function listBatches(): Promise<void> {
  try {
    useGrading.setState({ batches: await lab.grading.batches(), error: null })
  } catch (error) {
    useGrading.setState({ error: asScansideError(error) })
  }
}
