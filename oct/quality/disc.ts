/**
 * The optic disc on an SLO in near infrared: a round dark place of 0.6 to 1.2 mm radius in brighter surroundings, where the vessels run
 * together. Plain statistics: dark disc against bright surround, then the edge ray by ray, then how much speaks for it.
 */
import type { Point } from '../scan.ts'
import { type Edge, edgeAround } from './disc-edge.ts'
import type { SloView } from './examination.ts'
import { type Fundus, fundusOf, gridStep } from './fundus.ts'

export interface Disc {
  /** mm, SLO frame */
  centre: Point
  /** mm: of the circle with the same area */
  radius: number
  /** mm, SLO frame: the edge where it was seen, in the order of the angle; none beyond the picture. */
  edge: Point[]
  /** Part of the edge that was seen, 0..1. */
  seen: number
  /** 0..1; below `leastConfidence` nothing is returned. */
  confidence: number
}

/** Own value: generated and real scans reach 0.65 and more, half a disc among them; pictures without a disc stay below 0.3 (tests). */
export const leastConfidence = 0.4

/** mm: radii tried; discs are 0.7 to 1.1 mm, an oval one's short side less */
const radii = [0.62, 0.76, 0.9, 1.06]
/** mm: the surround begins this far outside the edge and is this broad */
const gap = 0.1
const surround = 0.4
/** mm: how far outside the picture the centre may lie */
const outside = 0.5
/** squares between the centres that are tried first */
const stride = 4
/** Of the disc and of the surround this part must lie in the picture. */
const leastVisible = 0.3
const candidates = 5

const known = new WeakMap<SloView, Disc | null>()

/** Finds the disc; null where none is found with confidence, or the SLO has no scale. About 60 ms, once per SLO. */
export function findDisc(slo: SloView): Disc | null {
  const before = known.get(slo)
  if (before !== undefined) return before
  const found = search(slo)
  known.set(slo, found)
  return found
}

function search(slo: SloView): Disc | null {
  const fundus = fundusOf(slo)
  if (!fundus) return null
  let best: Disc | null = null
  for (const { x, y, radius } of darkPlaces(fundus)) {
    const edge = edgeAround(fundus, { x, y }, radius)
    if (!edge) continue
    const confidence = confidenceOf(fundus, edge)
    if (confidence < leastConfidence || (best && confidence <= best.confidence)) continue
    best = { centre: inMm(edge.centre), radius: edge.radius * gridStep, edge: edge.points.map(inMm), seen: edge.seen, confidence }
  }
  return best
}

const inMm = ({ x, y }: Point): Point => ({ x: (x + 0.5) * gridStep, y: (y + 0.5) * gridStep })

interface Place extends Point {
  /** squares */
  radius: number
  score: number
}

/** Where a disc is darkest against its surround, measured in their own unrest; best first, none within another. */
function darkPlaces(fundus: Fundus): Place[] {
  const { width, height, bare } = fundus
  const sums = prefixSums(bare, width, height)
  const places: Place[] = []
  const margin = Math.round(outside / gridStep)
  for (const radius of radii) {
    const inner = circleRows((radius - gap / 2) / gridStep)
    const hole = circleRows((radius + gap) / gridStep)
    const whole = circleRows((radius + gap + surround) / gridStep)
    for (let y = -margin; y < height + margin; y += stride) {
      for (let x = -margin; x < width + margin; x += stride) {
        const dark = within(sums, width, height, x, y, inner)
        if (dark.count < leastVisible * area(inner)) continue
        const all = within(sums, width, height, x, y, whole)
        const without = within(sums, width, height, x, y, hole)
        const count = all.count - without.count
        if (count < leastVisible * (area(whole) - area(hole))) continue
        const mean = (all.sum - without.sum) / count
        const unrest = Math.sqrt(Math.max(0, (all.squares - without.squares) / count - mean * mean))
        const darkMean = dark.sum / dark.count
        const darkUnrest = Math.sqrt(Math.max(0, dark.squares / dark.count - darkMean * darkMean))
        const visible = Math.min(1, dark.count / area(inner))
        const score = ((mean - darkMean) * Math.sqrt(visible)) / (0.15 + unrest + darkUnrest)
        if (score > 0.5) places.push({ x, y, radius: radius / gridStep, score })
      }
    }
  }
  const kept: Place[] = []
  for (const place of places.sort((a, b) => b.score - a.score)) {
    if (kept.length === candidates) break
    if (kept.every((other) => Math.hypot(other.x - place.x, other.y - place.y) > 0.7 / gridStep)) kept.push(place)
  }
  return kept
}

/** Half-widths of a circle's rows, the middle row in the middle. */
function circleRows(radius: number): Int32Array {
  const reach = Math.floor(radius)
  return Int32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.floor(Math.sqrt(Math.max(0, radius * radius - (i - reach) ** 2))))
}

/** Squares of every second row, as `within` counts them. */
const area = (rows: Int32Array): number => rows.reduce((sum, half, i) => sum + (i % 2 === 0 ? 2 * half + 1 : 0), 0)

interface Sums {
  values: Float64Array
  squares: Float64Array
}

/** Running sums along each row, one longer than the row. */
function prefixSums(values: Float32Array, width: number, height: number): Sums {
  const sums: Sums = { values: new Float64Array((width + 1) * height), squares: new Float64Array((width + 1) * height) }
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const value = values[row * width + x] as number
      const at = row * (width + 1) + x
      sums.values[at + 1] = (sums.values[at] as number) + value
      sums.squares[at + 1] = (sums.squares[at] as number) + value * value
    }
  }
  return sums
}

function within(sums: Sums, width: number, height: number, x: number, y: number, rows: Int32Array): { sum: number; squares: number; count: number } {
  const reach = rows.length >> 1
  let sum = 0
  let squares = 0
  let count = 0
  // Every second row: what is looked for is many rows high.
  for (let row = y - reach; row <= Math.min(height - 1, y + reach); row += 2) {
    if (row < 0) continue
    const half = rows[row - y + reach] as number
    const from = Math.max(0, x - half)
    const to = Math.min(width, x + half + 1)
    if (to <= from) continue
    const at = row * (width + 1)
    sum += (sums.values[at + to] as number) - (sums.values[at + from] as number)
    squares += (sums.squares[at + to] as number) - (sums.squares[at + from] as number)
    count += to - from
  }
  return { sum, squares, count }
}

/** What a clear edge steps by, in ln of grey; the real ring's and the generated ones' by 0.45. */
const clearStep = 0.35
/** How far vessels around a disc follow the rays from its middle; 0.5 is chance. */
const chance = 0.55
const clearRays = 0.75

/** How much speaks for a disc: the step at the edge, how much of the edge is there, how round it is, and whether vessels run towards it. */
export function confidenceOf(fundus: Fundus, edge: Edge): number {
  const part = (value: number, none: number, full: number) => Math.max(0, Math.min(1, (value - none) / (full - none)))
  const step = part(edge.step, 0.1, clearStep)
  const there = part(edge.strong, 0.5, 0.85)
  const seen = part(edge.seen, 0.1, 0.45)
  const round = 1 - part(edge.unevenness, 0.14, 0.3)
  const vessels = part(alongRays(fundus, edge), chance, clearRays)
  return Math.sqrt(step * there) * round * seen * (0.4 + 0.6 * vessels)
}

/** Mean of cos² between the vessels around the disc and the rays from its middle, weighted by how dark they are; 0.5 where there are none. */
export function alongRays({ width, height, vessels }: Fundus, { centre, radius }: Pick<Edge, 'centre' | 'radius'>): number {
  let along = 0
  let all = 0
  const far = 2.2 * radius
  const at = (x: number, y: number) => vessels[y * width + x] as number
  for (let y = Math.max(2, Math.floor(centre.y - far)); y <= Math.min(height - 3, centre.y + far); y++) {
    for (let x = Math.max(2, Math.floor(centre.x - far)); x <= Math.min(width - 3, centre.x + far); x++) {
      const dx = x - centre.x
      const dy = y - centre.y
      const distance = Math.hypot(dx, dy)
      const dark = at(x, y)
      if (distance < 1.15 * radius || distance > far || dark < 0.1) continue
      // Across a vessel the darkness falls off to both sides, along it hardly: the greatest second derivative lies along the vessel.
      const xx = at(x + 2, y) + at(x - 2, y) - 2 * dark
      const yy = at(x, y + 2) + at(x, y - 2) - 2 * dark
      const xy = (at(x + 2, y + 2) + at(x - 2, y - 2) - at(x + 2, y - 2) - at(x - 2, y + 2)) / 4
      const course = 0.5 * Math.atan2(2 * xy, xx - yy)
      const bends = Math.hypot(xx - yy, 2 * xy)
      along += bends * Math.cos(course - Math.atan2(dy, dx)) ** 2
      all += bends
    }
  }
  return all > 0 ? along / all : 0.5
}
