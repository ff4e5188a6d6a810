/**
 * Folded retina: beyond the upper edge of a B-scan its mirror image comes back into it (the two halves of the spectrum cannot be told apart).
 * The mirrored border then runs against the layers: where these rise, it falls. Looked for only where tissue reaches the upper edge.
 */
import { courseThrough } from './course.ts'
import type { FrameView } from './examination.ts'
import { type BlockGrid, blockGrid } from './grid.ts'
import { isUpsideDown } from './upside-down.ts'

/** mm of depth that a B-scan spans where the file does not say its scale */
const usualDepth = 1.92
/** px: tissue this near to the upper edge reaches it */
const edge = 10
/** Share of the width: shorter stretches at the edge are not looked at; the stretch over which the mirrored border must stand out. */
const shortest = 0.04
const stretch = 0.05
/** mm below the edge that are searched; mm compared above and below a border */
const deepest = 0.35
const reach = 0.023
/** Blocks to each side along which a border is followed. */
const along = 4
/** Blocks to each side that make the slope of the layers. */
const slopeReach = 6
/** Cells by which both courses must part over `along` blocks before they can be told apart. */
const leastParting = 1
/** Cost of a change by one cell from one block to the next */
const stiffness = 0.02
/** mm below the edge from which the BM's course is believed */
const shallowest = 0.12
/** Share of the layers' own rise by which the border must fall. */
const leastFollowed = 0.4
/** Step by which the border must stand out more along the mirrored course than along the layers', by the picture's range of brightness. */
const leastStep = 0.13

/** A-scans that are folded: all of a B-scan that is upside down, or whole stretches of tissue at the upper edge in which the mirrored border stands out. */
export function foldedAScans(view: Pick<FrameView, 'roots' | 'width' | 'height' | 'found'>, axial: number): number[] {
  const { roots, width, height, found } = view
  if (isUpsideDown(view, axial)) return Array.from({ length: width }, (_, x) => x)
  const runs = runsAtEdge(found.ilm, Math.max(8, shortest * width))
  if (runs.length === 0) return []
  const scale = axial > 0 && axial * height < 10 && axial * height > 0.3 ? axial : usualDepth / height
  const grid = blockGrid(roots, width, height, scale)
  const slopes = slopesOf(found.bm, grid, shallowest / scale)
  return runs.flatMap(([from, to]) => {
    const first = Math.floor(from / grid.columnStep)
    const last = Math.min(grid.columns - 1, Math.floor(to / grid.columnStep))
    if (mirroredStep(grid, slopes, first, last, scale) < leastStep * (grid.bright - grid.background)) return []
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

function runsAtEdge(ilm: Float32Array, least: number): [number, number][] {
  const runs: [number, number][] = []
  for (let from = 0; from < ilm.length; from++) {
    if (!((ilm[from] as number) <= edge)) continue
    let to = from
    while ((ilm[to + 1] as number) <= edge) to++
    if (to - from + 1 >= least) runs.push([from, to])
    from = to
  }
  return runs
}

/** Slope of the BM in cells per block, NaN where it is not seen or nearer to the upper edge than `least` px: there it may be another border. */
function slopesOf(bm: Float32Array, { columns, columnStep, rowStep }: BlockGrid, least: number): Float32Array {
  const at = (column: number) => bm[Math.min(bm.length - 1, Math.floor((column + 0.5) * columnStep))] as number
  return Float32Array.from({ length: columns }, (_, column) => {
    const left = Math.max(0, column - slopeReach)
    const right = Math.min(columns - 1, column + slopeReach)
    return right > left && at(column) >= least ? (at(right) - at(left)) / (right - left) / rowStep : Number.NaN
  })
}

/** How much more a border stands out along the mirrored course than along the layers, in the best part of blocks `first` to `last`. */
function mirroredStep(grid: BlockGrid, slopes: Float32Array, first: number, last: number, scale: number): number {
  const count = last - first + 1
  const cells = (mm: number) => Math.max(1, Math.round(mm / (scale * grid.rowStep)))
  const rows = Math.min(grid.rows, cells(deepest))
  const window = cells(reach)
  const scores = new Float32Array(count * rows)
  for (let column = first; column <= last; column++) {
    const slope = slopes[column] as number
    if (!(Math.abs(slope) * 2 * along >= leastParting)) continue
    for (let row = window; row < rows; row++) {
      const against = stepAlong(grid, column, row, -slope, window, first, last)
      scores[(column - first) * rows + row] = against - Math.abs(stepAlong(grid, column, row, slope, window, first, last))
    }
  }
  const course = courseThrough(scores, count, rows, stiffness)
  const values = Array.from(course, (row, i) => scores[i * rows + row] as number)
  const length = Math.max(3, Math.round(stretch * grid.columns))
  let best = 0
  for (let from = 0; from + length <= count; from++) {
    let sum = 0
    let follows = 0
    let rise = 0
    for (let i = from; i < from + length; i++) {
      sum += values[i] as number
      const slope = slopes[first + i] as number
      if (i === from || Number.isNaN(slope)) continue
      follows -= slope * ((course[i] as number) - (course[i - 1] as number))
      rise += slope * slope
    }
    if (follows >= leastFollowed * rise) best = Math.max(best, sum / length)
  }
  return best
}

/** Brightness above less below a row, followed to both sides along a slope. */
function stepAlong(grid: BlockGrid, column: number, row: number, slope: number, window: number, first: number, last: number): number {
  const { sums, rows } = grid
  let sum = 0
  let count = 0
  for (let k = -along; k <= along; k++) {
    const other = column + k
    const at = row + Math.round(slope * k)
    if (other < first || other > last || at < 1 || at + window > rows) continue
    const base = other * (rows + 1) + at
    const top = Math.min(window, at)
    const here = sums[base] as number
    sum += (here - (sums[base - top] as number)) / top - ((sums[base + window] as number) - here) / window
    count++
  }
  return count > 0 ? sum / count : 0
}
