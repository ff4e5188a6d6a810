/** The pixel data element: frames one after another, or each in its own fragments behind a table of offsets (PS3.5 annex A.4). */
import { type ElementOut, elementHeader, item } from './encode.ts'
import { encodeRle } from './rle.ts'
import type { TransferSyntax } from './syntaxes.ts'

export interface PixelContent {
  syntax: TransferSyntax
  width: number
  frames: number
  allocated: 8 | 16
  /** Row-major grey values of one frame. Called once per frame, in order. */
  frame(index: number): Uint8Array | Uint16Array
  /** One frame compressed, for every compressed transfer syntax but RLE. */
  encode?: (pixels: Uint8Array | Uint16Array, index: number) => Uint8Array
  /** Fragments per frame; 1 */
  fragments?: number
  /** How frames are found again; `basic` */
  offsets?: 'basic' | 'empty' | 'extended'
}

const itemTag = 0xfffee000
const undefinedLength = 0xffffffff

/** The element in chunks to be joined, and what must stand before it (the extended offset table). */
export function encodePixels(content: PixelContent): { before: ElementOut[]; chunks: Uint8Array[] } {
  const { syntax } = content
  const vr = content.allocated === 8 && syntax.explicit ? 'OB' : 'OW'
  if (syntax.compression === 'none') {
    const frames = Array.from({ length: content.frames }, (_, index) => plainBytes(content.frame(index), content.allocated, syntax.bigEndian))
    const length = frames.reduce((sum, frame) => sum + frame.byteLength, 0)
    const header = elementHeader(0x7fe00010, vr, length + (length % 2), syntax.explicit, !syntax.bigEndian)
    return { before: [], chunks: [header, ...frames, new Uint8Array(length % 2)] }
  }
  const chunks: Uint8Array[] = []
  const starts: number[] = []
  const lengths: number[] = []
  let at = 0
  for (let index = 0; index < content.frames; index++) {
    const frame = compress(content, index)
    starts.push(at)
    lengths.push(frame.byteLength)
    for (const fragment of cut(frame, content.fragments ?? 1)) {
      const padding = fragment.byteLength % 2
      chunks.push(item(itemTag, fragment.byteLength + padding), fragment, new Uint8Array(padding))
      at += 8 + fragment.byteLength + padding
    }
  }
  const offsets = content.offsets ?? 'basic'
  const table = offsets === 'basic' ? numbers(starts, 4) : new Uint8Array(0)
  return {
    before:
      offsets === 'extended'
        ? [
            [0x7fe00001, 'OV', numbers(starts, 8)],
            [0x7fe00002, 'OV', numbers(lengths, 8)],
          ]
        : [],
    chunks: [elementHeader(0x7fe00010, 'OB', undefinedLength, true, true), item(itemTag, table.byteLength), table, ...chunks, item(0xfffee0dd, 0)],
  }
}

function compress(content: PixelContent, index: number): Uint8Array {
  const pixels = content.frame(index)
  if (content.syntax.compression === 'rle') return encodeRle(pixels, content.width)
  if (content.encode === undefined) throw new RangeError(`${content.syntax.name} needs an encoder`)
  return content.encode(pixels, index)
}

function plainBytes(pixels: Uint8Array | Uint16Array, allocated: 8 | 16, bigEndian: boolean): Uint8Array {
  if (allocated === 8) return Uint8Array.from(pixels)
  const bytes = new Uint8Array(pixels.length * 2)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of pixels.entries()) view.setUint16(2 * index, value, !bigEndian)
  return bytes
}

/** Even pieces, so that only the last needs padding. */
function cut(bytes: Uint8Array, count: number): Uint8Array[] {
  const size = Math.max(2, Math.ceil(bytes.byteLength / count / 2) * 2)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.byteLength; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

function numbers(values: readonly number[], width: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    if (width === 4) view.setUint32(4 * index, value, true)
    else view.setBigUint64(8 * index, BigInt(value), true)
  }
  return bytes
}
