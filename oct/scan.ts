/** The one model of a scan, whatever the file format. `unknown` or undefined where a format does not carry a thing: never a guess. */

export type Laterality = 'OD' | 'OS' | 'unknown'
export type ScanPattern = 'line' | 'ring' | 'volume' | 'fast-volume' | 'radial' | 'radial-circles' | 'unknown'

/** Where the bytes of a file come from. Ranges only, so that a volume is read B-scan by B-scan. */
export interface ByteSource {
  /** bytes */
  readonly size: number
  /** Exactly `length` bytes from `offset`; rejects where the source ends before. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A point in mm, SLO frame: origin top left, x right, y down. */
export interface Point {
  x: number
  y: number
}

/** Where a B-scan lies on the SLO. Ring: `start` is the first A-scan, the circle runs around `centre`, radius in mm. */
export type FrameLocation =
  | { kind: 'line'; start: Point; end: Point }
  | { kind: 'ring'; start: Point; centre: Point; radius: number }
  | { kind: 'unknown' }

/** A segmented boundary. Rows in px from the top of the B-scan, 0-based, fractional, one per A-scan; NaN where not segmented. */
export interface Layer {
  name: string
  rows: Float32Array
}

/** What is known of a B-scan before its pixels are read. */
export interface FrameInfo {
  index: number
  location: FrameLocation
  /** The device's own quality index in dB, where the format carries one. */
  quality?: number
  /** Byte range of the raw pixels in the file (float32 little-endian, row-major, row 0 anterior), for a lazy reader. */
  pixels: { offset: number; length: number }
  layers: Layer[]
}

/** Metadata of the SLO (or fundus) image. */
export interface SloInfo {
  width: number
  height: number
  /** mm per px */
  spacing: { x: number; y: number }
  /** degrees, where known */
  field?: number
  /** Byte range of the pixels in the file: u8, row-major, row 0 superior. */
  pixels: { offset: number; length: number }
}

/** A scan without its pixels. Plain data: it may cross a worker's or the doorway's border. */
export interface Scan {
  format: 'heidelberg-vol'
  /** `Heidelberg Spectralis`, with the format's own version in `formatVersion` (`HSF-OCT-103`). */
  device: string
  formatVersion: string
  laterality: Laterality
  pattern: ScanPattern
  /** px: A-scans per B-scan, samples per A-scan. */
  width: number
  height: number
  /** mm per px along the B-scan and in depth; mm between B-scans (0 for line and ring). */
  spacing: { lateral: number; axial: number; between: number }
  /** dioptres */
  focus?: number
  slo?: SloInfo
  frames: FrameInfo[]
  /** UTC, ISO 8601, from the header's FILETIME; absent where it is zero. */
  acquiredAt?: string
}
