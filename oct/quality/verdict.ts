/** From criteria to a verdict and what to do. Pure; the rule is DESIGN's, guarded by evidence. */
import type { Action, Criterion, Verdict } from '../results.ts'
import { type Profile, roleOf } from './profile.ts'

export interface Decision {
  verdict: Exclude<Verdict, 'unknown'>
  action: Action
  decidedBy: string[]
}

/** Own criteria that show a loss nobody doubts: a fail of one makes a scan unusable alone. */
const conclusive = [
  'completeness',
  'completeness.upper',
  'completeness.lower',
  'completeness.signal',
  'completeness.folded',
  'motion.blank',
  'A.missing',
  'A.crossing',
]

/** What shares a cause counts once: weak light makes signal, focus and illumination fail together. */
const causes: Record<string, string> = { S: 'light', O: 'light', I: 'light', 'O.protocol': 'protocol' }
const causeOf = (id: string): string => {
  const letter = id.split('.')[0] as string
  return causes[id] ?? causes[letter] ?? letter
}

/** Criteria about the lines the device has drawn: a person can mend them without a new scan. */
const aboutLines = (id: string): boolean => id === 'A' || id.startsWith('A.')

/** What the device could not see is no line to correct, but lines it did not draw are. */
const linesUnseen = (each: Criterion): boolean => each.id.startsWith('completeness') && each.status === 'unknown'

/**
 * Required fails make a scan unusable where they may: one that is conclusive or stands on a published or validated limit, or two of our own
 * with different causes. Else any required warning, unknown or fail, or any advisory fail = ambiguous; else usable. Experimental criteria
 * and `human` ones never count. Only what a new scan can mend leads to `retake`.
 */
export function decide(criteria: readonly Criterion[], profile: Profile): Decision {
  const counting = criteria.filter((each) => !each.experimental && roleOf(profile, each.id) !== 'human')
  const required = counting.filter((each) => roleOf(profile, each.id) === 'required')
  const fails = required.filter((each) => each.status === 'fail')
  const alone = fails.filter((each) => each.evidence !== 'own' || conclusive.includes(each.id))
  const ownFails = new Set(fails.map((each) => causeOf(each.id)))
  const hard = alone.length > 0 ? alone : ownFails.size >= 2 ? fails : []
  if (hard.length > 0) {
    return { verdict: 'unusable', action: hard.every(({ id }) => aboutLines(id)) ? 'correct-layers' : 'retake', decidedBy: hard.map(({ id }) => id) }
  }
  const soft = counting.filter(
    (each) =>
      (roleOf(profile, each.id) === 'required' && each.status !== 'pass') || (roleOf(profile, each.id) === 'advisory' && each.status === 'fail'),
  )
  if (soft.length === 0) return { verdict: 'usable', action: 'keep', decidedBy: [] }
  const linesOnly = soft.every((each) => aboutLines(each.id) || linesUnseen(each))
  return { verdict: 'ambiguous', action: linesOnly ? 'correct-layers' : 'ask-reader', decidedBy: soft.map(({ id }) => id) }
}
