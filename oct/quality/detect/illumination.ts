/** I: illumination of the SLO (evenness, vignetting, saturation, darkness) and of the B-scans along their A-scans. */
import type { Criterion, Interval } from '../../results.ts'
import type { Point } from '../../scan.ts'
import type { Examination, FrameView, MakeDetector, SloView } from '../examination.ts'
import { grade, median, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { isComparable, lightOf } from './contrast.ts'
import { stretchesWhere } from './stretches.ts'
import { lowerTenth } from './tenth.ts'

/** Blocks of the SLO, across and down */
const blocks = 8
/** Parts of a B-scan; a vessel's shadow is narrower than one, and the brighter A-scans of a part stand for it. */
const parts = 16
const brighter = 0.7
/** mm: what lies this near to the middle of a ring is the disc, not unevenly lit. */
const discRadius = 1.1
/** Grey values; a block with a darker middle says nothing of evenness. */
const saturatedFrom = 250
const darkUpTo = 15
const leastGrey = 8
/** The brightest part must stand out of the vitreous by this many times its noise, or evenness is noise. */
const leastContrast = 2.5
/** Share of the parts that must have a retina: what is not seen may be what is dark. */
const leastParts = 0.75

export const illumination: MakeDetector = (exam) => {
  const { profile, device, scan } = exam
  const limit = limitOf(profile, 'I.bscan')
  const evenness: (number | null)[] = []
  const intervals: Interval[] = []
  const bscan = (): Criterion => {
    const unseen = evenness.filter((each) => each === null).length
    const value = unseen > evenness.length / 2 ? null : lowerTenth(evenness)
    const base = { id: 'I.bscan', unit: 'ratio', threshold: `>= ${limit.warn}`, evidence: 'own' as const }
    if (value === null) {
      return {
        ...base,
        status: 'unknown',
        value,
        reason: 'Not measured: the retina does not stand clear of the noise, or lacks its layer lines.',
      }
    }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: notJudged(scan.device) }
    const status = grade(value, limit, 'high')
    const reason =
      status === 'pass'
        ? 'The B-scans are evenly lit.'
        : `The darkest part of the B-scan has ${Math.round(100 * value)} % of the brightness of the rest${evenness.length > 1 ? ', in a tenth of the B-scans or more' : ''}.`
    return { ...base, status, value, reason }
  }
  return {
    frame: (view) => {
      const found = device?.contrast && !isComparable(view) ? null : partsOf(view)
      evenness.push(found && round(found.evenness))
      if (!found || !device?.contrast) return
      const dark = found.shares.map((each) => each < limit.warn)
      for (const [from, to] of stretchesWhere(dark, view.width)) intervals.push({ frame: view.info.index, from, to, kind: 'bad-illumination' })
    },
    end: () => ({ criteria: [...ofSlo(exam), bscan()], series: [{ id: 'I.bscan', unit: 'ratio', values: evenness }], intervals }),
  }
}

const notJudged = (device: string) => `Not judged: the profile knows no limit for this device (${device}).`

/**
 * Brightness of each part above the vitreous, as a share of the median part's, and the darkest of them. Null where too few parts have a retina, or
 * none that stands out of the noise. Parts without a retina of their own have NaN.
 */
function partsOf(view: FrameView): { shares: number[]; evenness: number } | null {
  const { vitreous, columns } = lightOf(view)
  if (!vitreous) return null
  const count = Math.min(parts, view.width)
  const heights = Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * view.width) / count)
    const to = Math.floor(((part + 1) * view.width) / count)
    const inside = columns.subarray(from, to).filter((each) => !Number.isNaN(each))
    if (inside.length < (to - from) / 2) return Number.NaN
    return (inside.sort()[Math.floor(brighter * inside.length)] as number) - vitreous.mean
  })
  const known = heights.filter((each) => !Number.isNaN(each)).sort((a, b) => a - b)
  const most = known.at(-1)
  if (known.length < leastParts * count || most === undefined || most < leastContrast * vitreous.noise) return null
  const usual = known[Math.floor(0.75 * known.length)] as number
  const shares = heights.map((each) => Math.max(0, each) / usual)
  return { shares, evenness: Math.max(0, known[0] as number) / usual }
}

function ofSlo(exam: Examination): Criterion[] {
  const { slo, profile, device, scan } = exam
  const field = slo && fieldOf(slo, discOf(exam))
  const judged = (id: string, value: number | null, unit: string, good: 'high' | 'low', say: (value: number) => string, well: string): Criterion => {
    const limit = limitOf(profile, id)
    const base = { id, unit, threshold: `${good === 'high' ? '>=' : '<='} ${limit.warn}`, evidence: 'own' as const }
    if (value === null) {
      return {
        ...base,
        status: 'unknown',
        value,
        reason: slo ? 'Not measured: the SLO image is too dark or too small.' : 'Not measured: there is no SLO image.',
      }
    }
    if (!device?.contrast) return { ...base, threshold: '', status: 'unknown', value, reason: notJudged(scan.device) }
    const status = grade(value, limit, good)
    return { ...base, status, value, reason: status === 'pass' ? well : say(value) }
  }
  return [
    judged(
      'I',
      field?.variation ?? null,
      'ratio',
      'low',
      (value) => `The SLO image is unevenly lit: its brightness varies by ${percent(value)}.`,
      'The SLO image is evenly lit.',
    ),
    judged(
      'I.vignette',
      field?.corner ?? null,
      'ratio',
      'high',
      (value) => `The darkest corner of the SLO image has ${percent(value)} of the brightness of its middle.`,
      'The corners of the SLO image are bright enough.',
    ),
    judged(
      'I.saturated',
      field?.saturated ?? null,
      '%',
      'low',
      (value) => `${value} % of the SLO image is overexposed.`,
      'Nothing of note is overexposed on the SLO image.',
    ),
    judged('I.dark', field?.dark ?? null, '%', 'low', (value) => `${value} % of the SLO image is black.`, 'The SLO image is bright enough.'),
  ]
}

const percent = (share: number) => `${Math.round(100 * share)} %`

/** Where a ring or radial scan lies: the disc is within. */
function discOf({ scan }: Examination): Point | null {
  const location = scan.frames[0]?.location
  if (location?.kind === 'ring') return location.centre
  if (location?.kind !== 'line' || !(scan.pattern === 'radial' || scan.pattern === 'radial-circles')) return null
  return { x: (location.start.x + location.end.x) / 2, y: (location.start.y + location.end.y) / 2 }
}

interface Field {
  /** standard deviation / mean of the blocks; null where the picture is too dark */
  variation: number | null
  /** darkest corner / middle */
  corner: number | null
  /** percent of the pixels */
  saturated: number
  dark: number
}

/** Evenness of the SLO by the medians of its blocks, so that vessels do not count; blocks mostly of the disc are left out. */
function fieldOf({ width, height, pixels, spacing }: SloView, disc: Point | null): Field | null {
  if (width < 4 * blocks || height < 4 * blocks) return null
  const medians: number[] = []
  let saturated = 0
  let dark = 0
  for (let down = 0; down < blocks; down++) {
    for (let across = 0; across < blocks; across++) {
      const greys = new Uint32Array(256)
      let count = 0
      let all = 0
      for (let row = Math.floor((down * height) / blocks); row < Math.floor(((down + 1) * height) / blocks); row++) {
        for (let column = Math.floor((across * width) / blocks); column < Math.floor(((across + 1) * width) / blocks); column++) {
          const grey = pixels[row * width + column] as number
          all++
          if (grey >= saturatedFrom) saturated++
          if (grey <= darkUpTo) dark++
          if (disc && Math.hypot(column * spacing.x - disc.x, row * spacing.y - disc.y) < discRadius) continue
          greys[grey] = (greys[grey] as number) + 1
          count++
        }
      }
      medians.push(count < all / 2 ? Number.NaN : middleGrey(greys, count))
    }
  }
  const known = medians.filter((each) => !Number.isNaN(each))
  const mean = known.reduce((sum, each) => sum + each, 0) / known.length
  const spread = Math.sqrt(known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / known.length)
  const corners = [0, blocks - 1, blocks * (blocks - 1), blocks * blocks - 1].map((at) => medians[at] as number).filter((each) => !Number.isNaN(each))
  const middle = median(medians.filter((each, at) => !Number.isNaN(each) && isMiddle(at % blocks) && isMiddle(Math.floor(at / blocks))))
  const bright = mean >= leastGrey
  return {
    variation: bright ? round(spread / mean) : null,
    corner: bright && corners.length > 0 && middle !== null && middle >= leastGrey ? round(Math.min(...corners) / middle) : null,
    saturated: round((100 * saturated) / pixels.length),
    dark: round((100 * dark) / pixels.length),
  }
}

const isMiddle = (at: number) => at >= blocks / 4 && at < (3 * blocks) / 4

function middleGrey(greys: Uint32Array, count: number): number {
  let sum = 0
  for (let grey = 0; grey < 256; grey++) {
    sum += greys[grey] as number
    if (2 * sum >= count) return grey
  }
  return 255
}
