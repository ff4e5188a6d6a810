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

/** ILM, BM and RNFL as the device would draw them; NaN where the line leaves the B-scan. */
export function deviceLayers(recipe: BScanRecipe): Layer[] {
  const wobble = smoothNoise(recipe.seed + 7)
  const names = ['ILM', 'BM', 'RNFL'] as const
  const layers = names.map((name) => ({ name, rows: new Float32Array(recipe.width) }))
  for (let x = 0; x < recipe.width; x++) {
    const scan = recipe.aScan(x)
    const edges = edgesAt(scan, bandsAt(scan.at, recipe.traits), recipe.axial)
    for (const [i, row] of [edges.ilm, edges.bm, edges.rnfl].entries()) {
      const drawn = row + 0.4 * wobble(x / 5, i * 9)
      const { rows } = layers[i] as Layer
      rows[x] = drawn >= 0 && drawn <= recipe.height - 1 ? drawn : Number.NaN
    }
  }
  return layers
}

const quarter = (value: number) => Math.sqrt(Math.sqrt(value))

/**
 * Rows and fourth roots of reflectivity between which an A-scan is interpolated. Values are measured means of a real line and ring
 * scan (linear): GCL and IPL .0275, INL .009, OPL .018, ONL .003, EZ .40, RPE .33; choroid by depth.
 */
function knots(edges: Edges, bands: Bands, axial: number): [number, number][] {
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
    [edges.ilm - 14, 0.085],
    [edges.ilm - 1.5, 0.115],
    ...band(edges.ilm, edges.rnfl, fibres * 1.04, fibres * 0.94),
    ...band(edges.rnfl, edges.ganglion, 0.415, 0.4),
    ...band(edges.ganglion, edges.inl, 0.3),
    ...band(edges.inl, edges.opl, 0.37),
    ...band(edges.opl, edges.onl, 0.245, 0.225),
    ...band(edges.onl, edges.onl + outer * 0.06, 0.34),
    ...band(edges.onl + outer * 0.06, edges.onl + outer * 0.3, 0.28, 0.31),
    ...band(edges.onl + outer * 0.3, edges.onl + outer * 0.46, 0.79),
    ...band(edges.onl + outer * 0.46, edges.onl + outer * 0.66, 0.62),
    ...band(edges.onl + outer * 0.66, edges.bm, 0.76, 0.66),
    [below(12), 0.4],
    [below(50), 0.34],
    [below(100), 0.27],
    [below(150), 0.21],
    [below(200), 0.165],
    [below(260), 0.12],
    [below(400), 0.075],
    [below(700), 0.03],
  ]
}

/** Light scattered back by nothing at all, as a device shows it: mean about 1e-4, some samples exactly 0. */
const noiseFloor = 1.15e-4

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
    const bands = bandsAt(scan.at, recipe.traits)
    const edges = edgesAt(scan, bands, axial)
    fillMeans(mean, knots(edges, bands, axial))
    const column = recipe.gain * scan.light * (1 + 0.1 * grain(x / 3, 900))
    const shadowFrom = edges.ilm + 30 / axial
    const shadow = 1 - 0.9 * scan.blood
    const choroid = edges.bm + 16 / axial
    const haze = 0.85 + 0.3 * random()
    for (let row = 0; row < height; row++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      const m = mean[row] as number
      let value = m * m * m * m * column
      if (row > choroid) value *= Math.max(0.12, 1 + 0.75 * grain(x / 9, (row - edges.bm) / 8) + 0.3 * grain(x / 24 + 50, (row - edges.bm) / 16))
      else if (row > edges.ilm) value *= 1 + 0.2 * grain(x / 4, (row - edges.bm) / 2.2)
      if (row > shadowFrom) value *= Math.max(shadow, 1 - (row - shadowFrom) * 0.25)
      value = value * (speckle[state & speckleMask] as number) + noiseFloor * haze * ((noise[(state >>> 15) & noiseMask] as number) - 0.3)
      into[row * width + x] = value > 0 ? Math.min(1, value) : 0
    }
  }
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
