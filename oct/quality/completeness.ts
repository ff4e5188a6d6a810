/** Is the whole retina in the picture? Asked of each A-scan before any signal is measured: a cut-off scan can look brighter than a whole one. */
import type { FrameInfo, Scan } from '../scan.ts'

export type AScanState = 'whole' | 'cut-upper' | 'cut-lower' | 'signal-missing' | 'not-segmented'

export const aScanStates: readonly AScanState[] = ['whole', 'cut-upper', 'cut-lower', 'signal-missing', 'not-segmented']

/** um: what lies between ILM and BM where no A-scan of the B-scan has both lines. */
const usualThickness = 300
/** Fourth root of reflectivity: tissue at the upper edge is above it, vitreous (about 0.10) below. */
const tissue = 0.2
/** With fewer samples than this share as bright as tissue, a B-scan holds nothing but noise; a dark scan still has several percent. */
const blankShare = 0.005

/**
 * The state of every A-scan of a B-scan, as indices into `aScanStates`.
 * @param pixels linear reflectivity, width x height, NaN = not acquired
 * @param edge px: a line this near to the upper or lower edge counts as cut off
 */
export function aScanStatesOf(scan: Scan, frame: FrameInfo, pixels: Float32Array, edge: number): Uint8Array {
  const { width, height } = scan
  const states = new Uint8Array(width)
  if (isBlank(pixels)) return states.fill(aScanStates.indexOf('signal-missing'))
  const ilm = frame.layers.find((layer) => layer.name === 'ILM')?.rows
  const bm = frame.layers.find((layer) => layer.name === 'BM')?.rows
  const thickness = medianThickness(ilm, bm) ?? usualThickness / (scan.spacing.axial * 1000)
  for (let x = 0; x < width; x++) {
    states[x] = aScanStates.indexOf(stateOf(ilm?.[x] ?? Number.NaN, bm?.[x] ?? Number.NaN, thickness, column(pixels, x, width, height), edge))
  }
  return states
}

interface Column {
  height: number
  /** Mean fourth root of `rows` samples from `from`, NaN where none was acquired. */
  mean(from: number, rows: number): number
  /** Share of samples from `from` up to `to` that were not acquired. */
  missing(from: number, to: number): number
}

function stateOf(ilm: number, bm: number, thickness: number, pixels: Column, edge: number): AScanState {
  const { height } = pixels
  const upper = Number.isNaN(ilm) ? Math.max(0, bm - thickness) : ilm
  const lower = Number.isNaN(bm) ? Math.min(height, ilm + thickness) : bm
  if (Number.isNaN(ilm) && Number.isNaN(bm)) {
    if (pixels.missing(0, height) > 0.5) return 'signal-missing'
    return pixels.mean(0, edge) > tissue ? 'cut-upper' : 'not-segmented'
  }
  if (pixels.missing(upper, lower) > 0.5) return 'signal-missing'
  if (upper <= edge) return 'cut-upper'
  if (lower >= height - edge) return 'cut-lower'
  // Devices leave the BM out near the ends of long lines; the ILM with room below it is enough to know that nothing is cut off.
  return Number.isNaN(ilm) ? 'not-segmented' : 'whole'
}

function column(pixels: Float32Array, x: number, width: number, height: number): Column {
  return {
    height,
    mean(from, rows) {
      let sum = 0
      let count = 0
      for (let row = from; row < Math.min(height, from + rows); row++) {
        const value = pixels[row * width + x] as number
        if (Number.isNaN(value)) continue
        sum += Math.sqrt(Math.sqrt(Math.max(0, value)))
        count++
      }
      return sum / count
    },
    missing(from, to) {
      const first = Math.max(0, Math.floor(from))
      const end = Math.min(height, Math.ceil(to))
      let lost = 0
      for (let row = first; row < end; row++) if (Number.isNaN(pixels[row * width + x])) lost++
      return end > first ? lost / (end - first) : 0
    },
  }
}

function isBlank(pixels: Float32Array): boolean {
  let bright = 0
  for (const value of pixels) if (value > tissue ** 4) bright++
  return bright < pixels.length * blankShare
}

function medianThickness(ilm: Float32Array | undefined, bm: Float32Array | undefined): number | null {
  if (ilm === undefined || bm === undefined) return null
  const thicknesses = Array.from(ilm, (row, x) => (bm[x] as number) - row)
    .filter((each) => each > 0)
    .sort((a, b) => a - b)
  return thicknesses[thicknesses.length >> 1] ?? null
}
