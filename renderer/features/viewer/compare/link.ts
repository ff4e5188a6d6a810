/** How two scans shown side by side follow each other. Pure. */
import type { BscanView } from '../bscan-view.ts'
import type { Laterality, Location, OpenedScan, Point } from '../geometry.ts'
import { bscanLetters } from '../letters.ts'

/** mm: B-scans whose middles lie closer together than this all cross at one point, and no place tells them apart. */
const leastSpread = 0.05

/**
 * The B-scan of `to` that belongs to B-scan `index` of `from`: the one at the same place, measured in mm from the middle of the scanned
 * field and mirrored between the eyes; where the lines tell no place, the same number or the same part of the way.
 */
export function linkedIndex(from: OpenedScan, to: OpenedScan, index: number): number {
  const count = to.frames.length
  const same = from.frames.length === count
  if (same && from.laterality === to.laterality) return index
  const here = offsets(from)
  const there = offsets(to)
  const at = here?.[index]
  if (!at || !there) return same ? index : byPart(index, from.frames.length, count)
  const flip = otherEye(from.laterality, to.laterality) ? -1 : 1
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [i, point] of there.entries()) {
    const distance = Math.hypot(point.x - flip * at.x, point.y - at.y)
    if (distance < least) {
      least = distance
      best = i
    }
  }
  return best
}

/** The middles of all B-scans in mm from the middle of them all; null where one has no place or all share it. */
function offsets(scan: OpenedScan): Point[] | null {
  const middles = scan.frames.flatMap((frame) => middle(frame.location) ?? [])
  if (middles.length !== scan.frames.length || middles.length < 2) return null
  const centre = {
    x: middles.reduce((sum, point) => sum + point.x, 0) / middles.length,
    y: middles.reduce((sum, point) => sum + point.y, 0) / middles.length,
  }
  const found = middles.map((point) => ({ x: point.x - centre.x, y: point.y - centre.y }))
  return found.some((point) => Math.hypot(point.x, point.y) > leastSpread) ? found : null
}

function middle(location: Location): Point | null {
  if (location.kind === 'line') return { x: (location.start.x + location.end.x) / 2, y: (location.start.y + location.end.y) / 2 }
  return location.kind === 'path' ? (location.points[Math.floor(location.points.length / 2)] ?? null) : null
}

function byPart(index: number, from: number, to: number): number {
  return from < 2 ? Math.floor((to - 1) / 2) : Math.round((index / (from - 1)) * (to - 1))
}

function otherEye(a: Laterality, b: Laterality): boolean {
  return a !== 'unknown' && b !== 'unknown' && a !== b
}

/**
 * Whether B-scan B runs the other way round in the eye than A: temporal left in one and right in the other. Rings of both eyes run T-S-N-I-T
 * and are not mirrored.
 */
export function isMirrored(a: OpenedScan, indexA: number, b: OpenedScan, indexB: number): boolean {
  const first = bscanLetters(a.frames[indexA]?.location ?? { kind: 'unknown' }, a.laterality)
  const second = bscanLetters(b.frames[indexB]?.location ?? { kind: 'unknown' }, b.laterality)
  const [start, end] = [first[0]?.text, first.at(-1)?.text]
  return start !== undefined && start !== end && second[0]?.text === end && second.at(-1)?.text === start
}

/** The A-scan of B at the same part of the way as `aScan` of A, from its other end where mirrored. */
export function linkedAScan(aScan: number, widthA: number, widthB: number, mirrored: boolean): number {
  const part = (aScan + 0.5) / widthA
  return Math.min(widthB - 1, Math.max(0, Math.floor((mirrored ? 1 - part : part) * widthB)))
}

/** The view of B that belongs to one of A: the same, or as in a mirror. */
export function linkedView(view: BscanView, mirrored: boolean): BscanView {
  return mirrored ? { ...view, zoom: { ...view.zoom, x: -view.zoom.x } } : view
}
