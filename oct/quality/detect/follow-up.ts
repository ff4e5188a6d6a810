/** F: the same pattern, size and resolution as the earlier scan of this eye, at the same place. Left out where no earlier scan is known. */
import type { Criterion } from '../../results.ts'
import type { Point, Scan } from '../../scan.ts'
import type { EarlierScan, Examination, MakeDetector, SloView } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { ringRadiusOf } from '../protocol-for.ts'
import { type Registration, register } from '../register.ts'
import { middleOf } from '../thickness-samples.ts'

/** px: an earlier SLO is kept at most this wide and high */
const mostSlo = 384
/** mm: rings whose radii differ by less are the same ring; own */
const sameRadius = 0.05
/** Spacings that differ by less than this part are the same; own. */
const sameSpacing = 0.05

export const followUp: MakeDetector = (exam) => ({
  end: () => ({ criteria: exam.earlier ? [pattern(exam.scan, exam.earlier), shift(exam, exam.earlier)] : [] }),
})

/** What a later scan of this eye will be held against. Keeps the SLO small. */
export function earlierScanOf(scan: Scan, slo: SloView | null): EarlierScan {
  const ringRadius = ringRadiusOf(scan)
  const centre = middleOf(scan.frames)
  return {
    pattern: scan.pattern,
    laterality: scan.laterality,
    width: scan.width,
    frames: scan.frames.length,
    spacing: scan.spacing,
    ...(scan.resolution === undefined ? {} : { resolution: scan.resolution }),
    ...(ringRadius === null ? {} : { ringRadius }),
    ...(centre === null ? {} : { centre }),
    ...(slo === null ? {} : { slo: smaller(slo) }),
  }
}

/** Each pixel the mean of a square of pixels, so that neither side has more than `mostSlo`. */
function smaller(slo: SloView): SloView {
  const by = Math.max(1, Math.ceil(Math.max(slo.width, slo.height) / mostSlo))
  const width = Math.max(1, Math.floor(slo.width / by))
  const height = Math.max(1, Math.floor(slo.height / by))
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let y = 0; y < by; y++) for (let x = 0; x < by; x++) sum += slo.pixels[(row * by + y) * slo.width + column * by + x] ?? 0
      pixels[row * width + column] = Math.round(sum / (by * by))
    }
  }
  return { width, height, spacing: { x: slo.spacing.x * by, y: slo.spacing.y * by }, pixels }
}

function pattern(scan: Scan, earlier: EarlierScan): Criterion {
  const base = { id: 'F.pattern', unit: 'departures', threshold: '<= 0', evidence: 'own' as const, source: 'Tewarie 2012 (rule)' }
  if (scan.laterality !== 'unknown' && earlier.laterality !== 'unknown' && scan.laterality !== earlier.laterality) {
    return { ...base, status: 'fail', value: 1, reason: `The earlier scan is of the other eye (${earlier.laterality}); it cannot be compared.` }
  }
  if (scan.pattern === 'unknown' || earlier.pattern === 'unknown') {
    return { ...base, status: 'unknown', value: null, reason: 'Not measured: the scan pattern is not known.' }
  }
  const found = differences(scan, earlier)
  if (found.length > 0) return { ...base, status: 'fail', value: found.length, reason: `Not taken as the earlier scan: ${found.join('; ')}.` }
  const mode = scan.resolution === undefined || earlier.resolution === undefined
  const radius = scan.pattern === 'ring' && (ringRadiusOf(scan) === null || earlier.ringRadius === undefined)
  if (mode || radius) {
    const what = [...(mode ? ['the resolution mode'] : []), ...(radius ? ["the ring's radius"] : [])].join(' and ')
    return { ...base, status: 'unknown', value: null, reason: `Not measured: ${what} of one of the two scans is not in its file.` }
  }
  return { ...base, status: 'pass', value: 0, reason: 'Taken as the earlier scan of this eye.' }
}

function differences(scan: Scan, earlier: EarlierScan): string[] {
  const found: string[] = []
  const differs = (what: string, now: string | number, before: string | number) => {
    if (now !== before) found.push(`${what} is ${now} instead of ${before}`)
  }
  differs('pattern', scan.pattern, earlier.pattern)
  if (scan.pattern !== earlier.pattern) return found
  differs('number of B-scans', scan.frames.length, earlier.frames)
  differs('number of A-scans per B-scan', scan.width, earlier.width)
  if (scan.resolution !== undefined && earlier.resolution !== undefined) differs('resolution', scan.resolution, earlier.resolution)
  const radius = ringRadiusOf(scan)
  if (radius !== null && earlier.ringRadius !== undefined && Math.abs(radius - earlier.ringRadius) > sameRadius) {
    found.push(`radius of the ring is ${round(radius)} mm instead of ${round(earlier.ringRadius)} mm`)
  }
  for (const [key, what] of [
    ['lateral', 'distance of the A-scans'],
    ['between', 'distance of the B-scans'],
  ] as const) {
    // A ring's spacing follows its radius, which was named.
    if (scan.pattern === 'ring') continue
    const [now, before] = [scan.spacing[key], earlier.spacing[key]]
    if (now > 0 && before > 0 && Math.abs(now / before - 1) > sameSpacing) found.push(`${what} is ${inUm(now)} um instead of ${inUm(before)} um`)
  }
  return found
}

const inUm = (mm: number): number => Math.round(mm * 10_000) / 10

function shift({ scan, slo, profile }: Examination, earlier: EarlierScan): Criterion {
  const limit = limitOf(profile, 'F.shift')
  const base = {
    id: 'F.shift',
    unit: 'mm',
    threshold: `<= ${limit.warn}`,
    evidence: 'own' as const,
    source: 'Tewarie 2012 (rule); limits are our own',
  }
  const missing = (reason: string): Criterion => ({ ...base, status: 'unknown', value: null, reason: `Not measured: ${reason}.` })
  const centre = middleOf(scan.frames)
  if (!slo || !earlier.slo) return missing('one of the two scans has no SLO')
  if (!centre || !earlier.centre) return missing('one of the two files does not say where the scan lies on the SLO')
  if (![slo, earlier.slo].every(({ spacing }) => spacing.x > 0 && spacing.y > 0)) return missing('the scale of one of the two SLOs is not known')
  const now = smaller(slo)
  const placed = register(now, earlier.slo)
  if (!placed.aligned) return missing('the two SLOs could not be laid over one another')
  const at = carried(earlier.centre, placed, earlier.slo, now)
  const value = round(Math.hypot(at.x - centre.x, at.y - centre.y))
  return { ...base, status: grade(value, limit, 'low'), value, reason: `The scan lies ${value} mm from where the earlier one lay.` }
}

/** Where a point of the earlier SLO lies on this one. */
function carried(point: Point, { turn, shift: by }: Registration, from: SloView, onto: SloView): Point {
  const angle = (turn * Math.PI) / 180
  const dx = point.x - (from.width * from.spacing.x) / 2
  const dy = point.y - (from.height * from.spacing.y) / 2
  return {
    x: Math.cos(angle) * dx - Math.sin(angle) * dy + (onto.width * onto.spacing.x) / 2 + by.x,
    y: Math.sin(angle) * dx + Math.cos(angle) * dy + (onto.height * onto.spacing.y) / 2 + by.y,
  }
}
