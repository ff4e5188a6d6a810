import { describe, expect, it } from 'vitest'
import { bytesSource, readFrame, readVol } from '../formats/vol.ts'
import type { Scan } from '../scan.ts'
import type { SynthDetail } from './detail.ts'
import { type SynthOptions, synthesise } from './index.ts'

const scanOf = (detail: SynthDetail, options: Partial<SynthOptions> = {}) => {
  const source = bytesSource(synthesise({ pattern: 'volume', laterality: 'OD', seed: 4, width: 128, height: 248, frames: 5, detail, ...options }))
  return readVol(source).then((scan) => ({ scan, source }))
}
const bm = (scan: Scan, frame: number) => scan.frames[frame]?.layers.find((layer) => layer.name === 'BM')?.rows ?? new Float32Array(0)
const middle = (rows: Float32Array) => rows[rows.length >> 1] ?? Number.NaN

describe('a change of a known size', () => {
  it('is none where none is named', async () => {
    const options = { pattern: 'ring', laterality: 'OS', seed: 9, width: 64, height: 124 } as const
    expect(Buffer.from(synthesise(options)).equals(synthesise({ ...options, detail: {} }))).toBe(true)
  })

  it('moves the retina in depth, all of it or from a B-scan on', async () => {
    const { scan } = await scanOf({})
    const deeper = (await scanOf({ deeper: 0.1 })).scan
    const jumped = (await scanOf({ jump: { from: 3, deeper: 0.1, along: 0 } })).scan
    const rows = 0.1 / scan.spacing.axial
    for (const [frame, there] of [0, 0, 0, rows, rows].entries()) {
      expect(middle(bm(deeper, frame)) - middle(bm(scan, frame))).toBeCloseTo(rows, 2)
      expect(middle(bm(jumped, frame)) - middle(bm(scan, frame))).toBeCloseTo(there, 2)
    }
  })

  it('tilts it towards the nose', async () => {
    for (const laterality of ['OD', 'OS'] as const) {
      const { scan } = await scanOf({ tilt: 10 }, { laterality })
      const plain = (await scanOf({}, { laterality })).scan
      const slope = (each: Scan) => ((bm(each, 2).at(-1) ?? 0) - (bm(each, 2)[0] ?? 0)) * each.spacing.axial
      const degrees = (180 / Math.PI) * Math.atan((slope(scan) - slope(plain)) / (scan.spacing.lateral * 127))
      expect(degrees).toBeCloseTo(laterality === 'OD' ? 10 : -10, 0)
    }
  })

  it('moves the scan and narrows a volume', async () => {
    const ring = async (off: SynthDetail['off']) => {
      const { scan } = await scanOf(off ? { off } : {}, { pattern: 'ring' })
      const at = scan.frames[0]?.location
      if (at?.kind !== 'ring') throw new Error('no ring')
      return at.centre
    }
    const [about, off] = [await ring({ x: 0, y: 0 }), await ring({ x: 0.3, y: 0.4 })]
    expect(Math.hypot(off.x - about.x, off.y - about.y)).toBeCloseTo(0.5, 5)
    expect((await scanOf({ breadth: 1.2 })).scan.spacing.between).toBeCloseTo(0.24, 5)
  })

  it('takes light: everywhere, in a part, from one side of the ONL', async () => {
    const light = async (detail: SynthDetail, from: number, to: number, below: number, above: number) => {
      const { scan, source } = await scanOf(detail, { pattern: 'line' })
      const pixels = await readFrame(source, scan, 0)
      let sum = 0
      for (let x = Math.round(from * 128); x < to * 128; x++) {
        const base = Math.round(bm(scan, 0)[x] ?? 0)
        for (let row = base - below; row < base - above; row++) sum += pixels[row * 128 + x] ?? 0
      }
      return sum
    }
    const whole = [0, 1, 12, 0] as const
    expect((await light({ light: -10 }, ...whole)) / (await light({}, ...whole))).toBeCloseTo(0.1, 1)
    const shade = { from: 0.5, to: 1, light: -10 }
    expect((await light({ shade }, 0.6, 0.9, 12, 0)) / (await light({}, 0.6, 0.9, 12, 0))).toBeCloseTo(0.1, 1)
    expect((await light({ shade }, 0.1, 0.4, 12, 0)) / (await light({}, 0.1, 0.4, 12, 0))).toBeCloseTo(1, 1)
    const onl = [18, 13] as const
    const sides = async (detail: SynthDetail) => (await light(detail, 0.8, 1, ...onl)) / (await light(detail, 0, 0.2, ...onl))
    expect((await sides({ onlSides: 10 })) / (await sides({}))).toBeGreaterThan(3)
  })
})
