/** Light in a B-scan: the retina between its lines against the vitreous above it. What S.snr, S.cnr, I.bscan and B are measured by. */
import type { FrameView } from '../examination.ts'

/** All of fourth roots, 0..1 */
export interface Vitreous {
  mean: number
  /** standard deviation */
  noise: number
  /** share of samples that are black */
  black: number
}

export interface Light {
  /** null where there is too little of it, or no noise in it */
  vitreous: Vitreous | null
  /** Mean between ILM and BM, null where there are too few samples. */
  retina: number | null
  /** The same per A-scan; NaN where it is not whole or lacks a line. */
  columns: Float64Array
}

type Seen = Pick<FrameView, 'roots' | 'width' | 'height' | 'ilm' | 'bm' | 'states'>

/** px above the ILM that are left out: what lies on it is no vitreous. */
const margin = 10
/** Fewer samples than this give no mean or deviation worth a number. */
const leastSamples = 500
/** Half a step of an 8-bit grey. */
const blackBelow = 0.5 / 255

const measured = new WeakMap<Seen, Light>()

/** Measured in whole A-scans with both lines alone, once for each B-scan: a view is never filled anew. */
export function lightOf(view: Seen): Light {
  const known = measured.get(view)
  if (known) return known
  const light = measure(view)
  measured.set(view, light)
  return light
}

function measure({ roots, width, height, ilm, bm, states }: Seen): Light {
  const above = new Int32Array(width)
  const from = new Int32Array(width).fill(height)
  const to = new Int32Array(width)
  let last = 0
  for (let x = 0; x < width; x++) {
    const top = ilm[x] as number
    const bottom = bm[x] as number
    if (states[x] !== 0 || !(bottom > top)) continue
    above[x] = Math.floor(top) - margin
    from[x] = Math.max(0, Math.ceil(top))
    to[x] = Math.min(height, Math.floor(bottom))
    last = Math.max(last, to[x] as number)
  }
  const sums = new Float64Array(width)
  const counts = new Float64Array(width)
  let sum = 0
  let squares = 0
  let count = 0
  let black = 0
  // Along rows, as the samples lie in memory.
  for (let row = 0; row < last; row++) {
    const start = row * width
    for (let x = 0; x < width; x++) {
      const isVitreous = row < (above[x] as number)
      if (!isVitreous && (row < (from[x] as number) || row >= (to[x] as number))) continue
      const root = roots[start + x] as number
      if (Number.isNaN(root)) continue
      if (isVitreous) {
        count++
        sum += root
        squares += root * root
        if (root < blackBelow) black++
      } else {
        sums[x] = (sums[x] as number) + root
        counts[x] = (counts[x] as number) + 1
      }
    }
  }
  const inside = sums.reduce((total, each) => total + each, 0)
  const samples = counts.reduce((total, each) => total + each, 0)
  const mean = sum / count
  const noise = Math.sqrt(Math.max(0, squares / count - mean ** 2))
  return {
    vitreous: count >= leastSamples && noise > 0 ? { mean, noise, black: black / count } : null,
    retina: samples >= leastSamples ? inside / samples : null,
    columns: sums.map((each, x) => each / (counts[x] as number)),
  }
}

/**
 * SNR (dB): 20 log10(mean between ILM and BM / standard deviation of the vitreous); CNR: |difference of the means| / that deviation; both on
 * fourth roots. Null where either is not measured.
 */
export function contrastOf(view: Seen): { snr: number; cnr: number } | null {
  const { vitreous, retina } = lightOf(view)
  if (!vitreous || retina === null || !(retina > 0)) return null
  return { snr: 20 * Math.log10(retina / vitreous.noise), cnr: Math.abs(retina - vitreous.mean) / vitreous.noise }
}

/**
 * The vitreous as the device's own display shows it: means of fourth roots and the share of black samples. On real scans .096 and .118 with 3 to 7 %
 * black, on generated ones .09 with 10 %; contrast stretched by a fifth already leaves this, and moves the CNR by a fifth.
 */
const vitreousAsShown = { darkest: 0.075, brightest: 0.16, mostBlack: 0.2 } as const

/**
 * Whether brightness can be held against limits found on the device's own display: the file keeps the device's reflectivity, or an 8-bit picture
 * whose vitreous is neither lifted, darkened nor clipped, as somebody's choice of contrast would have it. True where no vitreous is seen.
 */
export function isComparable(view: FrameView): boolean {
  const { kind } = view.info.pixels.coding
  if (kind === 'reflectivity-f32' || kind === 'reflectivity-u16f') return true
  const { vitreous } = lightOf(view)
  if (!vitreous) return true
  const { darkest, brightest, mostBlack } = vitreousAsShown
  return vitreous.mean >= darkest && vitreous.mean <= brightest && vitreous.black <= mostBlack
}
