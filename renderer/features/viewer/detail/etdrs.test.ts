import { describe, expect, it } from 'vitest'
import type { Point } from '../geometry.ts'
import { areaOf, etdrsGrid, sectorName } from './etdrs.ts'
import { fieldOf, pointOn, sampleField } from './field.ts'
import { scanOf, volumeAt } from './scan.fixture.ts'

const centre = { x: 4.5, y: 4.2 }

function gridOf(value: (at: Point) => number, around = centre, degrees = 0) {
  // 8 mm a side, so that the grid lies inside.
  const scan = scanOf(
    'volume',
    volumeAt({ x: 0, y: 0 }, degrees).map((one) =>
      one.kind === 'line'
        ? {
            ...one,
            start: { x: centre.x + (one.start.x * 8) / 6, y: centre.y + (one.start.y * 8) / 6 },
            end: { x: centre.x + (one.end.x * 8) / 6, y: centre.y + (one.end.y * 8) / 6 },
          }
        : one,
    ),
  )
  const field = fieldOf(scan, 480)
  if (!field) throw new Error('no field')
  const rows = scan.frames.map(({ width }, frame) => Float32Array.from({ length: width }, (_, i) => value(pointOn(scan, frame, i) ?? centre)))
  return etdrsGrid(field, sampleField(field, rows, 'linear'), around)
}

describe('the ETDRS grid', () => {
  it.each([0, 20])('of an even thickness is that thickness in every sector (volume turned by %i degrees)', (degrees) => {
    const { sectors, volume } = gridOf(() => 280, centre, degrees)
    expect(sectors).toHaveLength(9)
    for (const { mean, measured } of sectors) {
      expect(mean).toBeCloseTo(280, 3)
      expect(measured).toBe(1)
    }
    expect(volume).toBeCloseTo(0.28 * Math.PI * 9, 3)
  })
  it('of a tilted plane is its value at each sector’s centroid', () => {
    const plane = ({ x, y }: Point) => 300 + 30 * (x - centre.x) - 20 * (y - centre.y)
    const { sectors } = gridOf(plane)
    // The centroid of a quarter of a ring lies at 2/3 (R³-r³)/(R²-r²) sin(45°)/(45° in radians) from the middle.
    const away = (ring: 0 | 1 | 2) => {
      const [r, big] = (
        [
          [0, 0],
          [0.5, 1.5],
          [1.5, 3],
        ] as const
      )[ring]
      return ring === 0 ? 0 : ((2 / 3) * (big ** 3 - r ** 3) * Math.SQRT1_2) / (big ** 2 - r ** 2) / (Math.PI / 4)
    }
    for (const { ring, place, mean } of sectors) {
      const to = { superior: [0, -1], inferior: [0, 1], left: [-1, 0], right: [1, 0] }[place] as [number, number]
      expect(mean).toBeCloseTo(plane({ x: centre.x + to[0] * away(ring), y: centre.y + to[1] * away(ring) }), 0)
    }
  })
  it('gives no mean for a sector of which less than half was measured, and then no volume', () => {
    const { sectors, volume } = gridOf(({ x }) => (x > centre.x + 1 ? Number.NaN : 250))
    const right = sectors.find(({ ring, place }) => ring === 2 && place === 'right')
    expect(right).toMatchObject({ mean: null, measured: 0 })
    const above = sectors.find(({ ring, place }) => ring === 2 && place === 'superior')
    expect(above?.mean).toBeCloseTo(250, 3)
    expect(above?.measured).toBeLessThan(1)
    expect(volume).toBeNull()
  })
  it('counts what lies outside the scanned area as not measured', () => {
    const { sectors } = gridOf(() => 250, { x: centre.x + 3, y: centre.y })
    expect(sectors.find(({ ring, place }) => ring === 2 && place === 'right')?.mean).toBeNull()
    expect(sectors[0]).toMatchObject({ ring: 0, measured: 1 })
  })
  it('has areas that add up to the disc', () => {
    expect(areaOf(0) + 4 * areaOf(1) + 4 * areaOf(2)).toBeCloseTo(Math.PI * 9)
  })
})

describe('names of the sectors', () => {
  it.each([
    ['OD', 1, 'right', 'N1'],
    ['OD', 2, 'left', 'T2'],
    ['OS', 1, 'right', 'T1'],
    ['OS', 2, 'left', 'N2'],
    ['unknown', 1, 'left', 'L1'],
    ['unknown', 2, 'right', 'R2'],
    ['unknown', 2, 'superior', 'S2'],
    ['OS', 0, 'superior', 'C0'],
  ] as const)('%s, ring %i, %s: %s', (laterality, ring, place, name) => expect(sectorName({ ring, place }, laterality)).toBe(name))
})
