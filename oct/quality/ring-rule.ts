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

/** How many of the three circles the edge crosses. `edge`, `centre`: mm, SLO frame; `radius`: of the scan, mm. */
export function circlesCrossed(edge: readonly Point[], centre: Point, radius: number): number {
  const distances = edge.map(({ x, y }) => Math.hypot(x - centre.x, y - centre.y))
  return circles.filter((part) => {
    const circle = part * radius
    const inside = distances.filter((each) => each < circle - slack).length
    const outside = distances.filter((each) => each > circle + slack).length
    return inside >= leastPoints && outside >= leastPoints
  }).length
}
