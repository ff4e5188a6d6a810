/** A generated scan taken apart into grey values and places, so that the demo lab can offer it in other formats too. */
import { toDisplay } from '../oct/formats/display.ts'
import { absentAbove, block, blockFieldBytes, blockOffset, fileHeaderBytes, header, type VolLayout } from '../oct/formats/vol-layout.ts'
import type { FrameLocation } from '../oct/scan.ts'
import { type SynthOptions, synthesise } from '../oct/synth/index.ts'

export interface GeneratedScan {
  width: number
  height: number
  /** mm per px */
  spacing: { lateral: number; axial: number; between: number }
  frames: {
    /** mm, SLO frame */
    location: Extract<FrameLocation, { kind: 'line' | 'ring' }>
    /** dB */
    quality: number
    /** width x height linear reflectivities, NaN where not acquired */
    reflectivity(): Float32Array
    /** The same as grey values, ready to be shown. */
    grey(): Uint8Array<ArrayBuffer>
    /** Rows of the layer of this index (`layerNames`); NaN where not segmented. */
    rows(layer: number): Float32Array
  }[]
  slo: { width: number; height: number; spacing: { x: number; y: number }; grey: Uint8Array<ArrayBuffer> }
}

/** Generates it; the file's bytes live as long as the answer does. */
export function generate(options: SynthOptions & { pattern: 'ring' | 'line' | 'volume' }): GeneratedScan {
  const file = synthesise(options)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const layout: VolLayout = {
    width: view.getUint32(header.width, true),
    height: view.getUint32(header.height, true),
    frames: view.getUint32(header.frames, true),
    sloWidth: view.getUint32(header.sloWidth, true),
    sloHeight: view.getUint32(header.sloHeight, true),
    blockHeader: view.getUint32(header.blockHeader, true),
  }
  const floats = (offset: number, count: number) => new Float32Array(file.slice(offset, offset + 4 * count).buffer)
  const { width, height } = layout
  return {
    width,
    height,
    spacing: {
      lateral: view.getFloat64(header.scaleX, true),
      axial: view.getFloat64(header.scaleZ, true),
      between: view.getFloat64(header.distance, true),
    },
    frames: Array.from({ length: layout.frames }, (_, index) => {
      const base = blockOffset(layout, index)
      const start = { x: view.getFloat64(base + block.startX, true), y: view.getFloat64(base + block.startY, true) }
      const reflectivity = () => floats(base + layout.blockHeader, width * height).map((value) => (value > absentAbove ? Number.NaN : value))
      const end = { x: view.getFloat64(base + block.endX, true), y: view.getFloat64(base + block.endY, true) }
      return {
        location:
          options.pattern === 'ring'
            ? { kind: 'ring', start, centre: end, radius: Math.hypot(start.x - end.x, start.y - end.y) }
            : { kind: 'line', start, end },
        quality: view.getFloat32(base + block.quality, true),
        reflectivity,
        grey: () => new Uint8Array(toDisplay(reflectivity())),
        rows: (layer) => floats(base + blockFieldBytes + 4 * width * layer, width).map((row) => (row > absentAbove ? Number.NaN : row)),
      }
    }),
    slo: {
      width: layout.sloWidth,
      height: layout.sloHeight,
      spacing: { x: view.getFloat64(header.sloScaleX, true), y: view.getFloat64(header.sloScaleY, true) },
      grey: file.slice(fileHeaderBytes, fileHeaderBytes + layout.sloWidth * layout.sloHeight),
    },
  }
}
