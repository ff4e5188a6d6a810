/** Where the B-scans of an export lie on the SLO, and the pattern they make. */
import type { FrameLocation, Point, ScanPattern } from '../../scan.ts'
import type { ImageRecord } from './document.ts'
import { strictNumber } from './values.ts'

/** mm; an eye is 24 mm long. */
const farthest = 1000

/** A B-scan's place, mm on the SLO: a circle has a centre, a line an end. Other elements are the SLO's own. */
export function locationOf(image: ImageRecord): FrameLocation {
  const start = pointOf(image, 'Start')
  const end = pointOf(image, 'End')
  const centre = pointOf(image, 'Center')
  if (start && centre) {
    const radius = Math.hypot(start.x - centre.x, start.y - centre.y)
    if (radius > 0) return { kind: 'ring', start, centre, radius }
  }
  return start && end ? { kind: 'line', start, end } : { kind: 'unknown' }
}

function pointOf(image: ImageRecord, name: string): Point | undefined {
  const path = `OphthalmicAcquisitionContext/${name}/Coord`
  const x = strictNumber(image.values, `${path}/X`, -farthest, farthest)
  const y = strictNumber(image.values, `${path}/Y`, -farthest, farthest)
  return x === undefined || y === undefined ? undefined : { x, y }
}

/** What the series' `Type` says, where the places do not tell. */
const named: [RegExp, ScanPattern][] = [
  [/volume|raster/i, 'volume'],
  [/radial|star/i, 'radial'],
  [/circ|ring/i, 'ring'],
  [/line|section|single/i, 'line'],
]

/** The pattern of all B-scans that the export names, by their places; by the series' type where those are not told. */
export function patternOf(locations: readonly FrameLocation[], type: string): ScanPattern {
  const byName = named.find(([word]) => word.test(type))?.[1] ?? 'unknown'
  const lines = locations.filter((place) => place.kind === 'line')
  const rings = locations.filter((place) => place.kind === 'ring')
  if (locations.length === 0 || lines.length + rings.length < locations.length) return byName
  if (rings.length > 0) return lines.length > 0 ? 'radial-circles' : 'ring'
  if (lines.length === 1) return byName === 'volume' ? 'volume' : 'line'
  if (lines.every((line) => parallel(line, lines[0] as Line))) return step(lines) > 0 ? 'volume' : 'line'
  const middles = lines.map(middle)
  const reach = Math.max(...lines.map(({ start, end }) => Math.hypot(end.x - start.x, end.y - start.y)))
  const shared = middles.every((point) => distance(point, middles[0] as Point) < reach * 0.05)
  return shared ? 'radial' : byName
}

/** mm between neighbouring B-scans of a volume: the way from the first to the last, in equal steps (single distances are rounded to µm). */
export function spacingBetween(locations: readonly FrameLocation[]): number {
  return step(locations.filter((place) => place.kind === 'line'))
}

type Line = Extract<FrameLocation, { kind: 'line' }>

function step(lines: readonly Line[]): number {
  const first = lines[0]
  const last = lines.at(-1)
  if (!first || !last || lines.length < 2) return 0
  return distance(middle(first), middle(last)) / (lines.length - 1)
}

/** Within about one degree, in either direction. */
function parallel(a: Line, b: Line): boolean {
  const [ax, ay] = [a.end.x - a.start.x, a.end.y - a.start.y]
  const [bx, by] = [b.end.x - b.start.x, b.end.y - b.start.y]
  return Math.abs(ax * by - ay * bx) <= 0.02 * Math.hypot(ax, ay) * Math.hypot(bx, by)
}

function middle({ start, end }: Line): Point {
  return { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
