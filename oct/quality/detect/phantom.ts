/** A plain layered eye of known light, noise and sharpness, for the tests of detectors. It looks like no retina. */
import type { PixelCoding, Scan } from '../../scan.ts'
import { normal, randomFrom } from '../../synth/random.ts'
import type { Examination, FrameView, SloView } from '../examination.ts'
import { defaultProfile, deviceProfileOf } from '../profile.ts'

/** um per sample; um between A-scans */
export const axial = 3.87
export const lateral = 11.7

export interface BScanPhantom {
  width?: number
  height?: number
  /** px */
  ilm?: number
  /** um from ILM to BM */
  thickness?: number
  /** Factor on the brightness above the vitreous, by place along the B-scan (0..1). */
  light?(t: number): number
  /** Standard deviation of the noise; of the fourth root */
  noise?: number
  /** um: Gaussian that smears the picture along A-scans */
  blur?: number
  /** degrees by which the retina is tilted */
  tilt?: number
  /** First and last A-scan of vessels' shadows */
  shadows?: [number, number][]
  coding?: PixelCoding
  index?: number
  quality?: number
  seed?: number
}

export const reflectivity: PixelCoding = { kind: 'reflectivity-f32' }
export const eightBit: PixelCoding = { kind: 'picture', type: 'png', inverted: false }
/** Brightness of the vitreous, as on real scans. */
export const vitreous = 0.1

/** Samples of the normal distribution, drawn from by place: a call for each would be most of the tests' time. */
const normals = ((random) => Float32Array.from({ length: 32_768 }, () => normal(random)))(randomFrom(1))

/** A sample of them. */
const drawn = (random: () => number) => normals[Math.floor(random() * normals.length)] as number

/** Brightness of the retina by um above BM (negative: below it), for a retina of `thickness` um. */
function tissue(above: number, thickness: number): number {
  if (above > thickness) return vitreous
  if (above > 150) return 0.45
  if (above > 80) return 0.24
  if (above > 0) return 0.7
  return Math.max(vitreous, 0.4 + above / 600)
}

export function bscan(options: BScanPhantom = {}): FrameView {
  const { width = 384, height = 496, ilm: surface = 150, thickness = 300, light = () => 1, noise = 0.03, blur = 0, tilt = 0 } = options
  const random = randomFrom(options.seed ?? 1)
  const roots = new Float32Array(width * height)
  const ilm = new Float32Array(width)
  const bm = new Float32Array(width)
  const weights = gaussian(blur / axial)
  const reach = weights.length >> 1
  for (let x = 0; x < width; x++) {
    ilm[x] = surface + ((x - width / 2) * lateral * Math.tan((tilt * Math.PI) / 180)) / axial
    bm[x] = (ilm[x] as number) + thickness / axial
    const factor = light(x / width) * (options.shadows?.some(([from, to]) => x >= from && x <= to) ? 0.4 : 1)
    for (let row = 0; row < height; row++) {
      let value = 0
      for (let k = -reach; k <= reach; k++) {
        const clean = tissue(((bm[x] as number) - row - k) * axial, thickness)
        value += (weights[k + reach] as number) * (vitreous + factor * (clean - vitreous))
      }
      roots[row * width + x] = Math.max(0, value + noise * drawn(random))
    }
  }
  const coding = options.coding ?? reflectivity
  if (coding.kind === 'picture') for (let i = 0; i < roots.length; i++) roots[i] = Math.floor(255 * Math.min(1, roots[i] as number)) / 255
  return {
    info: {
      index: options.index ?? 0,
      width,
      height,
      location: { kind: 'unknown' },
      pixels: { file: 0, parts: [], coding },
      layers: [],
      ...(options.quality === undefined ? {} : { quality: options.quality }),
    },
    width,
    height,
    roots,
    ilm,
    bm,
    origin: { ilm: 'device', bm: 'device' },
    found: { ilm, bm },
    states: new Uint8Array(width),
  }
}

export interface SloPhantom {
  side?: number
  /** um per px */
  pixel?: number
  light?(u: number, v: number): number
  /** um: Gaussian that smears vessels */
  blur?: number
  /** grey values */
  noise?: number
  seed?: number
}

/** Vessels 100 um wide, 1 mm apart, slanting over an even ground. */
export function slo({ side = 384, pixel = 23.4, light = () => 1, blur = 0, noise = 0, seed = 1 }: SloPhantom = {}): SloView {
  const random = randomFrom(seed)
  const pixels = new Uint8Array(side * side)
  const edge = Math.hypot(blur, 12)
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const across = (((column * 0.8 + row * 0.6) * pixel) % 1000) - 500
      const vessel = step((across + 50) / edge) - step((across - 50) / edge)
      pixels[row * side + column] = Math.max(0, Math.min(255, (150 - 70 * vessel) * light(column / side, row / side) + noise * drawn(random) + 0.5))
    }
  }
  return { width: side, height: side, spacing: { x: pixel / 1000, y: pixel / 1000 }, pixels }
}

/** Integral of the normal distribution. */
function step(z: number): number {
  return 1 / (1 + Math.exp(-1.5976 * z - 0.070566 * z ** 3))
}

function gaussian(sigma: number): number[] {
  if (sigma === 0) return [1]
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)))
  const sum = weights.reduce((total, each) => total + each, 0)
  return weights.map((each) => each / sum)
}

/** What a detector is told before the first B-scan. */
export function examination(changes: Partial<Scan> = {}, picture: SloView | null = slo()): Examination {
  const scan: Scan = {
    format: 'heidelberg-vol',
    device: 'Heidelberg Spectralis',
    formatVersion: 'HSF-OCT-103',
    laterality: 'OD',
    pattern: 'line',
    width: 384,
    height: 496,
    spacing: { lateral: lateral / 1000, axial: axial / 1000, between: 0 },
    pictures: [],
    frames: [],
    grids: [],
    remarks: [],
    ...changes,
  }
  return {
    scan,
    profile: defaultProfile,
    device: deviceProfileOf(defaultProfile, scan.device),
    protocol: null,
    slo: picture,
    earlier: null,
    visit: [],
  }
}

/** B-scans no detector may stumble over: all not acquired, all black, all alike, one A-scan, lines missing or outside the picture. */
export function hostile(): FrameView[] {
  const good = bscan({ width: 32, height: 96, ilm: 20, thickness: 150 })
  const lines = (value: number) => new Float32Array(32).fill(value)
  return [
    { ...good, roots: good.roots.map(() => Number.NaN) },
    { ...good, roots: good.roots.map(() => 0) },
    { ...good, roots: good.roots.map(() => 0.5) },
    { ...good, ilm: lines(Number.NaN), bm: lines(Number.NaN), states: new Uint8Array(32).fill(4) },
    { ...good, ilm: lines(Number.NaN) },
    { ...good, bm: lines(Number.NaN) },
    { ...good, ilm: lines(-50), bm: lines(500) },
    { ...good, ilm: lines(80), bm: lines(20) },
    bscan({ width: 1, height: 96, ilm: 20, thickness: 150 }),
    bscan({ width: 2, height: 2, ilm: 0, thickness: 4 }),
  ]
}
