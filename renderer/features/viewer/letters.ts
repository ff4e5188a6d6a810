/** The letters beside an image: T temporal, N nasal, S superior, I inferior. */
import { directionOf, type Laterality, type Location, startAngle } from './geometry.ts'

export interface SloLetters {
  left: 'T' | 'N'
  right: 'T' | 'N'
  top: 'S'
  bottom: 'I'
}
/** A letter beside a B-scan: `at` is 0 at the first A-scan and 1 after the last. */
export interface BscanLetter {
  at: number
  text: string
}

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
  if (!sides || location.kind === 'unknown' || location.kind === 'area' || location.kind === 'path') return []
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
      const at = turns - Math.floor(turns)
      // The ring closes on itself: the letter it starts with is the one it ends with.
      const atSeam = at < 0.03 || at > 0.97
      return atSeam
        ? [
            { at: 0, text },
            { at: 1, text },
          ]
        : [{ at, text }]
    })
    .sort((a, b) => a.at - b.at)
}
