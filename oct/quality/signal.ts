/** Signal of a B-scan against its vitreous, between lines the device has drawn. */
import type { FrameInfo, Scan } from '../scan.ts'

export interface Signal {
  /** dB: 20 log10(mean between ILM and BM / standard deviation of the vitreous), on fourth roots */
  snr: number
  /** |mean between ILM and BM - mean of the vitreous| / standard deviation of the vitreous, on fourth roots */
  cnr: number
}

/** px above the ILM that are left out: what lies on it is no vitreous. */
const margin = 10
/** Fewer samples than this give no standard deviation worth a number. */
const leastSamples = 500

/** Null where there is no ILM and BM, too little vitreous above the ILM, or no noise to compare with. */
export function signalOf(scan: Scan, frame: FrameInfo, pixels: Float32Array): Signal | null {
  const ilm = frame.layers.find((layer) => layer.name === 'ILM')?.rows
  const bm = frame.layers.find((layer) => layer.name === 'BM')?.rows
  if (ilm === undefined || bm === undefined) return null
  const inside = new Moments()
  const vitreous = new Moments()
  for (let x = 0; x < scan.width; x++) {
    const top = ilm[x] as number
    const bottom = bm[x] as number
    if (!(bottom > top)) continue
    vitreous.take(pixels, x, scan.width, 0, Math.floor(top) - margin)
    inside.take(pixels, x, scan.width, Math.ceil(top), Math.floor(bottom))
  }
  if (inside.count < leastSamples || vitreous.count < leastSamples) return null
  const noise = vitreous.deviation()
  if (!(noise > 0) || !(inside.mean() > 0)) return null
  return { snr: 20 * Math.log10(inside.mean() / noise), cnr: Math.abs(inside.mean() - vitreous.mean()) / noise }
}

class Moments {
  count = 0
  private sum = 0
  private squares = 0

  /** Fourth roots of rows `from` up to `to` of A-scan `x`; samples not acquired are left out. */
  take(pixels: Float32Array, x: number, width: number, from: number, to: number): void {
    for (let row = Math.max(0, from); row < to; row++) {
      const value = pixels[row * width + x] as number
      if (Number.isNaN(value)) continue
      const root = Math.sqrt(Math.sqrt(Math.max(0, value)))
      this.count++
      this.sum += root
      this.squares += root * root
    }
  }

  mean(): number {
    return this.sum / this.count
  }

  deviation(): number {
    return Math.sqrt(Math.max(0, this.squares / this.count - this.mean() ** 2))
  }
}
