/** Layer lines as they are drawn and named. */
import type { LayerLine } from './frame-source.ts'

/** An SVG path of a line, px of the B-scan; a gap where it is not segmented. Each row runs through the middle of its A-scan. */
export function linePath(rows: readonly (number | null)[]): string {
  let path = ''
  let pen = 'M'
  for (const [x, row] of rows.entries()) {
    if (row === null) {
      pen = 'M'
      continue
    }
    path += `${pen}${x + 0.5} ${Math.round(row * 10) / 10}`
    pen = 'L'
  }
  return path
}

const drawn = new WeakMap<readonly LayerLine[], { name: string; rows: LayerLine['rows']; d: string }[]>()

/** The lines of one B-scan that have any row, with their paths: made once, as a person steps to and fro. */
export function drawnLines(layers: readonly LayerLine[]): { name: string; rows: LayerLine['rows']; d: string }[] {
  const known = drawn.get(layers)
  if (known) return known
  const made = layers.map((layer) => ({ ...layer, d: linePath(layer.rows) })).filter((line) => line.d !== '')
  drawn.set(layers, made)
  return made
}

/** Thickness between two lines at an A-scan in µm; null where one of them is missing there. */
export function thickness(layers: readonly LayerLine[], upper: string, lower: string, aScan: number, axial: number): number | null {
  const top = layers.find((layer) => layer.name === upper)?.rows[aScan]
  const bottom = layers.find((layer) => layer.name === lower)?.rows[aScan]
  return typeof top === 'number' && typeof bottom === 'number' ? (bottom - top) * axial * 1000 : null
}
