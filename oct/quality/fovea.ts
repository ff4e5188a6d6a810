/**
 * The foveal pit in the thickness from ILM to BM: a round dip with a thicker rim about 1.1 mm around it, on a gently curved ground. For each
 * place tried the ground, the dip and the rim are fitted by least squares; the place where they explain most is the pit.
 */
import type { Point } from '../scan.ts'
import { leastSquares } from './least-squares.ts'

/** The thickness of the retina at one place. */
export interface ThicknessSample {
  /** mm; along a line, `y` is 0 */
  x: number
  y: number
  um: number
}

export interface Pit {
  /** mm, in the samples' frame */
  at: Point
  /** um: how much thicker the retina is 1 mm around it */
  depth: number
  /** 0..1: how much of the ground's unrest the pit explains, and whether the rim was seen all around. */
  confidence: number
}

/** um. Own: healthy pits are 100 to 160 um deep; a shallower dip along a line is the pit's slope, about half a millimetre beside it. */
export const leastDepth = 80

/** mm: between the places tried first; the finest step */
const coarse = 0.36
const finest = 0.01
/** mm: radius of the dip (its standard deviation) and of the rim, as measured on real scans */
const pitWidths = [0.42, 0.32, 0.55] as const
const rimRadius = 1.15
const rimWidth = 0.6
/** A sample beyond is no retina's thickness but a mistake of the lines. */
const thinnest = 60
const thickest = 700
/** More are thinned out, evenly. */
const mostSamples = 500
const fewest = 30
/** mm: a map larger than this is no macula */
const widest = 20

/** Finds the pit in a map (or, with `y` 0 everywhere, along a line); null where there is none. About 30 ms. */
export function findPit(all: readonly ThicknessSample[]): Pit | null {
  const plausible = all.filter(({ um }) => um >= thinnest && um <= thickest)
  if (plausible.length < fewest) return null
  const samples = thinned(plausible)
  const [left, right] = ends(samples.map(({ x }) => x))
  const [top, bottom] = ends(samples.map(({ y }) => y))
  if (!(right - left <= widest && bottom - top <= widest)) return null
  const flat = bottom - top < 0.2
  let first: Fit | null = null
  for (let y = flat ? (top + bottom) / 2 : top; y <= bottom; y += coarse) {
    for (let x = left; x <= right; x += coarse) {
      const tried = fitted(samples, { x, y }, pitWidths[0], flat)
      if (tried && (!first || tried.rest < first.rest)) first = tried
    }
  }
  if (!first) return null
  const { centre, depth, rest, ground } = refined(samples, first, flat)
  const inside = centre.x >= left && centre.x <= right && (flat || (centre.y >= top && centre.y <= bottom))
  if (!inside || !(depth > 0)) return null
  const explained = ground > 0 ? 1 - rest / ground : 0
  const around = surrounded(samples, centre, flat)
  return { at: centre, depth, confidence: Math.min(around, Math.max(0, Math.min(1, (explained - 0.2) / 0.4))) }
}

interface Fit {
  centre: Point
  width: number
  depth: number
  /** Sums of squares of what is left, with and without a pit. */
  rest: number
  ground: number
}

/** Downhill from a first place, with ever smaller steps and, once it is near, with the width that fits best. */
function refined(samples: readonly ThicknessSample[], first: Fit, flat: boolean): Fit {
  let best = first
  const take = (centre: Point, width: number): boolean => {
    const tried = fitted(samples, centre, width, flat)
    if (!tried || tried.rest >= best.rest) return false
    best = tried
    return true
  }
  for (let step = coarse / 2; step >= finest; step /= 2) {
    for (let moved = true, turns = 0; moved && turns < 20; turns++) {
      const { centre, width } = best
      const across = [-step, step].map((by) => take({ x: centre.x + by, y: centre.y }, width))
      const down = flat ? [] : [-step, step].map((by) => take({ x: centre.x, y: centre.y + by }, width))
      moved = [...across, ...down].includes(true)
    }
    if (step === coarse / 4) for (const width of pitWidths) take(best.centre, width)
  }
  return best
}

/** exp(-t² / 2) for t by `perUnit`: the fit asks for it half a million times. */
const perUnit = 128
const bell = Float64Array.from({ length: 8 * perUnit }, (_, i) => Math.exp(-((i / perUnit) ** 2) / 2))
const bump = (distance: number, width: number): number => bell[Math.round((Math.abs(distance) / width) * perUnit)] ?? 0

/** Neighbours joined to their mean, so that about `mostSamples` are left. */
function thinned(samples: readonly ThicknessSample[]): readonly ThicknessSample[] {
  const side = 0.05 * Math.sqrt(Math.max(1, samples.length / mostSamples)) * 2
  if (samples.length <= mostSamples) return samples
  const cells = new Map<string, { x: number; y: number; um: number; count: number }>()
  for (const { x, y, um } of samples) {
    const key = `${Math.floor(x / side)} ${Math.floor(y / side)}`
    const cell = cells.get(key)
    if (!cell) cells.set(key, { x, y, um, count: 1 })
    else {
      cell.x += x
      cell.y += y
      cell.um += um
      cell.count++
    }
  }
  const joined = [...cells.values()].map(({ x, y, um, count }) => ({ x: x / count, y: y / count, um: um / count }))
  const every = Math.ceil(joined.length / mostSamples)
  return every === 1 ? joined : joined.filter((_, i) => i % every === 0)
}

/** Columns: 1, x, (y,) r², then the dip and the rim. Null where the samples do not hold them. */
function fitted(samples: readonly ThicknessSample[], centre: Point, width: number, flat: boolean): Fit | null {
  const plain = flat ? 3 : 4
  const size = plain + 2
  const system = leastSquares(size)
  const row = new Float64Array(size)
  for (const { x, y, um } of samples) {
    const u = x - centre.x
    const v = y - centre.y
    const r = Math.hypot(u, v)
    row[0] = 1
    row[1] = u
    if (!flat) row[2] = v
    row[plain - 1] = r * r
    row[plain] = bump(r, width)
    row[plain + 1] = bump(r - rimRadius, rimWidth)
    system.take(row, um)
  }
  const weights = system.solve()
  const bare = system.solve(plain)
  if (!weights || !bare) return null
  const [bowl, dip, rim] = [weights[plain - 1], weights[plain], weights[plain + 1]] as [number, number, number]
  const at = (r: number) => bowl * r * r + dip * bump(r, width) + rim * bump(r - rimRadius, rimWidth)
  // A pit is a dip: where the fit wants a hill in the middle, it is none.
  const depth = at(1) - at(0)
  const falling = at(0.3) > at(0)
  return {
    centre,
    width,
    depth: falling ? depth : 0,
    rest: falling && depth > 0 ? system.rest(weights) : Number.POSITIVE_INFINITY,
    ground: system.rest(bare),
  }
}

/** Part of the directions in which the rim was seen: of four, of two along a line. */
function surrounded(samples: readonly ThicknessSample[], centre: Point, flat: boolean): number {
  const seen = new Set<number>()
  for (const { x, y } of samples) {
    const [u, v] = [x - centre.x, y - centre.y]
    const r = Math.hypot(u, v)
    if (r > 0.7 && r < 1.6) seen.add((u > 0 ? 1 : 0) + (v > 0 && !flat ? 2 : 0))
  }
  return seen.size / (flat ? 2 : 4)
}

function ends(values: readonly number[]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}
