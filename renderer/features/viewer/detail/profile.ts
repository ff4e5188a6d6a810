/** Thickness along a B-scan, as it is plotted. */
import { type Order, placeInOrder } from './sectors.ts'

/** One A-scan in a plot: `at` from 0 at its left end to 1 at its right, µm or NaN where not measured. */
export interface PlotPoint {
  at: number
  value: number
  aScan: number
}

/**
 * The A-scans from left to right: around a ring by their angle in the chosen order, else as they lie in the B-scan.
 * @param values µm per A-scan @param angles degrees of a ring's A-scans (`ringAngles`), null for all else
 */
export function plotPoints(values: Float32Array, angles: Float32Array | null, order: Order): PlotPoint[] {
  const points = Array.from(values, (value, aScan): PlotPoint => {
    const angle = angles?.[aScan]
    return { at: angle === undefined ? (aScan + 0.5) / values.length : placeInOrder(angle, order), value, aScan }
  })
  return angles ? points.sort((a, b) => a.at - b.at) : points
}

/** An SVG path of the plot, 1000 wide and `ceiling` µm high, with a gap where nothing was measured. */
export function plotPath(points: readonly PlotPoint[], ceiling: number): string {
  let path = ''
  let pen = 'M'
  for (const { at, value } of points) {
    if (Number.isNaN(value)) {
      pen = 'M'
      continue
    }
    path += `${pen}${Math.round(at * 1e5) / 100} ${Math.round((ceiling - value) * 10) / 10}`
    pen = 'L'
  }
  return path
}

/** The A-scan that stands nearest to a place of the plot; null where there are none. @param points from left to right */
export function aScanAt(points: readonly PlotPoint[], at: number): number | null {
  let low = 0
  let high = points.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  const right = points[low]
  const left = points[low - 1]
  if (!right) return null
  return left && at - left.at < right.at - at ? left.aScan : right.aScan
}

/** Mean of what was measured, µm; null where nothing was. */
export function meanOf(values: Float32Array): number | null {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count > 0 ? sum / count : null
}

/** The upper end of the axis, µm: a multiple of 100 that holds every value of all B-scans, so that stepping does not move it. */
export function ceilingOf(frames: readonly Float32Array[]): number {
  let most = 0
  for (const values of frames) for (const value of values) if (value > most) most = value
  return Math.max(100, Math.ceil(most / 100) * 100)
}
