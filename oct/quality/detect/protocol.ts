/** O: scan pattern, size, B-scan count, ART and resolution as the profile's protocol wants them. The demand is the site's. */
import type { Criterion } from '../../results.ts'
import type { Examination, MakeDetector } from '../examination.ts'
import { departures } from '../protocol-for.ts'

export const protocol: MakeDetector = (exam) => ({ end: () => ({ criteria: [criterion(exam)] }) })

function criterion({ scan, protocol: wanted }: Examination): Criterion {
  const base = { id: 'O.protocol', unit: 'departures', threshold: '<= 0', evidence: 'own' as const }
  if (scan.pattern === 'unknown') return { ...base, status: 'unknown', value: null, reason: 'Not measured: the scan pattern is not known.' }
  if (!wanted) return { ...base, status: 'warn', value: null, reason: 'No scan of this kind is asked for by this protocol list.' }
  const found = departures(wanted, scan)
  const wrong = found.filter((each) => each.known)
  if (wrong.length > 0) {
    const reason = `Not as "${wanted.label.en}" asks: ${found.map(({ what }) => what).join('; ')}.`
    return { ...base, status: 'fail', value: wrong.length, reason: cut(reason) }
  }
  if (found.length > 0) {
    return { ...base, status: 'unknown', value: null, reason: cut(`Not measured: ${found.map(({ what }) => what).join('; ')}.`) }
  }
  return { ...base, status: 'pass', value: 0, reason: `The scan is as "${wanted.label.en}" asks.` }
}

/** A reason has at most 500 characters. */
const cut = (text: string): string => (text.length > 500 ? `${text.slice(0, 499)}…` : text)
