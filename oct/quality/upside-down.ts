/** A retina that lies wholly beyond the zero delay is seen upside down: its BM above, its ILM below, the choroid at the upper edge. */
import type { FrameView } from './examination.ts'
import { median } from './numbers.ts'
import { findSurfaces, type Surfaces } from './surfaces.ts'

type Picture = Pick<FrameView, 'roots' | 'width' | 'height' | 'found'>

/** A-scans measured, at most */
const sampled = 96
/** px compared above and below a border */
const window = 8
/** An ILM with less than this share of the BM's step is perhaps the choroid, which fades. */
const faint = 0.33
/** What the two borders of a retina have together, and an upside-down one has not: see `leastOutermost` of the surfaces. */
const leastTogether = 1.4
/** How much clearer the picture must read upside down. */
const clearer = 1.5

/** Whether a B-scan reads better upside down. Costs a second search for the borders, but only where the first found hardly any ILM. */
export function isUpsideDown(view: Picture, axial: number): boolean {
  const { roots, width, height, found } = view
  const upright = borders(roots, width, height, found)
  if (upright && upright.ilm >= faint * upright.bm) return false
  const turned = flipped(roots, width, height)
  const lines = findSurfaces(turned, width, height, axial)
  const seen = lines.ilm.filter((row, x) => (lines.bm[x] as number) > row && row > 0).length
  const other = borders(turned, width, height, lines)
  if (!other || seen < width / 2) return false
  return other.band + other.bm / other.ilm >= leastTogether && other.ilm >= faint * other.bm && other.ilm >= clearer * (upright?.ilm ?? 0)
}

function flipped(roots: Float32Array, width: number, height: number): Float32Array {
  const turned = new Float32Array(roots.length)
  for (let row = 0; row < height; row++) turned.set(roots.subarray((height - 1 - row) * width, (height - row) * width), row * width)
  return turned
}

/** Median steps at both lines and the brightness of what lies above the BM by that of what lies below the ILM; null where lines are lacking. */
function borders(roots: Float32Array, width: number, height: number, { ilm, bm }: Surfaces): { ilm: number; bm: number; band: number } | null {
  const upper: number[] = []
  const lower: number[] = []
  const bands: number[] = []
  for (let x = 0; x < width; x += Math.max(1, Math.floor(width / sampled))) {
    const top = Math.round(ilm[x] as number)
    const bottom = Math.round(bm[x] as number)
    if (!(bottom > top && bottom + window <= height)) continue
    const inside = mean(roots, width, x, top, top + window)
    const band = mean(roots, width, x, bottom - window, bottom)
    upper.push(inside - (top > 0 ? mean(roots, width, x, Math.max(0, top - window), top) : 0))
    lower.push(band - mean(roots, width, x, bottom, bottom + window))
    bands.push(inside > 0 ? band / inside : 0)
  }
  if (upper.length < sampled / 4 && upper.length < width / 4) return null
  return { ilm: median(upper) ?? 0, bm: median(lower) ?? 0, band: median(bands) ?? 0 }
}

function mean(roots: Float32Array, width: number, x: number, from: number, to: number): number {
  let sum = 0
  for (let row = Math.max(0, from); row < to; row++) {
    const value = roots[row * width + x] as number
    if (value > 0) sum += value
  }
  return sum / Math.max(1, to - Math.max(0, from))
}
