/** Values of a data set: whatever is missing or is not what it should be is empty or undefined, never a guess. */
import type { Dataset, Value } from './dataset.ts'

const widths: Record<string, number> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, OV: 8, UV: 8 }

/** Text values without padding, split at backslashes; none where there is no such element. */
export function texts(dataset: Dataset | undefined, tag: number): string[] {
  const value = dataset?.get(tag)
  return typeof value !== 'string' || value === '' ? [] : value.split('\\').map((each) => each.trim())
}

export function text(dataset: Dataset | undefined, tag: number): string {
  return texts(dataset, tag)[0] ?? ''
}

/** Numbers, however they are written; none at all where one of them is no finite number. */
export function numbers(dataset: Dataset | undefined, tag: number): number[] {
  const value = dataset?.get(tag)
  if (value === undefined || isItems(value)) return []
  const values = typeof value === 'string' ? decimals(value) : Array.from(value)
  return values.every(Number.isFinite) ? values : []
}

export function number(dataset: Dataset | undefined, tag: number): number | undefined {
  return numbers(dataset, tag)[0]
}

/** The number, where it lies between two bounds. */
export function within(value: number | undefined, low: number, high: number): number | undefined {
  return value !== undefined && value >= low && value <= high ? value : undefined
}

export function items(dataset: Dataset | undefined, tag: number): Dataset[] {
  const value = dataset?.get(tag)
  return value !== undefined && isItems(value) ? value : []
}

export function firstItem(dataset: Dataset | undefined, tag: number): Dataset | undefined {
  return items(dataset, tag)[0]
}

/** An element's bytes as what is kept of it: numbers where its representation is binary, else ASCII without padding, `?` for what is not printable. */
export function decodeValue(vr: string, bytes: Uint8Array, bigEndian: boolean): string | ArrayLike<number> {
  const width = widths[vr]
  if (width === undefined) return ascii(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Math.floor(bytes.byteLength / width)
  // A typed array costs more than a few numbers, and half as much as many.
  const values = vr === 'FL' && count > 32 ? new Float32Array(count) : new Array<number>(count)
  for (let index = 0; index < count; index++) values[index] = at(view, vr, index * width, !bigEndian)
  return values
}

function at(view: DataView, vr: string, offset: number, little: boolean): number {
  if (vr === 'US') return view.getUint16(offset, little)
  if (vr === 'SS') return view.getInt16(offset, little)
  if (vr === 'UL') return view.getUint32(offset, little)
  if (vr === 'SL') return view.getInt32(offset, little)
  if (vr === 'FL') return view.getFloat32(offset, little)
  if (vr === 'FD') return view.getFloat64(offset, little)
  return Number(view.getBigUint64(offset, little))
}

function ascii(bytes: Uint8Array): string {
  const letters: string[] = []
  for (const byte of bytes) if (byte !== 0) letters.push(byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?')
  return letters.join('').trim()
}

function decimals(written: string): number[] {
  if (written === '') return []
  return written.split('\\').map((each) => (/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(each) ? Number(each) : Number.NaN))
}

function isItems(value: Value): value is Dataset[] {
  return Array.isArray(value) && value[0] instanceof Map
}
