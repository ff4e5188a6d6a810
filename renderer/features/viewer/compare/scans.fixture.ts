/** Scans as the viewer gets them, reduced to what comparing looks at. */
import type { Laterality, Location, OpenedScan } from '../geometry.ts'

export function scanWith(laterality: Laterality, locations: Location[], width = 100): OpenedScan {
  return {
    format: 'heidelberg-vol',
    device: 'Heidelberg Spectralis',
    formatVersion: 'HSF-OCT-103',
    laterality,
    pattern: 'volume',
    width,
    height: 50,
    spacing: { lateral: 0.01, axial: 0.004, between: 0.1 },
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
      height: 50,
      location,
      quality: null,
      art: null,
      coding: { kind: 'reflectivity-f32' },
      layers: [],
      bmo: null,
    })),
    grids: [],
    remarks: [],
  }
}

/** Level lines at these heights, mm, from left to right. */
export function levelLines(...heights: number[]): Location[] {
  return heights.map((y) => ({ kind: 'line', start: { x: 1, y }, end: { x: 7, y } }))
}

/** Upright lines at these places, mm, from top to bottom. */
export function uprightLines(...places: number[]): Location[] {
  return places.map((x) => ({ kind: 'line', start: { x, y: 1 }, end: { x, y: 7 } }))
}

export const ring: Location = { kind: 'ring', start: { x: 2, y: 4 }, centre: { x: 4, y: 4 }, radius: 2 }
