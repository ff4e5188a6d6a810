/** The file header of a `.vol`, read and checked against the file's size before anything is allocated from its numbers. */
import { ScansideError } from '../errors.ts'
import type { Laterality, ScanPattern } from '../scan.ts'
import { ascii } from './bytes.ts'
import {
  block,
  blockFieldBytes,
  blockOffset,
  fileHeaderBytes,
  header,
  layoutBytes,
  limits,
  patterns,
  since,
  type VolLayout,
  versionNumber,
} from './vol-layout.ts'

export interface VolHeader extends VolLayout {
  version: string
  laterality: Laterality
  pattern: ScanPattern
  spacing: { lateral: number; axial: number; between: number }
  sloSpacing: { x: number; y: number }
  sloField: number
  focus: number
  acquiredAt: string | undefined
  /** Thickness grids the header names, with the byte that names their place. */
  grids: { type: number; offset: number; at: number }[]
}

export function refuse(what: string, details: Record<string, number | string> = {}): ScansideError {
  return new ScansideError('invalid-file', `${what} Nothing was changed; export the scan again from the device.`, details)
}

/**
 * Whether a file begins like a Heidelberg RAW export. Needs the first 12 bytes; the name of a file never counts.
 * Files of the same layout written by the eyepy library (`ep-v…`) are known too, so that they are refused with the reason.
 */
export function sniff(firstBytes: Uint8Array): 'heidelberg-vol' | null {
  return /^HSF-OCT-1\d\d$|^ep-v\d/.test(ascii(firstBytes, 0, 12)) ? 'heidelberg-vol' : null
}

/**
 * Reads the header and checks that its claims are possible; `checkSize` holds them against the file.
 * @throws ScansideError invalid-file (with `offset`), not-supported for a version after HSF-OCT-104
 */
export function parseHeader(bytes: Uint8Array): VolHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = ascii(bytes, header.version, 12)
  if (versionNumber(version) > 104) {
    throw new ScansideError(
      'not-supported',
      `This export has the format version ${version}; Scanside reads HSF-OCT-100 to 104. Nothing was changed; tell the developers of Scanside.`,
      { offset: header.version, version },
    )
  }
  const count = (offset: number, name: string, min: number, max: number): number => {
    const value = view.getUint32(offset, true)
    if (value < min || value > max) {
      throw refuse(`The header claims ${value} ${name} at byte ${offset}, which no OCT device records.`, { offset, value })
    }
    return value
  }
  const length = (offset: number, name: string, min: number, max: number): number => {
    const value = view.getFloat64(offset, true)
    if (!(value >= min && value <= max)) {
      throw refuse(`The header's ${name} at byte ${offset} is not a possible value.`, { offset, value: String(value) })
    }
    return value
  }
  const layout: VolLayout = {
    width: count(header.width, 'A-scans per B-scan', 1, limits.side),
    frames: count(header.frames, 'B-scans', 1, limits.frames),
    height: count(header.height, 'samples per A-scan', 1, limits.side),
    sloWidth: count(header.sloWidth, 'columns of the SLO image', 0, limits.side),
    sloHeight: count(header.sloHeight, 'rows of the SLO image', 0, limits.side),
    blockHeader: count(header.blockHeader, 'bytes of B-scan header', blockFieldBytes, limits.blockHeader),
  }
  if (layout.width * layout.height > limits.samples) {
    throw refuse(`The header claims B-scans of ${layout.width} by ${layout.height} samples at byte ${header.width}, which no OCT device records.`, {
      offset: header.width,
    })
  }
  const hasSlo = layout.sloWidth > 0 && layout.sloHeight > 0
  return {
    ...layout,
    version,
    laterality: laterality(ascii(bytes, header.position, 4)),
    pattern: patterns[view.getInt32(header.pattern, true)] ?? 'unknown',
    spacing: {
      lateral: length(header.scaleX, 'distance between A-scans', 1e-6, 10),
      axial: length(header.scaleZ, 'distance between samples', 1e-6, 10),
      between: length(header.distance, 'distance between B-scans', 0, 100),
    },
    sloSpacing: hasSlo
      ? { x: length(header.sloScaleX, 'scale of the SLO image', 1e-6, 10), y: length(header.sloScaleY, 'scale of the SLO image', 1e-6, 10) }
      : { x: 0, y: 0 },
    sloField: view.getUint32(header.sloField, true),
    focus: view.getFloat64(header.focus, true),
    acquiredAt: fileTime(view.getBigUint64(header.examTime, true)),
    grids: gridsOf(view, version),
  }
}

/** Type and place of each grid that this version may carry; a type or a place of 0 is none, and trailing bytes of an old grid count for nothing. */
function gridsOf(view: DataView, version: string): VolHeader['grids'] {
  const number = versionNumber(version)
  const grid = (typeAt: number, at: number) => ({ type: view.getUint32(typeAt, true), offset: view.getUint32(at, true), at })
  return [
    ...(number >= since.firstGrid ? [grid(header.gridType, header.gridOffset)] : []),
    ...(number >= since.secondGrid ? [grid(header.secondGridType, header.secondGridOffset)] : []),
  ].filter(({ type, offset }) => type > 0 && offset > 0)
}

/**
 * What the header promises against what is there.
 * @throws ScansideError invalid-file where the file ends before its last B-scan
 */
export function checkSize(layout: VolLayout, size: number): void {
  const expected = layoutBytes(layout)
  if (size < expected) {
    const whole = Math.max(0, Math.floor((size - blockOffset(layout, 0)) / (blockOffset(layout, 1) - blockOffset(layout, 0))))
    throw refuse(
      `The file ends at byte ${size}, but its header promises ${expected} bytes: ${whole} of ${layout.frames} B-scans are whole. ` +
        'The export was interrupted or is still being copied.',
      { offset: size, expected, size },
    )
  }
}

/**
 * The file header and every B-scan header both carry the size of a B-scan header, in bytes.
 * @throws ScansideError invalid-file where they differ
 */
export function checkBlockHeader(layout: VolLayout, index: number, repeated: number): void {
  if (repeated === layout.blockHeader) return
  const offset = blockOffset(layout, index) + block.headerSize
  throw refuse(
    `The file contradicts itself: its header says ${layout.blockHeader} bytes for a B-scan header, B-scan ${index + 1} says ${repeated} at byte ${offset}.`,
    { offset, expected: layout.blockHeader, found: repeated },
  )
}

/** @throws ScansideError invalid-file where the first bytes cannot be a `.vol`'s header */
export function checkBeginning(bytes: Uint8Array, size: number): void {
  if (size === 0) throw refuse('The file is empty (0 bytes).', { offset: 0, size })
  if (sniff(bytes) === null) {
    throw new ScansideError(
      'invalid-file',
      'This is not a Heidelberg RAW export (.vol): it does not begin with HSF-OCT. Nothing was changed; choose another file or export the scan as RAW.',
      { offset: 0, size },
    )
  }
  if (size < fileHeaderBytes) {
    throw refuse(`The file ends at byte ${size}, within its own header of ${fileHeaderBytes} bytes.`, { offset: size, size })
  }
}

function laterality(position: string): Laterality {
  return position === 'OD' || position === 'OS' ? position : 'unknown'
}

/** FILETIME: 100 ns since 1601-01-01, UTC. Undefined for zero and for times no OCT existed in. */
function fileTime(ticks: bigint): string | undefined {
  const milliseconds = Number(ticks / 10_000n) - 11_644_473_600_000
  return milliseconds > Date.UTC(1995, 0, 1) && milliseconds < Date.UTC(2200, 0, 1) ? new Date(milliseconds).toISOString() : undefined
}
