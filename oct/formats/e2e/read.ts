/**
 * Reader of Heidelberg's patient containers (`.e2e`, `.sdb`): best effort, read-only. The format is not published; what is known of it lacks the
 * scale of B-scans and SLO, so that no B-scan is placed and nothing is measured across them. Patient data lies in containers that are never read.
 */
import type { ByteSource, FrameInfo, Laterality, Layer, PixelCoding, PixelRef, Scan, ScanPattern, SloInfo } from '../../scan.ts'
import { ascii, float32Copy, readExactly } from '../bytes.ts'
import { layerNames, patterns } from '../vol-layout.ts'
import { type Entry, readDirectories } from './directory.ts'
import { container, containerBytes, images, limits, marks, payload, refuse, types, version, versionBytes } from './layout.ts'

/** Whether a file begins like a Heidelberg patient container. */
export function sniff(firstBytes: Uint8Array): 'heidelberg-e2e' | null {
  return ascii(firstBytes, 0, 12) === marks.file ? 'heidelberg-e2e' : null
}

/**
 * The series with the most B-scans (of several: the first in the file), without its pixels. `file` is the source's number in its set.
 * @throws ScansideError invalid-file, with the byte offset in its details
 */
export async function readE2e(source: ByteSource, file = 0): Promise<Scan> {
  if (source.size < versionBytes) throw refuse(`The file ends at byte ${source.size}, within its own header.`, { offset: source.size })
  const start = await readExactly(source, 0, versionBytes)
  if (sniff(start) === null) throw refuse('This is no Heidelberg patient container (.e2e): it does not begin with CMDb.', { offset: 0 })
  const series = largest(await readDirectories(source))
  if (series === undefined) throw refuse('This Heidelberg patient container (.e2e) lists no OCT B-scan.', { offset: versionBytes })
  const { frames, missing } = await readFrames(source, series, file)
  if (frames.length === 0)
    throw refuse('None of the B-scans that this Heidelberg patient container (.e2e) lists is at its place.', { offset: versionBytes })
  const slo = await readSlo(source, series, file)
  const meta = await readMeta(source, series)
  return {
    format: 'heidelberg-e2e',
    device: 'Heidelberg Spectralis',
    formatVersion: `E2E ${new DataView(start.buffer, start.byteOffset, start.byteLength).getUint32(version.number, true)}`,
    laterality: await readLaterality(source, series),
    pattern: patternOf(meta.pattern, frames.length),
    width: frames.reduce((most, frame) => Math.max(most, frame.width), 0),
    height: frames.reduce((most, frame) => Math.max(most, frame.height), 0),
    spacing: { lateral: 0, axial: meta.axial, between: 0 },
    ...(slo === undefined ? {} : { slo }),
    pictures: [],
    frames,
    grids: [],
    remarks: missing ? ['best-effort', 'pictures-missing'] : ['best-effort'],
  }
}

const isFrame = (entry: Entry) => entry.type === types.image && entry.index === 1 && entry.slice >= 0

function largest(entries: readonly Entry[]): Entry[] | undefined {
  const counts = new Map<string, number>()
  for (const entry of entries) if (isFrame(entry)) counts.set(entry.series, (counts.get(entry.series) ?? 0) + 1)
  let best: string | undefined
  for (const [series, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = series
  return best === undefined ? undefined : entries.filter((entry) => entry.series === best)
}

/** B-scans by slice; of two with the same slice the first in the file. `missing`: an entry's container does not hold the B-scan it lists. */
async function readFrames(source: ByteSource, series: readonly Entry[], file: number): Promise<{ frames: FrameInfo[]; missing: boolean }> {
  const slices = new Map<number, Entry>()
  for (const entry of series) if (isFrame(entry) && !slices.has(entry.slice)) slices.set(entry.slice, entry)
  if (slices.size > limits.frames)
    throw refuse(`The file lists ${slices.size} B-scans, which no OCT device records.`, { offset: versionBytes, count: slices.size })
  const layers = await readLayers(source, series)
  const frames: FrameInfo[] = []
  let bytes = 0
  for (const [slice, entry] of [...slices].sort(([a], [b]) => a - b)) {
    const image = await readImage(source, entry, images.bscan, 2, { kind: 'reflectivity-u16f' }, file)
    if (image === undefined) continue
    bytes += 2 * image.width * image.height
    if (bytes > source.size) throw refuse(`The file contradicts itself: its B-scans overlap at byte ${entry.start}.`, { offset: entry.start })
    frames.push({ index: frames.length, ...image, location: { kind: 'unknown' }, layers: fitting(layers.get(slice), image) })
  }
  return { frames, missing: frames.length < slices.size }
}

interface Image {
  width: number
  height: number
  pixels: PixelRef
}

async function readImage(
  source: ByteSource,
  entry: Entry,
  type: number,
  depth: number,
  coding: PixelCoding,
  file: number,
): Promise<Image | undefined> {
  const view = await readContainer(source, entry, payload.image.pixels)
  if (view?.getUint32(containerBytes + payload.image.type, true) !== type) return undefined
  const width = view.getUint32(containerBytes + payload.image.width, true)
  const height = view.getUint32(containerBytes + payload.image.height, true)
  const at = entry.start + containerBytes + payload.image.pixels
  if (width < 1 || width > limits.side || height < 1 || height > limits.side || width * height > limits.samples) {
    throw refuse(`The image at byte ${entry.start} claims ${width} by ${height} pixels, which no OCT device records.`, {
      offset: entry.start,
      width,
      height,
    })
  }
  const length = depth * width * height
  if (at + length > source.size) {
    throw refuse(`The file ends at byte ${source.size}, within the image at byte ${entry.start}. The file is cut off.`, {
      offset: entry.start,
      expected: at + length,
      size: source.size,
    })
  }
  return { width, height, pixels: { file, parts: [{ offset: at, length }], coding } }
}

async function readSlo(source: ByteSource, series: readonly Entry[], file: number): Promise<SloInfo | undefined> {
  const grey: PixelCoding = { kind: 'stored', compression: 'none', allocated: 8, bits: 8, bigEndian: false, inverted: false }
  const entry = series.find((each) => each.type === types.image && each.index === 0)
  const image = entry && (await readImage(source, entry, images.slo, 1, grey, file))
  return image && { ...image, spacing: { x: 0, y: 0 } }
}

/** Layer lines by slice and name, as long as they are; of two with the same name the first in the file. */
async function readLayers(source: ByteSource, series: readonly Entry[]): Promise<Map<number, Map<string, Float32Array>>> {
  const layers = new Map<number, Map<string, Float32Array>>()
  let bytes = 0
  for (const entry of series) {
    if (entry.type !== types.contour || entry.slice < 0) continue
    const view = await readContainer(source, entry, payload.contour.rows)
    const name = view && layerNames[view.getUint32(containerBytes + payload.contour.id, true)]
    const ofSlice = layers.get(entry.slice) ?? new Map<string, Float32Array>()
    if (view === undefined || name === undefined || ofSlice.has(name)) continue
    const width = view.getUint32(containerBytes + payload.contour.width, true)
    const at = entry.start + containerBytes + payload.contour.rows
    if (width < 1 || width > limits.side || at + 4 * width > source.size) continue
    bytes += 4 * width
    if (bytes > limits.layerBytes || bytes > source.size) {
      throw refuse(`The file holds more layer lines than any device writes, up to byte ${entry.start}.`, { offset: entry.start })
    }
    ofSlice.set(name, float32Copy(await readExactly(source, at, 4 * width)))
    layers.set(entry.slice, ofSlice)
  }
  return layers
}

/** The lines that belong to a B-scan of this size, in the usual order; values outside it are not segmented. */
function fitting(layers: Map<string, Float32Array> | undefined, size: { width: number; height: number }): Layer[] {
  return layerNames.flatMap((name) => {
    const rows = layers?.get(name)
    if (rows?.length !== size.width) return []
    let segmented = false
    for (let x = 0; x < rows.length; x++) {
      const row = rows[x] as number
      if (row >= 0 && row <= size.height) segmented = true
      else rows[x] = Number.NaN
    }
    return segmented ? [{ name, rows }] : []
  })
}

/** mm per px in depth (0 where it is no possible value) and the pattern's code, by the first B-scan that tells. */
async function readMeta(source: ByteSource, series: readonly Entry[]): Promise<{ axial: number; pattern: number }> {
  const entry = series.find((each) => each.type === types.meta)
  const view = entry && (await readContainer(source, entry, payload.meta.bytes))
  if (view === undefined) return { axial: 0, pattern: 0 }
  const axial = view.getFloat32(containerBytes + payload.meta.axial, true)
  return { axial: axial > 1e-4 && axial < 0.1 ? axial : 0, pattern: view.getUint32(containerBytes + payload.meta.pattern, true) }
}

/** The codes are those of RAW exports as far as scans of both were compared; one that cannot be, by the number of B-scans, is unknown. */
function patternOf(code: number, frames: number): ScanPattern {
  const pattern = patterns[code] ?? 'unknown'
  return (pattern === 'line' || pattern === 'ring') === (frames === 1) ? pattern : 'unknown'
}

/** Two containers of a series carry the eye; where they contradict each other, it is not known. */
async function readLaterality(source: ByteSource, series: readonly Entry[]): Promise<Laterality> {
  const found = new Set<Laterality>()
  for (const [type, { letter, bytes }] of [
    [types.laterality, payload.laterality],
    [types.preamble, payload.preamble],
  ] as const) {
    const entry = series.find((each) => each.type === type)
    const view = entry && (await readContainer(source, entry, bytes))
    const side = view?.getUint8(containerBytes + letter)
    if (side === 0x52) found.add('OD')
    if (side === 0x4c) found.add('OS')
  }
  const [only] = found
  return found.size === 1 && only !== undefined ? only : 'unknown'
}

/** A container's header and the first `length` bytes of what it holds; undefined where it is not the one that the entry lists. */
async function readContainer(source: ByteSource, entry: Entry, length: number): Promise<DataView | undefined> {
  if (entry.start + containerBytes + length > source.size) {
    throw refuse(`The file ends at byte ${source.size}, but something is said to be at byte ${entry.start}. The file is cut off.`, {
      offset: entry.start,
      size: source.size,
    })
  }
  const bytes = await readExactly(source, entry.start, containerBytes + length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isIt =
    ascii(bytes, 0, 12) === marks.container && view.getUint32(container.type, true) === entry.type && view.getUint32(container.size, true) >= length
  return isIt ? view : undefined
}
