/** From B's SLO to A's once they lie over one another. */

import type { Placement } from '../../../../oct/quality/register.ts'
import type { Laterality, OpenedScan, Point } from '../geometry.ts'
import { sloLetters } from '../letters.ts'

/** Whether both files say how large their SLO is; else all counts in px. */
export function bothScaled(a: NonNullable<OpenedScan['slo']>, b: NonNullable<OpenedScan['slo']>): boolean {
  return [a, b].every(({ spacing }) => spacing.x > 0 && spacing.y > 0)
}

/** The middle of an SLO in mm, in px where it has no scale. */
export function middleOf(slo: NonNullable<OpenedScan['slo']>, scaled: boolean): Point {
  return { x: (slo.width * (scaled ? slo.spacing.x : 1)) / 2, y: (slo.height * (scaled ? slo.spacing.y : 1)) / 2 }
}

/** Where a point of B's SLO lies on A's. */
export function ontoA(point: Point, placement: Placement, middleA: Point, middleB: Point): Point {
  const angle = (placement.turn * Math.PI) / 180
  const dx = point.x - middleB.x
  const dy = point.y - middleB.y
  return {
    x: Math.cos(angle) * dx - Math.sin(angle) * dy + middleA.x + placement.shift.x,
    y: Math.sin(angle) * dx + Math.cos(angle) * dy + middleA.y + placement.shift.y,
  }
}

/** The middle of what was scanned, mm: a ring's centre, else the mean of the B-scans' middles; null where a place is missing. */
export function scanCentre(scan: OpenedScan): Point | null {
  const middles = scan.frames.flatMap(({ location }) => {
    if (location.kind === 'ring') return [location.centre]
    if (location.kind === 'line') return [{ x: (location.start.x + location.end.x) / 2, y: (location.start.y + location.end.y) / 2 }]
    return []
  })
  if (middles.length === 0 || middles.length !== scan.frames.length) return null
  return {
    x: middles.reduce((sum, point) => sum + point.x, 0) / middles.length,
    y: middles.reduce((sum, point) => sum + point.y, 0) / middles.length,
  }
}

/** How far the centre of B's scan lies from A's, mm on the retina as the SLO shows it; null where one is not known. */
export function centreOffset(a: OpenedScan, b: OpenedScan, placement: Placement): Point | null {
  const [first, second] = [scanCentre(a), scanCentre(b)]
  if (!a.slo || !b.slo || !first || !second || !bothScaled(a.slo, b.slo)) return null
  const at = ontoA(second, placement, middleOf(a.slo, true), middleOf(b.slo, true))
  return { x: at.x - first.x, y: at.y - first.y }
}

/** An offset in the eye's own directions, the larger first: `0.12 mm N`, `0.05 mm S`; what is below `least` is left out. */
export function inDirections(offset: Point, laterality: Laterality, least: number): { letter: string; length: number }[] {
  const letters = sloLetters(laterality)
  if (!letters) return []
  const across = { letter: offset.x < 0 ? letters.left : letters.right, length: Math.abs(offset.x) }
  const along = { letter: offset.y < 0 ? letters.top : letters.bottom, length: Math.abs(offset.y) }
  return [across, along].filter(({ length }) => length >= least).sort((a, b) => b.length - a.length)
}
