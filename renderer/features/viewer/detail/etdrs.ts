/** The ETDRS grid: nine sectors within 1, 3 and 6 mm, each with its mean. No norms. */
import type { Laterality, Point } from '../geometry.ts'
import type { Field } from './field.ts'

/** mm, from inside out */
export const diameters = [1, 3, 6] as const
/** A sector of which less was measured has no mean. */
export const enough = 0.5

const places = ['superior', 'left', 'inferior', 'right'] as const
export type Place = (typeof places)[number]

/** One of nine: the centre (`ring` 0), or a quarter of the inner or outer ring. */
export interface Sector {
  ring: 0 | 1 | 2
  /** Where on the screen; `superior` for the centre, which has no side. */
  place: Place
  /** µm; null where less than half of the sector was measured */
  mean: number | null
  /** 0..1 of its area */
  measured: number
}

export interface EtdrsGrid {
  sectors: Sector[]
  /** mm³ within 6 mm; null unless every sector has a mean. Each sector counts with its whole area. */
  volume: number | null
}

/** mm² of a sector */
export function areaOf(ring: 0 | 1 | 2): number {
  const outer = diameters[ring] / 2
  const inner = ring === 0 ? 0 : diameters[ring - 1 === 0 ? 0 : 1] / 2
  return (Math.PI * (outer * outer - inner * inner)) / (ring === 0 ? 1 : 4)
}

/** Nasal is right in a right eye and left in a left one; where the eye is not known, the sectors are called left and right. */
export function sectorName({ ring, place }: Pick<Sector, 'ring' | 'place'>, laterality: Laterality): string {
  if (ring === 0) return 'C0'
  if (place === 'superior') return `S${ring}`
  if (place === 'inferior') return `I${ring}`
  if (laterality === 'unknown') return `${place === 'left' ? 'L' : 'R'}${ring}`
  return `${(place === 'right') === (laterality === 'OD') ? 'N' : 'T'}${ring}`
}

/**
 * The nine means of a map around `centre` (mm, SLO frame), weighted by area over what was measured.
 * @param values µm per cell of `field`, NaN where not measured
 */
export function etdrsGrid(field: Field, values: Float32Array, centre: Point): EtdrsGrid {
  const sums = new Float64Array(9)
  const found = new Uint32Array(9)
  const all = new Uint32Array(9)
  const { origin, step, width, height } = field
  const reach = diameters[2] / 2
  // Over the grid's own square, not the field's, so that what lies outside the scanned area counts as not measured.
  const left = Math.floor((centre.x - reach - origin.x) / step)
  const right = Math.ceil((centre.x + reach - origin.x) / step)
  const top = Math.floor((centre.y - reach - origin.y) / step)
  const bottom = Math.ceil((centre.y + reach - origin.y) / step)
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const sector = sectorAt(origin.x + (column + 0.5) * step - centre.x, origin.y + (row + 0.5) * step - centre.y)
      if (sector < 0) continue
      all[sector] = (all[sector] as number) + 1
      const inside = column >= 0 && row >= 0 && column < width && row < height
      const value = inside ? (values[row * width + column] as number) : Number.NaN
      if (Number.isNaN(value)) continue
      found[sector] = (found[sector] as number) + 1
      sums[sector] = (sums[sector] as number) + value
    }
  }
  const sectors = Array.from(all, (count, i): Sector => {
    const measured = count > 0 ? (found[i] as number) / count : 0
    const ring = i === 0 ? 0 : i < 5 ? 1 : 2
    return { ring, place: places[(i + 3) % 4] as Place, mean: measured >= enough ? (sums[i] as number) / (found[i] as number) : null, measured }
  }).map((sector) => (sector.ring === 0 ? { ...sector, place: 'superior' as const } : sector))
  const whole = sectors.every(({ mean }) => mean !== null)
  return { sectors, volume: whole ? sectors.reduce((sum, { ring, mean }) => sum + ((mean ?? 0) / 1000) * areaOf(ring), 0) : null }
}

/** 0 the centre; 1 to 4 the inner ring, 5 to 8 the outer: superior, left, inferior, right; -1 outside. */
function sectorAt(dx: number, dy: number): number {
  const radius = Math.hypot(dx, dy)
  if (radius >= diameters[2] / 2) return -1
  if (radius < diameters[0] / 2) return 0
  const side = Math.abs(dy) >= Math.abs(dx) ? (dy < 0 ? 0 : 2) : dx < 0 ? 1 : 3
  return (radius < diameters[1] / 2 ? 1 : 5) + side
}
