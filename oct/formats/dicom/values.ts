/** Values out of a data set: whatever is missing or is not what it should be is undefined, never a guess. */
import { ascii, type Dataset, type Leaf } from './dataset.ts'

/** Text values without padding, split at backslashes; none where there is no such element. */
export function texts(dataset: Dataset | undefined, tag: number): string[] {
  const text = ascii(dataset?.leaves.get(tag)?.bytes)
  return text === '' ? [] : text.split('\\').map((each) => each.trim())
}

export function text(dataset: Dataset | undefined, tag: number): string {
  return texts(dataset, tag)[0] ?? ''
}

/** Numbers, however they are written; a value that is no finite number ends the list as NaN would: none at all. */
export function numbers(dataset: Dataset | undefined, tag: number): number[] {
  const leaf = dataset?.leaves.get(tag)
  if (leaf === undefined) return []
  const values = leaf.vr === 'DS' || leaf.vr === 'IS' ? decimals(leaf) : binary(leaf)
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
  return dataset?.sequences.get(tag) ?? []
}

export function firstItem(dataset: Dataset | undefined, tag: number): Dataset | undefined {
  return items(dataset, tag)[0]
}

function decimals(leaf: Leaf): number[] {
  const written = ascii(leaf.bytes)
  return written === ''
    ? []
    : written.split('\\').map((each) => (/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(each) ? Number(each) : Number.NaN))
}

const widths: Record<string, number> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, OV: 8, UV: 8 }

function binary(leaf: Leaf): number[] {
  const width = widths[leaf.vr]
  if (width === undefined) return decimals(leaf)
  const view = new DataView(leaf.bytes.buffer, leaf.bytes.byteOffset, leaf.bytes.byteLength)
  const little = !leaf.bigEndian
  return Array.from({ length: Math.floor(leaf.bytes.byteLength / width) }, (_, index) => {
    const at = index * width
    if (leaf.vr === 'US') return view.getUint16(at, little)
    if (leaf.vr === 'SS') return view.getInt16(at, little)
    if (leaf.vr === 'UL') return view.getUint32(at, little)
    if (leaf.vr === 'SL') return view.getInt32(at, little)
    if (leaf.vr === 'FL') return view.getFloat32(at, little)
    if (leaf.vr === 'FD') return view.getFloat64(at, little)
    return Number(view.getBigUint64(at, little))
  })
}
