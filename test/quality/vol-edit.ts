/** The values of a generated `.vol`, to be changed in place. */
import { block, blockOffset, fileHeaderBytes, header, usualBlockHeader, type VolLayout } from '../../oct/formats/vol-layout.ts'

/** A B-scan's values: views on the file's own bytes. Rows are px; 3.4e38 is the format's mark for 'not there'. */
export interface BlockValues {
  rows: Record<'ILM' | 'BM' | 'RNFL', Float32Array>
  pixels: Float32Array
}

export interface VolValues {
  bytes: Uint8Array
  layout: VolLayout
  /** mm per px */
  spacing: { lateral: number; axial: number; slo: number }
  slo: Uint8Array
  frames: BlockValues[]
}

/** `bytes` as `writeVol` makes them: a buffer of their own, B-scans on a float's border. */
export function valuesOf(bytes: Uint8Array): VolValues {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = (offset: number) => view.getUint32(offset, true)
  const width = count(header.width)
  const layout: VolLayout = {
    width,
    height: count(header.height),
    frames: count(header.frames),
    sloWidth: count(header.sloWidth),
    sloHeight: count(header.sloHeight),
    blockHeader: usualBlockHeader(width),
  }
  const frames = Array.from({ length: layout.frames }, (_, index): BlockValues => {
    const base = bytes.byteOffset + blockOffset(layout, index)
    const row = (layer: number) => new Float32Array(bytes.buffer, base + 256 + 4 * layer * width, width)
    return {
      rows: { ILM: row(0), BM: row(1), RNFL: row(2) },
      pixels: new Float32Array(bytes.buffer, base + layout.blockHeader, width * layout.height),
    }
  })
  return {
    bytes,
    layout,
    spacing: {
      lateral: view.getFloat64(header.scaleX, true),
      axial: view.getFloat64(header.scaleZ, true),
      slo: view.getFloat64(header.sloScaleX, true),
    },
    slo: bytes.subarray(fileHeaderBytes, fileHeaderBytes + layout.sloWidth * layout.sloHeight),
    frames,
  }
}

/** The device's index in dB, of every B-scan. */
export function writeIndex({ bytes, layout }: VolValues, decibels: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let frame = 0; frame < layout.frames; frame++) view.setFloat32(blockOffset(layout, frame) + block.quality, decibels, true)
}

export function writeEye({ bytes }: VolValues, eye: 'OD' | 'OS'): void {
  for (let i = 0; i < 2; i++) bytes[header.position + i] = eye.charCodeAt(i)
}

/** Gaussian blur along one axis of a picture; beyond its ends the last value goes on. `sigma` in px. */
export function blur(values: Float32Array | Uint8Array, width: number, height: number, along: 'x' | 'y', sigma: number): void {
  const reach = Math.ceil(3 * sigma)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)))
  const whole = kernel.reduce((sum, each) => sum + each, 0)
  const [length, lines, step, next] = along === 'x' ? [width, height, 1, width] : [height, width, width, 1]
  const line = new Float32Array(length)
  for (let at = 0; at < lines; at++) {
    for (let i = 0; i < length; i++) line[i] = values[at * next + i * step] as number
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let k = -reach; k <= reach; k++) sum += (kernel[k + reach] as number) * (line[Math.min(length - 1, Math.max(0, i + k))] as number)
      values[at * next + i * step] = sum / whole
    }
  }
}
