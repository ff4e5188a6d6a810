/** A ring's A-scans by their angle in the eye, their order in a plot, and the means of the six usual sectors. No norms. */
import { directionOf, type Laterality, type Location, startAngle } from '../geometry.ts'

export const orders = ['TSNIT', 'NSTIN'] as const
export type Order = (typeof orders)[number]

export const sectorNames = ['T', 'TS', 'NS', 'N', 'NI', 'TI'] as const
export type SectorName = (typeof sectorNames)[number]

/** Degrees from temporal over superior, nasal and inferior: T 90°, N 110°, the four between 40° each (after Garway-Heath). */
export const sectorSpans: Record<SectorName, readonly [number, number]> = {
  T: [-45, 45],
  TS: [45, 85],
  NS: [85, 125],
  N: [125, 235],
  NI: [235, 275],
  TI: [275, 315],
}

const turned = (degrees: number, turn: number) => ((degrees % turn) + turn) % turn

/**
 * Degrees of each A-scan, 0 temporal, 90 superior, 180 nasal, 270 inferior, 0 to 360; null for what is no ring, and where the eye or the
 * ring's direction is not known. Only the angle counts: a ring of any radius has its sectors at the same places.
 */
export function ringAngles(location: Location, width: number, laterality: Laterality): Float32Array | null {
  if (laterality === 'unknown' || width < 1) return null
  const side = laterality === 'OD' ? -1 : 1
  const inEye = (x: number, y: number) => turned((Math.atan2(-y, side * x) * 180) / Math.PI, 360)
  if (location.kind === 'ring') {
    const direction = directionOf(location, laterality)
    if (direction === null) return null
    const start = startAngle(location)
    return Float32Array.from({ length: width }, (_, i) => {
      const angle = start + (direction * 2 * Math.PI * i) / width
      return inEye(Math.cos(angle), Math.sin(angle))
    })
  }
  if (location.kind !== 'path' || location.points.length !== width || !closed(location.points)) return null
  const centre = location.points.reduce((sum, at) => ({ x: sum.x + at.x / width, y: sum.y + at.y / width }), { x: 0, y: 0 })
  return Float32Array.from(location.points, ({ x, y }) => inEye(x - centre.x, y - centre.y))
}

/** Whether a course of points ends about where it began, as a ring that is given point by point does. */
function closed(points: readonly { x: number; y: number }[]): boolean {
  const first = points[0]
  const last = points.at(-1)
  const second = points[1]
  if (points.length < 16 || !first || !last || !second) return false
  const step = Math.hypot(second.x - first.x, second.y - first.y)
  return Math.hypot(last.x - first.x, last.y - first.y) <= 4 * step
}

/** Where an angle stands in a plot, 0 at its left end to 1 at its right. NSTIN begins nasally and also goes over superior. */
export function placeInOrder(degrees: number, order: Order): number {
  return turned(order === 'TSNIT' ? degrees : 180 - degrees, 360) / 360
}

export interface SectorMean {
  name: SectorName
  /** µm; null where less than half of the sector was measured */
  mean: number | null
  /** 0..1 of its A-scans */
  measured: number
  /** Where it stands in the plot, parts of the whole: two where it lies over the plot's seam. */
  spans: [number, number][]
}

export interface RingMeans {
  sectors: SectorMean[]
  /** Of all that was measured: the whole ring. Null where less than half was. */
  global: number | null
  measured: number
}

/** Means of the six sectors and of the whole ring. @param values µm per A-scan, NaN where not measured */
export function ringMeans(values: Float32Array, angles: Float32Array, order: Order): RingMeans {
  const within = (from: number, to: number) => {
    let sum = 0
    let found = 0
    let all = 0
    for (const [i, angle] of angles.entries()) {
      if (turned(angle - from, 360) >= to - from) continue
      all += 1
      const value = values[i] ?? Number.NaN
      if (Number.isNaN(value)) continue
      found += 1
      sum += value
    }
    const measured = all > 0 ? found / all : 0
    return { mean: measured >= 0.5 ? sum / found : null, measured }
  }
  const sectors = sectorNames.map((name): SectorMean => ({ name, ...within(...sectorSpans[name]), spans: spansOf(name, order) }))
  const { mean, measured } = within(0, 360)
  return { sectors, global: mean, measured }
}

function spansOf(name: SectorName, order: Order): [number, number][] {
  const [low, high] = sectorSpans[name]
  const from = placeInOrder(order === 'TSNIT' ? low : high, order)
  const to = from + (high - low) / 360
  return to > 1 + 1e-9
    ? [
        [0, to - 1],
        [from, 1],
      ]
    : [[from, to]]
}
