/** How a scan was laid out, in numbers: what a reader looks up before trusting a measurement. Words are the window's. */
import { courseLength, frameSpacing, type OpenedScan } from './geometry.ts'

export interface Layout {
  /** px of this B-scan */
  width: number
  height: number
  /** Whether the scan's B-scans differ in size. */
  mixed: boolean
  /** mm along and in depth; null where the scale is not known */
  extent: { width: number; height: number } | null
  /** µm per px; null where not known */
  scaling: { lateral: number; axial: number } | null
  /** µm between B-scans; null where there is none or it is not known */
  between: number | null
  /** mm, of a ring */
  radius: number | null
  /** mm along the B-scan on the SLO, of a line or a course */
  length: number | null
}

export function layoutOf(scan: OpenedScan, index: number): Layout {
  const frame = scan.frames[index]
  const { width, height } = frame ?? scan
  const { lateral, axial } = frameSpacing(scan, index)
  const scaled = lateral > 0 && axial > 0
  const location = frame?.location
  return {
    width,
    height,
    mixed: scan.frames.some((one) => one.width !== width || one.height !== height),
    extent: scaled ? { width: width * lateral, height: height * axial } : null,
    scaling: scaled ? { lateral: lateral * 1000, axial: axial * 1000 } : null,
    between: scan.spacing.between > 0 ? scan.spacing.between * 1000 : null,
    radius: location?.kind === 'ring' ? location.radius : null,
    length: location && location.kind !== 'ring' ? courseLength(location) : null,
  }
}
