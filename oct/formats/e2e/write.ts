/** Writer of small Heidelberg patient containers (`.e2e`), for tests: the parts that the reader knows, and a patient that it must not read. */
import type { Layer } from '../../scan.ts'
import { layerNames } from '../vol-layout.ts'
import {
  container,
  containerBytes,
  directory,
  directoryBytes,
  entry,
  entryBytes,
  images,
  marks,
  payload,
  types,
  version,
  versionBytes,
} from './layout.ts'
import { encodeU16f } from './u16f.ts'

export interface E2eSeries {
  id: number
  laterality: 'OD' | 'OS'
  /** The file's own code of the pattern: 1 line, 2 ring, 3 volume, ... */
  pattern: number
  /** mm per px in depth */
  axial: number
  slo?: { width: number; height: number; pixels: Uint8Array }
  frames: { width: number; height: number; pixels: Float32Array; layers: Layer[] }[]
}

export interface E2eContent {
  /** A patient's name, so that a test can see that it is never read. */
  surname?: string
  series: E2eSeries[]
  /** entries a directory has room for; 8 */
  perDirectory?: number
}

interface Item {
  type: number
  series: number
  slice: number
  index: number
  payload: Uint8Array
}

const patientType = 9
const noIndex = 0xffff

/** The whole file. */
export function writeE2e(content: E2eContent): Uint8Array {
  const items = [...(content.surname === undefined ? [] : [patient(content.surname)]), ...content.series.flatMap(itemsOf)]
  const room = content.perDirectory ?? 8
  const parts: Uint8Array[] = []
  let at = versionBytes + directoryBytes
  let previous = 0
  for (let first = 0; first < items.length; first += room) {
    const listed = items.slice(first, first + room)
    const chunk = directoryOf(listed, room, at, previous)
    parts.push(chunk)
    previous = at
    at += chunk.byteLength
  }
  const file = new Uint8Array(at)
  const view = new DataView(file.buffer)
  text(file, 0, marks.file)
  view.setUint32(version.number, 100, true)
  text(file, versionBytes, marks.main)
  view.setUint32(versionBytes + directory.count, room, true)
  view.setUint32(versionBytes + directory.current, previous, true)
  let offset = versionBytes + directoryBytes
  for (const part of parts) {
    file.set(part, offset)
    offset += part.byteLength
  }
  return file
}

/** A directory at byte `at` with the containers it lists; unused entries stay 0. */
function directoryOf(items: readonly Item[], room: number, at: number, previous: number): Uint8Array {
  const listBytes = directoryBytes + room * entryBytes
  const bytes = new Uint8Array(listBytes + items.reduce((sum, item) => sum + containerBytes + item.payload.byteLength, 0))
  const view = new DataView(bytes.buffer)
  text(bytes, 0, marks.directory)
  view.setUint32(directory.count, room, true)
  view.setUint32(directory.current, at, true)
  view.setUint32(directory.previous, previous, true)
  let start = listBytes
  for (const [number, item] of items.entries()) {
    const place = directoryBytes + number * entryBytes
    text(bytes, start, marks.container)
    for (const [base, fields] of [
      [place, entry],
      [start, container],
    ] as const) {
      view.setUint32(base + fields.place, at + place, true)
      view.setUint32(base + fields.start, at + start, true)
      view.setUint32(base + fields.size, item.payload.byteLength, true)
      view.setInt32(base + fields.patient, 7, true)
      view.setInt32(base + fields.study, item.series < 0 ? -1 : 1, true)
      view.setInt32(base + fields.series, item.series, true)
      view.setInt32(base + fields.slice, item.slice, true)
      view.setUint16(base + fields.index, item.index, true)
      view.setUint32(base + fields.type, item.type, true)
    }
    bytes.set(item.payload, start + containerBytes)
    start += containerBytes + item.payload.byteLength
  }
  return bytes
}

function patient(surname: string): Item {
  const bytes = new Uint8Array(131)
  text(bytes, 31, surname)
  return { type: patientType, series: -1, slice: -1, index: noIndex, payload: bytes }
}

function itemsOf(series: E2eSeries): Item[] {
  const item = (type: number, bytes: Uint8Array, slice = -1, index = noIndex): Item => ({ type, series: series.id, slice, index, payload: bytes })
  const letter = series.laterality === 'OD' ? 'R' : 'L'
  const laterality = new Uint8Array(27)
  text(laterality, payload.laterality.letter, letter)
  const preamble = new Uint8Array(96)
  text(preamble, payload.preamble.letter, letter)
  const { slo } = series
  return [
    item(types.preamble, preamble),
    item(types.laterality, laterality),
    ...(slo === undefined ? [] : [item(types.image, image(images.slo, slo, slo.pixels), -1, 0)]),
    ...series.frames.flatMap((frame, number) => [
      item(types.meta, meta(series, frame), 2 * number),
      item(types.image, image(images.bscan, frame, encodeU16f(frame.pixels)), 2 * number, 1),
      ...frame.layers.map((layer) => item(types.contour, contour(layer), 2 * number)),
    ]),
  ]
}

function image(type: number, size: { width: number; height: number }, pixels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.image.pixels + pixels.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, pixels.byteLength, true)
  view.setUint32(payload.image.type, type, true)
  view.setUint32(8, size.width * size.height, true)
  view.setUint32(payload.image.height, size.height, true)
  view.setUint32(payload.image.width, size.width, true)
  bytes.set(pixels, payload.image.pixels)
  return bytes
}

function meta(series: E2eSeries, frame: { width: number; height: number }): Uint8Array {
  const bytes = new Uint8Array(428)
  const view = new DataView(bytes.buffer)
  view.setUint32(4, frame.height, true)
  view.setUint32(8, frame.width, true)
  view.setFloat32(payload.meta.axial, series.axial, true)
  view.setUint32(payload.meta.pattern, series.pattern, true)
  return bytes
}

function contour(layer: Layer): Uint8Array {
  const bytes = new Uint8Array(payload.contour.rows + layer.rows.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(payload.contour.id, (layerNames as readonly string[]).indexOf(layer.name), true)
  view.setUint32(payload.contour.width, layer.rows.length, true)
  for (const [x, row] of layer.rows.entries()) view.setFloat32(payload.contour.rows + 4 * x, Number.isNaN(row) ? 3e38 : row, true)
  return bytes
}

function text(bytes: Uint8Array, offset: number, value: string): void {
  for (let i = 0; i < value.length; i++) bytes[offset + i] = value.charCodeAt(i)
}
