import { describe, expect, it } from 'vitest'
import type { Location } from '../geometry.ts'
import { placeInOrder, ringAngles, ringMeans, sectorNames, sectorSpans } from './sectors.ts'

const ring = (laterality: 'OD' | 'OS', radius = 1.8): Location => ({
  kind: 'ring',
  centre: { x: 4, y: 4 },
  start: { x: laterality === 'OD' ? 4 - radius : 4 + radius, y: 4 },
  radius,
})

describe('angles of a ring', () => {
  it.each(['OD', 'OS'] as const)('run from temporal over superior in %s', (laterality) => {
    const angles = ringAngles(ring(laterality), 8, laterality)
    expect([...(angles ?? [])].map(Math.round)).toEqual([0, 45, 90, 135, 180, 225, 270, 315])
  })
  it('do not depend on the radius', () => expect(ringAngles(ring('OD', 2.18), 16, 'OD')).toEqual(ringAngles(ring('OD'), 16, 'OD')))
  it('follow the direction the file gives', () => {
    const angles = ringAngles({ ...(ring('OS') as Extract<Location, { kind: 'ring' }>), direction: 1 }, 4, 'OS')
    expect([...(angles ?? [])].map(Math.round)).toEqual([0, 270, 180, 90])
  })
  it('are known for a ring given point by point, wherever it begins', () => {
    const points = Array.from({ length: 36 }, (_, i) => ({ x: 4 + 1.7 * Math.sin((i * Math.PI) / 18), y: 4 - 1.7 * Math.cos((i * Math.PI) / 18) }))
    const angles = ringAngles({ kind: 'path', points }, 36, 'OD')
    expect(angles?.[0]).toBeCloseTo(90)
    expect(angles?.[9]).toBeCloseTo(180)
  })
  it('are none for a line, for an open course and for an eye that is not known', () => {
    expect(ringAngles({ kind: 'line', start: { x: 0, y: 0 }, end: { x: 1, y: 0 } }, 8, 'OD')).toBeNull()
    expect(ringAngles({ kind: 'path', points: Array.from({ length: 20 }, (_, i) => ({ x: i, y: 0 })) }, 20, 'OD')).toBeNull()
    expect(ringAngles(ring('OD'), 8, 'unknown')).toBeNull()
  })
})

describe('the order of a plot', () => {
  it.each([
    ['TSNIT', [0, 0.25, 0.5, 0.75]],
    ['NSTIN', [0.5, 0.25, 0, 0.75]],
  ] as const)('%s', (order, places) => expect([0, 90, 180, 270].map((angle) => placeInOrder(angle, order))).toEqual(places))
})

describe('means of a ring', () => {
  const angles = Float32Array.from({ length: 720 }, (_, i) => i / 2)
  it('cover the ring once', () => {
    expect(sectorNames.map((name) => sectorSpans[name][1] - sectorSpans[name][0]).reduce((a, b) => a + b)).toBe(360)
  })
  it.each(['TSNIT', 'NSTIN'] as const)('are each sector’s own (%s)', (order) => {
    const own = { T: 70, TS: 130, NS: 110, N: 80, NI: 120, TI: 150 }
    const nameAt = (angle: number) =>
      sectorNames.find((name) => {
        const [from, to] = sectorSpans[name]
        return (angle >= from && angle < to) || (angle - 360 >= from && angle - 360 < to)
      }) ?? 'T'
    const means = ringMeans(
      angles.map((angle) => own[nameAt(angle)]),
      angles,
      order,
    )
    for (const { name, mean } of means.sectors) expect(mean).toBeCloseTo(own[name])
    expect(means.global).toBeCloseTo((70 * 90 + 130 * 40 + 110 * 40 + 80 * 110 + 120 * 40 + 150 * 40) / 360)
    for (const { spans } of means.sectors) for (const [from, to] of spans) expect(from >= 0 && to <= 1 + 1e-9 && from < to).toBe(true)
    expect(means.sectors.filter(({ spans }) => spans.length === 2).map(({ name }) => name)).toEqual([order === 'TSNIT' ? 'T' : 'N'])
  })
  it('leave out a sector of which less than half was measured', () => {
    const values = angles.map((angle) => (angle > 60 && angle < 85 ? Number.NaN : 100))
    const means = ringMeans(values, angles, 'TSNIT')
    expect(means.sectors.find(({ name }) => name === 'TS')?.mean).toBeNull()
    expect(means.sectors.find(({ name }) => name === 'NS')?.mean).toBe(100)
    expect(means.measured).toBeCloseTo(1 - 49 / 720)
  })
})
