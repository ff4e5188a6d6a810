/** Scans without pixels for the tests of this folder. */
import type { Laterality, Location, OpenedScan, Point } from '../geometry.ts'

/** A scan whose B-scans lie where `locations` says; 6 mm over `width` A-scans, 4 µm per px in depth. */
export function scanOf(pattern: OpenedScan['pattern'], locations: readonly Location[], width = 61, laterality: Laterality = 'OD'): OpenedScan {
  return {
    format: 'heidelberg-vol',
    device: 'Heidelberg Spectralis',
    formatVersion: 'HSF-OCT-103',
    laterality,
    pattern,
    width,
    height: 200,
    spacing: { lateral: 6 / (width - 1), axial: 0.004, between: 0.25 },
    focus: null,
    art: null,
    edi: null,
    resolution: null,
    axialLength: null,
    field: null,
    acquiredAt: null,
    slo: null,
    pictures: [],
    frames: locations.map((location) => ({
      width,
      height: 200,
      location,
      quality: null,
      art: null,
      coding: { kind: 'reflectivity-f32' as const },
      layers: ['ILM', 'BM'],
      bmo: null,
    })),
    grids: [],
    remarks: [],
  }
}

/** A volume of 25 B-scans of 6 mm, 0.25 mm apart around `centre`, the first one inferior; turned by `degrees` around its middle. */
export function volumeAt(centre: Point, degrees = 0, count = 25): Location[] {
  const turn = (x: number, y: number): Point => {
    const angle = (degrees * Math.PI) / 180
    return { x: centre.x + x * Math.cos(angle) - y * Math.sin(angle), y: centre.y + x * Math.sin(angle) + y * Math.cos(angle) }
  }
  return Array.from({ length: count }, (_, i) => {
    const y = 3 - (6 * i) / (count - 1)
    return { kind: 'line', start: turn(-3, y), end: turn(3, y) }
  })
}

/** `count` B-scans of 6 mm through `centre`. */
export function starAt(centre: Point, count: number): Location[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (Math.PI * i) / count
    const dx = 3 * Math.cos(angle)
    const dy = 3 * Math.sin(angle)
    return { kind: 'line', start: { x: centre.x - dx, y: centre.y - dy }, end: { x: centre.x + dx, y: centre.y + dy } }
  })
}
