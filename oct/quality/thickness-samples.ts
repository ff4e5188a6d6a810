/** Thickness from ILM to BM, place by place, gathered B-scan by B-scan. */
import type { FrameInfo, Point } from '../scan.ts'
import type { FrameView } from './examination.ts'
import type { ThicknessSample } from './fovea.ts'

/** mm: A-scans nearer to one another than this are not all needed to find a pit. */
const apart = 0.05

/** The thickness at A-scans that have both lines, mm in the SLO's frame. Empty where the B-scan is no straight line with a known place. */
export function samplesOnSlo({ info, width, ilm, bm }: FrameView, axial: number): ThicknessSample[] {
  const { location } = info
  if (location.kind !== 'line' || !(axial > 0)) return []
  const { start, end } = location
  const every = strideOf(Math.hypot(end.x - start.x, end.y - start.y) / width)
  return gathered(width, every, ilm, bm, axial, (x) => {
    const t = (x + 0.5) / width
    return { x: start.x + (end.x - start.x) * t, y: start.y + (end.y - start.y) * t }
  })
}

/** The same along the B-scan alone: `x` in mm from its middle, `y` 0. */
export function samplesAlong({ width, ilm, bm }: FrameView, spacing: { lateral: number; axial: number }): ThicknessSample[] {
  if (!(spacing.lateral > 0 && spacing.axial > 0)) return []
  return gathered(width, strideOf(spacing.lateral), ilm, bm, spacing.axial, (x) => ({ x: (x + 0.5 - width / 2) * spacing.lateral, y: 0 }))
}

const strideOf = (lateral: number): number => Math.max(1, Math.floor(apart / lateral))

function gathered(width: number, every: number, ilm: Float32Array, bm: Float32Array, axial: number, place: (x: number) => Point): ThicknessSample[] {
  const samples: ThicknessSample[] = []
  for (let x = every >> 1; x < width; x += every) {
    const um = ((bm[x] as number) - (ilm[x] as number)) * axial * 1000
    if (um > 0) samples.push({ ...place(x), um })
  }
  return samples
}

/** The middle of what the B-scans cover, mm in the SLO's frame; null where a B-scan's place is not known. */
export function middleOf(frames: readonly FrameInfo[]): Point | null {
  let [x, y] = [0, 0]
  for (const { location } of frames) {
    if (location.kind === 'ring') {
      x += location.centre.x
      y += location.centre.y
    } else if (location.kind === 'line') {
      x += (location.start.x + location.end.x) / 2
      y += (location.start.y + location.end.y) / 2
    } else return null
  }
  const middle = { x: x / frames.length, y: y / frames.length }
  return Number.isFinite(middle.x) && Number.isFinite(middle.y) ? middle : null
}
