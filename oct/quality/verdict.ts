/** From criteria to a verdict and what to do. Pure; the rule is DESIGN's, guarded by evidence. */
import type { Action, Criterion, Verdict } from '../results.ts'
import type { Profile } from './profile.ts'

export interface Decision {
  verdict: Exclude<Verdict, 'unknown'>
  action: Action
  decidedBy: string[]
}

/**
 * A required fail = unusable, where its rule may decide alone; else any required warn, unknown or guarded fail, or any advisory fail =
 * ambiguous; else usable. `human` criteria never count. A criterion the profile does not name counts as human.
 */
export function decide(criteria: readonly Criterion[], profile: Profile): Decision {
  const ruleOf = (criterion: Criterion) => profile.rules[criterion.id] ?? { role: 'human', decides: false }
  const hard = criteria.filter((each) => each.status === 'fail' && ruleOf(each).role === 'required' && ruleOf(each).decides)
  if (hard.length > 0) return { verdict: 'unusable', action: 'retake', decidedBy: hard.map((each) => each.id) }
  const soft = criteria.filter(
    (each) => (ruleOf(each).role === 'required' && each.status !== 'pass') || (ruleOf(each).role === 'advisory' && each.status === 'fail'),
  )
  if (soft.length === 0) return { verdict: 'usable', action: 'keep', decidedBy: [] }
  const linesOnly = soft.every((each) => each.id.startsWith('completeness') && each.status === 'unknown')
  return { verdict: 'ambiguous', action: linesOnly ? 'correct-layers' : 'ask-reader', decidedBy: soft.map((each) => each.id) }
}
