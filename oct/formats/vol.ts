/**
 * Reader of Heidelberg Spectralis RAW exports (`.vol`), HSF-OCT-100 to 104. Reads ranges, B-scan by B-scan; trailing bytes are accepted.
 * Identity fields (patient, birth date, visit, series ids) are never read.
 */
import { ScansideError } from '../errors.ts'
import type { ByteRange, ByteSource, FrameInfo, Layer, PixelCoding, PixelRef, Point, Scan } from '../scan.ts'
import { ascii, float32Copy, readExactly } from './bytes.ts'
import { readGrids } from './vol-grid.ts'
import { checkBeginning, checkBlockHeader, checkSize, parseHeader, refuse, type VolHeader } from './vol-header.ts'
import { absentAbove, block, blockFieldBytes, blockOffset, fileHeaderBytes, layerNames, limits, since, versionNumber } from './vol-layout.ts'
import { type Ends, placeFrames } from './vol-place.ts'

export { bytesSource } from './bytes.ts'
export { toDisplay } from './display.ts'
export { sniff } from './vol-header.ts'
export { pseudonymisedVol, pseudonymiseVolHeader } from './vol-pseudonymise.ts'
export { type VolContent, writeVol } from './vol-write.ts'

/** B-scan headers asked for at once: whoever fetches the ranges from elsewhere is not waited for B-scan by B-scan. */
const together = 8
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
  const blocks: Block[] = []
  let layerBytes = 0
  for (let index = 0; index < head.frames; index += together) {
    const asked = Array.from({ length: Math.min(together, head.frames - index) }, (_, i) => readBlock(source, head, index + i, file))
    // Those behind a refused one are not waited for; their own refusals are not told.
    for (const each of asked) each.catch(() => undefined)
    for (const each of asked) {
      const read = await each
      layerBytes += read.frame.layers.length * head.width * 4
      if (layerBytes > limits.layerBytes) {
        const offset = blockOffset(head, blocks.length)
        throw refuse(`The file holds more layer lines than any device writes, up to byte ${offset}.`, { offset })
      }
      blocks.push(read)
    }
  }
  const places = placeFrames(
    blocks.map((each) => each.ends),
    head,
  )
  const frames = blocks.map(({ frame }, index): FrameInfo => ({ ...frame, location: places[index] ?? { kind: 'unknown' } }))
  const resolution = resolutionOf(head)
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
    ...(resolution === undefined ? {} : { resolution }),
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
    grids: await readGrids(source, head),
    remarks: head.laterality === 'OS' && places.some(({ kind }) => kind === 'ring') ? ['orientation-not-verified'] : [],
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

/** A B-scan's header: what it says of the B-scan, and the two points that place it. */
interface Block {
  frame: Omit<FrameInfo, 'location'>
  ends: Ends
}

async function readBlock(source: ByteSource, head: VolHeader, index: number, file: number): Promise<Block> {
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
  const hasQuality = versionNumber(version) >= since.quality && quality >= 0 && quality < 1000
  const bmo = versionNumber(version) >= since.opening ? openingOf(view, head, index) : undefined
  return {
    frame: {
      index,
      width: head.width,
      height: head.height,
      ...(hasQuality ? { quality } : {}),
      pixels: { file, parts: [{ offset: base + head.blockHeader, length: 4 * head.width * head.height }], coding: { kind: 'reflectivity-f32' } },
      layers: await readLayers(source, head, base, view),
      ...(bmo === undefined ? {} : { bmo }),
    },
    ends: endsOf(view),
  }
}

function endsOf(view: DataView): Ends {
  const at = (offset: number) => view.getFloat64(offset, true)
  const start = { x: at(block.startX), y: at(block.startY) }
  const end = { x: at(block.endX), y: at(block.endY) }
  return [start.x, start.y, end.x, end.y].every((value) => Math.abs(value) < 1000) ? { start, end } : undefined
}

/** Both ends of Bruch's membrane opening, where they lie in the B-scan; zeros stand for none. */
function openingOf(view: DataView, head: VolHeader, index: number): [Point, Point] | undefined {
  const left = openingEnd(view, block.openingLeft, head, index)
  const right = openingEnd(view, block.openingRight, head, index)
  return left && right ? [left, right] : undefined
}

/**
 * The A-scan, then two numbers of which one is the depth: in the file's other triples the second counts B-scans and the third goes down.
 * Where only one of them can be the depth it is taken; otherwise the end is not known.
 */
function openingEnd(view: DataView, offset: number, head: VolHeader, index: number): Point | undefined {
  const [x = 0, second = 0, third = 0] = [0, 4, 8].map((step) => view.getInt32(offset + step, true))
  const y = third === 0 ? second : second === 0 || second === index ? third : 0
  return x >= 0 && x < head.width && y > 0 && y < head.height ? { x, y } : undefined
}

/** High speed or high resolution, by the SLO's side in px at its field in degrees: 768 or 1536 at 30. Source: the Spectralis manual. */
function resolutionOf(head: VolHeader): 'HS' | 'HR' | undefined {
  const highSpeed = { 15: 384, 20: 512, 30: 768 }[head.sloField]
  if (highSpeed === undefined || head.sloWidth !== head.sloHeight) return undefined
  return head.sloWidth === highSpeed ? 'HS' : head.sloWidth === 2 * highSpeed ? 'HR' : undefined
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
