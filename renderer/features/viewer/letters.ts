/** The letters beside an image: T temporal, N nasal, S superior, I inferior. */
import { courseLength, directionOf, type Laterality, type Location, startAngle } from './geometry.ts'

export interface SloLetters {
  left: 'T' | 'N'
  right: 'T' | 'N'
  top: 'S'
  bottom: 'I'
}
/** A letter beside a B-scan: `at` is 0 at the first A-scan and 1 after the last; `down` is 0 at the top and 1 at the bottom, absent along the top. */
export interface BscanLetter {
  at: number
  text: string
  down?: number
}

/** The first and the last point of a course lie closer than this part of its length: it is closed, like a ring. */
const closing = 0.05

/** The letters around the SLO: temporal is left in OD and right in OS; null where the eye is not known. */
export function sloLetters(laterality: Laterality): SloLetters | null {
  if (laterality === 'unknown') return null
  return laterality === 'OD' ? { left: 'T', right: 'N', top: 'S', bottom: 'I' } : { left: 'N', right: 'T', top: 'S', bottom: 'I' }
}

/** The name of a direction on the SLO (x right, y down): one letter near an axis, two between (`TS`). */
export function directionName(dx: number, dy: number, laterality: Laterality): string {
  const sides = sloLetters(laterality)
  if (!sides || (dx === 0 && dy === 0)) return ''
  const angle = (Math.atan2(Math.abs(dy), Math.abs(dx)) * 180) / Math.PI
  const across = angle < 67.5 ? (dx < 0 ? sides.left : sides.right) : ''
  const along = angle > 22.5 ? (dy < 0 ? sides.top : sides.bottom) : ''
  return across + along
}

/** The letters over a B-scan, left to right; none where the eye or the B-scan's place is not known. */
export function bscanLetters(location: Location, laterality: Laterality): BscanLetter[] {
  const sides = sloLetters(laterality)
  if (!sides || location.kind === 'unknown') return []
  if (location.kind === 'area') return areaLetters(location, sides)
  if (location.kind === 'path') return courseLetters(location, sides, laterality)
  if (location.kind === 'line') {
    const dx = location.end.x - location.start.x
    const dy = location.end.y - location.start.y
    const first = directionName(-dx, -dy, laterality)
    return first === ''
      ? []
      : [
          { at: 0, text: first },
          { at: 1, text: directionName(dx, dy, laterality) },
        ]
  }
  const direction = directionOf(location, laterality) ?? 1
  const start = startAngle(location)
  const axes = [
    { text: sides.right, angle: 0 },
    { text: sides.bottom, angle: Math.PI / 2 },
    { text: sides.left, angle: Math.PI },
    { text: sides.top, angle: -Math.PI / 2 },
  ]
  return axes
    .flatMap(({ text, angle }) => {
      const turns = (direction * (angle - start)) / (2 * Math.PI)
      return seam(turns - Math.floor(turns), text)
    })
    .sort((a, b) => a.at - b.at)
}

/** A transverse frame is a picture like the SLO: a letter at each side. Its first row and column lie at `from`. */
function areaLetters({ from, to }: Extract<Location, { kind: 'area' }>, sides: SloLetters): BscanLetter[] {
  const [first, last] = from.x <= to.x ? [sides.left, sides.right] : [sides.right, sides.left]
  const [upper, lower] = from.y <= to.y ? [sides.top, sides.bottom] : [sides.bottom, sides.top]
  return [
    { at: 0, down: 0.5, text: first },
    { at: 0.5, down: 0, text: upper },
    { at: 0.5, down: 1, text: lower },
    { at: 1, down: 0.5, text: last },
  ]
}

/** A closed course has the letters of a ring, where it comes closest to each side of its middle; an open one those of a line. */
function courseLetters(location: Extract<Location, { kind: 'path' }>, sides: SloLetters, laterality: Laterality): BscanLetter[] {
  const { points } = location
  const [first, last] = [points[0], points.at(-1)]
  const length = courseLength(location) ?? 0
  if (!first || !last || length === 0) return []
  const apart = Math.hypot(last.x - first.x, last.y - first.y)
  if (apart > closing * length) return bscanLetters({ kind: 'line', start: first, end: last }, laterality)
  const middle = { x: points.reduce((sum, at) => sum + at.x, 0) / points.length, y: points.reduce((sum, at) => sum + at.y, 0) / points.length }
  const axes = [
    { text: sides.right, x: 1, y: 0 },
    { text: sides.bottom, x: 0, y: 1 },
    { text: sides.left, x: -1, y: 0 },
    { text: sides.top, x: 0, y: -1 },
  ]
  return axes
    .flatMap(({ text, x, y }) => {
      let best = 0
      let most = Number.NEGATIVE_INFINITY
      for (const [i, at] of points.entries()) {
        const [dx, dy] = [at.x - middle.x, at.y - middle.y]
        const towards = (dx * x + dy * y) / Math.max(1e-9, Math.hypot(dx, dy))
        if (towards > most) [best, most] = [i, towards]
      }
      return seam(best / points.length, text)
    })
    .sort((a, b) => a.at - b.at)
}

/** The course closes on itself: the letter it starts with is the one it ends with. */
function seam(at: number, text: string): BscanLetter[] {
  return at < 0.03 || at > 0.97
    ? [
        { at: 0, text },
        { at: 1, text },
      ]
    : [{ at, text }]
}
