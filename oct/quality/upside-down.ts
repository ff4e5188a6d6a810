/** A retina that lies wholly beyond the zero delay is seen upside down: its BM above, its ILM below, the choroid at the upper edge. */
import type { FrameView } from './examination.ts'
import { median } from './numbers.ts'
import { findSurfaces, type Surfaces } from './surfaces.ts'

type Picture = Pick<FrameView, 'roots' | 'width' | 'height' | 'found'>

/** A-scans measured, at most */
const sampled = 96
/** px compared above and below a border */
const window = 8
/** An ILM with less than this share of the BM's step is perhaps the choroid's border, which fades. */
const faint = 0.33
/** What the two borders of a retina have together: see `leastOutermost` of the surfaces. */
const leastTogether = 1.4
/** px beyond both borders that are looked at, from and to */
const beyond = [6, 40] as const
/** Brightness by which it is lighter above the retina than below: choroid there, vitreous here. */
const lighter = 0.04

/** Whether a B-scan shows its retina upside down. Costs a second search for the borders, but only where the first look strange. */
export function isUpsideDown(view: Picture, axial: number): boolean {
  const { roots, width, height, found } = view
  const upright = borders(roots, width, height, found)
  if (upright && upright.above - upright.below < lighter && upright.ilm >= faint * upright.bm) return false
  const turned = flipped(roots, width, height)
  const lines = findSurfaces(turned, width, height, axial)
  const seen = lines.ilm.filter((row, x) => (lines.bm[x] as number) > row && row > 0).length
  const other = borders(turned, width, height, lines)
  if (!other || seen < width / 2) return false
  return other.band + other.bm / other.ilm >= leastTogether && other.ilm >= faint * other.bm && other.below >= other.above
}

function flipped(roots: Float32Array, width: number, height: number): Float32Array {
  const turned = new Float32Array(roots.length)
  for (let row = 0; row < height; row++) turned.set(roots.subarray((height - 1 - row) * width, (height - row) * width), row * width)
  return turned
}

interface Borders {
  /** Median steps at both lines */
  ilm: number
  bm: number
  /** Brightness of what lies above the BM by that of what lies below the ILM */
  band: number
  /** Brightness beyond the ILM and beyond the BM */
  above: number
  below: number
}

/** Null where lines are lacking or at the edges. */
function borders(roots: Float32Array, width: number, height: number, { ilm, bm }: Surfaces): Borders | null {
  const each: Borders[] = []
  const [near, far] = beyond
  const step = Math.max(1, Math.floor(width / sampled))
  for (let x = 0; x < width; x += step) {
    const top = Math.round(ilm[x] as number)
    const bottom = Math.round(bm[x] as number)
    if (!(bottom > top && top > near + window && bottom + near + window <= height)) continue
    const of = (from: number, to: number) => mean(roots, width, x, Math.max(0, from), Math.min(height, to))
    const inside = of(top, top + window)
    const band = of(bottom - window, bottom)
    each.push({
      ilm: inside - of(top - window, top),
      bm: band - of(bottom, bottom + window),
      band: inside > 0 ? band / inside : 0,
      above: of(top - far, top - near),
      below: of(bottom + near, bottom + far),
    })
  }
  if (each.length < width / step / 4) return null
  const middle = (what: keyof Borders) => median(each.map((one) => one[what])) ?? 0
  return { ilm: middle('ilm'), bm: middle('bm'), band: middle('band'), above: middle('above'), below: middle('below') }
}

function mean(roots: Float32Array, width: number, x: number, from: number, to: number): number {
  let sum = 0
  for (let row = from; row < to; row++) {
    const value = roots[row * width + x] as number
    if (value > 0) sum += value
  }
  return sum / Math.max(1, to - from)
}
