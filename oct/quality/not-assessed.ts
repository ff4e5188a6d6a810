/** What is not looked at. Open, never a pass. */
import type { Criterion } from '../results.ts'

export function notAssessed(id: string, name: string): Criterion {
  return { id, status: 'unknown', value: null, unit: '', threshold: '', evidence: 'own', reason: `${name}: not assessed by this version.` }
}

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
