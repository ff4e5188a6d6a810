/** Is the whole retina in the picture? Asked of each A-scan before any signal is measured: a cut-off scan can look brighter than a whole one. */
import { type AScanState, aScanStates, type FrameView } from './examination.ts'

/** um: what lies between ILM and BM where no A-scan of the B-scan has both lines. */
const usualThickness = 300
/** Fourth root of reflectivity: tissue at the upper edge is above it, vitreous (about 0.10) below. */
const tissue = 0.2
/** With fewer samples than this share as bright as tissue, a B-scan holds nothing but noise; a dark scan still has several percent. */
const blankShare = 0.005
/** px: a line this near to the upper or lower edge counts as cut off; own */
const edge = 10

/** The state of every A-scan of a B-scan. `axial`: mm per px, 0 where not known. */
export function statesOf(view: Omit<FrameView, 'states'>, axial: number): Uint8Array {
  const { width, roots, ilm, bm } = view
  const states = new Uint8Array(width)
  if (isBlank(roots)) return states.fill(aScanStates.indexOf('signal-missing'))
  const thickness = medianThickness(ilm, bm) ?? (axial > 0 ? usualThickness / (axial * 1000) : view.height / 6)
  for (let x = 0; x < width; x++) states[x] = aScanStates.indexOf(stateOf(view, x, thickness))
  return states
}

function stateOf({ ilm: ilms, bm: bms, roots, width, height }: Omit<FrameView, 'states'>, x: number, thickness: number): AScanState {
  const ilm = ilms[x] as number
  const bm = bms[x] as number
  const upper = Number.isNaN(ilm) ? Math.max(0, bm - thickness) : ilm
  const lower = Number.isNaN(bm) ? Math.min(height, ilm + thickness) : bm
  if (Number.isNaN(ilm) && Number.isNaN(bm)) {
    if (missing(roots, x, width, 0, height) > 0.5) return 'signal-missing'
    return mean(roots, x, width, 0, edge) > tissue ? 'cut-upper' : 'not-segmented'
  }
  if (missing(roots, x, width, Math.max(0, Math.floor(upper)), Math.min(height, Math.ceil(lower))) > 0.5) return 'signal-missing'
  if (upper <= edge) return 'cut-upper'
  if (lower >= height - edge) return 'cut-lower'
  // Devices leave the BM out near the ends of long lines; the ILM with room below it is enough to know that nothing is cut off.
  return Number.isNaN(ilm) ? 'not-segmented' : 'whole'
}

function mean(roots: Float32Array, x: number, width: number, from: number, to: number): number {
  let sum = 0
  let count = 0
  for (let row = from; row < to; row++) {
    const value = roots[row * width + x] as number
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return sum / count
}

function missing(roots: Float32Array, x: number, width: number, from: number, to: number): number {
  let lost = 0
  for (let row = from; row < to; row++) if (Number.isNaN(roots[row * width + x])) lost++
  return to > from ? lost / (to - from) : 0
}

function isBlank(roots: Float32Array): boolean {
  let bright = 0
  for (const value of roots) if (value > tissue) bright++
  return bright < roots.length * blankShare
}

function medianThickness(ilm: Float32Array, bm: Float32Array): number | null {
  const thicknesses = ilm
    .map((row, x) => (bm[x] as number) - row)
    .filter((each) => each > 0)
    .sort()
  return thicknesses[thicknesses.length >> 1] ?? null
}
