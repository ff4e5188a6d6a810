/** Criteria from measurements: each a number with its threshold and one sentence, or `unknown` with the reason. */
import type { Criterion, Status } from '../results.ts'
import type { AScanState } from './completeness.ts'
import type { Profile } from './profile.ts'

/** What was measured over a whole scan. */
export interface Measurements {
  device: string
  /** A-scans by state, over all B-scans */
  counts: Record<AScanState, number>
  /** dB, one per B-scan; null where the file does not carry it */
  quality: (number | null)[]
  /** dB and ratio, one per B-scan; null where not measurable */
  snr: (number | null)[]
  cnr: (number | null)[]
}

export function criteriaOf(measured: Measurements, profile: Profile): Criterion[] {
  const contrast = cnr(measured, profile)
  return [...completeness(measured, profile), quality(measured, profile, contrast), snr(measured, profile), contrast, ...notAssessed()]
}

function completeness({ counts }: Measurements, { limits }: Profile): Criterion[] {
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0)
  const percent = (count: number) => round((100 * count) / all)
  const unseen = percent(counts['not-segmented'])
  const known = all - counts['not-segmented']
  const whole = percent(counts.whole)
  const lostSome = counts['cut-upper'] + counts['cut-lower'] + counts['signal-missing'] > 0
  const lost = (id: string, state: AScanState, what: string, nothing: string): Criterion => {
    const value = percent(counts[state])
    const base = { id, unit: '%', threshold: `<= ${limits.lost}`, evidence: 'own' as const }
    if (value > limits.lost) return { ...base, status: 'fail', value, reason: `${what} in ${value} % of the A-scans.` }
    if (unseen > limits.lost) {
      return {
        ...base,
        status: 'unknown',
        value: null,
        reason: `Not measured: the device drew no layer lines in ${unseen} % of the A-scans.`,
      }
    }
    return value > 0
      ? { ...base, status: 'warn', value, reason: `${what} in ${value} % of the A-scans.` }
      : { ...base, status: 'pass', value, reason: nothing }
  }
  const total: Criterion = {
    id: 'completeness',
    unit: '%',
    threshold: `>= ${limits.whole.warn}`,
    evidence: 'own',
    ...(unseen > 100 - limits.whole.warn && percent(all - known + counts.whole) >= limits.whole.fail
      ? { status: 'unknown' as const, value: null, reason: `Not measured: the device drew no layer lines in ${unseen} % of the A-scans.` }
      : {
          status: grade(whole, limits.whole),
          value: whole,
          reason: lostSome ? `The whole retina is in the picture in ${whole} % of the A-scans.` : 'The whole retina is in the picture.',
        }),
  }
  return [
    total,
    lost('completeness.upper', 'cut-upper', 'The retina is cut off at the upper edge', 'Nothing is cut off at the upper edge.'),
    lost('completeness.lower', 'cut-lower', 'The retina is cut off at the lower edge', 'Nothing is cut off at the lower edge.'),
    lost('completeness.signal', 'signal-missing', 'There is no signal', 'No A-scan is missing.'),
  ]
}

/** The device's index against the published limit, which is soft: with good layer contrast it only warns (OSCAR-IB, Tewarie 2012; Schippling 2015). */
function quality(measured: Measurements, { limits }: Profile, contrast: Criterion): Criterion {
  const base = { id: 'S', unit: 'dB', threshold: `>= ${limits.quality}`, evidence: 'published' as const }
  if (!measured.device.startsWith('Heidelberg')) {
    return { ...base, threshold: '', status: 'unknown', value: null, reason: 'Not measured: there is no published limit for this device.' }
  }
  const known = measured.quality.filter((each) => each !== null)
  if (known.length === 0)
    return { ...base, status: 'unknown', value: null, reason: "Not measured: the file does not carry the device's quality index." }
  const value = round(known.reduce((sum, each) => sum + each, 0) / known.length)
  const low = known.filter((each) => each < limits.quality).length
  if (value < limits.quality) {
    if (contrast.status === 'pass') {
      return { ...base, status: 'warn', value, reason: `The signal is weak (${value} dB), but the layers stand out well: a reader should decide.` }
    }
    return contrast.status === 'unknown'
      ? { ...base, status: 'warn', value, reason: `The signal is weak (${value} dB); how well the layers stand out could not be measured.` }
      : { ...base, status: 'fail', value, reason: `The signal is too weak (${value} dB) and the layers hardly stand out.` }
  }
  if (low > known.length / 10) return { ...base, status: 'warn', value, reason: `The signal is too weak in ${low} of ${known.length} B-scans.` }
  return { ...base, status: 'pass', value, reason: 'The signal is strong enough.' }
}

function snr(measured: Measurements, { limits }: Profile): Criterion {
  const base = { id: 'S.snr', unit: 'dB', threshold: `>= ${limits.snr}`, evidence: 'own' as const }
  const value = median(measured.snr)
  if (value === null) return { ...base, status: 'unknown', value, reason: 'Not measured: it needs both layer lines and vitreous above the retina.' }
  return value >= limits.snr
    ? { ...base, status: 'pass', value, reason: 'The retina stands clear of the noise.' }
    : { ...base, status: 'warn', value, reason: 'The retina hardly stands clear of the noise.' }
}

function cnr(measured: Measurements, { limits }: Profile): Criterion {
  const base = { id: 'S.cnr', unit: 'ratio', threshold: `>= ${limits.cnr.warn}`, evidence: 'own' as const }
  const value = median(measured.cnr)
  if (value === null) return { ...base, status: 'unknown', value, reason: 'Not measured: it needs both layer lines and vitreous above the retina.' }
  const status = grade(value, limits.cnr)
  const reason = { pass: 'The layers stand out well.', warn: 'The layers stand out weakly.', fail: 'The layers hardly stand out.' }[status]
  return { ...base, status, value, reason }
}

/** What this version does not look at. Open, never a pass. */
function notAssessed(): Criterion[] {
  const what: Record<string, string> = {
    O: 'Focus and protocol',
    C: 'Centring',
    A: 'Course of the layer lines',
    R: 'Retinal pathology',
    I: 'Illumination',
    B: 'Beam placement',
  }
  return Object.entries(what).map(([id, name]) => ({
    id,
    status: 'unknown',
    value: null,
    unit: '',
    threshold: '',
    evidence: 'published',
    reason: id === 'R' ? `${name}: not assessed; only a reader can.` : `${name}: not assessed by this version.`,
  }))
}

function grade(value: number, limits: { warn: number; fail: number }): Exclude<Status, 'unknown'> {
  return value >= limits.warn ? 'pass' : value >= limits.fail ? 'warn' : 'fail'
}

function median(values: (number | null)[]): number | null {
  const known = values.filter((each) => each !== null).sort((a, b) => a - b)
  const value = known[known.length >> 1]
  return value === undefined ? null : round(value)
}

/** Two decimals: what is stored is what is shown, and what is compared. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
