/** Completeness: cut off above or below, missing A-scans. Asked before any signal. */
import type { Criterion, Interval } from '../../results.ts'
import { type AScanState, aScanStates, type MakeDetector } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'

export const completeness: MakeDetector = ({ profile }) => {
  const counts: Record<AScanState, number> = { whole: 0, 'cut-upper': 0, 'cut-lower': 0, 'signal-missing': 0, 'not-segmented': 0 }
  const intervals: Interval[] = []
  const criteria = (): Criterion[] => {
    const all = Object.values(counts).reduce((sum, each) => sum + each, 0)
    const percent = (count: number) => round((100 * count) / all)
    const unseen = percent(counts['not-segmented'])
    const whole = percent(counts.whole)
    const limits = limitOf(profile, 'completeness')
    const notSeen = { status: 'unknown' as const, value: null, reason: `Not measured: there are no layer lines in ${unseen} % of the A-scans.` }
    const lost = (id: string, state: AScanState, what: string, nothing: string): Criterion => {
      const value = percent(counts[state])
      const limit = limitOf(profile, id)
      const base = { id, unit: '%', threshold: `<= ${limit.warn}`, evidence: 'own' as const }
      const status = grade(value, limit, 'low')
      if (status !== 'fail' && unseen > limit.fail) return { ...base, ...notSeen }
      return { ...base, status, value, reason: status === 'pass' ? nothing : `${what} in ${value} % of the A-scans.` }
    }
    const total = { id: 'completeness', unit: '%', threshold: `>= ${limits.warn}`, evidence: 'own' as const }
    const undecided = unseen > 100 - limits.warn && percent(counts.whole + counts['not-segmented']) >= limits.fail
    return [
      undecided
        ? { ...total, ...notSeen }
        : {
            ...total,
            status: grade(whole, limits, 'high'),
            value: whole,
            reason: whole < 100 ? `The whole retina is in the picture in ${whole} % of the A-scans.` : 'The whole retina is in the picture.',
          },
      lost('completeness.upper', 'cut-upper', 'The retina is cut off at the upper edge', 'Nothing is cut off at the upper edge.'),
      lost('completeness.lower', 'cut-lower', 'The retina is cut off at the lower edge', 'Nothing is cut off at the lower edge.'),
      lost('completeness.signal', 'signal-missing', 'There is no signal', 'No A-scan is missing.'),
    ]
  }
  return {
    frame: ({ info, states }) => {
      for (const state of states) counts[aScanStates[state] as AScanState]++
      intervals.push(...stretches(states, info.index))
    },
    end: () => ({ criteria: criteria(), intervals }),
  }
}

/** Stretches of A-scans in one state, to be drawn; whole and unsegmented ones are not. */
function stretches(states: Uint8Array, frame: number): Interval[] {
  const found: Interval[] = []
  for (let from = 0; from < states.length; ) {
    let to = from
    while (to + 1 < states.length && states[to + 1] === states[from]) to++
    const kind = aScanStates[states[from] as number]
    if (kind === 'cut-upper' || kind === 'cut-lower' || kind === 'signal-missing') found.push({ frame, from, to, kind })
    from = to + 1
  }
  return found
}
