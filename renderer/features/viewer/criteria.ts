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
  'completeness_folded',
  'motion_blank',
  'O_blur',
  'O_blur_bscan',
  'O_protocol',
  'C_ring',
  'A_missing',
  'A_crossing',
  'A_jump',
  'I_vignette',
  'I_saturated',
  'I_dark',
  'I_bscan',
  'B_tilt',
  'F',
  'F_pattern',
  'F_shift',
  'L',
  'L_anatomy',
  'L_pair',
  'QI',
  'mTCI',
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

/** What belongs together: the seven letters a reader grades, what is judged beside them, and what does not fit anywhere. */
export const familyNames = ['O', 'S', 'C', 'A', 'R', 'I', 'B', 'completeness', 'motion', 'F', 'L', 'experimental', 'other'] as const
export type FamilyName = (typeof familyNames)[number]

export interface Family {
  name: FamilyName
  /** The worst of its criteria; null where it has none. */
  status: Criterion['status'] | null
  /** What its status stands on: shown beside its name. */
  lead: Criterion | null
  /** What decided first, then the worse first. */
  criteria: Criterion[]
  /** Whether one of them decided the verdict. */
  decided: boolean
}

/** Worse first; what was not measured stands between what is to be looked at and what passed: a pass that was not measured is none. */
const worse: Record<Criterion['status'], number> = { fail: 0, warn: 1, unknown: 2, pass: 3 }

function familyOf({ id, experimental }: Criterion): FamilyName {
  const head = id.split('.')[0] ?? ''
  if (head === 'ART') return 'O'
  const known = familyNames.find((name) => name === head)
  if (known) return known
  return experimental ? 'experimental' : 'other'
}

/** Every letter, with or without criteria, and the other families that have some. Experimental criteria never give a family its status. */
export function familiesOf({ criteria, decidedBy }: Pick<ScanResult, 'criteria' | 'decidedBy'>): Family[] {
  const ordered = inOrder({ criteria, decidedBy })
  return familyNames.flatMap((name): Family[] => {
    const own = ordered.filter((one) => familyOf(one) === name)
    if (own.length === 0 && !/^[A-Z]$/.test(name)) return []
    if (own.length === 0 && (name === 'F' || name === 'L')) return []
    const counting = name === 'experimental' ? own : own.filter((one) => !one.experimental)
    const [lead = null] = [...counting].sort((a, b) => worse[a.status] - worse[b.status] || a.id.length - b.id.length)
    return [{ name, status: lead?.status ?? null, lead, criteria: own, decided: own.some((one) => decidedBy.includes(one.id)) }]
  })
}

/** What decided the verdict first, then failed, to look at, passed, not judged; otherwise as the pipeline gave them. */
export function inOrder({ criteria, decidedBy }: Pick<ScanResult, 'criteria' | 'decidedBy'>): Criterion[] {
  const place = (one: Criterion) => (decidedBy.includes(one.id) ? -1 : rank[one.status])
  return [...criteria].sort((a, b) => place(a) - place(b))
}
