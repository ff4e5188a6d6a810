/** Which segmented boundaries a scan has, in what order they lie, and which two a thickness is measured between. */
import type { OpenedScan } from '../geometry.ts'

/** From the vitreous to the choroid; each name is the lower edge of the layer it is named after, as the devices name them. */
const order = [
  'VIT',
  'ANT',
  'ILM',
  'RNFL',
  'GCL',
  'IPL',
  'IPL+',
  'INL',
  'OPL',
  'ONL',
  'ELM',
  'IOS',
  'PR1',
  'EZ',
  'OPT',
  'PR2',
  'IZ',
  'RPE',
  'BM',
  'CHO',
]

/** Two boundaries, `upper` nearer to the vitreous. */
export interface Between {
  upper: string
  lower: string
}

/** Rows of one boundary for each B-scan, px from the top, one per A-scan, NaN where not segmented. */
export type Boundary = readonly Float32Array[]

/** The boundaries that at least half of the B-scans carry, from the vitreous to the choroid; names this page does not know come last. */
export function boundaryNames(frames: OpenedScan['frames']): string[] {
  const counts = new Map<string, number>()
  for (const frame of frames) for (const name of new Set(frame.layers)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  return [...counts]
    .filter(([, count]) => count * 2 >= frames.length)
    .map(([name]) => name)
    .sort((a, b) => rank(a) - rank(b))
}

/** What is measured first: a ring the RNFL, all else the whole retina, else the outermost two; null with fewer than two boundaries. */
export function usualBetween(names: readonly string[], ring: boolean): Between | null {
  const has = (upper: string, lower: string) => names.includes(upper) && names.includes(lower)
  if (ring && has('ILM', 'RNFL')) return { upper: 'ILM', lower: 'RNFL' }
  if (has('ILM', 'BM')) return { upper: 'ILM', lower: 'BM' }
  if (has('ILM', 'RNFL')) return { upper: 'ILM', lower: 'RNFL' }
  const upper = names[0]
  const lower = names.at(-1)
  return upper !== undefined && lower !== undefined && upper !== lower ? { upper, lower } : null
}

/** The pair after one end was chosen anew: the other end gives way where the order would be lost. */
export function chosenBetween(names: readonly string[], before: Between, end: 'upper' | 'lower', name: string): Between {
  const next = { ...before, [end]: name }
  const from = names.indexOf(next.upper)
  const to = names.indexOf(next.lower)
  if (from < to) return next
  if (end === 'upper') return { upper: name, lower: names[from + 1] ?? before.lower }
  return { upper: names[to - 1] ?? before.upper, lower: name }
}

/** What lies between two boundaries, where it has a name of its own. */
export function nameOfBetween({ upper, lower }: Between): 'retina' | 'RNFL' | null {
  if (upper !== 'ILM') return null
  return lower === 'BM' ? 'retina' : lower === 'RNFL' ? 'RNFL' : null
}

/** Cuts the rows of all B-scans, one after another, into one array per B-scan; null where the length is not theirs. @param widths px */
export function boundaryOf(all: Float32Array, widths: readonly number[]): Boundary | null {
  if (all.length !== widths.reduce((sum, width) => sum + width, 0)) return null
  let at = 0
  return widths.map((width) => {
    const rows = all.subarray(at, at + width)
    at += width
    return rows
  })
}

/**
 * µm between two boundaries for each A-scan of each B-scan; NaN where one of them is not segmented, 0 where they cross.
 * @param axial mm per px
 */
export function thicknesses(upper: Boundary, lower: Boundary, axial: number): Float32Array[] {
  return upper.map((top, frame) => {
    const bottom = lower[frame]
    const values = new Float32Array(top.length).fill(Number.NaN)
    if (!bottom || !(axial > 0)) return values
    for (let i = 0; i < values.length; i++) {
      const between = ((bottom[i] ?? Number.NaN) - (top[i] as number)) * axial * 1000
      values[i] = Math.max(0, between)
    }
    return values
  })
}
