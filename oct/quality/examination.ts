/** What detectors are given and what they find. A detector sees each B-scan once, in order, and may keep numbers, never pictures. */
import type { Criterion, Interval, Series } from '../results.ts'
import type { FrameInfo, Laterality, Scan } from '../scan.ts'
import type { DeviceProfile, Profile, Protocol } from './profile.ts'

/** A-scan states, by their number in `FrameView.states`. `folded`: what lies above the upper edge is seen below it, upside down. */
export const aScanStates = ['whole', 'cut-upper', 'cut-lower', 'signal-missing', 'not-segmented', 'folded'] as const
export type AScanState = (typeof aScanStates)[number]

/** The SLO decoded: grey 0..255, row-major, row 0 superior. `spacing` in mm per px, 0 where not known. */
export interface SloView {
  width: number
  height: number
  spacing: { x: number; y: number }
  pixels: Uint8Array
}

/** Where a line came from: drawn by the device, found by this code in the picture, or nowhere. */
export type LineOrigin = 'device' | 'found' | 'none'

/** One B-scan as detectors see it. Arrays are reused for the next B-scan: copy what you keep. */
export interface FrameView {
  info: FrameInfo
  /** px */
  width: number
  height: number
  /** Fourth root of the reflectivity, or grey / 255 where the file keeps pictures ready to be shown: 0..1, row-major, row 0 anterior, NaN not acquired. */
  roots: Float32Array
  /** Rows of ILM and BM, one per A-scan, NaN where there is none: the device's where it drew them, else found. */
  ilm: Float32Array
  bm: Float32Array
  origin: { ilm: LineOrigin; bm: LineOrigin }
  /** As found in the picture, whatever the device drew: to hold the device's lines against. NaN where nothing stands out. */
  found: { ilm: Float32Array; bm: Float32Array }
  /** State of every A-scan, as indices into `aScanStates`. Signal is measured in whole A-scans alone. */
  states: Uint8Array
}

/** The earlier scan of the same eye, as far as a follow-up must match it. Plain data, kept by whoever knows the visits. */
export interface EarlierScan {
  pattern: Scan['pattern']
  laterality: Laterality
  /** px; mm */
  width: number
  frames: number
  spacing: Scan['spacing']
  resolution?: 'HS' | 'HR'
  ringRadius?: number
  /** mm, SLO frame: middle of the scanned place */
  centre?: { x: number; y: number }
  /** At most 384 x 384. */
  slo?: SloView
}

/** Another scan of the same visit, for the pair of eyes. `discSide`: where the disc lies on the SLO as seen, null where not found. */
export interface VisitScan {
  laterality: Laterality
  discSide: 'left' | 'right' | null
}

/** Everything known before the first B-scan. */
export interface Examination {
  scan: Scan
  profile: Profile
  /** What is known of the device; null: limits in dB do not apply. */
  device: DeviceProfile | null
  /** The protocol the scan is held against, null where none fits. */
  protocol: Protocol | null
  slo: SloView | null
  earlier: EarlierScan | null
  visit: readonly VisitScan[]
}

export interface Findings {
  criteria: Criterion[]
  /** Values per B-scan, index 0 first. */
  series?: Series[]
  intervals?: Interval[]
}

/** Looks at every B-scan, then says what it found. A criterion that does not apply to the pattern is left out; what cannot be measured is `unknown`. */
export interface Detector {
  frame?(view: FrameView): void
  end(): Findings
}
export type MakeDetector = (exam: Examination) => Detector
