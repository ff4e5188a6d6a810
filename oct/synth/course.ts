/** Where the B-scans of each pattern run over the model eye, and where that is on the SLO. */
import type { VolContent } from '../formats/vol-write.ts'
import type { Point } from '../scan.ts'

export type SynthPattern = 'ring' | 'volume' | 'line' | 'radial' | 'radial-circles'

/** mm: length of lines, side of volumes */
export const extent = 6
/** mm: radius of a ring at an emmetropic eye */
export const usualRadius = 1.8
/** mm: the circles of radial scans */
const circleRadii = [3.5 / 2, 4.1 / 2, 4.7 / 2] as const

/** The course of one B-scan about the scan's centre: a circle, or a line of `extent` turned by an angle and moved down. */
export type Course = { kind: 'ring'; radius: number } | { kind: 'line'; angle: number; below: number }

/** The disc lies in the middle of it, not the fovea. */
export function isOnDisc(pattern: SynthPattern): boolean {
  return pattern === 'ring' || isRadial(pattern)
}

export function isRadial(pattern: SynthPattern): boolean {
  return pattern === 'radial' || pattern === 'radial-circles'
}

/** How many B-scans a pattern has. `frames`: of a volume (25) or lines of a radial scan (24). */
export function frameCount(pattern: SynthPattern, frames?: number): number {
  if (pattern === 'volume') return frames ?? 25
  if (isRadial(pattern)) return (frames ?? 24) + (pattern === 'radial' ? 0 : circleRadii.length)
  return 1
}

/** B-scan 0 of a volume is inferior, as the device stores it. Radial lines turn from horizontal on; the circles are last, from inside out. */
export function courseOf(pattern: SynthPattern, frames: number, frame: number, radius: number, breadth: number = extent): Course {
  if (pattern === 'ring') return { kind: 'ring', radius }
  if (!isRadial(pattern)) return { kind: 'line', angle: 0, below: frames === 1 ? 0 : breadth * (0.5 - (frame + 0.5) / frames) }
  const lines = pattern === 'radial' ? frames : frames - circleRadii.length
  if (frame >= lines) return { kind: 'ring', radius: circleRadii[frame - lines] ?? usualRadius }
  return { kind: 'line', angle: (Math.PI * frame) / lines, below: 0 }
}

/** Where an A-scan stands in the model eye; `t` runs 0..1 along the B-scan. Rings begin temporally and turn over superior. */
export function place(course: Course, centre: Point, side: number, t: number): Point {
  if (course.kind === 'ring') {
    const angle = 2 * Math.PI * t
    return { x: centre.x - course.radius * Math.cos(angle), y: centre.y - course.radius * Math.sin(angle) }
  }
  // Lines run left to right on the SLO, which is towards the nose only in a right eye.
  if (course.angle === 0) return { x: centre.x + side * extent * (t - 0.5), y: centre.y + course.below }
  const along = extent * (t - 0.5)
  return { x: centre.x + side * along * Math.cos(course.angle), y: centre.y + along * Math.sin(course.angle) + course.below }
}

/** The same on the SLO, as a file tells it. */
export function locate(course: Course, centre: Point, side: number, toMm: (at: Point) => Point): VolContent['frames'][number]['location'] {
  const start = toMm(place(course, centre, side, 0))
  return course.kind === 'ring'
    ? { kind: 'ring', start, centre: toMm(centre), radius: course.radius }
    : { kind: 'line', start, end: toMm(place(course, centre, side, 1)) }
}
