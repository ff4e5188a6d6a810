/** Where each B-scan of a Heidelberg RAW export lies on the SLO, from the two points of its header. */
import type { FrameLocation, Point } from '../scan.ts'
import type { VolHeader } from './vol-header.ts'
import { circlesAtEnd, ringTolerance } from './vol-layout.ts'

/** The two points of a B-scan's header in mm, SLO frame: start and end of a line, or start and centre of a circle. Undefined: no possible place. */
export type Ends = { start: Point; end: Point } | undefined

/** mm: how far the middle of a radial line may lie from the middle of all */
const sameCentre = 0.1

/** One location per B-scan, in order. What the pattern does not tell, or what contradicts the file's own scale, is unknown. */
export function placeFrames(ends: readonly Ends[], head: Pick<VolHeader, 'pattern' | 'width' | 'spacing'>): FrameLocation[] {
  const length = head.width * head.spacing.lateral
  const middle = head.pattern === 'radial-circles' ? middleOf(ends.slice(0, -circlesAtEnd)) : undefined
  return ends.map((each, index): FrameLocation => {
    if (each === undefined || head.pattern === 'unknown') return { kind: 'unknown' }
    if (head.pattern === 'ring') return isAsLong(each, length) ? ring(each) : { kind: 'unknown' }
    if (head.pattern === 'radial-circles' && index >= ends.length - circlesAtEnd) return lastOfRadial(each, length, middle)
    return { kind: 'line', ...each }
  })
}

/**
 * The last three B-scans of radial scans with circles are the circles: their second point is the centre, which is where the radial lines cross.
 * The file has one scale for lines and circles alike, so that a circle's length alone does not tell; it does where the lines cross nowhere.
 */
function lastOfRadial(ends: NonNullable<Ends>, length: number, middle: Point | undefined): FrameLocation {
  if (isAsLong(ends, length)) return ring(ends)
  if (middle === undefined) return { kind: 'unknown' }
  const radius = distance(ends.start, ends.end)
  if (radius > sameCentre && distance(ends.end, middle) <= sameCentre) return ring(ends)
  return distance(between(ends), middle) <= sameCentre ? { kind: 'line', ...ends } : { kind: 'unknown' }
}

/** Whether 2 pi r is width x spacing, as on every ring of the device (measured on a real one: 11.307 and 11.306 mm). */
function isAsLong(ends: NonNullable<Ends>, length: number): boolean {
  return Math.abs(2 * Math.PI * distance(ends.start, ends.end) - length) <= ringTolerance * length
}

/** Where all lines have their middle; undefined where they do not share one. */
function middleOf(lines: readonly Ends[]): Point | undefined {
  const middles = lines.flatMap((line) => (line === undefined ? [] : [between(line)]))
  if (middles.length === 0) return undefined
  const sum = middles.reduce((total, at) => ({ x: total.x + at.x, y: total.y + at.y }), { x: 0, y: 0 })
  const mean = { x: sum.x / middles.length, y: sum.y / middles.length }
  return middles.every((at) => distance(at, mean) <= sameCentre) ? mean : undefined
}

function ring({ start, end }: NonNullable<Ends>): FrameLocation {
  return { kind: 'ring', start, centre: end, radius: distance(start, end) }
}

function between({ start, end }: NonNullable<Ends>): Point {
  return { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
