/** Completeness: cut off above or below, folded, missing A-scans. Asked before any signal. */
import type { Criterion, Interval } from '../../results.ts'
import { type AScanState, aScanStates, type MakeDetector } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'

/** A criterion of its own for each way to lose A-scans, and what is said of it. */
const losses = [
  { id: 'completeness.upper', state: 'cut-upper', what: 'The retina is cut off at the upper edge', nothing: 'Nothing is cut off at the upper edge' },
  { id: 'completeness.lower', state: 'cut-lower', what: 'The retina is cut off at the lower edge', nothing: 'Nothing is cut off at the lower edge' },
  {
    id: 'completeness.folded',
    state: 'folded',
    what: 'The retina is folded over at the upper edge',
    nothing: 'Nothing is folded over at the upper edge',
  },
  { id: 'completeness.signal', state: 'signal-missing', what: 'There is no signal', nothing: 'No A-scan is missing' },
] as const satisfies { id: string; state: AScanState; what: string; nothing: string }[]

/** How a lost stretch is drawn. */
const drawn: Partial<Record<AScanState, Interval['kind']>> = {
  'cut-upper': 'cut-upper',
  folded: 'cut-upper',
  'cut-lower': 'cut-lower',
  'signal-missing': 'signal-missing',
}

export const completeness: MakeDetector = ({ profile }) => {
  const counts = Object.fromEntries(aScanStates.map((state) => [state, 0])) as Record<AScanState, number>
  /** B-scans of which more than half is lost, by state */
  const lostFrames = { ...counts }
  const whole: (number | null)[] = []
  const intervals: Interval[] = []
  let byFoundLines = 0

  const criteria = (): Criterion[] => {
    const all = Math.max(
      1,
      Object.values(counts).reduce((sum, each) => sum + each, 0),
    )
    const percent = (count: number) => round((100 * count) / all)
    const unseen = percent(counts['not-segmented'])
    const limits = limitOf(profile, 'completeness')
    const means = byFoundLines > 0 ? ' (by lines found in the picture: the file has none)' : ''
    const notSeen = { status: 'unknown' as const, value: null, reason: `Not measured: no layer is seen in ${unseen} % of the A-scans.` }
    const lost = ({ id, state, what, nothing }: (typeof losses)[number]): Criterion => {
      // What is folded lies beyond the upper edge, too.
      const beyond = state === 'cut-upper' ? counts.folded : 0
      const value = percent(counts[state] + beyond)
      const limit = limitOf(profile, id)
      const base = { id, unit: '%', threshold: `<= ${limit.warn}`, evidence: 'own' as const }
      const status = grade(value, limit, 'low')
      if (status !== 'fail' && unseen > limit.fail) return { ...base, ...notSeen }
      const wholly = whole.length > 1 && lostFrames[state] > 0 ? `, in ${lostFrames[state]} of ${whole.length} B-scans in more than half` : ''
      return { ...base, status, value, reason: value === 0 ? `${nothing}${means}.` : `${what} in ${value} % of the A-scans${wholly}${means}.` }
    }
    const complete = percent(counts.whole)
    const total = { id: 'completeness', unit: '%', threshold: `>= ${limits.warn}`, evidence: 'own' as const }
    const undecided = unseen > 100 - limits.warn && percent(counts.whole + counts['not-segmented']) >= limits.fail
    return [
      undecided
        ? { ...total, ...notSeen }
        : {
            ...total,
            status: grade(complete, limits, 'high'),
            value: complete,
            reason: `The whole retina is in the picture${complete < 100 ? ` in ${complete} % of the A-scans` : ''}${means}.`,
          },
      ...losses.map(lost),
    ]
  }
  return {
    frame: ({ info, states, width, origin }) => {
      if (origin.ilm === 'found') byFoundLines++
      const here = new Uint32Array(aScanStates.length)
      for (const state of states) here[state] = (here[state] as number) + 1
      for (const [i, state] of aScanStates.entries()) {
        const count = here[i] as number
        counts[state] += count
        if (count > width / 2) lostFrames[state]++
      }
      whole.push(width > 0 ? round((100 * (here[aScanStates.indexOf('whole')] as number)) / width) : null)
      intervals.push(...stretches(states, info.index))
    },
    end: () => ({ criteria: criteria(), series: [{ id: 'completeness', unit: '%', values: whole }], intervals }),
  }
}

/** Stretches of A-scans in one state, to be drawn; whole and unsegmented ones are not. */
function stretches(states: Uint8Array, frame: number): Interval[] {
  const found: Interval[] = []
  for (let from = 0; from < states.length; ) {
    let to = from
    while (to + 1 < states.length && states[to + 1] === states[from]) to++
    const kind = drawn[aScanStates[states[from] as number] as AScanState]
    if (kind) found.push({ frame, from, to, kind })
    from = to + 1
  }
  return found
}
