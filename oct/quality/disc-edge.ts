/** The disc's edge: on each ray from its middle the step from dark to bright, on one closed line. */
import type { Point } from '../scan.ts'
import { type Fundus, gridStep } from './fundus.ts'

/** In squares of the grid. */
export interface Edge {
  centre: Point
  /** of the circle with the same area */
  radius: number
  /** Where a step was seen, by angle. */
  points: Point[]
  /** Part of the rays whose edge lies in the picture, 0..1 */
  seen: number
  /** Part of those with a step. */
  strong: number
  /** ln of grey: the middle step of the rays that lie in the picture */
  step: number
  /** Standard deviation of the radius over its mean, an ellipse's own taken out. */
  unevenness: number
}

const rays = 72
/** mm */
const least = 0.45
const most = 1.5
const between = 0.025
/** mm: what is compared on both sides of an edge */
const span = 0.2
/** ln of grey: less is no step */
const leastStep = 0.12
/** Steps of the radius from one ray to the next. */
const bend = 2
/** What a bend of one step costs, in ln of grey. */
const stiffness = 0.01

const count = Math.round((most - least) / between) + 1
const radiusOf = (index: number): number => (least + index * between) / gridStep

/** The edge around a dark place; null where too little of it lies in the picture. */
export function edgeAround(fundus: Fundus, start: Point, radius: number): Edge | null {
  let centre = start
  let expected = radius
  let found: Edge | null = null
  for (let turn = 0; turn < 3; turn++) {
    found = traced(fundus, centre, expected)
    if (!found) return null
    centre = found.centre
    expected = found.radius
  }
  return found
}

function traced(fundus: Fundus, centre: Point, expected: number): Edge | null {
  const steps = stepsAround(fundus, centre)
  const line = closedLine(steps, expected)
  const at: { angle: number; radius: number; step: number }[] = []
  for (let ray = 0; ray < rays; ray++) {
    const index = line[ray] as number
    const step = steps[ray * count + index] as number
    if (Number.isNaN(step)) continue
    at.push({ angle: (2 * Math.PI * ray) / rays, radius: radiusOf(index), step })
  }
  const strong = at.filter(({ step }) => step >= leastStep)
  if (strong.length < rays / 10) return null
  const points = strong.map((one) => ({ x: centre.x + one.radius * Math.cos(one.angle), y: centre.y + one.radius * Math.sin(one.angle) }))
  const shape = at.length === rays ? enclosed(at, centre) : circleThrough(points, centre, expected)
  const steps2 = at.map(({ step }) => step).sort((a, b) => a - b)
  return {
    ...shape,
    points,
    seen: at.length / rays,
    strong: strong.length / at.length,
    step: steps2[steps2.length >> 1] as number,
    unevenness: unevennessOf(points, shape.centre),
  }
}

/** On each ray at each radius: mean of what lies outside less mean of what lies inside; NaN beyond the picture. */
function stepsAround({ width, height, bare }: Fundus, centre: Point): Float32Array {
  const reach = Math.round(span / between)
  const sums = new Float64Array(count + 2 * reach + 1)
  const lost = new Int32Array(count + 2 * reach + 1)
  const steps = new Float32Array(rays * count)
  for (let ray = 0; ray < rays; ray++) {
    const cos = Math.cos((2 * Math.PI * ray) / rays)
    const sin = Math.sin((2 * Math.PI * ray) / rays)
    // Running sums from `reach` before the least radius to `reach` after the greatest; a ray may enter the picture and leave it.
    for (let i = 0; i + 1 < sums.length; i++) {
      const distance = radiusOf(i - reach)
      const value = sampled(bare, width, height, centre.x + distance * cos, centre.y + distance * sin)
      const beyond = Number.isNaN(value)
      sums[i + 1] = (sums[i] as number) + (beyond ? 0 : value)
      lost[i + 1] = (lost[i] as number) + (beyond ? 1 : 0)
    }
    for (let i = 0; i < count; i++) {
      const inside = (sums[i + reach] as number) - (sums[i] as number)
      const outside = (sums[i + 2 * reach] as number) - (sums[i + reach] as number)
      steps[ray * count + i] = lost[i + 2 * reach] === lost[i] ? (outside - inside) / reach : Number.NaN
    }
  }
  return steps
}

function sampled(values: Float32Array, width: number, height: number, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return Number.NaN
  const u = x - left
  const v = y - top
  const at = top * width + left
  const upper = (values[at] as number) * (1 - u) + (values[at + 1] as number) * u
  const lower = (values[at + width] as number) * (1 - u) + (values[at + width + 1] as number) * u
  return upper * (1 - v) + lower * v
}

/** The line with the greatest steps around the disc; it may bend by `bend` from ray to ray and ends where it began (two laps, the second counts). */
function closedLine(steps: Float32Array, expected: number): Int32Array {
  const from = new Int16Array(2 * rays * count)
  let sums = new Float64Array(count)
  let next = new Float64Array(count)
  for (let lap = 0; lap < 2 * rays; lap++) {
    const ray = lap % rays
    for (let i = 0; i < count; i++) {
      let best = Number.NEGATIVE_INFINITY
      for (let by = -bend; by <= bend; by++) {
        const j = i + by
        if (j < 0 || j >= count) continue
        const sum = (sums[j] as number) - stiffness * Math.abs(by)
        if (sum > best) {
          best = sum
          from[lap * count + i] = j
        }
      }
      const step = steps[ray * count + i] as number
      const off = Math.abs(radiusOf(i) - expected) * gridStep
      next[i] = best + (Number.isNaN(step) ? 0 : Math.min(0.8, step)) - 0.15 * off
    }
    ;[sums, next] = [next, sums]
  }
  const line = new Int32Array(rays)
  let index = 0
  for (let i = 1; i < count; i++) if ((sums[i] as number) > (sums[index] as number)) index = i
  for (let lap = 2 * rays - 1; lap >= rays; lap--) {
    line[lap - rays] = index
    index = from[lap * count + index] as number
  }
  return line
}

/** Centroid and size of the area within a whole edge. */
function enclosed(at: readonly { angle: number; radius: number }[], centre: Point): { centre: Point; radius: number } {
  let area = 0
  let x = 0
  let y = 0
  for (const { angle, radius } of at) {
    area += radius * radius
    x += (2 / 3) * radius ** 3 * Math.cos(angle)
    y += (2 / 3) * radius ** 3 * Math.sin(angle)
  }
  return { centre: { x: centre.x + x / area, y: centre.y + y / area }, radius: Math.sqrt(area / at.length) }
}

/** The circle nearest to the points (Kåsa 1976); where they hold it badly, the place is kept. */
function circleThrough(points: readonly Point[], centre: Point, expected: number): { centre: Point; radius: number } {
  const n = points.length
  let [xx, xy, yy, x, y, xz, yz, z] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (const point of points) {
    const u = point.x - centre.x
    const v = point.y - centre.y
    const w = u * u + v * v
    xx += u * u
    xy += u * v
    yy += v * v
    x += u
    y += v
    xz += u * w
    yz += v * w
    z += w
  }
  const [a, b, c] = [xx - (x * x) / n, xy - (x * y) / n, yy - (y * y) / n]
  const [p, q] = [(xz - (x * z) / n) / 2, (yz - (y * z) / n) / 2]
  const determinant = a * c - b * b
  if (!(determinant > 1e-6 * a * c)) return { centre, radius: expected }
  const u = (p * c - q * b) / determinant
  const v = (q * a - p * b) / determinant
  const radius = Math.sqrt(Math.max(0, z / n - 2 * ((u * x) / n + (v * y) / n) + u * u + v * v))
  const plausible = radius * gridStep >= least && radius * gridStep <= most && Math.hypot(u, v) < expected
  return plausible ? { centre: { x: centre.x + u, y: centre.y + v }, radius } : { centre, radius: expected }
}

/** A disc may be oval: what an ellipse about the same middle explains is taken out of the radii. */
function unevennessOf(points: readonly Point[], centre: Point): number {
  const polar = points.map(({ x, y }) => ({ angle: Math.atan2(y - centre.y, x - centre.x), radius: Math.hypot(x - centre.x, y - centre.y) }))
  const mean = polar.reduce((sum, { radius }) => sum + radius, 0) / polar.length
  let [cos, sin] = [0, 0]
  for (const { angle, radius } of polar) {
    cos += ((radius - mean) * Math.cos(2 * angle) * 2) / polar.length
    sin += ((radius - mean) * Math.sin(2 * angle) * 2) / polar.length
  }
  const rest = polar.reduce((sum, { angle, radius }) => sum + (radius - mean - cos * Math.cos(2 * angle) - sin * Math.sin(2 * angle)) ** 2, 0)
  return Math.sqrt(rest / polar.length) / mean
}
