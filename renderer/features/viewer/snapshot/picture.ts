/** What is on the screen of one scan, as far as a saved picture repeats it. */
import type { Interval, Verdict } from '../../../../oct/results.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import type { Caliper } from '../calipers.ts'
import type { Frame } from '../frame-source.ts'
import type { LayerChoice } from '../layer-choice.ts'
import type { Rect } from '../view.ts'
import type { WindowLevel } from '../window-level.ts'

export interface Picture {
  open: OpenScan
  /** 0-based */
  index: number
  frame: Frame
  level: WindowLevel
  layers: LayerChoice
  /** Of this B-scan. */
  intervals: readonly Interval[]
  /** Null where it was not judged. */
  verdict: Verdict | null
  seen: Seen | null
}

/** What a pane shows of its B-scan. */
export interface Seen {
  /** The part in sight, px of the B-scan. */
  part: Rect
  /** How much higher than wide a px is shown. */
  stretch: number
  /** What was measured on it by hand. */
  calipers: readonly Caliper[]
}

/** What is in sight of an image that lies at `rect` of a pane. @param size px of the image */
export function seenPart(rect: Rect, pane: { width: number; height: number }, size: { width: number; height: number }): Omit<Seen, 'calipers'> {
  const across = rect.width / size.width
  const down = rect.height / size.height
  const left = Math.max(0, -rect.x) / across
  const top = Math.max(0, -rect.y) / down
  const right = Math.min(size.width, (pane.width - rect.x) / across)
  const bottom = Math.min(size.height, (pane.height - rect.y) / down)
  return { part: { x: left, y: top, width: right - left, height: bottom - top }, stretch: down / across }
}
