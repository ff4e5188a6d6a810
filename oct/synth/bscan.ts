/** One B-scan of the model eye: linear reflectivity with averaged speckle, vessel shadows and the device's layer lines. */
import type { Layer, Point } from '../scan.ts'
import { type Bands, bandsAt, type Traits } from './anatomy.ts'
import { randomFrom, smoothNoise } from './random.ts'

/** Where an A-scan stands and what it meets. */
export interface AScan {
  /** mm, model eye */
  at: Point
  /** depth of the BM in um from the top of the B-scan */
  bm: number
  /** light taken by vessels, 0..1 */
  blood: number
  /** factor on the light that reaches this A-scan */
  light: number
  /** factor on the reflectivity of the ONL; 1 */
  onl?: number
  /** How far into the disc, 0 (edge and outside) to 1 (middle); absent where the disc is not modelled. */
  inDisc?: number
}

export interface BScanRecipe {
  width: number
  height: number
  /** um per sample */
  axial: number
  aScan(index: number): AScan
  traits: Traits
  /** factor on the signal, not on the noise */
  gain: number
  /** speckle of k averaged frames, mean 1, and of a single one; lengths are powers of two */
  speckle: Float32Array
  noise: Float32Array
  seed: number
}

/** Upper edges of what can be seen, in px from the top. */
interface Edges {
  ilm: number
  rnfl: number
  ganglion: number
  inl: number
  opl: number
  onl: number
  bm: number
}

function edgesAt(scan: AScan, bands: Bands, axial: number): Edges {
  const bm = scan.bm / axial
  const onl = bm - bands.outer / axial
  const opl = onl - bands.onl / axial
  const inl = opl - bands.opl / axial
  const ganglion = inl - bands.inl / axial
  const rnfl = ganglion - bands.ganglion / axial
  return { ilm: rnfl - bands.rnfl / axial, rnfl, ganglion, inl, opl, onl, bm }
}

/** The bands at an A-scan; within the disc nerve tissue takes the retina's place, thick at the rim and thin in the cup. */
function bandsOf(scan: AScan, traits: Traits): Bands {
  const bands = bandsAt(scan.at, traits)
  const inside = scan.inDisc ?? 0
  if (inside === 0) return bands
  const left = Math.max(0.06, 1 - 5 * inside)
  const nerve = 320 * Math.exp(-(((inside - 0.12) / 0.22) ** 2)) + 25
  return {
    rnfl: bands.rnfl * left + nerve * (1 - left),
    ganglion: bands.ganglion * left,
    inl: bands.inl * left,
    opl: bands.opl * left,
    onl: bands.onl * left,
    outer: bands.outer * left,
  }
}

/** ILM, BM and RNFL as the device would draw them; NaN where the line leaves the B-scan. */
export function deviceLayers(recipe: BScanRecipe): Layer[] {
  const wobble = smoothNoise(recipe.seed + 7)
  const names = ['ILM', 'BM', 'RNFL'] as const
  const layers = names.map((name) => ({ name, rows: new Float32Array(recipe.width) }))
  for (let x = 0; x < recipe.width; x++) {
    const scan = recipe.aScan(x)
    const edges = edgesAt(scan, bandsOf(scan, recipe.traits), recipe.axial)
    for (const [i, row] of [edges.ilm, edges.bm, edges.rnfl].entries()) {
      const drawn = row + 0.4 * wobble(x / 5, i * 9)
      const { rows } = layers[i] as Layer
      // Within the disc there is neither Bruch's membrane nor a fibre layer of its own.
      const isThere = i === 0 || (scan.inDisc ?? 0) === 0
      rows[x] = isThere && drawn >= 0 && drawn <= recipe.height - 1 ? drawn : Number.NaN
    }
  }
  return layers
}

const quarter = (value: number) => Math.sqrt(Math.sqrt(value))

/**
 * Rows and fourth roots of reflectivity between which an A-scan is interpolated. Values are measured means of a real line and ring
 * scan (linear): GCL and IPL .0275, INL .009, OPL .018, ONL .003, EZ .40, RPE .33; choroid by depth.
 */
function knots(edges: Edges, bands: Bands, axial: number, onl: number): [number, number][] {
  const fibres = quarter(Math.min(0.24, 0.014 + 0.0021 * bands.rnfl))
  const outer = edges.bm - edges.onl
  const below = (um: number) => edges.bm + um / axial
  const band = (from: number, to: number, value: number, last = value): [number, number][] => {
    const soft = Math.min(1, Math.max(0.2, (to - from) / 3))
    return [
      [from + soft, value],
      [to - soft, last],
    ]
  }
  return [
    [edges.ilm - 14, 0.055],
    [edges.ilm - 1.5, 0.115],
    ...band(edges.ilm, edges.rnfl, fibres * 1.04, fibres * 0.94),
    ...band(edges.rnfl, edges.ganglion, 0.415, 0.4),
    ...band(edges.ganglion, edges.inl, 0.3),
    ...band(edges.inl, edges.opl, 0.37),
    ...band(edges.opl, edges.onl, 0.245 * onl, 0.225 * onl),
    ...band(edges.onl, edges.onl + outer * 0.05, 0.31),
    ...band(edges.onl + outer * 0.05, edges.onl + outer * 0.17, 0.27, 0.3),
    ...band(edges.onl + outer * 0.17, edges.onl + outer * 0.37, 0.8),
    ...band(edges.onl + outer * 0.37, edges.onl + outer * 0.58, 0.6),
    ...band(edges.onl + outer * 0.58, edges.bm, 0.75, 0.64),
    [below(10), 0.42],
    [below(40), 0.31],
    [below(90), 0.25],
    [below(150), 0.205],
    [below(220), 0.17],
    [below(260), 0.12],
    [below(400), 0.075],
    [below(700), 0.03],
  ]
}

/** Light scattered back by nothing at all, as a device shows it: mean about 1e-4, some samples exactly 0. */
const noiseFloor = 1.9e-4
/** What the device subtracts of it, so that some samples are exactly 0. */
const subtracted = 0.42
/** Neighbouring samples of an A-scan share this much of their speckle: the axial resolution is coarser than the sampling. */
const shared = 0.45

/** Fills width x height linear reflectivities, row-major, row 0 anterior. */
export function renderBScan(recipe: BScanRecipe, into: Float32Array): void {
  const { width, height, axial, speckle, noise } = recipe
  const grain = smoothNoise(recipe.seed)
  const random = randomFrom(recipe.seed)
  const mean = new Float32Array(height)
  const speckleMask = speckle.length - 1
  const noiseMask = noise.length - 1
  let state = (random() * 0xffffffff) >>> 0 || 1
  for (let x = 0; x < width; x++) {
    const scan = recipe.aScan(x)
    const bands = bandsOf(scan, recipe.traits)
    const edges = edgesAt(scan, bands, axial)
    fillMeans(mean, knots(edges, bands, axial, quarter(scan.onl ?? 1)))
    const column = recipe.gain * scan.light * (1 + 0.1 * grain(x / 3, 900))
    const shadowFrom = edges.ilm + 30 / axial
    const shadow = 1 - 0.9 * scan.blood
    const choroid = edges.bm + 16 / axial
    // Reflexes and the hyaloid make some A-scans of the vitreous brighter from top to bottom.
    const haze = Math.exp(0.45 * grain(x / 16, 300) + 0.5 * (random() + random() - 1))
    const streak = 1 + 0.28 * grain(x / 2.2, 700)
    let grainy = 1
    let noisy = 1
    for (let row = 0; row < height; row++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      grainy = shared * grainy + (1 - shared) * (speckle[state & speckleMask] as number)
      noisy = shared * noisy + (1 - shared) * (noise[(state >>> 15) & noiseMask] as number)
      const m = mean[row] as number
      const depth = row - edges.bm
      let value = m * m * m * m * column
      if (row > choroid) value *= choroidTexture(grain, x, depth)
      else if (row > edges.ilm) value *= (row < edges.rnfl ? streak : 1) * (1 + 0.16 * grain(x / 4, depth / 2.2))
      if (row > shadowFrom) value *= Math.max(shadow, 1 - (row - shadowFrom) * 0.2)
      value = value * grainy + noiseFloor * haze * (noisy - subtracted)
      into[row * width + x] = value > 0 ? Math.min(1, value) : 0
    }
  }
}

/** Dark lumens in brighter stroma; turned against the picture's axes, so that no grid shows. */
function choroidTexture(grain: (x: number, y: number) => number, x: number, depth: number): number {
  const coarse = grain((0.8 * x + 0.6 * depth) / 13, (0.8 * depth - 0.6 * x) / 11)
  const fine = grain((0.6 * x - 0.8 * depth) / 6 + 90, (0.6 * depth + 0.8 * x) / 6)
  return Math.max(0.15, 1 + 0.75 * coarse + 0.45 * fine)
}

function fillMeans(mean: Float32Array, points: [number, number][]): void {
  const first = points[0] as [number, number]
  let next = 0
  for (let row = 0; row < mean.length; row++) {
    while (next < points.length && (points[next] as [number, number])[0] <= row) next++
    if (next === 0) mean[row] = first[1]
    else if (next === points.length) mean[row] = (points[next - 1] as [number, number])[1]
    else {
      const [from, a] = points[next - 1] as [number, number]
      const [to, b] = points[next] as [number, number]
      mean[row] = to > from ? a + ((b - a) * (row - from)) / (to - from) : b
    }
  }
}
