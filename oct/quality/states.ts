/** Is the whole retina in the picture? Asked of each A-scan before any signal is measured: a cut-off scan can look brighter than a whole one. */
import { type AScanState, aScanStates, type FrameView } from './examination.ts'
import { foldedAScans } from './folded.ts'
import { median } from './numbers.ts'

/** um: what lies between ILM and BM where no A-scan of the B-scan has both lines. */
const usualThickness = 300
/** Fourth root of reflectivity: tissue at the upper edge is above it, vitreous (about 0.10) below. */
const tissue = 0.2
/** With fewer samples than this share as bright as tissue, a B-scan holds nothing but noise; a dark scan still has several percent. */
const blankShare = 0.005
/** An A-scan with fewer samples above 0 than this share is black: it was not acquired. Half of the vitreous is exactly 0 on some devices. */
const litShare = 0.05
/** Share of the width at both ends where some devices leave A-scans black that are none of the scan. */
const margin = 0.01
/** Share of an A-scan's retina that is not acquired or black before it counts as missing */
const missingShare = 0.5
/** Brightness by which a retina exceeds its vitreous; below it nothing is seen of it. */
const leastContrast = 0.02
/** px: a line this near to the upper or lower edge counts as cut off; own. Less in very small pictures, at most this share of the height. */
const edge = 10
const edgeShare = 0.03

type Seen = Omit<FrameView, 'states'>

/** The state of every A-scan of a B-scan. `axial`: mm per px, 0 where not known. */
export function statesOf(view: Seen, axial: number): Uint8Array {
  const { width, height, roots } = view
  const states = new Uint8Array(width)
  const { bright, lit, gaps } = count(roots, width, height)
  if (bright < roots.length * blankShare) return states.fill(numberOf('signal-missing'))
  const ilm = lineToJudge(view, 'ilm')
  const bm = lineToJudge(view, 'bm')
  const thickness = medianThickness(ilm, bm) ?? (axial > 0 ? usualThickness / (axial * 1000) : height / 6)
  for (let x = 0; x < width; x++) {
    const black = (lit[x] as number) < litShare * height && x >= margin * width && x < width - margin * width
    states[x] = numberOf(black ? 'signal-missing' : stateOf(view, x, ilm[x] as number, bm[x] as number, thickness, gaps))
  }
  for (const x of foldedAScans(view, axial)) states[x] = numberOf('folded')
  return states
}

const numberOf = (state: AScanState): number => aScanStates.indexOf(state)

/** The device's line, and what was found in the picture where it has a gap. */
function lineToJudge({ ilm, bm, found }: Seen, which: 'ilm' | 'bm'): Float32Array {
  const drawn = { ilm, bm }[which]
  const other = found[which]
  return drawn === other ? drawn : drawn.map((row, x) => (Number.isNaN(row) ? (other[x] as number) : row))
}

function stateOf(view: Seen, x: number, ilm: number, bm: number, thickness: number, gaps: boolean): AScanState {
  const { roots, width, height, found } = view
  const border = Math.min(edge, edgeShare * height)
  if (Number.isNaN(ilm) && Number.isNaN(bm)) {
    if (gaps && missing(roots, x, width, 0, height) > missingShare) return 'signal-missing'
    return mean(roots, x, width, 0, edge) > tissue ? 'cut-upper' : 'not-segmented'
  }
  const upper = Number.isNaN(ilm) ? Math.max(0, bm - thickness) : ilm
  const lower = Number.isNaN(bm) ? Math.min(height, ilm + thickness) : bm
  const from = Math.max(0, Math.floor(upper))
  const to = Math.min(height, Math.ceil(lower))
  if (gaps && missing(roots, x, width, from, to) > missingShare) return 'signal-missing'
  if (upper <= border) return 'cut-upper'
  if (lower >= height - border) return 'cut-lower'
  // A line drawn where nothing is seen does not make a retina.
  const unseen = Number.isNaN(found.ilm[x]) && Number.isNaN(found.bm[x])
  if (unseen && mean(roots, x, width, from, to) - mean(roots, x, width, 0, from - edge) < leastContrast) return 'signal-missing'
  // Devices leave the BM out near the ends of long lines; the ILM with room below it is enough to know that nothing is cut off.
  return Number.isNaN(ilm) ? 'not-segmented' : 'whole'
}

/** NaN where nothing is acquired. */
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

/** Samples as bright as tissue, samples of each A-scan that are not exactly black (what is not acquired counts among them), and whether such are there. */
function count(roots: Float32Array, width: number, height: number): { bright: number; lit: Uint32Array; gaps: boolean } {
  const lit = new Uint32Array(width)
  let bright = 0
  let gaps = false
  for (let row = 0, i = 0; row < height; row++) {
    for (let x = 0; x < width; x++, i++) {
      const value = roots[i] as number
      if (value > tissue) bright++
      if (value <= 0) continue
      lit[x] = (lit[x] as number) + 1
      if (Number.isNaN(value)) gaps = true
    }
  }
  return { bright, lit, gaps }
}

function medianThickness(ilm: Float32Array, bm: Float32Array): number | null {
  return median(ilm.map((row, x) => (bm[x] as number) - row).filter((each) => each > 0))
}
