import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type SynthOptions, synthesise } from '../synth/index.ts'
import { randomFrom } from '../synth/random.ts'
import type { FrameView } from './examination.ts'
import { median } from './numbers.ts'
import { grey, movedUp, opened } from './opened.ts'
import { findSurfaces } from './surfaces.ts'

const axial = 0.00387

const first = async (options: Partial<SynthOptions>) => {
  const { views } = await opened(synthesise({ pattern: 'line', laterality: 'OD', seed: 1, width: 256, frames: 3, ...options }))
  return views[0] as FrameView
}

const share = (rows: Float32Array) => rows.filter((row) => !Number.isNaN(row)).length / rows.length
const drawnBy = ({ info }: FrameView, name: string) => info.layers.find((layer) => layer.name === name)?.rows ?? new Float32Array(0)

/** Median and largest but a twentieth of |found - drawn|, px, and the share of drawn A-scans that were found. */
function errors(found: Float32Array, drawn: Float32Array) {
  const away = [...drawn].map((row, x) => Math.abs((found[x] as number) - row)).filter((each) => !Number.isNaN(each))
  away.sort((a, b) => a - b)
  return { middle: median(away) ?? Number.NaN, most: away[Math.floor(0.95 * away.length)] ?? Number.NaN, found: away.length / drawn.length }
}

describe('generated scans', () => {
  it.each<[Partial<SynthOptions>, number, number?]>([
    [{ pattern: 'line' }, 1],
    [{ pattern: 'line', width: 768 }, 1],
    [{ pattern: 'ring', laterality: 'OS' }, 1],
    [{ pattern: 'volume' }, 1],
    // In so little light the pit's own ILM is not always told from the photoreceptors below it.
    [{ pattern: 'line', fault: 'dark' }, 0.8, 45],
    [{ pattern: 'ring', fault: 'dark' }, 0.97],
    [{ pattern: 'ring', fault: 'badly-lit' }, 0.97],
  ])('%j: both lines to a pixel, raw and as 8-bit grey', async (options, least, most = 4) => {
    for (const seed of [1, 2, 3]) {
      const view = await first({ seed, ...options })
      for (const roots of [view.roots, grey(view.roots)]) {
        const { ilm, bm } = findSurfaces(roots, view.width, view.height, axial)
        for (const found of [errors(ilm, drawnBy(view, 'ILM')), errors(bm, drawnBy(view, 'BM'))]) {
          expect(found.found).toBeGreaterThanOrEqual(least)
          expect(found.middle).toBeLessThan(1.2)
          expect(found.most).toBeLessThan(most)
        }
      }
    }
  })

  it('does not need to know the scale', async () => {
    const view = await first({})
    expect(findSurfaces(view.roots, view.width, view.height, 0)).toEqual(findSurfaces(view.roots, view.width, view.height, 1.92 / 496))
  })

  it('the ILM is 0 where the retina reaches the upper edge, and the BM stays', async () => {
    const view = await first({ pattern: 'line', seed: 4 })
    const { ilm, bm } = findSurfaces(movedUp(view, 240), view.width, view.height, axial)
    expect([...ilm].every((row) => row === 0)).toBe(true)
    expect(
      errors(
        bm,
        drawnBy(view, 'BM').map((row) => row - 240),
      ).middle,
    ).toBeLessThan(1.5)
  })

  it('an inner border is not taken for a BM that lies below the picture', async () => {
    const view = await first({ pattern: 'ring', seed: 5 })
    const { width, height } = view
    const bm = drawnBy(view, 'BM')
    const down = height + 20 - Math.floor(Math.min(...bm))
    const roots = view.roots.map((_, i) => {
      const row = Math.floor(i / width) - down
      return view.roots[(row >= 0 ? row : (row + 4 * height) % 80) * width + (i % width)] as number
    })
    const found = findSurfaces(roots, width, height, axial)
    expect(share(found.bm)).toBe(0)
    expect(share(found.ilm)).toBeGreaterThan(0.7)
  })

  it('leaves the BM out where the disc interrupts it', async () => {
    const view = await first({ pattern: 'radial', width: 384, seed: 6 })
    const found = findSurfaces(view.roots, view.width, view.height, axial)
    const bm = drawnBy(view, 'BM')
    const inDisc = [...bm].map((row, x) => Number.isNaN(row) && Number.isNaN(found.bm[x])).filter(Boolean).length
    expect(inDisc).toBeGreaterThan(0.3 * bm.filter((row) => Number.isNaN(row)).length)
    expect(errors(found.ilm, drawnBy(view, 'ILM')).middle).toBeLessThan(1.2)
  })
})

describe('what shows nothing gives nothing', () => {
  const noise = (width: number, height: number, most: number) => {
    const random = randomFrom(3)
    return new Float32Array(width * height).map(() => most * random())
  }

  it.each([
    ['noise', noise(256, 300, 0.3)],
    ['bright noise', noise(256, 300, 1)],
    ['black', new Float32Array(256 * 300)],
    ['one grey', new Float32Array(256 * 300).fill(0.5)],
    ['nothing acquired', new Float32Array(256 * 300).fill(Number.NaN)],
  ])('%s', (_, roots) => {
    const { ilm, bm } = findSurfaces(roots, 256, 300, axial)
    expect(share(ilm) + share(bm)).toBeLessThan(0.05)
  })

  it.each([
    [1, 496],
    [3, 3],
    [15, 100],
    [200, 8],
    [0, 0],
  ])('a picture of %i x %i', (width, height) => {
    const { ilm, bm } = findSurfaces(noise(width, height, 0.9), width, height, axial)
    expect([ilm.length, bm.length]).toEqual([width, width])
    expect(share(ilm) > 0 || share(bm) > 0).toBe(false)
  })

  it('A-scans that were not acquired have no line, their neighbours keep theirs', async () => {
    const view = await first({ pattern: 'ring', width: 384 })
    const roots = view.roots.map((root, i) => (i % 384 >= 100 && i % 384 < 160 ? Number.NaN : root))
    const { ilm, bm } = findSurfaces(roots, 384, view.height, axial)
    for (const rows of [ilm, bm]) {
      expect(share(rows.subarray(104, 156))).toBe(0)
      expect(share(rows.subarray(0, 96))).toBe(1)
      expect(share(rows.subarray(164))).toBe(1)
    }
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans, against the lines of the device', () => {
    it.each([
      ['ring-od.vol', 0.7, 0.6, 1],
      ['line-od.vol', 0.5, 0.5, 0.82],
    ])('%s', async (name, ilm, bm, bmDrawn) => {
      const [view] = (await opened(new Uint8Array(readFileSync(join(real ?? '', 'oct', name))))).views
      if (!view) throw new Error('no B-scan')
      const upper = errors(view.found.ilm, drawnBy(view, 'ILM'))
      const lower = errors(view.found.bm, drawnBy(view, 'BM'))
      expect(upper.middle).toBeLessThan(ilm)
      expect(upper.most).toBeLessThan(1.5)
      expect(upper.found).toBeGreaterThan(0.98)
      expect(lower.middle).toBeLessThan(bm)
      // Where the choroid is bright, its border is the stronger one.
      expect(lower.most).toBeLessThan(7)
      expect(lower.found).toBeGreaterThan(bmDrawn - 0.01)
    })
  })
