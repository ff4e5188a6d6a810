/** The map's colours: from dark grey to a pale violet, evenly lighter from step to step. It says more or less, never good or bad. */

/** µm at the two ends of the scale */
export interface Range {
  from: number
  to: number
}

/** What most retinas lie in; fixed, so that maps of two eyes look alike where the eyes are alike. */
export const retinaRange: Range = { from: 200, to: 450 }

/** The values below and above which the outermost hundredth lies on each side; null where there are none. Close enough for a scale. */
export function outermost(values: Float32Array): { low: number; high: number } | null {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let count = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    count += 1
    if (value < least) least = value
    if (value > most) most = value
  }
  if (count === 0) return null
  const bins = new Uint32Array(2048)
  const perBin = (most - least) / bins.length || 1
  for (const value of values) {
    if (Number.isNaN(value)) continue
    const bin = Math.min(bins.length - 1, Math.floor((value - least) / perBin))
    bins[bin] = (bins[bin] as number) + 1
  }
  const left = Math.floor(count / 100)
  let first = 0
  for (let sum = bins[0] as number; sum <= left; sum += bins[first] as number) first += 1
  let last = bins.length - 1
  for (let sum = bins[last] as number; sum <= left; sum += bins[last] as number) last -= 1
  return { low: least + first * perBin, high: Math.min(most, least + (last + 1) * perBin) }
}

/** A range that holds all but the outermost hundredth on each side, in tens of µm. */
export function automaticRange(values: Float32Array): Range {
  const found = outermost(values)
  if (!found) return { from: 0, to: 100 }
  const from = Math.max(0, Math.floor(found.low / 10) * 10)
  return { from, to: Math.max(from + 20, Math.ceil(found.high / 10) * 10) }
}

/** Round values within a range, both ends included, at most seven. */
export function ticksOf({ from, to }: Range): number[] {
  const step = [10, 20, 50, 100, 200, 500].find((one) => (to - from) / one <= 5) ?? 1000
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step)
}

/** 256 colours, RGBA one after another. Lightness rises evenly in OKLCH at hue 300. */
export const colours: Uint8ClampedArray = table()

function table(): Uint8ClampedArray {
  const all = new Uint8ClampedArray(256 * 4)
  for (let i = 0; i < 256; i++) {
    const t = i / 255
    all.set([...oklch(0.24 + 0.7 * t, 0.09 * Math.sin(Math.PI * Math.min(1, t * 0.9)), 300), 255], i * 4)
  }
  return all
}

/** sRGB 0..255 of a colour in OKLCH (Ottosson 2020). */
function oklch(lightness: number, chroma: number, degrees: number): [number, number, number] {
  const a = chroma * Math.cos((degrees * Math.PI) / 180)
  const b = chroma * Math.sin((degrees * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const encode = (value: number) => 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055)
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** One RGBA picture of a map; what was not measured stays clear, so that the SLO below is seen. */
export function paintMap(values: Float32Array, { from, to }: Range): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(colours.buffer)
  const per = 255 / (to - from)
  return painted(values, (value) => words[Math.min(255, Math.max(0, Math.round((value - from) * per)))] as number)
}

/** One RGBA picture in greys 0..255; clear where there is nothing. */
export function paintGreys(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2)).buffer)
  return painted(values, (value) => words[Math.min(255, Math.max(0, Math.round(value)))] as number)
}

function painted(values: Float32Array, colour: (value: number) => number): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isNaN(value)) words[i] = colour(value)
  }
  return new Uint8ClampedArray(words.buffer)
}
