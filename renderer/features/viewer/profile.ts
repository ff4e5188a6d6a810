/** Thickness along a B-scan, as it is plotted. */
import type { LayerLine } from './frame-source.ts'
import type { BscanLetter } from './letters.ts'

/** A profile: µm per A-scan, null where a line is missing. `of` is what it measures. */
export interface Profile {
  of: 'RNFL' | 'retina'
  values: (number | null)[]
}

/** ILM to RNFL where both are there, else ILM to BM; null where the file has neither. @param axial mm per px */
export function profileOf(layers: readonly LayerLine[] | null, axial: number): Profile | null {
  const rows = (name: string) => layers?.find((layer) => layer.name === name)?.rows
  const upper = rows('ILM')
  const rnfl = rows('RNFL')
  const lower = rnfl ?? rows('BM')
  if (!upper || !lower || !(axial > 0)) return null
  const values = upper.map((top, i) => {
    const bottom = lower[i]
    return typeof top === 'number' && typeof bottom === 'number' ? (bottom - top) * axial * 1000 : null
  })
  return values.some((value) => value !== null) ? { of: rnfl ? 'RNFL' : 'retina', values } : null
}

/** Mean of what was measured in `[from, to)`, parts of the whole; a range over the seam of a ring wraps. Null where nothing was. */
export function meanOf(values: readonly (number | null)[], from: number, to: number): number | null {
  const found = values.filter((value, i): value is number => {
    const at = (i + 0.5) / values.length
    return value !== null && [at - 1, at, at + 1].some((one) => one >= from && one < to)
  })
  return found.length > 0 ? found.reduce((sum, value) => sum + value, 0) / found.length : null
}

export interface Quadrant {
  text: string
  mean: number
  /** parts of the whole, each within 0 to 1: two where the quadrant lies over the seam */
  spans: [number, number][]
}

/** The four quarters of a ring around their letters, each with its mean in µm. */
export function quadrantsOf(values: readonly (number | null)[], letters: readonly BscanLetter[]): Quadrant[] {
  return letters
    .filter((letter) => letter.at < 1)
    .flatMap(({ text, at }) => {
      const mean = meanOf(values, at - 1 / 8, at + 1 / 8)
      if (mean === null) return []
      const spans = [-1, 0, 1].map((turn): [number, number] => [Math.max(0, at - 1 / 8 + turn), Math.min(1, at + 1 / 8 + turn)])
      return [{ text, mean, spans: spans.filter(([from, to]) => to > from) }]
    })
}

/** The upper end of the axis, µm: a multiple of 100 that holds every value. */
export function ceilingOf(values: readonly (number | null)[]): number {
  const most = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0)
  return Math.max(100, Math.ceil(most / 100) * 100)
}
