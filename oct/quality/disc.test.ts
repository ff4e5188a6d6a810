import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Point } from '../scan.ts'
import { randomFrom } from '../synth/random.ts'
import { cropped, generated, mirrored, repainted, scanned } from './detect/scanned.fixture.ts'
import { findDisc } from './disc.ts'
import type { SloView } from './examination.ts'
import { middleOf } from './thickness-samples.ts'

/** Decentred generated scans lie exactly so far from what they were meant for (mm, right eye), and the disc 4.5 mm nasally, 0.5 mm above the fovea. */
const off = { ring: { x: -0.62, y: 0.38 }, volume: { x: 0.9 - 4.5, y: 0.7 + 0.5 } }
const apart = (a: Point | undefined, b: Point) => Math.hypot((a?.x ?? Number.NaN) - b.x, (a?.y ?? Number.NaN) - b.y)
const plain = (grey: (i: number) => number): SloView => ({
  width: 400,
  height: 400,
  spacing: { x: 0.0225, y: 0.0225 },
  pixels: Uint8Array.from({ length: 160_000 }, (_, i) => grey(i)),
})

async function truthOf(pattern: 'ring' | 'volume', laterality: 'OD' | 'OS', seed: number) {
  const { exam } = await generated({ pattern, laterality, seed, frames: 1, height: 16, width: 64, fault: 'decentred' })
  const middle = middleOf(exam.scan.frames) as Point
  const side = laterality === 'OD' ? 1 : -1
  return { slo: exam.slo as SloView, truth: { x: middle.x - side * off[pattern].x, y: middle.y - off[pattern].y } }
}

describe('the disc of a generated SLO', () => {
  it.each([1000, 1001, 1002, 1003])('is found to 0.08 mm where it was drawn (%i)', async (seed) => {
    for (const laterality of ['OD', 'OS'] as const) {
      const { slo, truth } = await truthOf('ring', laterality, seed)
      const disc = findDisc(slo)
      expect(apart(disc?.centre, truth)).toBeLessThan(0.08)
      expect(Math.abs((disc?.radius ?? 0) - 0.88)).toBeLessThan(0.06)
      expect(disc?.seen).toBe(1)
      expect(disc?.edge.length).toBeGreaterThan(60)
      for (const point of disc?.edge ?? []) expect(Math.abs(apart(point, truth) - 0.88)).toBeLessThan(0.15)
    }
  })

  it('is found where half of it lies beyond the picture', async () => {
    for (const laterality of ['OD', 'OS'] as const) {
      const { slo, truth } = await truthOf('volume', laterality, 1005)
      const disc = findDisc(slo)
      expect(apart(disc?.centre, truth)).toBeLessThan(0.3)
      expect(disc?.seen).toBeLessThan(0.7)
    }
  })

  it('is found in poor light, at the same place', async () => {
    const { slo, truth } = await truthOf('ring', 'OD', 1006)
    const random = randomFrom(1)
    const ways: ((value: number, u: number, v: number) => number)[] = [
      (value) => 0.15 * value,
      (value) => 1.7 * value,
      (value) => value + 60 * (random() + random() - 1),
      (value, u) => value * (0.1 + 0.9 * u),
      (value, u, v) => value * Math.max(0, 1 - 2 * ((u - 0.5) ** 2 + (v - 0.5) ** 2)),
    ]
    for (const way of ways) expect(apart(findDisc(repainted(slo, way))?.centre, truth)).toBeLessThan(0.1)
  })

  it('is looked for once per SLO', async () => {
    const { slo } = await truthOf('ring', 'OD', 1007)
    expect(findDisc(slo)).toBe(findDisc(slo))
  })
})

describe('no disc', () => {
  it('is found on a macula alone', async () => {
    for (const seed of [1000, 1001, 1002, 1003, 1004]) {
      const { exam } = await generated({ pattern: 'line', seed, width: 64, height: 16 })
      expect(findDisc(cropped(exam.slo as SloView, 20, 40, 260, 260))).toBeNull()
    }
  })

  it.each<[string, SloView]>([
    ['black', plain(() => 0)],
    ['white', plain(() => 255)],
    ['noise', plain((i) => (Math.imul(i, 2_654_435_761) >>> 24) & 255)],
    ['a ramp', plain((i) => (i % 400) / 2)],
    ['dark corners', plain((i) => 150 * Math.max(0, 1 - 2 * (((i % 400) / 400 - 0.5) ** 2 + (Math.floor(i / 400) / 400 - 0.5) ** 2)))],
    ['a soft dark spot', plain((i) => 150 - 90 * Math.exp(-(((i % 400) - 200) ** 2 + (Math.floor(i / 400) - 200) ** 2) / 4_000))],
    ['a picture one pixel wide', { width: 1, height: 500, spacing: { x: 5, y: 0.01 }, pixels: new Uint8Array(500) }],
    ['a picture without a scale', { ...plain((i) => i % 251), spacing: { x: 0, y: 0 } }],
    ['a scale that is no number', { ...plain((i) => i % 251), spacing: { x: Number.NaN, y: 0.02 } }],
    ['a picture as large as a hall', { ...plain((i) => i % 251), spacing: { x: 50, y: 50 } }],
    ['fewer pixels than promised', { ...plain(() => 9), pixels: new Uint8Array(5) }],
  ])('is found on %s', (_, slo) => {
    expect(findDisc(slo)).toBeNull()
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real SLOs', () => {
    const open = async (name: string) => {
      const { exam } = await scanned(readFileSync(join(real, 'oct', name)))
      return { slo: exam.slo as SloView, middle: middleOf(exam.scan.frames) as Point }
    }

    it('the ring lies 0.06 mm from the disc, an oval of 0.76 by 1.02 mm', async () => {
      const { slo, middle } = await open('ring-od.vol')
      const disc = findDisc(slo)
      expect(Math.abs(apart(disc?.centre, middle) - 0.06)).toBeLessThan(0.04)
      expect(Math.abs((disc?.radius ?? 0) - 0.9)).toBeLessThan(0.06)
      expect(disc?.confidence).toBeGreaterThan(0.8)
    })

    it('is found again in its mirror image', async () => {
      const { slo } = await open('ring-od.vol')
      const disc = findDisc(mirrored(slo))
      expect(apart(disc?.centre, { x: slo.width * slo.spacing.x - 5.55, y: 4.06 })).toBeLessThan(0.06)
    })

    it('half of it is found at the edge of a macular SLO, none where it is cropped away', async () => {
      const { slo } = await open('line-od.vol')
      const disc = findDisc(slo)
      expect(disc?.centre.x).toBeGreaterThan(8.8)
      expect(disc?.seen).toBeLessThan(0.6)
      expect(findDisc(cropped(slo, 0, 0, 660, 768))).toBeNull()
    })
  })
