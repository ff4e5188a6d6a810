/** S: the device's own index against the published limit, SNR and CNR of the retina against its vitreous. */
import type { Criterion, Interval } from '../../results.ts'
import type { FrameView, MakeDetector } from '../examination.ts'
import { grade, mean, round } from '../numbers.ts'
import { type Limit, limitOf } from '../profile.ts'
import { contrastOf, isComparable, lightOf } from './contrast.ts'
import { stretchesWhere } from './stretches.ts'
import { lowerTenth } from './tenth.ts'

/** With a whole retina in fewer of its A-scans than this share, a B-scan's signal says nothing of the retina. */
const leastWhole = 0.5
/** dB: Tewarie 2012 */
const published = 15
/** Parts of a B-scan whose noise is told apart; a vessel's shadow is narrower than one. */
const parts = 24
/**
 * Compression with loss smooths the noise: JPEG of quality 30 raises the CNR by up to a third and the SNR by 2.5 dB (measured on two real and two
 * generated scans). Limits rise alike, so that nothing passes because it was compressed.
 */
const lossyFactor = 4 / 3
const lossyDecibels = 2.5

export const signal: MakeDetector = ({ profile, device, scan }) => {
  const quality: (number | null)[] = []
  const snrs: (number | null)[] = []
  const cnrs: (number | null)[] = []
  const intervals: Interval[] = []
  const isLossy = scan.remarks.includes('lossy')
  const cnrLimit = raised(limitOf(profile, 'S.cnr'), (each) => (isLossy ? each * lossyFactor : each))
  const snrLimit = raised(limitOf(profile, 'S.snr'), (each) => (isLossy ? each + lossyDecibels : each))
  let incomplete = 0
  let otherDisplay = 0
  const noProfile = `Not judged: the profile knows no limit for this device (${scan.device}).`
  const notMeasured = () =>
    incomplete > 0
      ? 'Not measured: too little of the retina is in the picture.'
      : otherDisplay > 0
        ? 'Not measured: the pictures are shown with another contrast than the device gives them, so that noise cannot be compared.'
        : 'Not measured: it needs both layer lines and vitreous above the retina.'

  const snr = (): Criterion => {
    const base = { id: 'S.snr', unit: 'dB', threshold: `>= ${snrLimit.warn}`, evidence: 'own' as const }
    const value = lowerTenth(snrs)
    if (value === null) return { ...base, status: 'unknown', value, reason: notMeasured() }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: noProfile }
    const status = grade(value, { ...snrLimit, fail: Number.NEGATIVE_INFINITY }, 'high')
    if (status === 'pass' && mostlyUnknown(snrs)) return { ...base, status: 'unknown', value: null, reason: notMeasured() }
    return {
      ...base,
      status,
      value,
      reason: status === 'pass' ? 'The retina stands clear of the noise.' : `The retina hardly stands clear of the noise (${value} dB).`,
    }
  }
  const cnr = (): Criterion => {
    const base = { id: 'S.cnr', unit: 'ratio', threshold: `>= ${cnrLimit.warn}`, evidence: 'own' as const }
    const value = lowerTenth(cnrs)
    if (value === null) return { ...base, status: 'unknown', value, reason: notMeasured() }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: noProfile }
    const status = grade(value, cnrLimit, 'high')
    if (status === 'pass' && mostlyUnknown(cnrs)) return { ...base, status: 'unknown', value: null, reason: notMeasured() }
    const reason = {
      pass: 'The layers stand out well.',
      warn: `The layers stand out weakly (${value} times the noise).`,
      fail: `The layers hardly stand out (${value} times the noise).`,
    }[status]
    return { ...base, status, value, reason }
  }
  const index = (contrast: Criterion): Criterion => {
    const limit = device?.quality
    if (!limit) return { id: 'S', unit: 'dB', threshold: '', evidence: 'published', status: 'unknown', value: null, reason: noProfile }
    // A site may ask for more; then the limit is no longer the published one, and does not decide alone.
    const evidence = limit.least <= published ? ('published' as const) : ('own' as const)
    const base = { id: 'S', unit: 'dB', threshold: `>= ${limit.least}`, evidence, source: limit.source }
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
    if (mostlyUnknown(quality)) {
      return { ...base, status: 'unknown', value: null, reason: "Not measured: most B-scans do not carry the device's quality index." }
    }
    // What is cut off may be all that was to be seen: the index of the rest is no pass.
    if (incomplete > snrs.length / 2) {
      return { ...base, status: 'unknown', value: null, reason: 'Not measured: too little of the retina is in the picture for the index to mean it.' }
    }
    return { ...base, status: 'pass', value, reason: 'The signal is strong enough.' }
  }
  return {
    frame: (view) => {
      const found = measure(view)
      quality.push(rounded(view.info.quality ?? null))
      snrs.push(rounded(found?.snr ?? null))
      cnrs.push(rounded(found?.cnr ?? null))
      if (!device?.contrast || !found) return
      for (const [from, to] of stretchesWhere(noisyParts(view, cnrLimit.fail), view.width)) {
        intervals.push({ frame: view.info.index, from, to, kind: 'high-noise' })
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

  function measure(view: FrameView): { snr: number; cnr: number } | null {
    let whole = 0
    for (const state of view.states) if (state === 0) whole++
    if (whole < leastWhole * view.width) {
      incomplete++
      return null
    }
    if (device?.contrast && !isComparable(view)) {
      otherDisplay++
      return null
    }
    return contrastOf(view)
  }
}

const raised = ({ warn, fail }: Limit, by: (limit: number) => number): Limit => ({ warn: round(by(warn)), fail: round(by(fail)) })
const known = (values: readonly (number | null)[]): number[] => values.filter((each) => each !== null)
/** Whether too few B-scans were measured for a pass: what was not seen may be what is poor. */
const mostlyUnknown = (values: readonly (number | null)[]): boolean => values.filter((each) => each === null).length > values.length / 2
const rounded = (value: number | null): number | null => (value === null ? null : round(value))

/** Which of the parts stand out of the vitreous by less than `least` times its noise. */
function noisyParts(view: FrameView, least: number): boolean[] {
  const { vitreous, columns } = lightOf(view)
  const count = Math.min(parts, view.width)
  return Array.from({ length: count }, (_, part) => {
    const inside = columns.subarray(Math.floor((part * view.width) / count), Math.floor(((part + 1) * view.width) / count))
    const retina = mean(Array.from(inside).filter((each) => !Number.isNaN(each)))
    return vitreous !== null && retina !== null && Math.abs(retina - vitreous.mean) < least * vitreous.noise
  })
}
