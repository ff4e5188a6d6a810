/** Single changes to a generated scan, by physical quantities: what faults of a known size are made of. */
import type { Point } from '../scan.ts'

/** Absent = nothing of it; a scan without any is the same byte for byte as one that does not name them. */
export interface SynthDetail {
  /** dB: 10 log10 of the factor on all reflectivity, not on the noise */
  light?: number
  /** mm by which the retina lies deeper in the B-scan */
  deeper?: number
  /** mm from the disc or fovea to the scan's centre, towards the nose and downwards; takes the place of the usual small one */
  off?: Point
  /** degrees by which BM falls along the B-scan, towards the nose */
  tilt?: number
  /** From B-scan `from` on the eye has moved: mm deeper, mm along the B-scan. The file knows nothing of it. */
  jump?: { from: number; deeper: number; along: number }
  /** Part of every B-scan (0..1 along it) that gets less light, in dB as `light`; soft over a twentieth of its length. */
  shade?: { from: number; to: number; light: number }
  /** dB: reflectivity of the ONL at the B-scan's right end over that at its left */
  onlSides?: number
  /** mm from the first to the last B-scan of a volume, and one distance more; 6 */
  breadth?: number
}

/** Factor of a level in dB. */
export const factorOf = (decibels: number): number => 10 ** (decibels / 10)

/** Factor on the light at a place along the B-scan, 0..1. */
export function shadeAt(along: number, shade: SynthDetail['shade']): number {
  if (!shade) return 1
  const inside = Math.min(1, Math.max(0, Math.min(along - shade.from, shade.to - along) / 0.05 + 0.5))
  return factorOf(shade.light * inside)
}
