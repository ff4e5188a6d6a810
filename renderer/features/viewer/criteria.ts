/** How criteria are ordered, named and written. */
import type { Criterion, ScanResult } from '../../../oct/results.ts'

/** Criteria that have a name of their own in the translations: the id without its dots. */
export const namedCriteria = [
  'O',
  'S',
  'S_q',
  'S_snr',
  'S_cnr',
  'C',
  'A',
  'R',
  'I',
  'B',
  'completeness',
  'completeness_upper',
  'completeness_lower',
  'completeness_signal',
  'motion',
  'ART',
] as const
export type NamedCriterion = (typeof namedCriteria)[number]

/** The letter in front (`S` of `S.snr`; empty for an id without one) and the id's key in the translations, null where it has none. */
export function splitId(id: string): { letter: string; key: NamedCriterion | null } {
  const head = id.split('.')[0] ?? ''
  const flat = id.replaceAll('.', '_')
  return { letter: /^[A-Z]$/.test(head) ? head : '', key: namedCriteria.find((name) => name === flat) ?? null }
}

/** A value with its unit, no more digits than can be meant: `31.3 dB`, `0.06 mm`, `99.2 %`. */
export function formatValue(value: number, unit: string, language: string): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)
  return unit === '' || unit === 'ratio' ? text : `${text} ${unit}`
}

const rank: Record<Criterion['status'], number> = { fail: 0, warn: 1, pass: 2, unknown: 3 }

/** What decided the verdict first, then failed, to look at, passed, not judged; otherwise as the pipeline gave them. */
export function inOrder({ criteria, decidedBy }: Pick<ScanResult, 'criteria' | 'decidedBy'>): Criterion[] {
  const place = (one: Criterion) => (decidedBy.includes(one.id) ? -1 : rank[one.status])
  return [...criteria].sort((a, b) => place(a) - place(b))
}
