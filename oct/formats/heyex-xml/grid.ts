/** The thickness grid that the device put on a volume. */
import type { ThicknessGrid } from '../../scan.ts'
import type { SeriesRecord } from './document.ts'
import { looseNumber, plainName } from './values.ts'

/** A grid has nine zones or, rectangular, at most 8 x 8. */
const maxZones = 256
/** The device writes one. */
const maxGrids = 4

/**
 * Grids whose place is known: the export gives the centre in px of the SLO.
 * @param spacing mm per px of the SLO; 0 where not known, then there is no grid
 */
export function gridsOf(series: SeriesRecord, spacing: { x: number; y: number }): ThicknessGrid[] {
  const grids: ThicknessGrid[] = []
  for (const { values, zones } of series.grids.slice(0, maxGrids)) {
    const x = looseNumber(values, 'CenterPos/Coord/X', 0, 10_000)
    const y = looseNumber(values, 'CenterPos/Coord/Y', 0, 10_000)
    if (x === undefined || y === undefined || spacing.x === 0 || spacing.y === 0 || zones.length === 0) continue
    const diameters = ['Diameter1', 'Diameter2', 'Diameter3'].map((name) => looseNumber(values, name, 0.01, 100)).filter((each) => each !== undefined)
    grids.push({
      kind: diameters.length > 0 ? 'circular' : 'rectangular',
      diameters,
      centre: { x: x * spacing.x, y: y * spacing.y },
      zones: zones.slice(0, maxZones).map((zone) => ({ name: plainName(zone.get('Name'), 8), ...measured(zone) })),
    })
  }
  return grids
}

/** Thickness in mm to µm, volume in mm³; null for a zone without a valid pixel. */
function measured(zone: Map<string, string>): { thickness: number | null; volume: number | null } {
  if (looseNumber(zone, 'ValidPixelPercentage', 0, 100) === 0) return { thickness: null, volume: null }
  const thickness = looseNumber(zone, 'AvgThickness', 0, 10)
  // Whole nanometres, so that the decimal that was written comes back.
  return { thickness: thickness === undefined ? null : Math.round(thickness * 1e6) / 1e3, volume: looseNumber(zone, 'Volume', 0, 1000) ?? null }
}
