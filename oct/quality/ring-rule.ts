/**
 * The ring rule of OSCAR-IB (Tewarie 2012, fig. 3, the "RAF logo"): three concentric circles are laid about the ring's centre; a scan is
 * rejected where the edge of the optic nerve head crosses more than two of them.
 */
import type { Point } from '../scan.ts'

/**
 * The circles' radii as parts of the scan's own, which is the outermost. The paper draws them and gives no numbers: an even division is our
 * reading, so that all three are crossed only by a disc that the ring itself cuts.
 */
export const circles = [1 / 3, 2 / 3, 1] as const

/** mm: an edge that only touches a circle does not cross it */
const slack = 0.03
/** Points of the edge that must lie beyond, on either side. */
const leastPoints = 2

/**
 * How many of the three circles the edge crosses; one that lies wholly outside the disc and beside its middle has been crossed on the way.
 * All in mm, SLO frame; `centre` and `radius` are the scan's.
 */
export function circlesCrossed(disc: { edge: readonly Point[]; centre: Point; radius: number }, centre: Point, radius: number): number {
  const distances = disc.edge.map(({ x, y }) => Math.hypot(x - centre.x, y - centre.y))
  const beside = Math.hypot(disc.centre.x - centre.x, disc.centre.y - centre.y) > disc.radius
  return circles.filter((part) => {
    const circle = part * radius
    const inside = distances.filter((each) => each < circle - slack).length
    const outside = distances.filter((each) => each > circle + slack).length
    return outside >= leastPoints && (inside >= leastPoints || beside)
  }).length
}
