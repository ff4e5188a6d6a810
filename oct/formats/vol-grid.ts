/** The thickness grids a Heidelberg RAW export may carry after its last B-scan (HSF-OCT-102 and later). */
import type { ByteSource, ThicknessGrid } from '../scan.ts'
import { readExactly } from './bytes.ts'
import { refuse, type VolHeader } from './vol-header.ts'
import { absent, absentAbove } from './vol-layout.ts'

/** Sectors of a circular grid in the file's order. */
export const sectors = ['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'] as const

/** Types of circular grids (1/2/3, 1/2.22/3.45 and 1/3/6 mm) and of rectangular ones (15 degrees 2 x 5, 20 degrees 2 x 10, posterior pole 8 x 8). */
const circularTypes: readonly number[] = [1, 2, 3]
const rectangularTypes: readonly number[] = [8, 9, 10]

/** i32 type | f64[3] diameters | f64[2] centre | central, smallest and largest central thickness, total volume (f32) | 9 x (f32 mm, f32 mm3) */
const circular = { diameters: 4, centre: 28, zones: 60, bytes: 132 } as const
/** i32 type | i32 rows | i32 columns | f32 cell width, height, tilt | f64[2] centre | rows x columns x (f32 mm, f32 mm3) */
const rectangular = { rows: 4, columns: 8, centre: 24, zones: 40 } as const
const zoneBytes = 8
/** Rows or columns of a rectangular grid: above any the device writes (2 x 10, 8 x 8). */
const cells = 16

/**
 * The grids of a file. A block that does not hold the grid its header names (another type, no possible size) is left out: the scan is whole without it.
 * @throws ScansideError invalid-file where a grid lies outside the file: then the file is cut off
 */
export async function readGrids(source: ByteSource, head: VolHeader): Promise<ThicknessGrid[]> {
  const grids: ThicknessGrid[] = []
  for (const claim of head.grids) {
    const grid = circularTypes.includes(claim.type)
      ? await readCircular(source, claim)
      : rectangularTypes.includes(claim.type)
        ? await readRectangular(source, claim)
        : undefined
    if (grid !== undefined) grids.push(grid)
  }
  return grids
}

type Claim = VolHeader['grids'][number]

async function readCircular(source: ByteSource, claim: Claim): Promise<ThicknessGrid | undefined> {
  const view = await viewOf(source, claim, circular.bytes)
  if (view.getInt32(0, true) !== claim.type) return undefined
  const diameters = [0, 8, 16].map((step) => view.getFloat64(circular.diameters + step, true))
  const centre = pointAt(view, circular.centre)
  const [inner = 0, middle = 0, outer = 0] = diameters
  if (centre === undefined || !(inner > 0 && middle > inner && outer > middle && outer < 100)) return undefined
  return { kind: 'circular', diameters, centre, zones: sectors.map((name, index) => zoneAt(view, circular.zones + index * zoneBytes, name)) }
}

async function readRectangular(source: ByteSource, claim: Claim): Promise<ThicknessGrid | undefined> {
  const fields = await viewOf(source, claim, rectangular.zones)
  const rows = fields.getInt32(rectangular.rows, true)
  const columns = fields.getInt32(rectangular.columns, true)
  const centre = pointAt(fields, rectangular.centre)
  if (fields.getInt32(0, true) !== claim.type || rows < 1 || rows > cells || columns < 1 || columns > cells || centre === undefined) return undefined
  const view = await viewOf(source, claim, rectangular.zones + rows * columns * zoneBytes)
  const zones = Array.from({ length: rows * columns }, (_, index) =>
    zoneAt(view, rectangular.zones + index * zoneBytes, `${Math.floor(index / columns) + 1}/${(index % columns) + 1}`),
  )
  return { kind: 'rectangular', diameters: [], centre, zones }
}

async function viewOf(source: ByteSource, claim: Claim, length: number): Promise<DataView> {
  if (claim.offset + length > source.size) {
    throw refuse(
      `The file ends at byte ${source.size}, but its header at byte ${claim.at} places a thickness grid at byte ${claim.offset}. ` +
        'The export was interrupted or is still being copied.',
      { offset: claim.at, expected: claim.offset + length, size: source.size },
    )
  }
  const bytes = await readExactly(source, claim.offset, length)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function pointAt(view: DataView, offset: number): { x: number; y: number } | undefined {
  const x = view.getFloat64(offset, true)
  const y = view.getFloat64(offset + 8, true)
  return Math.abs(x) < 1000 && Math.abs(y) < 1000 ? { x, y } : undefined
}

/** mm to um; null for Heidelberg's mark of what was not measured and for what cannot have been. */
function zoneAt(view: DataView, offset: number, name: string): ThicknessGrid['zones'][number] {
  const known = (value: number, factor: number) => (value >= 0 && value < absentAbove ? value * factor : null)
  return { name, thickness: known(view.getFloat32(offset, true), 1000), volume: known(view.getFloat32(offset + 4, true), 1) }
}

/** Type code and bytes of a grid, for a writer. Circular: nine zones by `sectors`. Rectangular: zones `r/c`, row by row, from `1/1`. */
export function gridBlock(grid: ThicknessGrid): { type: number; bytes: Uint8Array } {
  const isCircular = grid.kind === 'circular'
  const [rows = 1, columns = 1] = grid.zones.at(-1)?.name.split('/').map(Number) ?? []
  const type = isCircular ? circularType(grid.diameters) : rows === 8 ? 10 : columns === 10 ? 9 : 8
  const start = isCircular ? circular.zones : rectangular.zones
  const zones = isCircular ? sectors.map((name) => grid.zones.find((zone) => zone.name === name)) : grid.zones
  const bytes = new Uint8Array(start + zones.length * zoneBytes)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, type, true)
  if (isCircular) {
    for (const [index, diameter] of grid.diameters.entries()) view.setFloat64(circular.diameters + 8 * index, diameter, true)
  } else {
    view.setInt32(rectangular.rows, rows, true)
    view.setInt32(rectangular.columns, columns, true)
  }
  const centreAt = isCircular ? circular.centre : rectangular.centre
  view.setFloat64(centreAt, grid.centre.x, true)
  view.setFloat64(centreAt + 8, grid.centre.y, true)
  for (const [index, zone] of zones.entries()) {
    const thickness = zone?.thickness ?? null
    view.setFloat32(start + index * zoneBytes, thickness === null ? absent : thickness / 1000, true)
    view.setFloat32(start + index * zoneBytes + 4, zone?.volume ?? absent, true)
  }
  return { type, bytes }
}

function circularType(diameters: readonly number[]): number {
  return diameters[2] === 6 ? 3 : diameters[2] === 3.45 ? 2 : 1
}
