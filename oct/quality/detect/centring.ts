/** C: a ring against the disc found on the SLO, by the published ring rule and by distance; a macular grid or line against the foveal pit. */
import type { Criterion } from '../../results.ts'
import type { Point } from '../../scan.ts'
import { type Disc, findDisc } from '../disc.ts'
import type { Examination, MakeDetector, SloView } from '../examination.ts'
import { findPit, leastDepth, type Pit, type ThicknessSample } from '../fovea.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { circlesCrossed } from '../ring-rule.ts'
import { middleOf, samplesAlong, samplesOnSlo } from '../thickness-samples.ts'

/** A disc of which less was seen has no sure middle; own. */
const leastSeen = 0.6
/** Circles: beyond them the paper rejects a scan. */
const published = 2
/** The published rule decides alone: a disc it is broken by must be found with this confidence. Own. */
const beyondDoubt = 0.6
/** Own: below it the map shows no pit that one would measure from. */
const leastPit = { depth: 40, confidence: 0.3 }
/** Own: a line with a shallower or less sure dip shows no macula at all. */
const leastDip = { depth: 30, confidence: 0.6 }
/** mm: a scan whose middle lies this near to the disc's is meant for the disc; own */
const onDisc = 1.5
/** mm: no fovea lies nearer to the middle of its disc (usually 4 to 5 mm); own */
const leastApart = 3.5
/** mm: where the fovea usually lies from the disc's middle, and how far it may lie from there, with what the disc's place may be wrong */
const foveaBeside = 4.5
const foveaBelow = 0.5
const foveaWithin = 1.5

export const centring: MakeDetector = (exam) => {
  const { scan } = exam
  const samples: ThicknessSample[] = []
  return {
    frame: (view) => {
      if (scan.pattern === 'volume' || scan.pattern === 'fast-volume' || scan.pattern === 'radial') {
        for (const sample of samplesOnSlo(view, scan.spacing.axial)) samples.push(sample)
      } else if (scan.pattern === 'line') for (const sample of samplesAlong(view, scan.spacing)) samples.push(sample)
    },
    end: () => ({ criteria: criteriaOf(exam, samples) }),
  }
}

function criteriaOf(exam: Examination, samples: readonly ThicknessSample[]): Criterion[] {
  const { scan, slo } = exam
  const disc = slo ? findDisc(slo) : null
  const middle = middleOf(scan.frames)
  if (scan.pattern === 'ring') return [ringOnDisc(exam, disc, middle, 'ring'), ringRule(exam, disc)]
  if (scan.pattern === 'radial-circles') return [ringOnDisc(exam, disc, middle, 'pattern')]
  if (scan.pattern === 'line') return alongLine(exam, samples)
  if (scan.pattern === 'unknown') return [unknown(exam, 'Not measured: the scan pattern is not known.')]
  const pit = findPit(samples)
  const sure = pit && pit.depth >= leastPit.depth && pit.confidence >= leastPit.confidence ? pit : null
  const nearDisc = disc && middle && distance(disc.centre, middle) <= onDisc
  if (!sure && nearDisc && exam.protocol?.region !== 'macula') return [ringOnDisc(exam, disc, middle, 'pattern')]
  return [sure ? gridOnPit(exam, sure, middle) : withoutPit(exam, disc, middle)]
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

function base({ profile }: Examination): Pick<Criterion, 'id' | 'unit' | 'threshold' | 'evidence'> {
  return { id: 'C', unit: 'mm', threshold: `<= ${limitOf(profile, 'C').warn}`, evidence: 'own' }
}

function unknown(exam: Examination, reason: string): Criterion {
  return { ...base(exam), status: 'unknown', value: null, reason }
}

/** `0.62 mm too far left, 0.38 mm too low`; what is below 0.05 mm is left out. */
function directions(from: Point, to: Point): string {
  const [dx, dy] = [from.x - to.x, from.y - to.y]
  const parts = [
    ...(Math.abs(dx) >= 0.05 ? [`${round(Math.abs(dx))} mm too far ${dx < 0 ? 'left' : 'right'}`] : []),
    ...(Math.abs(dy) >= 0.05 ? [`${round(Math.abs(dy))} mm too ${dy < 0 ? 'high' : 'low'}`] : []),
  ]
  return parts.length > 0 ? `: ${parts.join(', ')} on the SLO` : ''
}

function ringOnDisc(exam: Examination, disc: Disc | null, middle: Point | null, what: 'ring' | 'pattern'): Criterion {
  if (!exam.slo) return unknown(exam, 'Not measured: the file has no SLO to find the disc on.')
  if (!middle) return unknown(exam, `Not measured: the file does not say where the ${what} lies on the SLO.`)
  if (!disc) return unknown(exam, 'Not measured: the disc could not be found on the SLO with confidence.')
  const limit = limitOf(exam.profile, 'C')
  const value = round(distance(disc.centre, middle))
  // The middle of a disc of which little is seen may be wrong by as much as the limit for a warning.
  if (disc.seen < leastSeen && value < limit.fail + limit.warn) return unknown(exam, 'Not measured: too little of the disc is on the SLO.')
  const status = grade(value, limit, 'low')
  const where = status === 'pass' ? '' : directions(middle, disc.centre)
  return {
    ...base(exam),
    status,
    value,
    reason: `The ${what}'s centre lies ${value} mm from the disc's${where}.`,
    source: 'Gabriele 2008, PMC2728289; limits are our own',
  }
}

/** The published rule, as geometry: three circles about the ring's centre, and the disc's edge. */
function ringRule({ scan, slo, profile }: Examination, disc: Disc | null): Criterion {
  const limit = limitOf(profile, 'C.ring')
  // A site may be stricter; then the limit is no longer the paper's, and does not decide alone.
  const evidence = limit.fail === published ? ('published' as const) : ('own' as const)
  const rule = { id: 'C.ring', unit: 'circles', threshold: `<= ${limit.fail}`, evidence, source: 'Tewarie 2012, fig. 3' }
  const ring = scan.frames[0]?.location
  const missing = (reason: string): Criterion => ({ ...rule, status: 'unknown', value: null, reason: `Not measured: ${reason}.` })
  if (!slo) return missing('the file has no SLO to find the disc on')
  if (ring?.kind !== 'ring' || !Number.isFinite(ring.centre.x + ring.centre.y + ring.radius)) {
    return missing('the file does not say where the ring lies on the SLO')
  }
  if (!disc) return missing('the disc could not be found on the SLO with confidence')
  if (ring.radius <= disc.radius) return missing('the ring is smaller than the disc')
  const value = circlesCrossed(disc, ring.centre, ring.radius)
  const status = grade(value, limit, 'low')
  if (status !== 'fail' && disc.seen < leastSeen) return missing("too little of the disc's edge is on the SLO")
  if (status === 'fail' && disc.confidence < beyondDoubt) return missing('the disc was not found with the confidence this rule needs')
  const crossed = `The disc's edge crosses ${['none', 'one', 'two', 'all'][value]} of the three circles about the ring's centre`
  const reason = {
    pass: `${crossed}.`,
    warn: `${crossed}; the published rule rejects a scan beyond two.`,
    fail: value === 3 ? `${crossed}: the ring itself cuts the disc.` : `${crossed}.`,
  }[status]
  return { ...rule, status, value, reason }
}

const nowhere = 'Not measured: the file does not say where the B-scans lie.'

/** No pit was seen; but the disc tells how far from the fovea the pattern lies at least. */
function withoutPit(exam: Examination, disc: Disc | null, middle: Point | null): Criterion {
  if (!middle) return unknown(exam, nowhere)
  const value = disc && exam.slo ? round(leastFromFovea(disc, middle, exam.slo)) : 0
  if (value <= limitOf(exam.profile, 'C').fail) return unknown(exam, 'Not measured: the thickness map shows no foveal pit with confidence.')
  const reason = `The pattern shows no foveal pit and, going by the optic disc, lies at least ${value} mm from the fovea.`
  return { ...base(exam), status: 'fail', value, reason }
}

/** mm: from the middle of a pattern to the nearest place the fovea of this disc can be. */
function leastFromFovea(disc: Disc, middle: Point, slo: SloView): number {
  const nearDisc = disc.seen >= leastSeen ? leastApart - distance(disc.centre, middle) : 0
  const side = disc.centre.x - (slo.width * slo.spacing.x) / 2
  if (Math.abs(side) < leastApart / 2) return nearDisc
  const fovea = { x: disc.centre.x - Math.sign(side) * foveaBeside, y: disc.centre.y + foveaBelow }
  return Math.max(nearDisc, distance(fovea, middle) - foveaWithin)
}

function gridOnPit(exam: Examination, pit: Pit, middle: Point | null): Criterion {
  if (!middle) return unknown(exam, nowhere)
  const value = round(distance(pit.at, middle))
  const status = grade(value, limitOf(exam.profile, 'C'), 'low')
  const where = status === 'pass' ? '' : directions(middle, pit.at)
  return {
    ...base(exam),
    status,
    value,
    reason: `The pattern's centre lies ${value} mm from the foveal pit${where}.`,
    source: 'Pak 2013, IOVS 54:4512 (error beyond 0.2 mm); limit for a fail is our own',
  }
}

/** A line that shows no macula has no centre to be held against: left out. One that runs beside the pit is never a pass. */
function alongLine(exam: Examination, samples: readonly ThicknessSample[]): Criterion[] {
  const pit = findPit(samples)
  if (!pit || pit.depth < leastDip.depth || pit.confidence < leastDip.confidence) return []
  const value = round(Math.abs(pit.at.x))
  const along = grade(value, limitOf(exam.profile, 'C'), 'low')
  const beside = pit.depth < leastDepth
  const status = beside && along === 'pass' ? 'warn' : along
  const reason = beside
    ? `The line runs beside the foveal pit: where it comes nearest, the retina is only ${Math.round(pit.depth)} um thinner than around it.`
    : `The line's middle lies ${value} mm from the foveal pit along the line.`
  return [{ ...base(exam), status, value, reason, source: 'Pak 2013, IOVS 54:4512 (error beyond 0.2 mm); limit for a fail is our own' }]
}
