/** S: the device's own index against the published limit, SNR and CNR of the retina against its vitreous. */
import type { Criterion, Interval } from '../../results.ts'
import type { FrameView, MakeDetector } from '../examination.ts'
import { grade, mean, median, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'

export const signal: MakeDetector = ({ profile, device, scan }) => {
  const quality: (number | null)[] = []
  const snrs: (number | null)[] = []
  const cnrs: (number | null)[] = []
  const intervals: Interval[] = []
  const cnrLimit = limitOf(profile, 'S.cnr')
  const snrLimit = limitOf(profile, 'S.snr')
  const notMeasured = 'Not measured: it needs both layer lines and vitreous above the retina.'
  const noProfile = `Not judged: the profile knows no limit for this device (${scan.device}).`

  const snr = (): Criterion => {
    const base = { id: 'S.snr', unit: 'dB', threshold: `>= ${snrLimit.warn}`, evidence: 'own' as const }
    const value = rounded(median(known(snrs)))
    if (value === null) return { ...base, status: 'unknown', value, reason: notMeasured }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: noProfile }
    const status = grade(value, { ...snrLimit, fail: Number.NEGATIVE_INFINITY }, 'high')
    return {
      ...base,
      status,
      value,
      reason: status === 'pass' ? 'The retina stands clear of the noise.' : 'The retina hardly stands clear of the noise.',
    }
  }
  const cnr = (): Criterion => {
    const base = { id: 'S.cnr', unit: 'ratio', threshold: `>= ${cnrLimit.warn}`, evidence: 'own' as const }
    const value = rounded(median(known(cnrs)))
    if (value === null) return { ...base, status: 'unknown', value, reason: notMeasured }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: noProfile }
    const status = grade(value, cnrLimit, 'high')
    const reason = { pass: 'The layers stand out well.', warn: 'The layers stand out weakly.', fail: 'The layers hardly stand out.' }[status]
    return { ...base, status, value, reason }
  }
  const index = (contrast: Criterion): Criterion => {
    const limit = device?.quality
    if (!limit) return { id: 'S', unit: 'dB', threshold: '', evidence: 'published', status: 'unknown', value: null, reason: noProfile }
    const base = { id: 'S', unit: 'dB', threshold: `>= ${limit.least}`, evidence: 'published' as const, source: limit.source }
    const values = known(quality)
    const value = rounded(mean(values))
    if (value === null) return { ...base, status: 'unknown', value, reason: "Not measured: the file does not carry the device's quality index." }
    if (value < limit.least) {
      if (contrast.status === 'pass') {
        return { ...base, status: 'warn', value, reason: `The signal is weak (${value} dB), but the layers stand out well: a reader should decide.` }
      }
      return contrast.status === 'unknown'
        ? { ...base, status: 'warn', value, reason: `The signal is weak (${value} dB); how well the layers stand out could not be measured.` }
        : { ...base, status: 'fail', value, reason: `The signal is too weak (${value} dB) and the layers hardly stand out.` }
    }
    const low = values.filter((each) => each < limit.least).length
    if (low > values.length / 10) return { ...base, status: 'warn', value, reason: `The signal is too weak in ${low} of ${values.length} B-scans.` }
    return { ...base, status: 'pass', value, reason: 'The signal is strong enough.' }
  }
  return {
    frame: (view) => {
      const found = signalOf(view)
      quality.push(rounded(view.info.quality ?? null))
      snrs.push(rounded(found?.snr ?? null))
      cnrs.push(rounded(found?.cnr ?? null))
      if (device?.contrast && found && found.cnr < cnrLimit.fail) {
        intervals.push({ frame: view.info.index, from: 0, to: view.width - 1, kind: 'high-noise' })
      }
    },
    end: () => {
      const contrast = cnr()
      const series = [
        { id: 'S', unit: 'dB', values: quality },
        { id: 'S.snr', unit: 'dB', values: snrs },
        { id: 'S.cnr', unit: 'ratio', values: cnrs },
      ]
      return { criteria: [index(contrast), snr(), contrast], series, intervals }
    },
  }
}

const known = (values: readonly (number | null)[]): number[] => values.filter((each) => each !== null)
const rounded = (value: number | null): number | null => (value === null ? null : round(value))

/** px above the ILM that are left out: what lies on it is no vitreous. */
const margin = 10
/** Fewer samples than this give no standard deviation worth a number. */
const leastSamples = 500

/**
 * SNR (dB): 20 log10(mean between ILM and BM / standard deviation of the vitreous); CNR: |difference of the means| / that deviation; both on
 * fourth roots. Null where there is no ILM and BM, too little vitreous above the ILM, or no noise to compare with.
 */
export function signalOf({ roots, width, ilm, bm }: Pick<FrameView, 'roots' | 'width' | 'ilm' | 'bm'>): { snr: number; cnr: number } | null {
  const inside = new Moments()
  const vitreous = new Moments()
  for (let x = 0; x < width; x++) {
    const top = ilm[x] as number
    const bottom = bm[x] as number
    if (!(bottom > top)) continue
    vitreous.take(roots, x, width, 0, Math.floor(top) - margin)
    inside.take(roots, x, width, Math.ceil(top), Math.floor(bottom))
  }
  if (inside.count < leastSamples || vitreous.count < leastSamples) return null
  const noise = vitreous.deviation()
  if (!(noise > 0) || !(inside.mean() > 0)) return null
  return { snr: 20 * Math.log10(inside.mean() / noise), cnr: Math.abs(inside.mean() - vitreous.mean()) / noise }
}

class Moments {
  count = 0
  private sum = 0
  private squares = 0

  /** Rows `from` up to `to` of A-scan `x`; samples not acquired are left out. */
  take(roots: Float32Array, x: number, width: number, from: number, to: number): void {
    for (let row = Math.max(0, from); row < to; row++) {
      const root = roots[row * width + x] as number
      if (Number.isNaN(root)) continue
      this.count++
      this.sum += root
      this.squares += root * root
    }
  }

  mean(): number {
    return this.sum / this.count
  }

  deviation(): number {
    return Math.sqrt(Math.max(0, this.squares / this.count - this.mean() ** 2))
  }
}
