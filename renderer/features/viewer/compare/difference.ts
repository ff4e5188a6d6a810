/** Two thickness profiles in one plot. */
import type { PlotPoint } from '../detail/profile.ts'
import type { LayerLine } from '../frame-source.ts'

export interface Profile {
  of: 'RNFL' | 'retina'
  /** µm per A-scan, NaN where not segmented */
  values: Float32Array
}

export interface ProfilePair {
  /** µm at as many even steps from left to right, NaN where not measured */
  a: Float32Array
  b: Float32Array
  /** µm, B minus A where both were measured; null where nothing was */
  mean: number | null
  /** part of the way measured in both, 0..1 */
  measured: number
}

/** ILM to RNFL around a ring, else ILM to BM; null where a line or the scale is missing. @param axial mm per px */
export function profileOf(layers: readonly LayerLine[] | null, axial: number, ring: boolean): Profile | null {
  const rows = (name: string) => layers?.find((layer) => layer.name === name)?.rows
  const upper = rows('ILM')
  const lower = ring ? rows('RNFL') : rows('BM')
  if (!upper || !lower || !(axial > 0)) return null
  const values = Float32Array.from(upper, (top, i) => {
    const bottom = lower[i]
    return typeof top === 'number' && typeof bottom === 'number' ? (bottom - top) * axial * 1000 : Number.NaN
  })
  return { of: ring ? 'RNFL' : 'retina', values }
}

/** Two profiles laid over one another by their places, as fine as the finer of them. `mirrored` turns B round. */
export function pairOf(a: readonly PlotPoint[], b: readonly PlotPoint[], mirrored: boolean): ProfilePair {
  const count = Math.max(a.length, b.length)
  const first = atSteps(a, count)
  const second = atSteps(mirrored ? b.map((point) => ({ ...point, at: 1 - point.at })).reverse() : b, count)
  let sum = 0
  let both = 0
  for (const [i, value] of first.entries()) {
    const difference = (second[i] ?? Number.NaN) - value
    if (Number.isNaN(difference)) continue
    sum += difference
    both += 1
  }
  return { a: first, b: second, mean: both > 0 ? sum / both : null, measured: both / Math.max(1, count) }
}

/** The value nearest to each of `count` even steps. @param points from left to right */
function atSteps(points: readonly PlotPoint[], count: number): Float32Array {
  let nearest = 0
  const distance = (i: number, at: number) => Math.abs((points[i]?.at ?? Number.POSITIVE_INFINITY) - at)
  return Float32Array.from({ length: count }, (_, i) => {
    const at = (i + 0.5) / count
    while (nearest + 1 < points.length && distance(nearest + 1, at) <= distance(nearest, at)) nearest += 1
    return points[nearest]?.value ?? Number.NaN
  })
}
