/** R, the one criterion that is never a machine's. */
import type { Criterion } from '../results.ts'

/** R is never decided by a machine. */
export const pathology: Criterion = {
  id: 'R',
  status: 'unknown',
  value: null,
  unit: '',
  threshold: '',
  evidence: 'published',
  reason: 'Retinal pathology: not assessed; only a reader can.',
  source: 'Tewarie 2012',
}
