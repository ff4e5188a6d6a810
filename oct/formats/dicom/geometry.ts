/** Where frames lie: from reference coordinates (ROW\COLUMN on the picture, 0\0 its top left corner) to places in mm, and what scan they make. */
import type { FrameLocation, Point, ScanPattern } from '../../scan.ts'

/** A frame's place on the referenced picture, in its px. */
export interface Traced {
  orientation: string
  points: Point[]
}

/** A circle must fit its points within this part of its radius, and go around within this part of a turn. */
const ringTolerance = { residual: 0.01, turn: 0.03 }
/** px: how far the points of a straight line may lie from it */
const straightTolerance = 0.75
/** Lines are parallel below this angle (radians), and one centre is shared below this part of their length. */
const parallelTolerance = 0.035
const centreTolerance = 0.05

/** ROW\COLUMN pairs as points; undefined where they are no whole, finite pairs. */
export function tracedPoints(coordinates: readonly number[]): Point[] | undefined {
  if (coordinates.length < 4 || coordinates.length % 2 === 1 || coordinates.some((value) => Math.abs(value) > 100_000)) return undefined
  return Array.from({ length: coordinates.length / 2 }, (_, index) => ({
    x: coordinates[2 * index + 1] as number,
    y: coordinates[2 * index] as number,
  }))
}

/** The place in mm where `scale` is mm per px, else in px. `width`: A-scans of the frame. */
export function locate(traced: Traced, width: number, scale: Point = { x: 1, y: 1 }): FrameLocation {
  const points = traced.points.map(({ x, y }) => ({ x: x * scale.x, y: y * scale.y }))
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) return { kind: 'unknown' }
  if (traced.orientation === 'LINEAR') return points.length === 2 ? { kind: 'line', start: first, end: last } : { kind: 'unknown' }
  if (traced.orientation === 'TRANSVERSE') return points.length === 2 ? { kind: 'area', from: first, to: last } : { kind: 'unknown' }
  if (traced.orientation !== 'NONLINEAR') return { kind: 'unknown' }
  const ring = ringThrough(points)
  if (ring) return ring
  if (isStraight(points, straightTolerance * Math.max(scale.x, scale.y))) return { kind: 'line', start: first, end: last }
  return points.length === width ? { kind: 'path', points } : { kind: 'unknown' }
}

/** How long a B-scan is on the picture, in the unit of its place; undefined where that does not follow from it. */
export function lengthOf(location: FrameLocation): number | undefined {
  if (location.kind === 'line') return distance(location.start, location.end)
  if (location.kind === 'ring') return 2 * Math.PI * location.radius
  if (location.kind !== 'path') return undefined
  const { points } = location
  return points.slice(1).reduce((sum, point, index) => sum + distance(point, points[index] as Point), 0)
}

/** Which scan the frames make, and the mean distance of neighbours, in the unit of their places, where they are parallel lines. */
export function patternOf(locations: readonly FrameLocation[]): { pattern: ScanPattern; between: number } {
  const lines = locations.filter((each) => each.kind === 'line')
  const rings = locations.filter((each) => each.kind === 'ring')
  if (rings.length > 0 && rings.length === locations.length) return { pattern: 'ring', between: 0 }
  const star = lines.length > 1 && shareCentre(lines)
  if (rings.length > 0 && rings.length + lines.length === locations.length && star) return { pattern: 'radial-circles', between: 0 }
  const [first] = lines
  if (first === undefined || lines.length !== locations.length) return { pattern: 'unknown', between: 0 }
  if (lines.length === 1) return { pattern: 'line', between: 0 }
  const direction = angle(first)
  const parallel = lines.every((line) => Math.abs(Math.sin(angle(line) - direction)) < parallelTolerance)
  if (!parallel) return { pattern: star ? 'radial' : 'unknown', between: 0 }
  const heights = lines.map((line) => across(line, first))
  const between = meanStep(heights)
  // The same line taken again and again is a line, too.
  if (between * (lines.length - 1) < 0.01 * distance(first.start, first.end)) return { pattern: 'line', between: 0 }
  return { pattern: 'volume', between }
}

/** The mean distance of neighbours among parallel planes, by their places along the normal, in any order. */
export function meanStep(heights: readonly number[]): number {
  if (heights.length < 2) return 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const height of heights) {
    low = Math.min(low, height)
    high = Math.max(high, height)
  }
  return (high - low) / (heights.length - 1)
}

type Line = Extract<FrameLocation, { kind: 'line' }>

function ringThrough(points: readonly Point[]): FrameLocation | undefined {
  const [start] = points
  if (points.length < 8 || start === undefined) return undefined
  const circle = fitCircle(points)
  if (circle === undefined) return undefined
  const { centre, radius } = circle
  if (points.some((point) => !(Math.abs(distance(point, centre) - radius) < ringTolerance.residual * radius))) return undefined
  let turn = 0
  for (let index = 1; index < points.length; index++) {
    const from = points[index - 1] as Point
    const to = points[index] as Point
    const step = Math.atan2(to.y - centre.y, to.x - centre.x) - Math.atan2(from.y - centre.y, from.x - centre.x)
    turn += step - 2 * Math.PI * Math.round(step / (2 * Math.PI))
  }
  // The last point is one step short of the first, or the first again.
  const share = Math.abs(turn) / (2 * Math.PI)
  if (share < (points.length - 1) / points.length - ringTolerance.turn || share > 1 + ringTolerance.turn) return undefined
  return { kind: 'ring', start, centre, radius, direction: turn > 0 ? 1 : -1 }
}

/** The circle of least algebraic error (Kasa): linear in its centre and the square of its radius. */
function fitCircle(points: readonly Point[]): { centre: Point; radius: number } | undefined {
  const mean = { x: 0, y: 0 }
  for (const { x, y } of points) {
    mean.x += x / points.length
    mean.y += y / points.length
  }
  let [xx, xy, yy, xr, yr] = [0, 0, 0, 0, 0]
  for (const point of points) {
    const x = point.x - mean.x
    const y = point.y - mean.y
    const square = x * x + y * y
    xx += x * x
    xy += x * y
    yy += y * y
    xr += x * square
    yr += y * square
  }
  const determinant = xx * yy - xy * xy
  if (!(determinant > 1e-9 * (xx + yy) ** 2)) return undefined
  const cx = (xr * yy - yr * xy) / (2 * determinant)
  const cy = (yr * xx - xr * xy) / (2 * determinant)
  const radius = Math.sqrt(cx * cx + cy * cy + (xx + yy) / points.length)
  return Number.isFinite(radius) && radius > 0 ? { centre: { x: mean.x + cx, y: mean.y + cy }, radius } : undefined
}

function isStraight(points: readonly Point[], tolerance: number): boolean {
  const first = points[0] as Point
  const last = points.at(-1) as Point
  if (distance(first, last) < 2 * tolerance) return false
  return points.every((point, index) => {
    const share = index / (points.length - 1)
    const expected = { x: first.x + share * (last.x - first.x), y: first.y + share * (last.y - first.y) }
    return distance(point, expected) < tolerance
  })
}

function shareCentre(lines: readonly Line[]): boolean {
  const middles = lines.map((line) => ({ x: (line.start.x + line.end.x) / 2, y: (line.start.y + line.end.y) / 2 }))
  const centre = { x: 0, y: 0 }
  for (const { x, y } of middles) {
    centre.x += x / middles.length
    centre.y += y / middles.length
  }
  const length = distance((lines[0] as Line).start, (lines[0] as Line).end)
  const turned = lines.some((line) => Math.abs(Math.sin(angle(line) - angle(lines[0] as Line))) >= parallelTolerance)
  return turned && middles.every((middle) => distance(middle, centre) < centreTolerance * length)
}

function angle(line: Line): number {
  return Math.atan2(line.end.y - line.start.y, line.end.x - line.start.x)
}

/** How far a line's middle lies beside another line, signed. */
function across(line: Line, base: Line): number {
  const x = (line.start.x + line.end.x - base.start.x - base.end.x) / 2
  const y = (line.start.y + line.end.y - base.start.y - base.end.y) / 2
  return y * Math.cos(angle(base)) - x * Math.sin(angle(base))
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
