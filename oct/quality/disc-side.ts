/** On which side of the SLO the disc lies: to the right in a right eye, to the left in a left one. */
import type { Scan } from '../scan.ts'
import { findDisc } from './disc.ts'
import type { SloView, VisitScan } from './examination.ts'
import { middleOf } from './thickness-samples.ts'

/** mm: nearer to the middle of what was scanned than this, a disc is on no side of a macula; real discs lie 4 to 5 mm from the fovea */
const fromMacula = 2
/** mm: the device's own fixation puts the disc a little nasally on the SLO of a ring (1.1 mm on a real one); own */
const fromMiddle = 0.6

/** Where the disc lies as seen on the SLO; null where it is not found or lies in the middle. */
export function discSideOf(scan: Scan, slo: SloView | null): VisitScan['discSide'] {
  const disc = slo && findDisc(slo)
  if (!disc) return null
  const sloMiddle = (slo.width * slo.spacing.x) / 2
  const aroundDisc = scan.pattern === 'ring' || scan.pattern === 'radial' || scan.pattern === 'radial-circles'
  const scanMiddle = middleOf(scan.frames)?.x ?? sloMiddle
  const offset = disc.centre.x - (aroundDisc ? sloMiddle : scanMiddle)
  if (Math.abs(offset) < (aroundDisc ? fromMiddle : fromMacula)) return null
  return offset > 0 ? 'right' : 'left'
}
