/** B-scans' places on the SLO as SVG paths, in mm. */
import type { Location, Point } from './geometry.ts'

/** points a drawn course needs at most: finer than a pixel of any SLO */
const finest = 256

/** The line, circle, course or area of one B-scan; empty where its place is not known. */
export function outline(location: Location): string {
  if (location.kind === 'line') return `M${location.start.x} ${location.start.y}L${location.end.x} ${location.end.y}`
  if (location.kind === 'path') return polyline(thinned(location.points, finest))
  if (location.kind === 'area') return `M${location.from.x} ${location.from.y}H${location.to.x}V${location.to.y}H${location.from.x}Z`
  if (location.kind === 'unknown') return ''
  const { centre, radius } = location
  return `M${centre.x - radius} ${centre.y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`
}

/** A small cross: a ring's centre. */
export function cross(at: Point, arm: number): string {
  return `M${at.x - arm} ${at.y}H${at.x + arm}M${at.x} ${at.y - arm}V${at.y + arm}`
}

export function polyline(points: readonly Point[]): string {
  return points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('')
}

/** At most `most` of the points, the first and the last among them. */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]).filter((point) => point !== undefined)
}
