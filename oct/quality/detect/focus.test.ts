import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesSource, readSlo, readVol } from '../../formats/vol.ts'
import { normal, randomFrom } from '../../synth/random.ts'
import type { Examination, FrameView, SloView } from '../examination.ts'
import { focus } from './focus.ts'
import { bscan, examination, hostile, slo } from './phantom.ts'
import { blurOf, edgesOf, noiseOf } from './sharpness.ts'

function found(views: FrameView[], exam: Examination = examination()) {
  const detector = focus(exam)
  for (const view of views) detector.frame?.(view)
  const { criteria, series } = detector.end()
  return { of: (id: string) => criteria.find((each) => each.id === id), criteria, series }
}
const ofSlo = (picture: SloView | null) => found([bscan()], examination({}, picture)).of('O.blur')
const ofBScan = (view: FrameView) => found([view]).of('O.blur.bscan')

describe('a blurred step', () => {
  it('is told by its slopes on two scales', () => {
    for (const blur of [0, 10, 30, 60]) {
      const slope = (scale: number) => 1 / Math.hypot(scale, blur)
      expect(blurOf(slope(25) / slope(50), 25, 50)).toBeCloseTo(blur, 6)
    }
    expect(blurOf(0.9, 25, 50)).toBe(200)
    expect(blurOf(Number.NaN, 25, 50)).toBeNull()
  })

  it('noise is measured as it was made', () => {
    const random = randomFrom(3)
    const values = Float32Array.from({ length: 200 * 200 }, (_, i) => 80 + 0.3 * (i % 200) + 6 * normal(random))
    expect(noiseOf({ width: 200, height: 200, values })).toBeCloseTo(6, 0)
  })

  it('a picture without edges has none', () => {
    expect(edgesOf({ width: 8, height: 8, values: new Float32Array(64) }, 1, 2)).toEqual({ blur: null, clarity: 0 })
    expect(edgesOf({ width: 64, height: 64, values: new Float32Array(4096) }, 1, 2)).toEqual({ blur: null, clarity: 0 })
  })
})

describe('the SLO', () => {
  it('passes sharp, fails blurred, and more blur is never better', () => {
    const values = [0, 20, 40, 60, 90, 150].map((blur) => ofSlo(slo({ blur }))?.value ?? 0)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(ofSlo(slo())).toMatchObject({ status: 'pass', unit: 'um', evidence: 'own' })
    expect(ofSlo(slo({ blur: 90 }))).toMatchObject({ status: 'fail', reason: /smeared by \d+/ })
  })

  it('looks no sharper darkened or noisy', () => {
    for (const blur of [0, 60]) {
      const clear = ofSlo(slo({ blur }))?.value ?? 0
      for (const changes of [{ light: () => 0.3 }, { noise: 8 }, { light: () => 0.4, noise: 3 }, { light: (u: number) => 0.3 + 0.7 * u }]) {
        const value = ofSlo(slo({ blur, ...changes }))?.value ?? null
        if (value !== null) expect(value).toBeGreaterThan(0.85 * clear)
      }
    }
  })

  it('gives the same on finer pixels', () => {
    const [coarse, fine] = [slo({ blur: 40 }), slo({ blur: 40, side: 768, pixel: 11.7 })].map((picture) => ofSlo(picture)?.value ?? 0)
    expect(Math.abs((coarse ?? 0) - (fine ?? 99))).toBeLessThan(6)
  })

  it('is unknown where it cannot be seen', () => {
    const empty = { ...slo(), pixels: new Uint8Array(384 * 384) }
    const unscaled = { ...slo(), spacing: { x: 0, y: 0 } }
    for (const picture of [null, empty, unscaled, slo({ pixel: 60 }), slo({ noise: 60 }), slo({ side: 4 })]) {
      expect(ofSlo(picture)).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured: / })
    }
    expect(found([], examination({ device: 'Topcon' })).of('O.blur')?.status).toBe('unknown')
  })
})

describe('the surface of the retina', () => {
  it('is as wide as it was smeared', () => {
    for (const blur of [6, 10, 15]) expect(Math.abs((ofBScan(bscan({ blur }))?.value ?? 0) - blur)).toBeLessThan(2)
    expect(ofBScan(bscan())).toMatchObject({ status: 'pass' })
    expect(ofBScan(bscan({ blur: 10 }))).toMatchObject({ status: 'warn' })
    expect(ofBScan(bscan({ blur: 14 }))).toMatchObject({ status: 'fail' })
  })

  it('is no sharper in noise or in little light, and unknown where it drowns', () => {
    const clear = ofBScan(bscan({ blur: 8 }))?.value ?? 0
    for (const changes of [{ noise: 0.08 }, { light: () => 0.3 }, { light: () => 0.3, noise: 0.05 }]) {
      expect(Math.abs((ofBScan(bscan({ blur: 8, ...changes }))?.value ?? 0) - clear)).toBeLessThan(1.5)
    }
    expect(ofBScan(bscan({ light: () => 0.01, noise: 0.1 }))).toMatchObject({ status: 'unknown', value: null })
  })

  it('follows a tilted retina', () => {
    expect(Math.abs((ofBScan(bscan({ blur: 8, tilt: 10 }))?.value ?? 0) - 8)).toBeLessThan(2)
  })

  it('is told where a tenth of the B-scans is blurred, with a value for each', () => {
    const result = found(Array.from({ length: 10 }, (_, index) => bscan({ index, width: 128, blur: index < 2 ? 16 : 4 })))
    expect(result.of('O.blur.bscan')?.status).toBe('fail')
    expect(result.series?.[0]?.values.filter((each) => (each ?? 0) > 11).length).toBe(2)
  })

  it('stumbles over nothing', () => {
    for (const view of hostile()) {
      const { value, status } = ofBScan(view) ?? {}
      expect(value === null ? status === 'unknown' : Number.isFinite(value)).toBe(true)
    }
  })
})

it('stumbles over no scale that a file may claim', () => {
  for (const axial of [1e-12, 1e-7, Number.NaN, Number.POSITIVE_INFINITY]) {
    const result = found([bscan()], examination({ spacing: { lateral: 0.0117, axial, between: 0 } }))
    expect(result.of('O.blur.bscan')).toMatchObject({ status: 'unknown', value: null })
  }
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans', () => {
    it.each(['ring-od.vol', 'line-od.vol'])('%s is sharp, and is not when blurred', async (name) => {
      const source = bytesSource(readFileSync(join(real, 'oct', name)))
      const scan = await readVol(source)
      const pixels = await readSlo(source, scan)
      const exam = examination(scan, scan.slo && pixels ? { ...scan.slo, pixels: Uint8Array.from(pixels) } : null)
      expect(found([], exam).of('O.blur')?.status).toBe('pass')
      const picture = exam.slo as SloView
      const blurred = { ...picture, pixels: boxed(boxed(picture.pixels, picture.width, 5), picture.width, 5) }
      expect(found([], { ...exam, slo: blurred }).of('O.blur')?.status).toBe('fail')
    })

    /** Mean over (2 reach + 1)², cut at the border. */
    function boxed(pixels: Uint8Array, width: number, reach: number): Uint8Array {
      const height = pixels.length / width
      return pixels.map((_, i) => {
        let sum = 0
        let count = 0
        for (let y = Math.max(0, Math.floor(i / width) - reach); y <= Math.min(height - 1, Math.floor(i / width) + reach); y++) {
          for (let x = Math.max(0, (i % width) - reach); x <= Math.min(width - 1, (i % width) + reach); x++) {
            sum += pixels[y * width + x] as number
            count++
          }
        }
        return sum / count
      })
    }
  })
