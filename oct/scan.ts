/** The one model of a scan, whatever the file format. `unknown`, undefined or 0 where a format does not carry a thing: never a guess. */

export type Laterality = 'OD' | 'OS' | 'unknown'
export type ScanPattern = 'line' | 'ring' | 'volume' | 'fast-volume' | 'radial' | 'radial-circles' | 'unknown'
export type ScanFormat = 'heidelberg-vol' | 'heidelberg-xml' | 'heidelberg-e2e' | 'dicom-opt'

/** Where the bytes of a file come from. Ranges only, so that a volume is read B-scan by B-scan. */
export interface ByteSource {
  /** bytes */
  readonly size: number
  /** Exactly `length` bytes from `offset`; rejects where the source ends before. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** One file of a scan. The name (no folders) serves only to find a file that another file of the scan names; it never decides a format. */
export interface NamedSource {
  name: string
  source: ByteSource
}

/** A point in mm, SLO frame: origin top left, x right, y down. */
export interface Point {
  x: number
  y: number
}

/**
 * Where a B-scan lies on the SLO, all in mm.
 * - `ring`: `start` is the first A-scan, the circle runs around `centre`; `direction` 1 clockwise on the screen, -1 counter-clockwise, absent
 *   where the format does not say.
 * - `path`: one point per A-scan, for what is neither straight nor a circle.
 * - `area`: a transverse (en-face) frame between two corners.
 */
export type FrameLocation =
  | { kind: 'line'; start: Point; end: Point }
  | { kind: 'ring'; start: Point; centre: Point; radius: number; direction?: 1 | -1 }
  | { kind: 'path'; points: Point[] }
  | { kind: 'area'; from: Point; to: Point }
  | { kind: 'unknown' }

/** A segmented boundary. Rows in px from the top of the B-scan, 0-based, fractional, one per A-scan; NaN where not segmented. */
export interface Layer {
  name: string
  rows: Float32Array
}

export type Compression = 'none' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k'

/**
 * How a picture's bytes become pixels (`decodePixels`):
 * - `reflectivity-f32`: float32 little-endian, linear reflectivity 0..1, above 1e30 not acquired; shown as 255 v^0.25 (Heidelberg RAW export).
 * - `reflectivity-u16f`: Heidelberg's unsigned 16-bit float (6-bit exponent, 10-bit mantissa), shown alike (`.e2e`).
 * - `stored`: grey values ready to be shown, `bits` of `allocated` used; `inverted` where the lowest value is white.
 * - `picture`: a whole picture file, 8-bit grey or grey in three channels; `inverted` as the reader found it to be.
 */
export type PixelCoding =
  | { kind: 'reflectivity-f32' }
  | { kind: 'reflectivity-u16f' }
  | { kind: 'stored'; compression: Compression; allocated: 8 | 16; bits: number; bigEndian: boolean; inverted: boolean }
  | { kind: 'picture'; type: 'tif' | 'png' | 'jpg' | 'bmp'; inverted: boolean }

/** A byte range of a file. */
export interface ByteRange {
  offset: number
  length: number
}

/** Where a picture's bytes lie: `parts` of file number `file` of the set, joined in order, and how to read them. */
export interface PixelRef {
  file: number
  parts: ByteRange[]
  coding: PixelCoding
}

/** What is known of a B-scan before its pixels are read. B-scans of one scan may differ in size. */
export interface FrameInfo {
  index: number
  /** px: A-scans, samples per A-scan */
  width: number
  height: number
  location: FrameLocation
  /** The device's own quality index in dB, where the format carries one. */
  quality?: number
  /** B-scans averaged into this one (ART), where the format carries it. */
  art?: number
  pixels: PixelRef
  layers: Layer[]
  /** Bruch's membrane opening: the two end points, px of the B-scan (HSF-OCT-104). */
  bmo?: [Point, Point]
}

/** Metadata of the SLO (or fundus) image. */
export interface SloInfo {
  width: number
  height: number
  /** mm per px; 0 where not known */
  spacing: { x: number; y: number }
  /** degrees, where known */
  field?: number
  /** Row-major, row 0 superior. */
  pixels: PixelRef
}

/** A picture beside the SLO: an OPT en-face image. `place` in mm of the SLO frame, where the file says it. */
export interface ReferencePicture {
  label: string
  width: number
  height: number
  /** mm per px; 0 where not known */
  spacing: { x: number; y: number }
  place?: { from: Point; to: Point }
  pixels: PixelRef
}

/** A thickness grid as the device computed it. Thickness in µm, volume in mm³, null where the device had none. Zones C0, N1, ... or `r/c`. */
export interface ThicknessGrid {
  kind: 'circular' | 'rectangular'
  /** mm, from inside out (circular) */
  diameters: number[]
  /** mm, SLO frame */
  centre: Point
  zones: { name: string; thickness: number | null; volume: number | null }[]
}

/**
 * What a person must know beside the pictures:
 * - `best-effort`: the format is not published; what is shown may be incomplete.
 * - `orientation-not-verified`: a left eye's ring whose direction was never checked against a device.
 * - `slo-scale-assumed`: the SLO's scale is not in the file and was derived from the B-scans' own length.
 * - `lossy`: the pictures were compressed with loss.
 * - `layers-missing`: the file names layer lines that it does not carry.
 * - `pictures-missing`: the file names pictures that are not in the set; their B-scans are left out.
 */
export const scanRemarks = ['best-effort', 'orientation-not-verified', 'slo-scale-assumed', 'lossy', 'layers-missing', 'pictures-missing'] as const
export type ScanRemark = (typeof scanRemarks)[number]

/** A scan without its pixels. Plain data: it may cross a worker's or the doorway's border. */
export interface Scan {
  format: ScanFormat
  /** `Heidelberg Spectralis`, `Topcon 3D OCT-2000` */
  device: string
  /** `HSF-OCT-103`, a software version, or the transfer syntax's name */
  formatVersion: string
  laterality: Laterality
  pattern: ScanPattern
  /** px: the largest B-scan's A-scans and samples per A-scan. */
  width: number
  height: number
  /** mm per px along the B-scan and in depth; mm between B-scans (0 for line and ring). 0 where not known. */
  spacing: { lateral: number; axial: number; between: number }
  /** dioptres */
  focus?: number
  /** B-scans averaged (ART), where all have the same. */
  art?: number
  /** Enhanced depth imaging. */
  edi?: boolean
  /** Heidelberg's resolution mode. */
  resolution?: 'HS' | 'HR'
  /** mm */
  axialLength?: number
  /** degrees of the scanned field */
  field?: { width: number; height: number }
  slo?: SloInfo
  pictures: ReferencePicture[]
  frames: FrameInfo[]
  grids: ThicknessGrid[]
  remarks: ScanRemark[]
  /** UTC, ISO 8601; absent where the file has none or does not say its zone. */
  acquiredAt?: string
  /** Files (by number) whose ranges count in their inflated form: deflated DICOM. See `readableSources`. */
  deflated?: number[]
}
