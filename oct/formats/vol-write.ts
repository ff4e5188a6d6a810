/** Writer of Heidelberg RAW exports (`.vol`), for generated scans. Identity fields stay empty. What a version cannot carry is left out. */
import type { FrameLocation, Laterality, Layer, Point, Scan, ScanPattern, ThicknessGrid } from '../scan.ts'
import { gridBlock } from './vol-grid.ts'
import {
  absent,
  block,
  blockFieldBytes,
  blockOffset,
  fileHeaderBytes,
  header,
  layerNames,
  layoutBytes,
  patterns,
  since,
  usualBlockHeader,
  type VolLayout,
  versionNumber,
} from './vol-layout.ts'

export interface VolContent {
  version: 'HSF-OCT-100' | 'HSF-OCT-101' | 'HSF-OCT-102' | 'HSF-OCT-103' | 'HSF-OCT-104'
  laterality: Laterality
  pattern: ScanPattern
  width: number
  height: number
  /** mm, as in `Scan` */
  spacing: Scan['spacing']
  /** dioptres */
  focus: number
  /** Absent: the file has none. */
  slo?: { width: number; height: number; spacing: { x: number; y: number }; field: number; pixels: Uint8Array }
  /** UTC, ISO 8601 */
  acquiredAt?: string
  frames: {
    location: Extract<FrameLocation, { kind: 'line' | 'ring' }>
    /** dB; absent = not known */
    quality?: number
    /** By their names; rows beyond the third are marked as segmented only where one of them is given. */
    layers: Layer[]
    /** px */
    bmo?: [Point, Point]
    /** Fills width x height linear reflectivities, row-major; NaN = not acquired. Called once, in order. */
    render(into: Float32Array): void
  }[]
  /** At most two; one of them from 102, two from 103 on. */
  grids?: ThicknessGrid[]
}

/** 100 ns between 1601-01-01 and 1970-01-01 */
const fileTimeEpoch = 116_444_736_000_000_000n

export function contentLayout(content: {
  width: number
  height: number
  frames: number
  slo?: { width: number; height: number } | undefined
}): VolLayout {
  return {
    width: content.width,
    height: content.height,
    frames: content.frames,
    sloWidth: content.slo?.width ?? 0,
    sloHeight: content.slo?.height ?? 0,
    blockHeader: usualBlockHeader(content.width),
  }
}

/** The whole file. One allocation; B-scans are rendered one after another through one scratch image. */
export function writeVol(content: VolContent): Uint8Array {
  const version = versionNumber(content.version)
  const layout = contentLayout({ ...content, frames: content.frames.length })
  const grids = (content.grids ?? []).slice(0, version >= since.secondGrid ? 2 : version >= since.firstGrid ? 1 : 0).map(gridBlock)
  const file = new Uint8Array(layoutBytes(layout) + grids.reduce((sum, grid) => sum + grid.bytes.byteLength, 0))
  const view = new DataView(file.buffer)
  writeText(file, header.version, content.version)
  view.setUint32(header.width, layout.width, true)
  view.setUint32(header.frames, layout.frames, true)
  view.setUint32(header.height, layout.height, true)
  view.setFloat64(header.scaleX, content.spacing.lateral, true)
  view.setFloat64(header.distance, content.spacing.between, true)
  view.setFloat64(header.scaleZ, content.spacing.axial, true)
  view.setUint32(header.sloWidth, layout.sloWidth, true)
  view.setUint32(header.sloHeight, layout.sloHeight, true)
  if (content.slo !== undefined) {
    view.setFloat64(header.sloScaleX, content.slo.spacing.x, true)
    view.setFloat64(header.sloScaleY, content.slo.spacing.y, true)
    view.setUint32(header.sloField, content.slo.field, true)
    file.set(content.slo.pixels.subarray(0, layout.sloWidth * layout.sloHeight), fileHeaderBytes)
  }
  view.setFloat64(header.focus, content.focus, true)
  if (content.laterality !== 'unknown') writeText(file, header.position, content.laterality)
  if (content.acquiredAt !== undefined) view.setBigUint64(header.examTime, BigInt(Date.parse(content.acquiredAt)) * 10_000n + fileTimeEpoch, true)
  view.setInt32(header.pattern, patterns.indexOf(content.pattern), true)
  view.setUint32(header.blockHeader, layout.blockHeader, true)
  if (version >= since.secondGrid) writeText(file, header.programme, 'DEMO')
  const scratch = new Float32Array(layout.width * layout.height)
  for (const [index, frame] of content.frames.entries()) {
    const base = blockOffset(layout, index)
    writeBlock(file, view, base, layout, content.version, frame, index)
    frame.render(scratch)
    for (let i = 0; i < scratch.length; i++) if (Number.isNaN(scratch[i])) scratch[i] = absent
    file.set(new Uint8Array(scratch.buffer), base + layout.blockHeader)
  }
  let at = layoutBytes(layout)
  for (const [index, grid] of grids.entries()) {
    view.setUint32(index === 0 ? header.gridType : header.secondGridType, grid.type, true)
    view.setUint32(index === 0 ? header.gridOffset : header.secondGridOffset, at, true)
    file.set(grid.bytes, at)
    at += grid.bytes.byteLength
  }
  return file
}

function writeBlock(
  file: Uint8Array,
  view: DataView,
  base: number,
  layout: VolLayout,
  version: string,
  frame: VolContent['frames'][number],
  index: number,
): void {
  const { location } = frame
  const end = location.kind === 'ring' ? location.centre : location.end
  writeText(file, base + block.version, version.replace('OCT', 'BS'))
  view.setUint32(base + block.headerSize, layout.blockHeader, true)
  view.setFloat64(base + block.startX, location.start.x, true)
  view.setFloat64(base + block.startY, location.start.y, true)
  view.setFloat64(base + block.endX, end.x, true)
  view.setFloat64(base + block.endY, end.y, true)
  const rowCount = frame.layers.reduce((most, layer) => Math.max(most, 1 + (layerNames as readonly string[]).indexOf(layer.name)), 3)
  view.setInt32(base + block.layers, rowCount, true)
  view.setInt32(base + block.layerOffset, blockFieldBytes, true)
  if (versionNumber(version) >= since.quality) view.setFloat32(base + block.quality, frame.quality ?? absent, true)
  if (versionNumber(version) >= since.opening && frame.bmo !== undefined) {
    for (const [end, { x, y }] of frame.bmo.entries()) {
      const triple = base + (end === 0 ? block.openingLeft : block.openingRight)
      view.setInt32(triple, x, true)
      view.setInt32(triple + 4, index, true)
      view.setInt32(triple + 8, y, true)
    }
  }
  for (let layer = 0; layer < 17; layer++) {
    const rows = frame.layers.find((each) => each.name === layerNames[layer])?.rows
    for (let x = 0; x < layout.width; x++) {
      const row = rows?.[x] ?? Number.NaN
      view.setFloat32(base + blockFieldBytes + 4 * (layer * layout.width + x), Number.isNaN(row) ? absent : row, true)
    }
  }
}

function writeText(file: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) file[offset + i] = text.charCodeAt(i)
}
