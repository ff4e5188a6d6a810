/** En-face projection: one value per A-scan from the slab between two boundaries. */

import { outermost } from './scale.ts'

export type Projection = 'mean' | 'maximum'

/** A slab of a volume: between two boundaries, each moved by an offset in µm (down is positive); null is the whole depth. */
export interface Slab {
  upper: string
  lower: string
  above: number
  below: number
}

export const slabNames = ['whole', 'retina', 'RNFL', 'BM'] as const
export type SlabName = (typeof slabNames)[number]

/** The usual slabs a scan's boundaries allow; without boundaries the whole depth alone. */
export function slabsOf(names: readonly string[]): { name: SlabName; slab: Slab | null }[] {
  const slabs: { name: SlabName; slab: Slab | null }[] = [{ name: 'whole', slab: null }]
  const has = (name: string) => names.includes(name)
  if (has('ILM') && has('BM')) slabs.push({ name: 'retina', slab: { upper: 'ILM', lower: 'BM', above: 0, below: 0 } })
  if (has('ILM') && has('RNFL')) slabs.push({ name: 'RNFL', slab: { upper: 'ILM', lower: 'RNFL', above: 0, below: 0 } })
  if (has('BM')) slabs.push({ name: 'BM', slab: { upper: 'BM', lower: 'BM', above: -20, below: 20 } })
  return slabs
}

/** Rows of the slab at each A-scan, px from the top. */
export interface SlabRows {
  from: Float32Array
  to: Float32Array
}

/** The slab's rows in one B-scan. @param axial mm per px */
export function slabRows(upper: Float32Array, lower: Float32Array, above: number, below: number, axial: number): SlabRows {
  const shift = (rows: Float32Array, um: number) => rows.map((row) => row + um / 1000 / axial)
  return { from: shift(upper, above), to: shift(lower, below) }
}

/**
 * Mean or maximum of the display values (u8, row-major) within the slab, per A-scan, 0..255; NaN where a boundary is missing or the slab
 * holds no pixel of the B-scan. A pixel belongs to the slab where its middle lies in it.
 * @param rows null for the whole depth
 */
export function projectFrame(pixels: Uint8Array, width: number, height: number, rows: SlabRows | null, projection: Projection): Float32Array {
  const first = new Int32Array(width)
  const end = new Int32Array(width).fill(height)
  if (rows) {
    for (let x = 0; x < width; x++) {
      const from = rows.from[x] ?? Number.NaN
      const to = rows.to[x] ?? Number.NaN
      const known = from <= to
      first[x] = known ? Math.max(0, Math.ceil(from - 0.5)) : height
      end[x] = known ? Math.min(height, Math.ceil(to - 0.5)) : 0
    }
  }
  const top = first.reduce((least, row) => Math.min(least, row), height)
  const bottom = end.reduce((most, row) => Math.max(most, row), 0)
  const values = new Float32Array(width)
  for (let y = top; y < bottom; y++) {
    const row = y * width
    for (let x = 0; x < width; x++) {
      if (y < (first[x] as number) || y >= (end[x] as number)) continue
      const pixel = pixels[row + x] as number
      const value = values[x] as number
      values[x] = projection === 'mean' ? value + pixel : Math.max(value, pixel)
    }
  }
  for (let x = 0; x < width; x++) {
    const count = (end[x] as number) - (first[x] as number)
    values[x] = count < 1 ? Number.NaN : projection === 'mean' ? (values[x] as number) / count : (values[x] as number)
  }
  return values
}

/** The greys of a projection stretched so that its darkest and lightest hundredth are black and white; NaN stays. */
export function stretched(values: Float32Array): Float32Array {
  const found = outermost(values)
  if (!found) return values
  const per = 255 / Math.max(1, found.high - found.low)
  return values.map((value) => (value - found.low) * per)
}
