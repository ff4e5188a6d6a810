/**
 * How far edges are smeared, as the standard deviation of the Gaussian that would smear a step as much. The slope of an edge is taken on two
 * scales: smeared by b, a step's slopes on scales s and t stand as sqrt((t² + b²) / (s² + b²)). Slopes of the fine scale are taken where and in
 * the direction in which the coarse scale finds the edge, so that they are linear in the picture: noise adds nothing on the average, and neither
 * brightness nor contrast counts.
 */

/** Beyond this many times the coarse scale both slopes are the same: what is found there means 'or more'. */
const farthest = 4

/** Blur by the ratio of the fine scale's slope to the coarse one's, in the scales' unit, up to four times the coarse one; null of no ratio. */
export function blurOf(ratio: number, fine: number, coarse: number): number | null {
  if (Number.isNaN(ratio)) return null
  if (ratio <= 1) return farthest * coarse
  return Math.min(farthest * coarse, Math.sqrt(Math.max(0, (coarse ** 2 - ratio ** 2 * fine ** 2) / (ratio ** 2 - 1))))
}

/** Weights of a Gaussian, sum 1; `sigma` in samples. */
function gaussian(sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)))
  const sum = weights.reduce((total, each) => total + each, 0)
  return weights.map((each) => each / sum)
}

/** Samples smoothed along one axis; what lies outside counts as the nearest sample inside. */
function smoothLine(from: Float32Array, to: Float32Array, start: number, step: number, length: number, weights: Float32Array): void {
  const reach = weights.length >> 1
  for (let i = 0; i < length; i++) {
    let sum = 0
    for (let k = -reach; k <= reach; k++) {
      const at = i + k < 0 ? 0 : i + k >= length ? length - 1 : i + k
      sum += (weights[k + reach] as number) * (from[start + at * step] as number)
    }
    to[start + i * step] = sum
  }
}

export interface Picture {
  width: number
  height: number
  values: Float32Array
}

function smooth({ width, height, values }: Picture, sigma: number): Float32Array {
  const weights = gaussian(sigma)
  const across = new Float32Array(values.length)
  const both = new Float32Array(values.length)
  for (let row = 0; row < height; row++) smoothLine(values, across, row * width, 1, width, weights)
  for (let column = 0; column < width; column++) smoothLine(across, both, column, width, height, weights)
  return both
}

/** Share of a picture's samples that count as its edges: the steepest. */
const edgeShare = 0.05
/** A picture with fewer samples within its margins shows too few edges. */
const leastPlaces = 100
/** One slope in so many is enough to know which are the steepest. */
const everySlope = 7

/**
 * Blur of a picture's steepest edges and how far they stand out of the noise: coarse slope there by the coarse slope noise alone would have.
 * @param fine, coarse scales in samples; the blur is in samples too, null where there are no edges
 */
export function edgesOf(picture: Picture, fine: number, coarse: number): { blur: number | null; clarity: number } {
  const { width, height } = picture
  const sharp = smooth(picture, fine)
  const soft = smooth(picture, coarse)
  const margin = Math.ceil(2 * coarse)
  const places = Math.max(0, width - 2 * margin) * Math.max(0, height - 2 * margin)
  if (places < leastPlaces) return { blur: null, clarity: 0 }
  const slopes = new Float32Array(places)
  const parts = new Float32Array(places)
  let next = 0
  for (let row = margin; row < height - margin; row++) {
    for (let column = margin; column < width - margin; column++) {
      const at = row * width + column
      const x = ((soft[at + 1] as number) - (soft[at - 1] as number)) / 2
      const y = ((soft[at + width] as number) - (soft[at - width] as number)) / 2
      const slope = Math.sqrt(x * x + y * y)
      slopes[next] = slope
      // Weighted by the coarse slope: fine slope along the coarse one's direction, times it.
      const across = (sharp[at + 1] as number) - (sharp[at - 1] as number)
      const down = (sharp[at + width] as number) - (sharp[at - width] as number)
      parts[next++] = (across * x + down * y) / 2
    }
  }
  const some = Float64Array.from({ length: Math.ceil(slopes.length / everySlope) }, (_, i) => slopes[i * everySlope] as number).sort()
  const least = some[Math.floor((1 - edgeShare) * some.length)] as number
  let upper = 0
  let lower = 0
  let count = 0
  for (let i = 0; i < slopes.length; i++) {
    const slope = slopes[i] as number
    if (slope < least) continue
    upper += parts[i] as number
    lower += slope * slope
    count++
  }
  const noise = noiseOf(picture) / (2 * Math.sqrt(Math.PI) * coarse ** 2)
  return { blur: lower > 0 ? blurOf(upper / lower, fine, coarse) : null, clarity: noise > 0 ? Math.sqrt(lower / count) / noise : 0 }
}

/** Standard deviation of white noise in a picture (Immerkaer 1996, doi 10.1006/cviu.1996.0060): what is left of it after what is smooth or straight. */
export function noiseOf({ width, height, values }: Picture): number {
  let sum = 0
  for (let row = 1; row + 1 < height; row++) {
    for (let column = 1; column + 1 < width; column++) {
      const at = row * width + column
      const corners =
        (values[at - width - 1] as number) +
        (values[at - width + 1] as number) +
        (values[at + width - 1] as number) +
        (values[at + width + 1] as number)
      const sides = (values[at - width] as number) + (values[at + width] as number) + (values[at - 1] as number) + (values[at + 1] as number)
      sum += Math.abs(corners - 2 * sides + 4 * (values[at] as number))
    }
  }
  const count = (width - 2) * (height - 2)
  return count > 0 ? (Math.sqrt(Math.PI / 2) * sum) / (6 * count) : 0
}

/** A step's slopes on both scales, and what white noise alone would give on the coarse one; per sample. */
export interface Step {
  fine: number
  coarse: number
  noise: number
}

/** The steepest rise of a profile on the coarse scale, at least twice that scale from either end; null where nothing rises. Scales in samples. */
export function stepOf(profile: Float32Array, fine: number, coarse: number): Step | null {
  const sharp = new Float32Array(profile.length)
  const soft = new Float32Array(profile.length)
  smoothLine(profile, sharp, 0, 1, profile.length, gaussian(fine))
  smoothLine(profile, soft, 0, 1, profile.length, gaussian(coarse))
  const margin = Math.ceil(2 * coarse)
  let best = 0
  let at = -1
  for (let i = margin; i < profile.length - margin; i++) {
    const slope = ((soft[i + 1] as number) - (soft[i - 1] as number)) / 2
    if (slope > best) {
      best = slope
      at = i
    }
  }
  if (at < 0) return null
  // Noise is measured before the step: what comes after it has layers of its own.
  let squares = 0
  let count = 0
  for (let i = 1; i < at - margin; i++) {
    squares += ((profile[i - 1] as number) - 2 * (profile[i] as number) + (profile[i + 1] as number)) ** 2
    count++
  }
  const noise = count > 0 ? Math.sqrt(squares / (6 * count)) : 0
  return {
    fine: ((sharp[at + 1] as number) - (sharp[at - 1] as number)) / 2,
    coarse: best,
    noise: noise / Math.sqrt(4 * Math.sqrt(Math.PI) * coarse ** 3),
  }
}
