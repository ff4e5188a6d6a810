/** L: which eye, by the header, the anatomy and the pair of the visit. A contradiction is told and never corrected. */
import type { Criterion } from '../../results.ts'
import type { Laterality, Point, Scan } from '../../scan.ts'
import { findDisc } from '../disc.ts'
import { discSideOf } from '../disc-side.ts'
import type { Examination, FrameView, MakeDetector, VisitScan } from '../examination.ts'
import { findPit, type ThicknessSample } from '../fovea.ts'
import { middleOf, samplesOnSlo } from '../thickness-samples.ts'

type Side = NonNullable<VisitScan['discSide']>

/** mm: a disc nearer to the pit than this, or this far above or below it, is no disc; real ones lie 4 to 5 mm beside and 0.5 mm above it */
const leastBeside = 2.5
const mostAbove = 2
/** Own: the share of the nerve fibres' weight that must lean to one side of a ring; a real ring leans by 0.11, generated ones by 0.18 and more. */
const leastLean = 0.05
/** mm: on a ring that lies further beside the disc, the nearer side is the thicker one, whichever eye it is */
const mostOff = 0.3

export const laterality: MakeDetector = (exam) => {
  const { scan } = exam
  const samples: ThicknessSample[] = []
  let lean: number | null = null
  return {
    frame: (view) => {
      if (scan.pattern === 'ring') lean = temporalLean(view)
      else for (const sample of samplesOnSlo(view, scan.spacing.axial)) samples.push(sample)
    },
    end: () => {
      const side = sideByAnatomy(exam, samples, lean)
      return { criteria: [header(scan.laterality), anatomy(scan, side), ...pair(exam)] }
    },
  }
}

const eyeOf = (laterality: Laterality): string => (laterality === 'OD' ? 'right eye (OD)' : 'left eye (OS)')
const nasalOf = (laterality: Laterality): Side => (laterality === 'OD' ? 'right' : 'left')

function header(laterality: Laterality): Criterion {
  const base = { id: 'L', unit: '', threshold: '', evidence: 'own' as const, value: null }
  return laterality === 'unknown'
    ? { ...base, status: 'unknown', reason: 'Not known: the file does not say which eye; set it before results can be sent.' }
    : { ...base, status: 'pass', reason: `The file says ${eyeOf(laterality)}.` }
}

/** The side the disc is on as the anatomy shows it: seen on the SLO against the pit, or, at a ring, by where the nerve fibres gather. */
function sideByAnatomy(exam: Examination, samples: readonly ThicknessSample[], lean: number | null): Side | null {
  const { scan, slo } = exam
  const seen = discSideOf(scan, slo)
  if (scan.pattern === 'ring') {
    const disc = slo && findDisc(slo)
    const centre = middleOf(scan.frames)
    const centred = disc && centre && Math.hypot(disc.centre.x - centre.x, disc.centre.y - centre.y) <= mostOff
    if (!centred || lean === null || Math.abs(lean) < leastLean) return null
    // The thick bundles lean towards the fovea: away from the nose.
    const side: Side = lean < 0 ? 'right' : 'left'
    return seen === null || seen === side ? side : null
  }
  if (scan.pattern === 'radial' || scan.pattern === 'radial-circles') return null
  const disc = slo && findDisc(slo)
  const pit = disc && scan.frames.length > 1 ? findPit(samples) : null
  if (!disc || !pit || pit.depth < 40 || pit.confidence < 0.3) return seen
  return besidePit(disc.centre, pit.at)
}

function besidePit(disc: Point, pit: Point): Side | null {
  const dx = disc.x - pit.x
  if (Math.abs(dx) < leastBeside || Math.abs(disc.y - pit.y) > mostAbove) return null
  return dx > 0 ? 'right' : 'left'
}

/**
 * Where on a ring the retina is thick: the mean of the horizontal direction, weighted by the thickness above its least tenth (nerve fibres where
 * the device drew their lower border). -1..1, negative to the left on the SLO; null where the lines or the place are missing.
 */
export function temporalLean({ info, width, ilm, bm }: Pick<FrameView, 'info' | 'width' | 'ilm' | 'bm'>): number | null {
  const { location } = info
  if (location.kind !== 'ring') return null
  const fibres = info.layers.find((layer) => layer.name === 'RNFL')?.rows
  const lower = fibres?.some((row) => !Number.isNaN(row)) ? fibres : bm
  const start = Math.atan2(location.start.y - location.centre.y, location.start.x - location.centre.x)
  const found: { across: number; thickness: number }[] = []
  for (let x = 0; x < width; x++) {
    const thickness = (lower[x] as number) - (ilm[x] as number)
    // The horizontal part does not depend on the direction of turning: rings begin temporally or nasally.
    if (thickness > 0) found.push({ across: Math.cos(start + (2 * Math.PI * (x + 0.5)) / width), thickness })
  }
  if (found.length < 0.8 * width || Math.abs(Math.sin(start)) > 0.3 || width < 16) return null
  const least = found.map(({ thickness }) => thickness).sort((a, b) => a - b)[Math.floor(found.length / 10)] as number
  let [sum, all] = [0, 0]
  for (const { across, thickness } of found) {
    const weight = Math.max(0, thickness - least)
    sum += weight * across
    all += weight
  }
  return all > 0 ? sum / all : null
}

function anatomy({ laterality, pattern }: Scan, side: Side | null): Criterion {
  const base = { id: 'L.anatomy', unit: '', threshold: '', evidence: 'own' as const, value: null }
  if (laterality === 'unknown') return { ...base, status: 'unknown', reason: 'Not measured: the file names no eye to hold the anatomy against.' }
  if (side === null) {
    const what = pattern === 'ring' ? 'neither the nerve fibres nor the disc show' : 'the disc was not found beside the macula to show'
    return { ...base, status: 'unknown', reason: `Not measured: ${what} which eye it is.` }
  }
  return side === nasalOf(laterality)
    ? { ...base, status: 'pass', reason: `The anatomy is that of the ${eyeOf(laterality)}, as the file says.` }
    : { ...base, status: 'fail', reason: `Check the eye: the file says ${eyeOf(laterality)}, the anatomy shows the other. Nothing was changed.` }
}

function pair({ scan, slo, visit }: Examination): Criterion[] {
  if (visit.length === 0) return []
  const base = { id: 'L.pair', unit: '', threshold: '', evidence: 'own' as const, value: null }
  const own = discSideOf(scan, slo)
  const comparable = visit.filter((other) => other.laterality !== 'unknown' && other.discSide !== null)
  if (scan.laterality === 'unknown' || own === null || comparable.length === 0) {
    return [{ ...base, status: 'unknown', reason: 'Not measured: no other scan of this visit shows its disc and names its eye as this one does.' }]
  }
  const sameEye = comparable.find((other) => other.laterality === scan.laterality && other.discSide !== own)
  if (sameEye) {
    return [
      { ...base, status: 'fail', reason: `Check the eye: two scans of this visit are called ${scan.laterality}, with the disc on opposite sides.` },
    ]
  }
  const otherEye = comparable.find((other) => other.laterality !== scan.laterality && other.discSide === own)
  if (otherEye) {
    return [{ ...base, status: 'fail', reason: 'Check the eye: a scan of each eye of this visit has the disc on the same side.' }]
  }
  return [{ ...base, status: 'pass', reason: 'The scans of this visit agree on which eye is which.' }]
}
