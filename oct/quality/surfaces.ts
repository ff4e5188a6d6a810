/**
 * ILM and BM as they stand out in the picture, without the device's lines. Plain image statistics: a grid of block means, steps of brightness
 * on it, the course of least cost through them (dynamic programming), then the steepest step near it in every A-scan.
 */
import { courseThrough, levelled, refine, withoutIslands } from './course.ts'
import { type BlockGrid, blockGrid } from './grid.ts'
import { median } from './numbers.ts'

export interface Surfaces {
  /** px rows, one per A-scan, NaN where nothing stands out; 0 where the tissue reaches the upper edge of the picture */
  ilm: Float32Array
  bm: Float32Array
}

/** mm of depth that a B-scan spans where the file does not say its scale */
const usualDepth = 1.92
/** Smaller pictures show no layers. px */
const leastWidth = 16
const leastHeight = 32
/** mm: what is compared above and below a border */
const reach = { ilm: 0.023, bright: 0.031, below: 0.046 }
/** mm: a line nearer to the BM is the photoreceptors', not the ILM; the thinnest foveae are about 0.15 */
const thinnest = 0.12
/** Share of the width over which the BM keeps its course: it has no steps, but bright choroid may look like one. */
const level = 0.2
/** A step of brightness (0..1) below it is no border, however little noise there is. */
const leastStep = 0.04
/** How many standard deviations of the background a step must have. */
const clear = 4
/** Cost of a change by one cell from one block to the next, in units of brightness. */
const stiffness = { ilm: 0.04, bm: 0.06 }
/** The BM's step by the ILM's, and its band by the inner retina's brightness, together: 1.7 to 3 on good scans, below 1.5 at inner borders. */
const leastOutermost = 1.55
/** mm: inner retina that is held against the outermost band; the thinnest retina over half of a B-scan */
const inner = 0.06
const thinRetina = 0.16
/** mm: no outer retina lies farther below an inner border */
const room = 0.3
/** Factor by which the ILM's step may differ in the cup of a disc. */
const likeUsual = 1.6
/** Share of the acquired blocks in which a line must be seen. */
const leastSeen = 0.2
/** Share of the width: shorter stretches are not believed, shorter gaps (vessel shadows) are bridged. */
const shortest = 0.03

/**
 * Finds both lines by brightness alone.
 * @param roots as `FrameView.roots`
 * @param axial mm per px, 0 where not known
 */
export function findSurfaces(roots: Float32Array, width: number, height: number, axial: number): Surfaces {
  const nothing = (): Float32Array => new Float32Array(width).fill(Number.NaN)
  if (width < leastWidth || height < leastHeight) return { ilm: nothing(), bm: nothing() }
  const scale = axial > 0 && axial * height < 10 && axial * height > 0.3 ? axial : usualDepth / height
  const grid = blockGrid(roots, width, height, scale)
  const cells = (mm: number) => Math.max(1, Math.round(mm / (scale * grid.rowStep)))
  const need = Math.max(leastStep, clear * grid.noise * Math.sqrt(2 / cells(reach.ilm)))

  const bmScore = brightAbove(grid, cells(reach.bright), cells(reach.below))
  const bmCourse = courseThrough(bmScore, grid.columns, grid.rows, stiffness.bm)
  const bmSeen = seen(bmScore, bmCourse, grid, need)
  const reached = Math.round((level * grid.columns) / 2)
  const bmLevel = levelled(bmCourse, bmSeen, reached)

  const ilmStep = brightBelow(grid, cells(reach.ilm))
  const ilmAbove = (last: (column: number) => number): Int32Array =>
    courseThrough(edgeOfVitreous(grid, ilmStep, last), grid.columns, grid.rows, stiffness.ilm)
  const first = ilmAbove((column) => bmLevel[column] as number)
  const firstSeen = seen(ilmStep, first, grid, need)
  const bm = { step: bmScore, course: bmLevel, seen: bmSeen }
  const bmBelieved = outermost(
    grid,
    bm,
    { step: ilmStep, course: first, seen: firstSeen },
    {
      reached,
      band: cells(reach.bright),
      inner: cells(inner),
      thin: cells(thinRetina),
      room: cells(room),
    },
  )
  withoutIslands(bmBelieved, short(grid))
  const thin = cells(thinnest)
  const ilmCourse = ilmAbove((column) => (bmLevel[column] as number) - (bmBelieved[column] ? thin : 0))
  const ilmSeen = seen(ilmStep, ilmCourse, grid, need)
  const stepOf = (course: Int32Array, column: number) => ilmStep[column * grid.rows + (course[column] as number)] as number
  const usual = median(Array.from(ilmCourse.keys()).flatMap((column) => (ilmSeen[column] ? [stepOf(ilmCourse, column)] : []))) ?? 0
  for (let column = 0; column < grid.columns; column++) {
    if (!bmBelieved[column]) continue
    // As low as it may lie: the photoreceptors have drawn it there.
    if ((ilmCourse[column] as number) > 0 && (ilmCourse[column] as number) >= (bmLevel[column] as number) - thin - 1) ilmSeen[column] = 0
    if (ilmSeen[column] || !firstSeen[column]) continue
    // In the cup of a disc the ILM is where elsewhere the outer retina would be, as clear as elsewhere, and what lies below is no BM.
    const step = stepOf(first, column)
    if (step < usual / likeUsual || step > usual * likeUsual) continue
    ilmCourse[column] = first[column] as number
    ilmSeen[column] = 1
    bmBelieved[column] = 0
  }
  mostlySeen(ilmSeen, grid)
  mostlySeen(bmBelieved, grid)

  const window = (mm: number) => Math.max(2, Math.round(mm / scale))
  return {
    ilm: refine({ roots, width, height, grid, course: ilmCourse, seen: ilmSeen, window: window(0.012), search: window(0.024), sign: 1, calm: 2 }),
    bm: refine({ roots, width, height, grid, course: bmLevel, seen: bmBelieved, window: window(0.016), search: window(0.01), sign: -1, calm: 6 }),
  }
}

/** Mean of the bright band above a row less what lies below it. */
function brightAbove({ sums, columns, rows }: BlockGrid, above: number, below: number): Float32Array {
  const score = new Float32Array(columns * rows)
  for (let column = 0; column < columns; column++) {
    const at = column * (rows + 1)
    for (let row = 2; row + below / 2 <= rows; row++) {
      const top = Math.max(0, row - above)
      const bottom = Math.min(rows, row + below)
      const bright = ((sums[at + row] as number) - (sums[at + top] as number)) / (row - top)
      const dark = ((sums[at + bottom] as number) - (sums[at + row] as number)) / (bottom - row)
      score[column * rows + row] = bright - dark
    }
  }
  return score
}

/** Mean of what lies below a row less what lies above; beyond the upper edge there is background. */
function brightBelow({ sums, columns, rows, background }: BlockGrid, reached: number): Float32Array {
  const score = new Float32Array(columns * rows)
  for (let column = 0; column < columns; column++) {
    const at = column * (rows + 1)
    for (let row = 0; row + reached <= rows; row++) {
      const top = Math.max(0, row - reached)
      const outside = (reached - (row - top)) * background
      const here = sums[at + row] as number
      score[column * rows + row] = ((sums[at + row + reached] as number) - here - (here - (sums[at + top] as number)) - outside) / reached
    }
  }
  return score
}

/** The step at a row, and how dark everything above it is: the first border below the vitreous, not the strongest one. Down to `last`. */
function edgeOfVitreous(grid: BlockGrid, step: Float32Array, last: (column: number) => number): Float32Array {
  const { means, columns, rows, background, bright } = grid
  const score = new Float32Array(columns * rows)
  const tissue = background + Math.max(leastStep / 2, 0.2 * (bright - background))
  const most = Math.max(leastStep, 0.12 * (bright - background))
  for (let column = 0; column < columns; column++) {
    const lowest = last(column)
    let dark = 0
    for (let row = 0; row < rows; row++) {
      const i = column * rows + row
      score[i] = row <= lowest || row === 0 ? 3 * (step[i] as number) + dark : -1e6
      dark += Math.max(-most, Math.min(most, tissue - (means[i] as number)))
    }
  }
  return score
}

/** In which blocks the course runs on a step that stands out. */
function seen(step: Float32Array, course: Int32Array, { columns, rows, acquired }: BlockGrid, need: number): Uint8Array {
  const stands = Uint8Array.from(course, (row, column) => (acquired[column] && (step[column * rows + row] as number) >= need ? 1 : 0))
  return withoutIslands(stands, short({ columns }))
}

/** A line that is seen hardly anywhere is none. Changes `seen`. */
function mostlySeen(seen: Uint8Array, { acquired }: BlockGrid): void {
  const count = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0)
  if (count(seen) < leastSeen * count(acquired)) seen.fill(0)
}

const short = ({ columns }: Pick<BlockGrid, 'columns'>): number => Math.max(1, Math.round(shortest * columns))

interface Border {
  step: Float32Array
  course: Int32Array
  seen: Uint8Array
}

/**
 * Where the lower border is that of the outermost band. Where the outer retina lies below the picture, an inner border would pass for the BM;
 * but its band is hardly brighter than the inner retina and its step weak beside the ILM's, or it lies too near to the ILM.
 * @param by cells: blocks to each side that are looked at together, height of the bright band and of the inner retina, thinnest retina, room for the outer retina
 */
function outermost(
  { columns, rows, sums }: BlockGrid,
  bm: Border,
  ilm: Border,
  by: { reached: number; band: number; inner: number; thin: number; room: number },
): Uint8Array {
  const of = (column: number, from: number, to: number): number =>
    ((sums[column * (rows + 1) + to] as number) - (sums[column * (rows + 1) + from] as number)) / Math.max(1, to - from)
  const each = Array.from({ length: columns }, (_, column) => {
    if (!bm.seen[column] || !ilm.seen[column]) return null
    const upper = ilm.course[column] as number
    const lower = bm.course[column] as number
    return {
      thickness: lower - upper,
      step: ratio(bm.step[column * rows + lower] as number, ilm.step[column * rows + upper] as number),
      band: ratio(of(column, Math.max(0, lower - by.band), lower), of(column, upper, Math.min(rows, upper + by.inner))),
    }
  })
  const thickness = median(each.filter((one) => one !== null).map((one) => one.thickness)) ?? by.thin
  // Where no retina has room above the line, it is cut off there, not thin.
  const depth = median(bm.course.filter((_, column) => bm.seen[column])) ?? 0
  if (thickness < by.thin && depth > 2.2 * by.thin) return new Uint8Array(columns)
  return bm.seen.map((is, column) => {
    // With room below it, an outer band would have been seen.
    if (!is || (bm.course[column] as number) + by.room < rows) return is
    const near = each.slice(Math.max(0, column - by.reached), column + by.reached + 1).filter((one) => one !== null)
    // Without an ILM there is nothing to hold the band against.
    if (near.length === 0) return is
    return (median(near.map(({ step, band }) => step + band)) ?? 0) >= leastOutermost ? 1 : 0
  })
}

const ratio = (value: number, to: number): number => (to > 0 ? value / to : 0)
