/** Courses of a border through a grid of scores, and their place in every A-scan. */
import type { BlockGrid } from './grid.ts'

/**
 * The course of highest total score, one row per column, where a change by one row costs `stiffness` (dynamic programming; the linear cost is
 * spread in two sweeps per column, so that steep courses cost no more time than level ones).
 * @param scores column by column, `rows` each
 */
export function courseThrough(scores: Float32Array, columns: number, rows: number, stiffness: number): Int32Array {
  const best = new Float64Array(rows)
  const from = new Int32Array(columns * rows)
  for (let row = 0; row < rows; row++) best[row] = scores[row] as number
  for (let column = 1; column < columns; column++) {
    const at = column * rows
    for (let row = 0; row < rows; row++) from[at + row] = row
    for (let row = 1; row < rows; row++) {
      const reached = (best[row - 1] as number) - stiffness
      if (reached > (best[row] as number)) {
        best[row] = reached
        from[at + row] = from[at + row - 1] as number
      }
    }
    for (let row = rows - 2; row >= 0; row--) {
      const reached = (best[row + 1] as number) - stiffness
      if (reached > (best[row] as number)) {
        best[row] = reached
        from[at + row] = from[at + row + 1] as number
      }
    }
    for (let row = 0; row < rows; row++) best[row] = (best[row] as number) + (scores[at + row] as number)
  }
  const course = new Int32Array(columns)
  let row = 0
  for (let each = 1; each < rows; each++) if ((best[each] as number) > (best[row] as number)) row = each
  for (let column = columns - 1; column >= 0; column--) {
    course[column] = row
    row = from[column * rows + row] as number
  }
  return course
}

/** Gaps up to `short` between seen stretches are bridged, then seen stretches up to `short` are dropped. Changes and returns `seen`. */
export function withoutIslands(seen: Uint8Array, short: number): Uint8Array {
  turn(seen, 0, short, true)
  turn(seen, 1, short, false)
  return seen
}

function turn(seen: Uint8Array, value: 0 | 1, short: number, insideOnly: boolean): void {
  for (let from = 0; from < seen.length; ) {
    let to = from
    while (to < seen.length && seen[to] === seen[from]) to++
    const inside = from > 0 && to < seen.length
    if (seen[from] === value && to - from <= short && to - from < seen.length && (inside || !insideOnly)) seen.fill(1 - value, from, to)
    from = to
  }
}

/** Each seen block's row brought to the median of the seen ones up to `reach` blocks beside it, where both sides are there. */
export function levelled(course: Int32Array, seen: Uint8Array, reach: number): Int32Array {
  const near: number[] = []
  return course.map((row, column) => {
    const sides = Math.min(reach, column, course.length - 1 - column)
    if (!seen[column] || sides === 0) return row
    near.length = 0
    for (let i = column - sides; i <= column + sides; i++) if (seen[i]) near.push(course[i] as number)
    near.sort((a, b) => a - b)
    return near[near.length >> 1] as number
  })
}

export interface Refinement {
  roots: Float32Array
  width: number
  height: number
  grid: BlockGrid
  course: Int32Array
  seen: Uint8Array
  /** px compared on both sides of the border, px searched to both sides of the course */
  window: number
  search: number
  /** 1: bright below, -1: bright above */
  sign: 1 | -1
  /** A-scans to each side whose median a row becomes */
  calm: number
}

/** A-scans averaged to each side of the one asked. */
const beside = 2

/** The steepest step near the course in every A-scan whose block is seen; px rows, NaN elsewhere, 0 where the course touches the upper edge. */
export function refine({ roots, width, height, grid, course, seen, window, search, sign, calm }: Refinement): Float32Array {
  const { columns, columnStep, rowStep } = grid
  const rows = new Float32Array(width)
  const span = 2 * (search + window) + 1
  const profile = new Float64Array(span)
  for (let x = 0; x < width; x++) {
    const column = Math.min(columns - 1, Math.floor(x / columnStep))
    if (!seen[column]) {
      rows[x] = Number.NaN
      continue
    }
    if (course[column] === 0) continue
    const middle = Math.round(rowStep * between(course, seen, (x + 0.5) / columnStep - 0.5))
    const top = middle - search - window
    profile.fill(0)
    const left = Math.max(0, x - beside)
    const right = Math.min(width - 1, x + beside)
    for (let k = 0; k < span; k++) {
      const row = Math.max(0, Math.min(height - 1, top + k))
      for (let i = left; i <= right; i++) {
        const value = roots[row * width + i] as number
        if (value >= 0) profile[k] = (profile[k] as number) + value
      }
    }
    rows[x] = Math.max(0, Math.min(height - 1, top + steepest(profile, window, sign)))
  }
  return smoothed(rows, calm)
}

/** Where mean differs most between the `window` samples before a border and those from it on; between samples by a parabola. */
function steepest(profile: Float64Array, window: number, sign: number): number {
  let before = 0
  let after = 0
  for (let i = 0; i < window; i++) {
    before += profile[i] as number
    after += profile[window + i] as number
  }
  const last = profile.length - window
  let best = window
  let most = Number.NEGATIVE_INFINITY
  let previous = Number.NaN
  let ahead = Number.NaN
  let behind = Number.NaN
  let waiting = false
  for (let border = window; border <= last; border++) {
    const step = sign * (after - before)
    if (waiting) {
      ahead = step
      waiting = false
    }
    if (step > most) {
      most = step
      best = border
      behind = previous
      waiting = true
      ahead = Number.NaN
    }
    previous = step
    if (border === last) break
    before += (profile[border] as number) - (profile[border - window] as number)
    after += (profile[border + window] as number) - (profile[border] as number)
  }
  const bend = behind - 2 * most + ahead
  // A border lies between two samples.
  return best - 0.5 + (bend < 0 ? (0.5 * (behind - ahead)) / bend : 0)
}

/** The course between two blocks' middles. */
function between(course: Int32Array, seen: Uint8Array, at: number): number {
  const left = Math.max(0, Math.min(course.length - 1, Math.floor(at)))
  const right = Math.min(course.length - 1, left + 1)
  if (!seen[right] || !seen[left]) return course[at - left < 0.5 || !seen[right] ? left : right] as number
  const t = Math.max(0, Math.min(1, at - left))
  return (course[left] as number) * (1 - t) + (course[right] as number) * t
}

/** Medians of the neighbours that are there. */
function smoothed(rows: Float32Array, calm: number): Float32Array {
  const near: number[] = []
  return rows.map((row, x) => {
    if (Number.isNaN(row)) return row
    near.length = 0
    for (let i = Math.max(0, x - calm); i <= Math.min(rows.length - 1, x + calm); i++) {
      const value = rows[i] as number
      if (Number.isNaN(value)) continue
      let place = near.length
      while (place > 0 && (near[place - 1] as number) > value) {
        near[place] = near[place - 1] as number
        place--
      }
      near[place] = value
    }
    return near[near.length >> 1] as number
  })
}
