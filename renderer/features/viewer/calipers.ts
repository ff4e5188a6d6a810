/** Distances measured by hand on a B-scan. Ends in px of the B-scan, fractional, so that they stay where they were set under any zoom. */
import type { Size } from './view.ts'

export interface Point {
  x: number
  y: number
}
export interface Caliper {
  id: number
  /** index of the B-scan it was set on */
  frame: number
  from: Point
  to: Point
}
export type CaliperEnd = 'from' | 'to'

/** What was measured on an open scan, and which of it a key means. */
export interface Calipers {
  all: readonly Caliper[]
  selected: number | null
  /** ids given so far */
  given: number
}
export const noCalipers: Calipers = { all: [], selected: null, given: 0 }

/** All in µm. */
export interface Measure {
  length: number
  /** along the B-scan */
  lateral: number
  /** in depth */
  axial: number
}

/** @param spacing mm per px along the B-scan and in depth, both above 0 */
export function measure(caliper: Pick<Caliper, 'from' | 'to'>, spacing: { lateral: number; axial: number }): Measure {
  const lateral = Math.abs(caliper.to.x - caliper.from.x) * spacing.lateral * 1000
  const axial = Math.abs(caliper.to.y - caliper.from.y) * spacing.axial * 1000
  return { length: Math.hypot(lateral, axial), lateral, axial }
}

/** A new one, selected. Its ends are held within the B-scan. */
export function set(calipers: Calipers, frame: number, size: Size, from: Point, to: Point): Calipers {
  const id = calipers.given + 1
  return { all: [...calipers.all, { id, frame, from: within(from, size), to: within(to, size) }], selected: id, given: id }
}

/** One in the middle of the B-scan, a quarter of its width long: where the keyboard begins. */
export function setInMiddle(calipers: Calipers, frame: number, { width, height }: Size): Calipers {
  const y = height / 2
  return set(calipers, frame, { width, height }, { x: width * 0.375, y }, { x: width * 0.625, y })
}

/** Puts one end elsewhere, held within the B-scan, and selects the caliper. */
export function moved(calipers: Calipers, id: number, end: CaliperEnd, to: Point, size: Size): Calipers {
  return { ...calipers, all: calipers.all.map((one) => (one.id === id ? { ...one, [end]: within(to, size) } : one)), selected: id }
}

/** Without the selected one of this B-scan, else without the last that was set on it; the one before is selected then. */
export function removed(calipers: Calipers, frame: number): Calipers {
  const here = calipers.all.filter((one) => one.frame === frame)
  const gone = here.find((one) => one.id === calipers.selected) ?? here.at(-1)
  if (!gone) return calipers
  const left = here.filter((one) => one !== gone)
  return { ...calipers, all: calipers.all.filter((one) => one !== gone), selected: left.at(-1)?.id ?? null }
}

/** Without one whose ends lie closer together than a hand means: a press that was no drag. `least` in px of the B-scan. */
export function kept(calipers: Calipers, id: number, least: number): Calipers {
  const one = calipers.all.find((each) => each.id === id)
  if (!one || Math.hypot(one.to.x - one.from.x, one.to.y - one.from.y) >= least) return calipers
  const all = calipers.all.filter((each) => each !== one)
  return { ...calipers, all, selected: all.findLast((each) => each.frame === one.frame)?.id ?? null }
}

/** Where an arrow key puts an end: one px, with Shift ten. Null for any other key. */
export function nudged(at: Point, key: string, shift: boolean): Point | null {
  const by = shift ? 10 : 1
  if (key === 'ArrowLeft') return { x: at.x - by, y: at.y }
  if (key === 'ArrowRight') return { x: at.x + by, y: at.y }
  if (key === 'ArrowUp') return { x: at.x, y: at.y - by }
  if (key === 'ArrowDown') return { x: at.x, y: at.y + by }
  return null
}

/** px a caliper's two lines of words take */
const words = { width: 130, height: 32 }

/** Where the words of a caliper stand, px of the pane: right of it, else left of it, else above or below its middle. */
export function labelPlace(a: Point, b: Point, pane: Size): Point & { anchor: 'start' | 'end' | 'middle' } {
  const [left, right] = a.x < b.x ? [a, b] : [b, a]
  const row = (y: number) => Math.min(pane.height - words.height, Math.max(16, y))
  if (right.x + 12 + words.width <= pane.width) return { x: right.x + 12, y: row(right.y), anchor: 'start' }
  if (left.x - 12 - words.width >= 0) return { x: left.x - 12, y: row(left.y), anchor: 'end' }
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2]
  const held = Math.min(pane.width - words.width / 2, Math.max(words.width / 2, x))
  return { x: held, y: row(y > words.height + 16 ? y - words.height : y + 20), anchor: 'middle' }
}

function within(at: Point, { width, height }: Size): Point {
  return { x: Math.min(width, Math.max(0, at.x)), y: Math.min(height, Math.max(0, at.y)) }
}
