/** Writer of Heidelberg RAW exports (`.vol`), for generated scans. Identity fields stay empty. */
import type { FrameLocation, Layer, Scan } from '../scan.ts'
import {
  absent,
  block,
  blockFieldBytes,
  blockOffset,
  fileHeaderBytes,
  header,
  layerNames,
  layoutBytes,
  usualBlockHeader,
  type VolLayout,
} from './vol-layout.ts'

export interface VolContent {
  version: 'HSF-OCT-100' | 'HSF-OCT-101' | 'HSF-OCT-102' | 'HSF-OCT-103' | 'HSF-OCT-104'
  laterality: 'OD' | 'OS'
  pattern: 'line' | 'ring' | 'volume'
  width: number
  height: number
  /** mm, as in `Scan` */
  spacing: Scan['spacing']
  /** dioptres */
  focus: number
  slo: { width: number; height: number; spacing: { x: number; y: number }; field: number; pixels: Uint8Array }
  frames: {
    location: Extract<FrameLocation, { kind: 'line' | 'ring' }>
    /** dB; absent = not known */
    quality?: number
    layers: Layer[]
    /** Fills width x height linear reflectivities, row-major; NaN = not acquired. Called once, in order. */
    render(into: Float32Array): void
  }[]
}

const patternCodes = { line: 1, ring: 2, volume: 3 } as const

export function contentLayout(content: Pick<VolContent, 'width' | 'height'> & { frames: number; slo: { width: number; height: number } }): VolLayout {
  return {
    width: content.width,
    height: content.height,
    frames: content.frames,
    sloWidth: content.slo.width,
    sloHeight: content.slo.height,
    blockHeader: usualBlockHeader(content.width),
  }
}

/** The whole file. One allocation; B-scans are rendered one after another through one scratch image. */
export function writeVol(content: VolContent): Uint8Array {
  const layout = contentLayout({ ...content, frames: content.frames.length })
  const file = new Uint8Array(layoutBytes(layout))
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
  view.setFloat64(header.sloScaleX, content.slo.spacing.x, true)
  view.setFloat64(header.sloScaleY, content.slo.spacing.y, true)
  view.setUint32(header.sloField, content.slo.field, true)
  view.setFloat64(header.focus, content.focus, true)
  writeText(file, header.position, content.laterality)
  view.setInt32(header.pattern, patternCodes[content.pattern], true)
  view.setUint32(header.blockHeader, layout.blockHeader, true)
  if (Number(content.version.slice(-3)) >= 103) writeText(file, header.programme, 'DEMO')
  file.set(content.slo.pixels.subarray(0, layout.sloWidth * layout.sloHeight), fileHeaderBytes)
  const scratch = new Float32Array(layout.width * layout.height)
  for (const [index, frame] of content.frames.entries()) {
    const base = blockOffset(layout, index)
    writeBlock(file, view, base, layout, content.version, frame)
    frame.render(scratch)
    for (let i = 0; i < scratch.length; i++) if (Number.isNaN(scratch[i])) scratch[i] = absent
    file.set(new Uint8Array(scratch.buffer), base + layout.blockHeader)
  }
  return file
}

function writeBlock(file: Uint8Array, view: DataView, base: number, layout: VolLayout, version: string, frame: VolContent['frames'][number]): void {
  const { location } = frame
  const end = location.kind === 'ring' ? location.centre : location.end
  writeText(file, base + block.version, version.replace('OCT', 'BS'))
  view.setUint32(base + block.headerSize, layout.blockHeader, true)
  view.setFloat64(base + block.startX, location.start.x, true)
  view.setFloat64(base + block.startY, location.start.y, true)
  view.setFloat64(base + block.endX, end.x, true)
  view.setFloat64(base + block.endY, end.y, true)
  view.setInt32(base + block.layers, 3, true)
  view.setInt32(base + block.layerOffset, blockFieldBytes, true)
  view.setFloat32(base + block.quality, frame.quality ?? absent, true)
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
