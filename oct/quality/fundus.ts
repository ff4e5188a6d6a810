/** The SLO made ready to look for anatomy: on a coarse grid in mm, in logarithms, without its lighting and its vessels. */
import type { SloView } from './examination.ts'
import { leastSquares } from './least-squares.ts'

/** mm: side of a grid square; the finest vessel that counts is about as wide */
export const gridStep = 0.05
/** px of the grid to each side: dark things narrower than twice that are vessels */
const vesselReach = 4
/** Grey that is added before the logarithm, so that black is no abyss. */
const floor = 8
/** mm: a picture smaller than this shows neither a disc nor its surroundings */
const leastField = 3
/** A larger one is no retina of one eye. */
const mostField = 20

/** Values on a grid of `gridStep` mm, row-major; (0, 0) covers the SLO's upper left corner. */
export interface Fundus {
  width: number
  height: number
  /** ln(grey + 8) with vessels filled in by what lies beside them, less the lighting (a surface of the second degree): about 0. */
  bare: Float32Array
  /** What was filled in: 0 beside vessels, about 0.5 in a large one */
  vessels: Float32Array
}

/** Null where the SLO has no scale, shows too little, or is one grey. */
export function fundusOf(slo: SloView): Fundus | null {
  const { x, y } = slo.spacing
  const [across, down] = [slo.width * x, slo.height * y]
  if (!(Math.min(across, down) >= leastField && Math.max(across, down) <= mostField)) return null
  if (slo.pixels.length < slo.width * slo.height) return null
  const width = Math.round(across / gridStep)
  const height = Math.round(down / gridStep)
  const light = smoothed(resampled(slo, width, height), width, height)
  const bare = least(greatest(light, width, height), width, height)
  const vessels = bare.map((value, i) => value - (light[i] as number))
  flatten(bare, width, height)
  return { width, height, bare, vessels }
}

/** What is this much darker than the lighting is a thing of its own, and does not bend the surface. */
const ownThing = 0.3

/** Takes a surface of the second degree out: light that falls off to a side or to the corners is nothing to find. */
function flatten(values: Float32Array, width: number, height: number): void {
  const place = (i: number, size: number) => (2 * i) / size - 1
  let weights: Float64Array | null = null
  for (let turn = 0; turn < 2; turn++) {
    const fit = leastSquares(6)
    for (let row = 0; row < height; row += 3) {
      for (let x = 0; x < width; x += 3) {
        const value = values[row * width + x] as number
        const at = surface(place(x, width), place(row, height))
        if (!weights || value - inner(weights, at) > -ownThing) fit.take(at, value)
      }
    }
    weights = fit.solve() ?? weights
  }
  if (!weights) return
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const at = row * width + x
      values[at] = (values[at] as number) - inner(weights, surface(place(x, width), place(row, height)))
    }
  }
}

const terms = new Float64Array(6)

function surface(u: number, v: number): Float64Array {
  terms.set([1, u, v, u * u, u * v, v * v])
  return terms
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** Each square is the mean of the pixels it covers, at least of the nearest one. */
function resampled(slo: SloView, width: number, height: number): Float32Array {
  const values = new Float32Array(width * height)
  const from = (i: number, count: number, size: number) => Math.min(size - 1, Math.floor((i * size) / count))
  for (let row = 0; row < height; row++) {
    const top = from(row, height, slo.height)
    const bottom = Math.max(top + 1, from(row + 1, height, slo.height))
    for (let column = 0; column < width; column++) {
      const left = from(column, width, slo.width)
      const right = Math.max(left + 1, from(column + 1, width, slo.width))
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += slo.pixels[y * slo.width + x] as number
      values[row * width + column] = Math.log(floor + sum / ((bottom - top) * (right - left)))
    }
  }
  return values
}

/** 1 2 1 in both directions; edges repeat. */
function smoothed(values: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(values.length)
  const result = new Float32Array(values.length)
  for (let row = 0; row < height; row++) {
    const at = row * width
    for (let x = 0; x < width; x++) {
      const before = values[at + Math.max(0, x - 1)] as number
      const after = values[at + Math.min(width - 1, x + 1)] as number
      across[at + x] = (before + 2 * (values[at + x] as number) + after) / 4
    }
  }
  for (let row = 0; row < height; row++) {
    const above = Math.max(0, row - 1) * width
    const below = Math.min(height - 1, row + 1) * width
    for (let x = 0; x < width; x++) {
      result[row * width + x] = ((across[above + x] as number) + 2 * (across[row * width + x] as number) + (across[below + x] as number)) / 4
    }
  }
  return result
}

/** The greatest value within `vesselReach` squares to each side. */
function greatest(values: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(values.length)
  const result = new Float32Array(values.length)
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const last = row * width + Math.min(width - 1, x + vesselReach)
      let best = Number.NEGATIVE_INFINITY
      for (let at = row * width + Math.max(0, x - vesselReach); at <= last; at++) if ((values[at] as number) > best) best = values[at] as number
      across[row * width + x] = best
    }
  }
  for (let row = 0; row < height; row++) {
    const first = Math.max(0, row - vesselReach) * width
    const last = Math.min(height - 1, row + vesselReach) * width
    for (let x = 0; x < width; x++) {
      let best = Number.NEGATIVE_INFINITY
      for (let at = first + x; at <= last + x; at += width) if ((across[at] as number) > best) best = across[at] as number
      result[row * width + x] = best
    }
  }
  return result
}

/** The least value within as much: the greatest of the negative. */
function least(values: Float32Array, width: number, height: number): Float32Array {
  return greatest(
    values.map((value) => -value),
    width,
    height,
  ).map((value) => -value)
}
