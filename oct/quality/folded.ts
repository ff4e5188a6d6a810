/** Folded retina: what lies above the upper edge of a B-scan is seen below it, upside down. */
import type { FrameView } from './examination.ts'

/** A-scans that are folded. */
export function foldedAScans(_view: Omit<FrameView, 'states'>, _axial: number): number[] {
  return []
}
