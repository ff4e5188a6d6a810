/**
 * Where things lie in a Heidelberg Spectralis RAW export (`.vol`, little-endian):
 * [file header 2048 B][SLO u8][per B-scan: header of `blockHeader` B, then float32 pixels][optional trailer].
 */

import type { ScanPattern } from '../scan.ts'

export const fileHeaderBytes = 2048

/** Every B-scan block begins with this many bytes of fixed fields. */
export const blockFieldBytes = 256

/** Byte offsets in the file header. Identity fields (104 and on: ids, birth date, visit) have no name here: nothing reads them. */
export const header = {
  version: 0,
  width: 12,
  frames: 16,
  height: 20,
  scaleX: 24,
  distance: 32,
  scaleZ: 40,
  sloWidth: 48,
  sloHeight: 52,
  sloScaleX: 56,
  sloScaleY: 64,
  sloField: 72,
  focus: 76,
  position: 84,
  examTime: 88,
  pattern: 96,
  blockHeader: 100,
  /** from 102 */
  gridType: 208,
  gridOffset: 212,
  /** from 103 */
  secondGridType: 216,
  secondGridOffset: 220,
  programme: 224,
} as const

/** Byte offsets from the start of a B-scan block. */
export const block = {
  version: 0,
  headerSize: 12,
  startX: 16,
  startY: 24,
  endX: 32,
  endY: 40,
  layers: 48,
  layerOffset: 52,
  /** from 101 */
  quality: 56,
  /** From 102, i32: how far a ring's classification band is turned; from 103, f32[6]: an affine transform within the volume. Nothing needs them. */
  shift: 60,
  transform: 64,
  /** from 104: i32[3] of the left, then of the right end of Bruch's membrane opening */
  openingLeft: 88,
  openingRight: 100,
} as const

/** Heidelberg's mark for "not there" (FLT_MAX); anything above `absentAbove` is taken as it. */
export const absent = 3.4028234663852886e38
export const absentAbove = 1e30

/** Names of the segmentation rows by their index. */
export const layerNames = [
  'ILM',
  'BM',
  'RNFL',
  'GCL',
  'IPL',
  'INL',
  'OPL',
  'ONL',
  'ELM',
  'IOS',
  'OPT',
  'CHO',
  'VIT',
  'ANT',
  'PR1',
  'PR2',
  'RPE',
] as const

/** Scan patterns by their code. */
export const patterns = ['unknown', 'line', 'ring', 'volume', 'fast-volume', 'radial', 'radial-circles'] as const satisfies readonly ScanPattern[]

/** What a version of the format carries: `HSF-OCT-103` is 103. */
export const since = { quality: 101, firstGrid: 102, secondGrid: 103, opening: 104 } as const

/** The last B-scans of radial scans with circles. */
export const circlesAtEnd = 3

/** How far a ring's length (2 pi r) and its A-scans' (width x spacing) may differ, as a part of the one. */
export const ringTolerance = 0.05

/** Upper bounds of what a reader believes: far above any device, far below what would hurt. */
export const limits = {
  side: 10_000,
  frames: 10_000,
  /** samples of one B-scan */
  samples: 4_194_304,
  blockHeader: 16_777_216,
  layers: 64,
  /** bytes of layer rows in the whole file */
  layerBytes: 33_554_432,
} as const

export interface VolLayout {
  width: number
  height: number
  frames: number
  sloWidth: number
  sloHeight: number
  /** bytes before each B-scan's pixels */
  blockHeader: number
}

/** Byte offset of B-scan block `index`. Below 2^53 for every layout inside `limits`. */
export function blockOffset(layout: VolLayout, index: number): number {
  return fileHeaderBytes + layout.sloWidth * layout.sloHeight + index * (layout.blockHeader + 4 * layout.width * layout.height)
}

/** Bytes a file of this layout has at least; a trailer may follow. */
export function layoutBytes(layout: VolLayout): number {
  return blockOffset(layout, layout.frames)
}

/** The block header size Heidelberg's exporter takes for a width: room for 17 layers, whole kibibytes. */
export function usualBlockHeader(width: number): number {
  return Math.ceil((blockFieldBytes + 17 * 4 * width) / 1024) * 1024
}

/** 103 of `HSF-OCT-103` or `HSF-BS-103`. */
export function versionNumber(version: string): number {
  return Number(version.slice(-3))
}
