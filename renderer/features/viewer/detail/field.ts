/**
 * The scanned area as a raster in mm: for each cell, which two B-scans it lies between and at which A-scans. Made once for a scan;
 * thickness maps and en-face pictures are looked up in it. Nothing lies outside the B-scans: no cell is extrapolated.
 */
import { aScanPoint, distanceTo, type OpenedScan, type Point } from '../geometry.ts'

/** A straight B-scan: A-scan 0 at `start`, A-scan `width` - 1 at `end`; mm, SLO frame. */
export interface FieldLine {
  frame: number
  width: number
  start: Point
  end: Point
}

/** Cells of `step` mm, row-major from `origin`, the top left corner (mm, SLO frame). */
export interface Field {
  origin: Point
  step: number
  width: number
  height: number
  /** Of the cell: the two B-scans, -1 outside the scanned area. */
  first: Int32Array
  second: Int32Array
  /** The A-scans (fractional) of the two, and how far the cell is from the first (0) to the second (1). */
  atFirst: Float32Array
  atSecond: Float32Array
  part: Float32Array
  /** mm: the widest gap between neighbouring B-scans. */
  gap: number
}

/** The straight B-scans of a scan, in the order of the file. */
export function fieldLines(scan: OpenedScan): FieldLine[] {
  return scan.frames.flatMap(({ location, width }, frame) =>
    location.kind === 'line' && width > 1 ? [{ frame, width, start: location.start, end: location.end }] : [],
  )
}

/**
 * The scanned area of a volume or a radial scan; null where the B-scans span none.
 * @param cells of the longer side
 */
export function fieldOf(scan: OpenedScan, cells: number): Field | null {
  const lines = fieldLines(scan)
  if (scan.pattern === 'radial' || scan.pattern === 'radial-circles') return radialField(lines, cells)
  return scan.pattern === 'volume' || scan.pattern === 'fast-volume' || scan.pattern === 'unknown' ? volumeField(lines, cells) : null
}

const middle = ({ start, end }: FieldLine): Point => ({ x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 })

/** The middle of the scanned area, mm; null where no B-scan is straight. */
export function middleOf(lines: readonly FieldLine[]): Point | null {
  if (lines.length === 0) return null
  const sum = lines.map(middle).reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 })
  return { x: sum.x / lines.length, y: sum.y / lines.length }
}

/** An empty raster around the lines; null where they span no area to speak of. */
function emptyField(lines: readonly FieldLine[], cells: number): Field | null {
  const points = lines.flatMap(({ start, end }) => [start, end])
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const origin = { x: Math.min(...xs), y: Math.min(...ys) }
  const across = Math.max(...xs) - origin.x
  const down = Math.max(...ys) - origin.y
  const step = Math.max(across, down) / cells
  if (lines.length < 2 || !Number.isFinite(step) || !(Math.min(across, down) > step)) return null
  const width = Math.ceil(across / step)
  const height = Math.ceil(down / step)
  const count = width * height
  return {
    origin,
    step,
    width,
    height,
    first: new Int32Array(count).fill(-1),
    second: new Int32Array(count).fill(-1),
    atFirst: new Float32Array(count),
    atSecond: new Float32Array(count),
    part: new Float32Array(count),
    gap: 0,
  }
}

/** Between neighbouring, nearly parallel B-scans; lines that cross or turn leave their stretch empty. */
function volumeField(lines: readonly FieldLine[], cells: number): Field | null {
  const field = emptyField(lines, cells)
  if (!field) return null
  for (const [i, line] of lines.entries()) {
    const next = lines[i + 1]
    if (next) fillBetween(field, line, next)
  }
  return field.first.some((frame) => frame >= 0) ? field : null
}

function fillBetween(field: Field, a: FieldLine, b: FieldLine): void {
  const alongA = directionOf(a)
  const alongB = directionOf(b)
  // Both ends of the next line on the same side, and about parallel.
  if (sideOf(a, alongA, b.start) * sideOf(a, alongA, b.end) <= 0 || alongA.x * alongB.x + alongA.y * alongB.y < 0.9) return
  field.gap = Math.max(field.gap, Math.abs(sideOf(a, alongA, middle(b))))
  eachCell(field, [a.start, a.end, b.end, b.start], (cell, x, y) => {
    const fromA = Math.abs(alongA.x * (y - a.start.y) - alongA.y * (x - a.start.x))
    const fromB = Math.abs(alongB.x * (y - b.start.y) - alongB.y * (x - b.start.x))
    const part = fromA / (fromA + fromB)
    const startX = a.start.x + (b.start.x - a.start.x) * part
    const startY = a.start.y + (b.start.y - a.start.y) * part
    const dx = a.end.x + (b.end.x - a.end.x) * part - startX
    const dy = a.end.y + (b.end.y - a.end.y) * part - startY
    const along = ((x - startX) * dx + (y - startY) * dy) / (dx * dx + dy * dy)
    if (along >= 0 && along <= 1) set(field, cell, a, along, b, along, part)
  })
}

/** Between neighbouring spokes, by angle. Needs lines through one point. */
function radialField(lines: readonly FieldLine[], cells: number): Field | null {
  const centre = middleOf(lines)
  const field = emptyField(lines, cells)
  if (!field || !centre || lines.some((line) => distanceTo({ kind: 'line', ...line }, centre) > 0.1)) return null
  const spokes = lines
    .flatMap((line) => [spokeOf(line, line.end, 1, centre), spokeOf(line, line.start, -1, centre)])
    .sort((a, b) => a.angle - b.angle)
  const reach = Math.max(...spokes.map((spoke) => spoke.reach))
  let at = 0
  for (let row = 0; row < field.height; row++) {
    const dy = field.origin.y + (row + 0.5) * field.step - centre.y
    for (let column = 0; column < field.width; column++) {
      const dx = field.origin.x + (column + 0.5) * field.step - centre.x
      const radius = Math.sqrt(dx * dx + dy * dy)
      if (radius > reach) continue
      const angle = Math.atan2(dy, dx)
      at = spokeBefore(spokes, angle, at)
      const before = spokes[at]
      const after = spokes[at + 1] ?? spokes[0]
      if (!before || !after || radius > before.reach || radius > after.reach) continue
      const whole = turn(before.angle, after.angle)
      const part = whole > 0 ? turn(before.angle, angle) / whole : 0
      set(field, row * field.width + column, before.line, before.from + before.per * radius, after.line, after.from + after.per * radius, part)
    }
  }
  for (const [i, one] of spokes.entries()) {
    const next = spokes[(i + 1) % spokes.length]
    if (next) field.gap = Math.max(field.gap, Math.hypot(next.to.x - one.to.x, next.to.y - one.to.y))
  }
  return field
}

/** Half a B-scan, from the middle of the star outwards. */
interface Spoke {
  line: FieldLine
  to: Point
  /** radians, clockwise on the screen from the right */
  angle: number
  /** mm */
  reach: number
  /** Where on the B-scan its inner end lies, 0 to 1, and how much further each mm outwards. */
  from: number
  per: number
}

function spokeOf(line: FieldLine, to: Point, direction: 1 | -1, centre: Point): Spoke {
  const dx = to.x - centre.x
  const dy = to.y - centre.y
  const length = Math.hypot(line.end.x - line.start.x, line.end.y - line.start.y)
  const from = partAlong(line.start, line.end, centre)
  return { line, to, angle: Math.atan2(dy, dx), reach: Math.hypot(dx, dy), from, per: direction / length }
}

/** Radians clockwise from one angle to the next, 0 to 2 pi. */
const turn = (from: number, to: number) => (to - from + 4 * Math.PI) % (2 * Math.PI)

/** The last spoke whose angle is not beyond `angle`, the last of all before the first; looked for from where the last one was found. */
function spokeBefore(spokes: readonly { angle: number }[], angle: number, from: number): number {
  let at = from
  while (at + 1 < spokes.length && (spokes[at + 1]?.angle ?? 0) <= angle) at += 1
  while (at >= 0 && (spokes[at]?.angle ?? 0) > angle) at -= 1
  return at < 0 ? spokes.length - 1 : at
}

/** Each cell whose middle (mm) lies in a convex shape (corners in order), row by row. */
function eachCell(field: Field, corners: readonly Point[], visit: (cell: number, x: number, y: number) => void): void {
  const { origin, step, width, height } = field
  const ys = corners.map(({ y }) => y)
  const top = Math.max(0, Math.floor((Math.min(...ys) - origin.y) / step - 0.5))
  const bottom = Math.min(height - 1, Math.ceil((Math.max(...ys) - origin.y) / step - 0.5))
  for (let row = top; row <= bottom; row++) {
    const y = origin.y + (row + 0.5) * step
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    let from = corners[corners.length - 1] as Point
    for (const to of corners) {
      if (from.y <= y !== to.y <= y) {
        const x = from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)
        least = Math.min(least, x)
        most = Math.max(most, x)
      }
      from = to
    }
    const left = Math.max(0, Math.ceil((least - origin.x) / step - 0.5))
    const right = Math.min(width - 1, Math.floor((most - origin.x) / step - 0.5))
    for (let column = left; column <= right; column++) visit(row * width + column, origin.x + (column + 0.5) * step, y)
  }
}

function set(field: Field, cell: number, a: FieldLine, alongA: number, b: FieldLine, alongB: number, part: number): void {
  field.first[cell] = a.frame
  field.second[cell] = b.frame
  field.atFirst[cell] = alongA * (a.width - 1)
  field.atSecond[cell] = alongB * (b.width - 1)
  field.part[cell] = part
}

function directionOf({ start, end }: FieldLine): Point {
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1
  return { x: (end.x - start.x) / length, y: (end.y - start.y) / length }
}

/** mm from a line, positive on its right (y down). @param along its direction, of length 1 */
function sideOf(line: FieldLine, along: Point, at: Point): number {
  return along.x * (at.y - line.start.y) - along.y * (at.x - line.start.x)
}

/** How far along a line a point's foot lies, 0 at `start`, 1 at `end`. */
function partAlong(start: Point, end: Point, at: Point): number {
  const dx = end.x - start.x
  const dy = end.y - start.y
  const squared = dx * dx + dy * dy
  return squared > 0 ? ((at.x - start.x) * dx + (at.y - start.y) * dy) / squared : Number.NaN
}

/**
 * One value per cell from values per A-scan of each B-scan: linear along the B-scans and between them, NaN where one of the two has none.
 * `nearest` takes the nearest A-scan as it is, so that a cell shows what was measured there.
 */
export function sampleField(field: Field, values: readonly (Float32Array | null)[], between: 'linear' | 'nearest'): Float32Array {
  const sampled = new Float32Array(field.first.length).fill(Number.NaN)
  for (let cell = 0; cell < sampled.length; cell++) {
    const first = field.first[cell] as number
    if (first < 0) continue
    const part = field.part[cell] as number
    const a = values[first]
    const b = values[field.second[cell] as number]
    if (between === 'nearest') {
      const [nearer, at] = part < 0.5 ? [a, field.atFirst[cell] as number] : [b, field.atSecond[cell] as number]
      sampled[cell] = nearer?.[Math.round(at)] ?? Number.NaN
      continue
    }
    const one = interpolated(a, field.atFirst[cell] as number)
    const other = interpolated(b, field.atSecond[cell] as number)
    sampled[cell] = one + (other - one) * part
  }
  return sampled
}

function interpolated(values: Float32Array | null | undefined, at: number): number {
  if (!values) return Number.NaN
  const left = Math.floor(at)
  const part = at - left
  const value = values[left] ?? Number.NaN
  return part < 1e-6 ? value : value + ((values[left + 1] ?? Number.NaN) - value) * part
}

/** The cell at a point (mm); -1 outside the raster. */
function cellAt({ origin, step, width, height }: Field, at: Point): number {
  const column = Math.floor((at.x - origin.x) / step)
  const row = Math.floor((at.y - origin.y) / step)
  return column < 0 || row < 0 || column >= width || row >= height ? -1 : row * width + column
}

/** What was sampled at a point (mm); null where there is nothing. */
export function valueAt(field: Field, sampled: Float32Array, at: Point): number | null {
  const value = sampled[cellAt(field, at)]
  return value === undefined || Number.isNaN(value) ? null : value
}

/** The B-scan and A-scan nearest to a point (mm) of the scanned area; null outside it. */
export function scanAt(field: Field, at: Point): { frame: number; aScan: number } | null {
  const cell = cellAt(field, at)
  const frame = field.first[cell] ?? -1
  if (frame < 0) return null
  const nearer = (field.part[cell] as number) < 0.5
  return nearer
    ? { frame, aScan: Math.round(field.atFirst[cell] as number) }
    : { frame: field.second[cell] as number, aScan: Math.round(field.atSecond[cell] as number) }
}

/** Where an A-scan of a straight B-scan lies, mm. */
export function pointOn(scan: OpenedScan, frame: number, aScan: number): Point | null {
  const one = scan.frames[frame]
  return one ? aScanPoint(one.location, aScan, one.width, scan.laterality) : null
}
