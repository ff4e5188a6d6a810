/** Where the words of a fault stand on a B-scan. Pure. */
import type { Interval } from '../../../oct/results.ts'
import type { Rect } from '../viewer/view.ts'

export interface FaultLabel {
  kind: Interval['kind']
  /** A-scans counted from 1, as a person reads them. */
  from: number
  to: number
  /** CSS px of the pane: the left edge of the words, and the dashed lines at both ends of the stretch. */
  left: number
  lines: [number, number]
}

/** Words never begin further right than this share of the picture, so that they end within it. */
const latest = 0.5

/** The longest stretch of each kind on one B-scan, with the place of its words; longest first. */
export function faultLabels(intervals: readonly Interval[], frame: number, width: number, rect: Rect): FaultLabel[] {
  if (width <= 0) return []
  const longest = new Map<Interval['kind'], Interval>()
  for (const one of intervals) {
    if (one.frame !== frame) continue
    const known = longest.get(one.kind)
    if (!known || one.to - one.from > known.to - known.from) longest.set(one.kind, one)
  }
  const x = (aScan: number) => rect.x + (Math.min(width, Math.max(0, aScan)) / width) * rect.width
  return [...longest.values()]
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .map(({ kind, from, to }) => ({
      kind,
      from: from + 1,
      to: to + 1,
      left: Math.min(x(from) + 4, rect.x + rect.width * latest),
      lines: [x(from), x(to + 1)],
    }))
}
