/** Where an A-scan lies on the SLO. All points in mm, SLO frame: origin top left, x right, y down. */
import type { OpenScan } from '../../../preload/contract.ts'

export type OpenedScan = OpenScan['scan']
export type Location = OpenedScan['frames'][number]['location']
export type Laterality = OpenedScan['laterality']
export interface Point {
  x: number
  y: number
}

/**
 * Which way a ring runs on the screen: 1 clockwise (OD), -1 counter-clockwise (OS), so that both run T-S-N-I-T;
 * null where the eye is not known, because the direction would be a guess. (Heidelberg RAW export, circle scans.)
 */
export function ringDirection(laterality: Laterality): 1 | -1 | null {
  return laterality === 'OD' ? 1 : laterality === 'OS' ? -1 : null
}

/** The point of one A-scan (0-based, may be fractional) of a B-scan `width` A-scans wide; null where it cannot be told. */
export function aScanPoint(location: Location, aScan: number, width: number, laterality: Laterality): Point | null {
  if (location.kind === 'line') {
    const t = width > 1 ? aScan / (width - 1) : 0
    return { x: location.start.x + t * (location.end.x - location.start.x), y: location.start.y + t * (location.end.y - location.start.y) }
  }
  if (location.kind === 'path') return location.points[Math.min(location.points.length - 1, Math.max(0, Math.round(aScan)))] ?? null
  if (location.kind !== 'ring' || width < 1) return null
  const direction = directionOf(location, laterality)
  if (direction === null) return null
  const angle = startAngle(location) + (direction * 2 * Math.PI * aScan) / width
  return { x: location.centre.x + location.radius * Math.cos(angle), y: location.centre.y + location.radius * Math.sin(angle) }
}

/** Which way this ring runs on the screen: as its file says, else by the eye; null where neither is known. */
export function directionOf(ring: Extract<Location, { kind: 'ring' }>, laterality: Laterality): 1 | -1 | null {
  return ring.direction ?? ringDirection(laterality)
}

/** The angle of a ring's first A-scan, radians clockwise on the screen from the right. */
export function startAngle(ring: Extract<Location, { kind: 'ring' }>): number {
  return Math.atan2(ring.start.y - ring.centre.y, ring.start.x - ring.centre.x)
}

/** mm from a point to a B-scan's line or ring; Infinity where the B-scan's place is not known. */
export function distanceTo(location: Location, point: Point): number {
  if (location.kind === 'ring') return Math.abs(Math.hypot(point.x - location.centre.x, point.y - location.centre.y) - location.radius)
  if (location.kind === 'path') {
    return location.points.reduce((least, at) => Math.min(least, Math.hypot(point.x - at.x, point.y - at.y)), Number.POSITIVE_INFINITY)
  }
  if (location.kind === 'area') return distanceToEdge(location, point)
  if (location.kind !== 'line') return Number.POSITIVE_INFINITY
  const { start, end } = location
  const dx = end.x - start.x
  const dy = end.y - start.y
  const squared = dx * dx + dy * dy
  const t = squared === 0 ? 0 : Math.min(1, Math.max(0, ((point.x - start.x) * dx + (point.y - start.y) * dy) / squared))
  return Math.hypot(point.x - start.x - t * dx, point.y - start.y - t * dy)
}

/** Inside and outside alike: stacked areas are told apart by their edges, if at all. */
function distanceToEdge({ from, to }: Extract<Location, { kind: 'area' }>, { x, y }: Point): number {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
  const outX = Math.max(left - x, 0, x - right)
  const outY = Math.max(top - y, 0, y - bottom)
  return outX > 0 || outY > 0 ? Math.hypot(outX, outY) : Math.min(x - left, right - x, y - top, bottom - y)
}

/** The index of the B-scan nearest to a point; null where no B-scan has a place. Of several in the same place, `current` is kept. */
export function nearestFrame(locations: readonly Location[], point: Point, current?: number): number | null {
  const here = current === undefined ? undefined : locations[current]
  let least = here ? distanceTo(here, point) : Number.POSITIVE_INFINITY
  let best: number | null = current !== undefined && least < Number.POSITIVE_INFINITY ? current : null
  for (const [index, location] of locations.entries()) {
    const distance = distanceTo(location, point)
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}

/** The A-scan (0-based) of a B-scan that lies nearest to a point, and how far away in mm; null where the place cannot be told. */
export function nearestAScan(location: Location, point: Point, width: number, laterality: Laterality): { aScan: number; distance: number } | null {
  if (width < 1) return null
  const held = (aScan: number) => Math.min(width - 1, Math.max(0, Math.round(aScan)))
  if (location.kind === 'ring') {
    const direction = directionOf(location, laterality)
    if (direction === null) return null
    const turns = (direction * (Math.atan2(point.y - location.centre.y, point.x - location.centre.x) - startAngle(location))) / (2 * Math.PI)
    return { aScan: Math.round((turns - Math.floor(turns)) * width) % width, distance: distanceTo(location, point) }
  }
  if (location.kind === 'line') {
    const dx = location.end.x - location.start.x
    const dy = location.end.y - location.start.y
    const squared = dx * dx + dy * dy
    const part = squared === 0 ? 0 : ((point.x - location.start.x) * dx + (point.y - location.start.y) * dy) / squared
    return { aScan: held(part * (width - 1)), distance: distanceTo(location, point) }
  }
  if (location.kind !== 'path') return null
  let nearest: { aScan: number; distance: number } | null = null
  for (const [i, at] of location.points.entries()) {
    const distance = Math.hypot(point.x - at.x, point.y - at.y)
    if (!nearest || distance < nearest.distance) nearest = { aScan: held(i), distance }
  }
  return nearest
}

/** mm along a B-scan's course on the SLO, first A-scan to last (a ring: once around); null where the place cannot be told. */
export function courseLength(location: Location): number | null {
  if (location.kind === 'line') return Math.hypot(location.end.x - location.start.x, location.end.y - location.start.y)
  if (location.kind === 'ring') return 2 * Math.PI * location.radius
  if (location.kind !== 'path') return null
  let length = 0
  for (const [i, at] of location.points.entries()) {
    const before = location.points[i - 1]
    if (before) length += Math.hypot(at.x - before.x, at.y - before.y)
  }
  return length
}

/**
 * mm per px of one B-scan. A file has one scale for all; where a B-scan's course contradicts it by more than a twentieth (the circles
 * among radial lines, B-scans of another width), its own course counts, as long as the SLO's scale is the file's own.
 */
export function frameSpacing(scan: Pick<OpenedScan, 'spacing' | 'frames' | 'remarks'>, index: number): { lateral: number; axial: number } {
  const { lateral, axial } = scan.spacing
  const frame = scan.frames[index]
  if (!frame || lateral <= 0 || scan.remarks.includes('slo-scale-assumed')) return { lateral, axial }
  const length = courseLength(frame.location)
  if (length === null || length <= 0 || frame.width < 2) return { lateral, axial }
  const own = length / (frame.location.kind === 'ring' ? frame.width : frame.width - 1)
  return Math.abs(own / lateral - 1) > 0.05 ? { lateral: own, axial } : { lateral, axial }
}

/**
 * A stretch of A-scans (both ends included) as points on the SLO. On a ring it lies `outside` mm beyond the circle, so that the
 * circle itself stays to be seen. Empty where the place cannot be told.
 */
export function stretch(location: Location, from: number, to: number, width: number, laterality: Laterality, outside = 0): Point[] {
  const moved: Location = location.kind === 'ring' ? widened(location, outside) : location
  const steps = Math.max(1, Math.min(64, Math.ceil((to - from) / 4)))
  const points: Point[] = []
  for (let i = 0; i <= steps; i++) {
    const point = aScanPoint(moved, from + ((to - from) * i) / steps, width, laterality)
    if (point) points.push(point)
  }
  return points
}

function widened(ring: Extract<Location, { kind: 'ring' }>, by: number): Location {
  return { ...ring, radius: ring.radius + by }
}
