/** Small RAW exports with everything in them that a version may carry, for tests and as what the fuzzer starts from. */
import type { VolContent } from '../../oct/formats/vol.ts'
import type { Laterality, Layer, Point, ScanPattern, ThicknessGrid } from '../../oct/scan.ts'

export const smallWidth = 32
export const smallHeight = 40
/** mm per px along the B-scan: 3.2 mm for 32 A-scans */
const lateral = 0.1
/** A ring as long as a B-scan of these is wide. */
export const smallRadius = (smallWidth * lateral) / (2 * Math.PI)
const middle: Point = { x: 4, y: 4 }

/** B-scans of each pattern. */
const counts = { unknown: 1, line: 1, ring: 1, volume: 3, 'fast-volume': 3, radial: 4, 'radial-circles': 7 } as const satisfies Record<
  ScanPattern,
  number
>

type Frame = VolContent['frames'][number]

/** A small scan of a pattern: an SLO of 24 x 20 px, layers, quality and whatever `changes` says. */
export function smallContent(pattern: ScanPattern, changes: Partial<VolContent> = {}): VolContent {
  const count = counts[pattern]
  return {
    version: 'HSF-OCT-103',
    laterality: 'OD' satisfies Laterality,
    pattern,
    width: smallWidth,
    height: smallHeight,
    spacing: { lateral, axial: 0.0039, between: count === 3 ? 0.12 : 0 },
    focus: -1.25,
    slo: { width: 24, height: 20, spacing: { x: 0.3, y: 0.3 }, field: 30, pixels: Uint8Array.from({ length: 480 }, (_, i) => i % 251) },
    acquiredAt: '2021-03-04T05:06:07.089Z',
    frames: Array.from({ length: count }, (_, index) => ({
      location: place(pattern, index, count),
      quality: 30 + index,
      layers: layers(),
      render: (into: Float32Array) => {
        for (let i = 0; i < into.length; i++) into[i] = i === 5 ? Number.NaN : ((i * 7 + index) % 997) / 1000
      },
    })),
    ...changes,
  }
}

function layers(): Layer[] {
  const flat = (row: number) => Float32Array.from({ length: smallWidth }, (_, x) => (x === 3 ? Number.NaN : row + x / 10))
  return [
    { name: 'ILM', rows: flat(8.5) },
    { name: 'BM', rows: flat(25) },
    { name: 'RNFL', rows: flat(11) },
  ]
}

function place(pattern: ScanPattern, index: number, count: number): Frame['location'] {
  if (pattern === 'ring') return circle(smallRadius)
  if (pattern === 'radial' || pattern === 'radial-circles') {
    const lines = pattern === 'radial' ? count : count - 3
    return index < lines ? spoke((Math.PI * index) / lines) : circle([1.75, 2.05, 2.35][index - lines] ?? 1)
  }
  return { kind: 'line', start: { x: 1, y: 5 - index }, end: { x: 4.2, y: 5 - index } }
}

function spoke(angle: number): Frame['location'] {
  const reach = { x: ((smallWidth * lateral) / 2) * Math.cos(angle), y: ((smallWidth * lateral) / 2) * Math.sin(angle) }
  return { kind: 'line', start: { x: middle.x - reach.x, y: middle.y - reach.y }, end: { x: middle.x + reach.x, y: middle.y + reach.y } }
}

function circle(radius: number): Frame['location'] {
  return { kind: 'ring', start: { x: middle.x - radius, y: middle.y }, centre: middle, radius }
}

/** A grid as the device leaves it after a line: three sectors filled. */
export const circularGrid: ThicknessGrid = {
  kind: 'circular',
  diameters: [1, 3, 6],
  centre: { x: 4.5, y: 4.25 },
  zones: ['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'].map((name, index) =>
    index === 1 || index === 5 || index === 0
      ? { name, thickness: 250 + index, volume: 0.25 * (index + 1) }
      : { name, thickness: null, volume: null },
  ),
}

export const posteriorPoleGrid: ThicknessGrid = {
  kind: 'rectangular',
  diameters: [],
  centre: { x: 4.5, y: 4.25 },
  zones: Array.from({ length: 64 }, (_, index) => ({
    name: `${Math.floor(index / 8) + 1}/${(index % 8) + 1}`,
    thickness: index === 9 ? null : 280 + index,
    volume: index === 9 ? null : 0.125,
  })),
}
