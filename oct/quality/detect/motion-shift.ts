/** How far a B-scan lies beside the one before, along itself, by vessel shadows and by the thickness of the retina. */
import type { FrameView } from '../examination.ts'

/** A B-scan along its length in steps of `step` mm (0: not known). NaN where there is nothing. */
export interface Profiles {
  step: number
  /** px row of BM; px from ILM to BM */
  bm: Float32Array
  thickness: Float32Array
  /** Brightness just above the BM less its surroundings': dark where a vessel lies above. */
  shadows: Float32Array
}

/** Steps along a B-scan, about. */
const stepCount = 256
/** px above the BM whose brightness tells shadows */
const band = 14
/** mm to each side that are a shadow's surroundings */
const surroundings = 0.25

export function profilesOf({ roots, width, ilm, bm }: Pick<FrameView, 'roots' | 'width' | 'ilm' | 'bm'>, lateral: number): Profiles {
  const each = Math.max(1, Math.round(width / stepCount))
  const length = Math.floor(width / each)
  const rows = new Float32Array(length)
  const thickness = new Float32Array(length)
  const light = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    let row = 0
    let thick = 0
    let lit = 0
    let samples = 0
    for (let x = i * each; x < (i + 1) * each; x++) {
      const bottom = bm[x] as number
      row += bottom
      thick += bottom - (ilm[x] as number)
      for (let y = Math.max(0, Math.floor(bottom) - band); y < bottom; y++) {
        lit += roots[y * width + x] as number
        samples++
      }
    }
    rows[i] = row / each
    thickness[i] = thick / each
    light[i] = samples > 0 ? lit / samples : Number.NaN
  }
  const step = lateral * each
  return { step, bm: rows, thickness, shadows: step > 0 ? besideSurroundings(light, Math.max(2, Math.round(surroundings / step))) : light }
}

function besideSurroundings(light: Float32Array, reach: number): Float32Array {
  return light.map((value, i) => {
    let sum = 0
    let count = 0
    for (let k = Math.max(0, i - reach); k <= Math.min(light.length - 1, i + reach); k++) {
      const other = light[k] as number
      if (Number.isNaN(other)) continue
      sum += other
      count++
    }
    return value - sum / count
  })
}

/** mm: farther movements are not looked for, smaller ones do not count */
const farthest = 1.4
/** Share of both profiles that must lie above each other. */
const leastOverlap = 0.5
/** Shadows are believed where moved they fit this well (1 less the correlation), and by so much better than unmoved. */
const shadowsFit = 0.4
const shadowsBetter = 0.2
/** A course of thickness is believed where moving it explains this share of what differs, this much at least, and leaves no more than that. */
const thicknessShare = 0.15
const thicknessBetter = 0.01
const thicknessFit = 0.5

/**
 * mm by which `after` lies beside `before`; 0 where both fit as they are, null where nothing tells. Vessels tell most exactly; where there are
 * none, or B-scans are too far apart to share them, the foveal pit does.
 */
export function alongShift(before: Profiles, after: Profiles): number | null {
  const { step } = before
  if (step <= 0 || after.step !== step) return null
  // Farther than the B-scan is wide nothing meets.
  const most = Math.min(Math.round(farthest / step), before.shadows.length)
  const shadows = bestShift(before.shadows, after.shadows, most)
  if (shadows && shadows.least <= shadowsFit && Math.abs(shadows.shift) < most - 1)
    return shadows.still - shadows.least >= shadowsBetter ? shadows.shift * step : 0
  const thickness = bestShift(before.thickness, after.thickness, most)
  if (!thickness) return null
  const better = thickness.still - thickness.least
  // What fits best at the end of the search has its best fit elsewhere.
  const believed =
    Math.abs(thickness.shift) < most - 1 && better >= thicknessBetter && better >= thicknessShare * thickness.still && thickness.least <= thicknessFit
  return believed ? thickness.shift * step : 0
}

interface Fit {
  /** What is unexplained unmoved, and moved by `shift` steps, where it is least */
  still: number
  least: number
  shift: number
}

function bestShift(before: Float32Array, after: Float32Array, most: number): Fit | null {
  const still = unexplained(before, after, 0)
  if (still === null) return null
  const fit = { still, least: still, shift: 0 }
  for (let shift = -most; shift <= most; shift++) {
    const left = unexplained(before, after, shift)
    if (left === null || left >= fit.least) continue
    fit.least = left
    fit.shift = shift
  }
  return fit
}

/** 1 less the correlation of two profiles; null where they hardly meet. */
function unexplained(before: Float32Array, after: Float32Array, shift: number): number | null {
  let count = 0
  let a = 0
  let b = 0
  let aa = 0
  let bb = 0
  let ab = 0
  for (let i = Math.max(0, -shift); i < Math.min(before.length, after.length - shift); i++) {
    const x = before[i] as number
    const y = after[i + shift] as number
    if (!(Math.abs(x) >= 0 && Math.abs(y) >= 0)) continue
    count++
    a += x
    b += y
    aa += x * x
    bb += y * y
    ab += x * y
  }
  if (count < leastOverlap * before.length) return null
  const spread = Math.sqrt(Math.max(0, aa - (a * a) / count) * Math.max(0, bb - (b * b) / count))
  return spread > 0 ? 1 - (ab - (a * b) / count) / spread : 1
}
