/** Where the B-scans of a set lie on its picture, what scan they make, and at which scale. */
import { ScansideError } from '../../errors.ts'
import type { FrameLocation, Point, Scan } from '../../scan.ts'
import type { Dataset } from './dataset.ts'
import { lengthOf, locate, meanStep, patternOf, type Traced, tracedPoints } from './geometry.ts'
import { tag, tagName } from './tags.ts'
import { firstItem, number, numbers, text, within } from './values.ts'

/** What is said of one B-scan, wherever it is said: for it alone, for all of its file, or at the top. */
export interface FrameGroups {
  own: Dataset | undefined
  shared: Dataset | undefined
  file: Dataset
  width: number
}

/** The picture B-scans lie on. mm per px; absent where not known */
export interface Ground {
  uid: string
  spacing?: Point
}

export interface Places {
  locations: FrameLocation[]
  pattern: Scan['pattern']
  spacing: Scan['spacing']
  /** mm per px of the picture: its own, or derived from the B-scans' (`assumed`). */
  scale?: Point
  assumed: boolean
}

const maxPathPoints = 400_000

/** The first item of a functional group of a B-scan. */
export function group(frame: FrameGroups, sequence: number): Dataset | undefined {
  return firstItem(frame.own, sequence) ?? firstItem(frame.shared, sequence) ?? firstItem(frame.file, sequence)
}

/** The UID of the picture a B-scan's place counts on; empty where none is named. */
export function groundOf(frame: FrameGroups): string {
  return text(group(frame, tag.frameLocation), tag.referencedInstance) || text(group(frame, tag.referencedImages), tag.referencedInstance)
}

/** mm per px, row then column; 0 where not given or not that of an eye. */
export function spacingOf(dataset: Dataset | undefined): { row: number; column: number } {
  const [row, column] = numbers(dataset, tag.spacing)
  return { row: within(row, 1e-5, 10) ?? 0, column: within(column, 1e-5, 10) ?? 0 }
}

/** All of it. `ground`: the picture that is shown; B-scans that lie on another one, or do not say on which, have no place on it. */
export function placesOf(frames: readonly FrameGroups[], ground: Ground | undefined): Places {
  const measures = frames.map((frame) => spacingOf(group(frame, tag.measures) ?? frame.file))
  const lateral = measures[0]?.column ?? 0
  const derived = derivedScale(frames[0], lateral)
  const onGround = (frame: FrameGroups) => ground === undefined || groundOf(frame) === ground.uid
  const lies = frames.some(onGround)
  const scale = lies ? (ground?.spacing ?? derived) : derived
  let points = 0
  const places = frames.map((frame): FrameLocation => {
    const trace = traceOf(frame)
    if (trace === undefined) return { kind: 'unknown' }
    const place = locate(trace, frame.width, scale ?? { x: 1, y: 1 })
    if (place.kind === 'path') points += place.points.length
    if (points > maxPathPoints) {
      throw new ScansideError('not-supported', 'The B-scans of this DICOM file follow more points than can be shown. Nothing was changed.', {
        tag: tagName(tag.coordinates),
      })
    }
    return place
  })
  const traced = places.some(({ kind }) => kind !== 'unknown')
  const made = traced ? patternOf(places) : planesOf(frames)
  const locations = places.map((place, index): FrameLocation => (scale && onGround(frames[index] as FrameGroups) ? place : { kind: 'unknown' }))
  const deep = made.pattern === 'unknown' && places.some(({ kind }) => kind === 'area') ? 0 : same(measures.map(({ row }) => row))
  return {
    locations,
    pattern: made.pattern,
    spacing: { lateral, axial: deep, between: traced && scale === undefined ? 0 : made.between },
    ...(ground?.spacing ? { scale: ground.spacing } : lies && scale ? { scale } : {}),
    assumed: scale !== undefined && ground?.spacing === undefined && locations.some(({ kind }) => kind !== 'unknown'),
  }
}

function traceOf(frame: FrameGroups): Traced | undefined {
  const item = group(frame, tag.frameLocation)
  const points = tracedPoints(numbers(item, tag.coordinates))
  return points && { orientation: text(item, tag.imageOrientation), points }
}

/** A B-scan is as long on the picture as its A-scans are wide together. */
function derivedScale(frame: FrameGroups | undefined, lateral: number): Point | undefined {
  const traced = frame && traceOf(frame)
  if (traced === undefined || frame === undefined || lateral === 0) return undefined
  const length = lengthOf(locate(traced, frame.width))
  if (length === undefined || length < 1) return undefined
  const scale = (frame.width * lateral) / length
  return { x: scale, y: scale }
}

/** Parallel planes in the patient's space are a volume; what a single plane or turning ones are is not told. */
function planesOf(frames: readonly FrameGroups[]): { pattern: Scan['pattern']; between: number } {
  const measures = frames[0] && (group(frames[0], tag.measures) ?? frames[0].file)
  // How thick a B-scan is (0018,0050) does not tell how far the next one lies.
  const spaced = within(number(measures, tag.betweenSlices), 1e-4, 10) ?? 0
  const fallback = { pattern: 'unknown', between: frames.length > 1 ? spaced : 0 } as const
  const planes = frames.map((frame) => ({
    position: numbers(group(frame, tag.planePosition) ?? frame.file, tag.position),
    orientation: numbers(group(frame, tag.planeOrientation) ?? frame.file, tag.orientation),
  }))
  const [first] = planes
  if (first === undefined || planes.length < 2) return fallback
  const fits = planes.every(
    ({ position, orientation }) =>
      position.length === 3 &&
      orientation.length === 6 &&
      orientation.every((value, index) => Math.abs(value - (first.orientation[index] ?? 9)) < 1e-3),
  )
  if (!fits) return fallback
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = first.orientation
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d]
  const between = meanStep(planes.map(({ position }) => position.reduce((sum, value, axis) => sum + value * (normal[axis] as number), 0)))
  return between > 1e-4 && between < 10 ? { pattern: 'volume', between } : fallback
}

/** The value, where all agree within one percent; else 0. */
function same(values: readonly number[]): number {
  const [first = 0] = values
  return values.every((value) => Math.abs(value - first) <= 0.01 * first) ? first : 0
}
