/** B: whether the beam went through the pupil's middle: brightness of the ONL along the B-scan, tilt of BM. */
import type { Criterion } from '../../results.ts'
import type { FrameView, MakeDetector } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { isComparable, lightOf } from './contrast.ts'
import { lowerTenth, upperTenth } from './tenth.ts'

/** um above BM between which the ONL lies in every eye: 24 to 34 px of a Spectralis. */
const onl = { from: 132, to: 93 } as const
const quarters = 4
/** The A-scan that stands for a quarter is brighter than this share of them: vessels' shadows do not count. */
const brighter = 0.7
/** The brightest quarter's ONL must stand out of the vitreous by this share of its noise, or the ratio is one of noise. */
const leastContrast = 1
/** Share of A-scans that must have an ONL, and a BM for a tilt: what is not seen may be what is dark. */
const leastOnl = 0.75
const leastLine = 0.5
/** The same for radial scans, whose lines cross the disc, which has no ONL. */
const leastAcrossDisc = 0.5

export const beam: MakeDetector = ({ profile, device, scan }) => {
  const um = scan.spacing.axial * 1000
  const least = scan.pattern === 'radial' || scan.pattern === 'radial-circles' ? leastAcrossDisc : leastOnl
  const isStraight = scan.pattern === 'line' || scan.pattern === 'volume' || scan.pattern === 'fast-volume'
  const ratios: (number | null)[] = []
  const tilts: number[] = []
  let sum: number[] = []
  const brightness = (): Criterion => {
    const limit = limitOf(profile, 'B')
    const base = { id: 'B', unit: 'ratio', threshold: `>= ${limit.warn}`, evidence: 'own' as const, source: 'Tewarie 2012' }
    const unseen = ratios.filter((each) => each === null).length
    const value = unseen > ratios.length / 2 ? null : lowerTenth(ratios)
    if (value === null) {
      return {
        ...base,
        status: 'unknown',
        value,
        reason: 'Not measured: the outer nuclear layer does not stand clear of the noise, or there is no line to find it by.',
      }
    }
    if (!device?.contrast)
      return { ...base, threshold: '', status: 'unknown', value, reason: `Not judged: the profile knows no limit for this device (${scan.device}).` }
    const status = grade(value, limit, 'high')
    const reason =
      status === 'pass'
        ? 'The outer nuclear layer is about as bright everywhere.'
        : `The outer nuclear layer is darkest ${side(sum)} of the B-scan, with ${Math.round(100 * value)} % of its brightness elsewhere: the beam may have entered beside the middle of the pupil.`
    return { ...base, status, value, reason }
  }
  const tilt = (): Criterion => {
    const limit = limitOf(profile, 'B.tilt')
    const value = upperTenth(tilts)
    const base = { id: 'B.tilt', unit: '°', threshold: `<= ${limit.warn}`, evidence: 'own' as const, source: 'Uji 2017, PMC5347660' }
    if (value === null)
      return { ...base, status: 'unknown', value, reason: 'Not measured: there is no line of BM, or the scale of the B-scan is not known.' }
    const status = grade(value, limit, 'low')
    const reason =
      status === 'pass' ? 'The retina lies level enough.' : `The retina is tilted by ${value}°: thickness measured across it is too large.`
    return { ...base, status, value, reason }
  }
  return {
    frame: (view) => {
      const bright = device?.contrast && !isComparable(view) ? null : quarterBrightness(view, um, least)
      ratios.push(bright && round(Math.max(0, Math.min(...bright)) / Math.max(...bright)))
      if (bright) sum = bright.map((each, i) => each + (sum[i] ?? 0))
      const angle = isStraight ? tiltOf(view, um, scan.spacing.lateral * 1000) : null
      if (angle !== null) tilts.push(round(angle))
    },
    end: () => ({ criteria: isStraight ? [brightness(), tilt()] : [brightness()], series: [{ id: 'B', unit: 'ratio', values: ratios }] }),
  }
}

function side(sum: readonly number[]): string {
  const at = sum.indexOf(Math.min(...sum))
  return ['at the left', 'in the second quarter', 'in the third quarter', 'at the right'][at] ?? 'in one part'
}

/**
 * Brightness of the ONL above the vitreous in each quarter of what has one: one of the brighter A-scans', so that vessels do not count. Null where too
 * little of the B-scan has an ONL, or none stands out of the noise.
 */
function quarterBrightness(view: FrameView, um: number, least: number): number[] | null {
  const { vitreous } = lightOf(view)
  if (!vitreous || !(um > 0)) return null
  const means = onlMeans(view, um)
  if (means.length < least * view.width || means.length < quarters) return null
  const found = Array.from({ length: quarters }, (_, quarter) => {
    const from = Math.floor((quarter * means.length) / quarters)
    const inside = means.slice(from, Math.floor(((quarter + 1) * means.length) / quarters)).sort((a, b) => a - b)
    return (inside[Math.floor(brighter * inside.length)] as number) - vitreous.mean
  })
  return Math.max(...found) < leastContrast * vitreous.noise ? null : found
}

/** Mean of the ONL in every A-scan that is whole and has one, from left to right. */
function onlMeans({ roots, width, height, ilm, bm, states }: FrameView, um: number): number[] {
  const means: number[] = []
  for (let x = 0; x < width; x++) {
    const first = Math.round((bm[x] as number) - onl.from / um)
    const last = Math.round((bm[x] as number) - onl.to / um)
    if (states[x] !== 0 || !(first > (ilm[x] as number) && first >= 0 && last < height)) continue
    let sum = 0
    for (let row = first; row <= last; row++) sum += roots[row * width + x] as number
    if (!Number.isNaN(sum)) means.push(sum / (last - first + 1))
  }
  return means
}

/** Degrees by which a straight line through BM is tilted, in native aspect; null without scale or with too little of a line. */
function tiltOf({ width, bm }: FrameView, axial: number, lateral: number): number | null {
  if (!(axial > 0 && lateral > 0)) return null
  let count = 0
  let x1 = 0
  let y1 = 0
  let xx = 0
  let xy = 0
  for (let x = 0; x < width; x++) {
    const y = bm[x] as number
    if (Number.isNaN(y)) continue
    count++
    x1 += x
    y1 += y
    xx += x * x
    xy += x * y
  }
  const spread = count * xx - x1 * x1
  if (count < leastLine * width || !(spread > 0)) return null
  return Math.abs((Math.atan((((count * xy - x1 * y1) / spread) * axial) / lateral) * 180) / Math.PI)
}
