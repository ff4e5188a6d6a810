/**
 * Reader of Heidelberg Spectralis RAW exports (`.vol`), HSF-OCT-100 to 104. Reads ranges, B-scan by B-scan; trailing bytes are accepted.
 * Identity fields (patient, birth date, visit, series ids) are never read.
 */
import { ScansideError } from '../errors.ts'
import type { ByteRange, ByteSource, FrameInfo, FrameLocation, Layer, PixelCoding, PixelRef, Scan } from '../scan.ts'
import { ascii, float32Copy, readExactly } from './bytes.ts'
import { checkBeginning, checkBlockHeader, checkSize, parseHeader, refuse, type VolHeader } from './vol-header.ts'
import { absentAbove, block, blockFieldBytes, blockOffset, fileHeaderBytes, layerNames, limits } from './vol-layout.ts'

export { bytesSource } from './bytes.ts'
export { toDisplay } from './display.ts'
export { sniff } from './vol-header.ts'
export { type VolContent, writeVol } from './vol-write.ts'

const greyCoding: PixelCoding = { kind: 'stored', compression: 'none', allocated: 8, bits: 8, bigEndian: false, inverted: false }

/**
 * Everything but the pixels. `file` is the source's number in its set. The header's claims are checked against `source.size` before anything is allocated.
 * @throws ScansideError invalid-file or not-supported, with the byte offset in its details
 */
export async function readVol(source: ByteSource, file = 0): Promise<Scan> {
  const start = await readExactly(source, 0, Math.min(source.size, fileHeaderBytes))
  checkBeginning(start, source.size)
  const head = parseHeader(start)
  await checkFirstBlock(source, head)
  checkSize(head, source.size)
  if (!head.version.startsWith('HSF')) {
    throw new ScansideError(
      'not-supported',
      'This file was written by another program (eyepy), not exported by the device. Nothing was changed; export the scan as RAW from the device.',
      { offset: 0 },
    )
  }
  const frames: FrameInfo[] = []
  let layerBytes = 0
  for (let index = 0; index < head.frames; index++) {
    const frame = await readBlock(source, head, index, file)
    layerBytes += frame.layers.length * head.width * 4
    if (layerBytes > limits.layerBytes) {
      throw refuse(`The file holds more layer lines than any device writes, up to byte ${blockOffset(head, index)}.`, {
        offset: blockOffset(head, index),
      })
    }
    frames.push(frame)
  }
  return {
    format: 'heidelberg-vol',
    device: 'Heidelberg Spectralis',
    formatVersion: head.version,
    laterality: head.laterality,
    pattern: head.pattern,
    width: head.width,
    height: head.height,
    spacing: head.spacing,
    ...(Number.isFinite(head.focus) && Math.abs(head.focus) < 50 ? { focus: head.focus } : {}),
    ...(head.sloWidth > 0 && head.sloHeight > 0
      ? {
          slo: {
            width: head.sloWidth,
            height: head.sloHeight,
            spacing: head.sloSpacing,
            ...(head.sloField > 0 && head.sloField <= 180 ? { field: head.sloField } : {}),
            pixels: { file, parts: [{ offset: fileHeaderBytes, length: head.sloWidth * head.sloHeight }], coding: greyCoding },
          },
        }
      : {}),
    pictures: [],
    frames,
    grids: [],
    remarks: head.pattern === 'ring' && head.laterality === 'OS' ? ['orientation-not-verified'] : [],
    ...(head.acquiredAt === undefined ? {} : { acquiredAt: head.acquiredAt }),
  }
}

/** Pixels of B-scan `index`: width x height, row-major, row 0 anterior, linear reflectivity (0..1); NaN where nothing was acquired. */
export async function readFrame(source: ByteSource, scan: Scan, index: number): Promise<Float32Array> {
  const frame = scan.frames[index]
  if (frame === undefined) throw new RangeError(`no B-scan ${index}`)
  return decodeFrame(await rawPixelsOf(source, frame.pixels))
}

/** Raw pixel bytes of a B-scan (as `readFrame` finds them) to linear reflectivity; for a reader that fetches ranges by itself. */
export function decodeFrame(bytes: Uint8Array): Float32Array {
  const pixels = float32Copy(bytes)
  for (let i = 0; i < pixels.length; i++) {
    // Written so that NaN and infinities, which no device writes, count as not acquired too.
    if (!(Math.abs(pixels[i] as number) <= absentAbove)) pixels[i] = Number.NaN
  }
  return pixels
}

/** Pixels of the SLO: u8, row-major, row 0 superior. Empty where the scan has none. */
export async function readSlo(source: ByteSource, scan: Scan): Promise<Uint8Array> {
  if (scan.slo === undefined) return new Uint8Array(0)
  return Uint8Array.from(await rawPixelsOf(source, scan.slo.pixels))
}

function rawPixelsOf(source: ByteSource, ref: PixelRef): Promise<Uint8Array> {
  const part = ref.parts[0] as ByteRange
  return readExactly(source, part.offset, part.length)
}

/** A wrong B-scan header size makes a whole file look cut off; the first block tells the real reason. */
async function checkFirstBlock(source: ByteSource, head: VolHeader): Promise<void> {
  const base = blockOffset(head, 0)
  if (base + blockFieldBytes > source.size) return
  const fields = await readExactly(source, base, blockFieldBytes)
  if (!/^(HSF-BS-1\d\d|ep-v.*)$/.test(ascii(fields, block.version, 12))) return
  checkBlockHeader(head, 0, new DataView(fields.buffer, fields.byteOffset, fields.byteLength).getUint32(block.headerSize, true))
}

async function readBlock(source: ByteSource, head: VolHeader, index: number, file: number): Promise<FrameInfo> {
  const base = blockOffset(head, index)
  const fields = await readExactly(source, base, blockFieldBytes)
  const version = ascii(fields, block.version, 12)
  if (!/^HSF-BS-1\d\d$/.test(version)) {
    throw refuse(
      `The B-scan header ${index + 1} of ${head.frames} is not where the file header says: byte ${base} holds no HSF-BS mark. ` +
        `The B-scan header size of ${head.blockHeader} bytes does not fit this file.`,
      { offset: base, blockHeader: head.blockHeader },
    )
  }
  const view = new DataView(fields.buffer, fields.byteOffset, fields.byteLength)
  checkBlockHeader(head, index, view.getUint32(block.headerSize, true))
  const quality = view.getFloat32(block.quality, true)
  const hasQuality = Number(version.slice(-3)) >= 101 && quality >= 0 && quality < 1000
  return {
    index,
    width: head.width,
    height: head.height,
    location: location(view, head),
    ...(hasQuality ? { quality } : {}),
    pixels: { file, parts: [{ offset: base + head.blockHeader, length: 4 * head.width * head.height }], coding: { kind: 'reflectivity-f32' } },
    layers: await readLayers(source, head, base, view),
  }
}

function location(view: DataView, head: VolHeader): FrameLocation {
  const at = (offset: number) => view.getFloat64(offset, true)
  const start = { x: at(block.startX), y: at(block.startY) }
  const end = { x: at(block.endX), y: at(block.endY) }
  if (![start.x, start.y, end.x, end.y].every((value) => Math.abs(value) < 1000)) return { kind: 'unknown' }
  if (head.pattern === 'ring') return { kind: 'ring', start, centre: end, radius: Math.hypot(start.x - end.x, start.y - end.y) }
  // Radial scans with circles mix both kinds in one file; which is which is not verified, so it is not guessed.
  return head.pattern === 'radial-circles' || head.pattern === 'unknown' ? { kind: 'unknown' } : { kind: 'line', start, end }
}

async function readLayers(source: ByteSource, head: VolHeader, base: number, view: DataView): Promise<Layer[]> {
  const count = view.getInt32(block.layers, true)
  const offset = view.getInt32(block.layerOffset, true)
  if (count === 0) return []
  if (count < 0 || count > limits.layers || offset < block.quality || offset + count * head.width * 4 > head.blockHeader) {
    throw refuse(`The B-scan header at byte ${base} claims ${count} layer lines that do not fit into its ${head.blockHeader} bytes.`, {
      offset: base + block.layers,
      count,
    })
  }
  const all = float32Copy(await readExactly(source, base + offset, count * head.width * 4))
  const layers: Layer[] = []
  for (let layer = 0; layer < count; layer++) {
    const rows = all.slice(layer * head.width, (layer + 1) * head.width)
    let segmented = false
    for (let x = 0; x < rows.length; x++) {
      const row = rows[x] as number
      if (row >= 0 && row <= head.height) segmented = true
      else rows[x] = Number.NaN
    }
    // The exporter leaves whole rows of FLT_MAX for layers that were not segmented.
    if (segmented) layers.push({ name: layerNames[layer] ?? `layer-${layer}`, rows })
  }
  return layers
}
