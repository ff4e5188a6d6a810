import { describe, expect, it } from 'vitest'
import { bytesSource, readFrame, readSlo, readVol } from '../formats/vol.ts'
import type { Scan } from '../scan.ts'
import { type SynthFault, type SynthOptions, synthesise, synthesisedSize } from './index.ts'

const small = { width: 128, height: 248, frames: 5 } as const
const options = (changes: Partial<SynthOptions> = {}): SynthOptions => ({ pattern: 'volume', laterality: 'OD', seed: 4, ...small, ...changes })
const read = (changes: Partial<SynthOptions> = {}) => readVol(bytesSource(synthesise(options(changes))))
const rows = (scan: Scan, frame: number, name: string) => scan.frames[frame]?.layers.find((layer) => layer.name === name)?.rows ?? new Float32Array(0)
const mean = (values: Iterable<number>) => {
  const known = [...values].filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}
/** um between ILM and BM, averaged over a B-scan */
const thickness = (scan: Scan, frame: number) => (mean(rows(scan, frame, 'BM')) - mean(rows(scan, frame, 'ILM'))) * scan.spacing.axial * 1000

describe('a generated scan', () => {
  it('is the same for the same seed and another for another', () => {
    const bytes = Buffer.from(synthesise(options()))
    expect(bytes.equals(synthesise(options()))).toBe(true)
    expect(bytes.equals(synthesise(options({ seed: 5 })))).toBe(false)
  })

  it.each<Partial<SynthOptions>>([{}, { pattern: 'ring' }, { pattern: 'line' }, { width: 64, height: 100, frames: 3 }])(
    '%j has the size that was told',
    (changes) => {
      expect(synthesise(options(changes))).toHaveLength(synthesisedSize(options(changes)))
    },
  )

  it('has the sizes of the device by default', () => {
    expect(synthesisedSize({ pattern: 'ring', laterality: 'OD', seed: 1 })).toBe(2048 + 768 * 768 + 53_248 + 4 * 768 * 496)
    expect(synthesisedSize({ pattern: 'volume', laterality: 'OD', seed: 1 })).toBe(2048 + 768 * 768 + 25 * (35_840 + 4 * 512 * 496))
  })

  it.each(['none', 'dark', 'cut-upper', 'decentred', 'badly-lit'] satisfies SynthFault[])('with fault %s can be read', async (fault) => {
    for (const laterality of ['OD', 'OS'] as const) {
      const scan = await read({ fault, laterality })
      expect(scan).toMatchObject({ laterality, pattern: 'volume', width: 128, height: 248 })
      expect(scan.frames).toHaveLength(5)
    }
  })

  it('names nobody', () => {
    const bytes = synthesise(options())
    expect(bytes.subarray(104, 224).every((byte) => byte === 0)).toBe(true)
    expect(String.fromCharCode(...bytes.subarray(224, 229))).toBe('DEMO\0')
  })

  it('stores volumes from inferior to superior', async () => {
    const starts = (await read()).frames.map((frame) => (frame.location.kind === 'line' ? frame.location.start.y : Number.NaN))
    expect(starts).toEqual([...starts].sort((a, b) => b - a))
  })

  it('has a pit at the fovea and a retina of a real thickness', async () => {
    const scan = await read({ pattern: 'line' })
    const ilm = rows(scan, 0, 'ILM')
    const bm = rows(scan, 0, 'BM')
    const at = (x: number) => ((bm[x] ?? 0) - (ilm[x] ?? 0)) * scan.spacing.axial * 1000
    const centre = Math.min(...Array.from({ length: 20 }, (_, i) => at(54 + i)))
    expect(centre).toBeGreaterThan(190)
    expect(centre).toBeLessThan(260)
    expect(at(40)).toBeGreaterThan(centre + 80)
  })

  it('has a ring as long as its circle, of a real thickness', async () => {
    const scan = await read({ pattern: 'ring' })
    const location = scan.frames[0]?.location
    if (location?.kind !== 'ring') throw new Error('no ring')
    expect(2 * Math.PI * location.radius).toBeCloseTo(scan.width * scan.spacing.lateral, 2)
    expect(Math.abs(thickness(scan, 0) - 342)).toBeLessThan(40)
  })

  it('mirrors the left eye: the disc is nasal in both', async () => {
    const dark = async (laterality: 'OD' | 'OS') => {
      const source = bytesSource(synthesise(options({ laterality })))
      const scan = await readVol(source)
      const slo = await readSlo(source, scan)
      const side = scan.slo?.width ?? 0
      const strip = (from: number) =>
        mean(Array.from({ length: side * 20 }, (_, i) => slo[(150 + (i % 40)) * side + from + Math.floor(i / side)] ?? 0))
      return { left: strip(4), right: strip(side - 24) }
    }
    const right = await dark('OD')
    const left = await dark('OS')
    expect(right.right).toBeLessThan(right.left - 30)
    expect(left.left).toBeLessThan(left.right - 30)
  })

  it('starts a ring temporally: left on the SLO in a right eye, right in a left eye', async () => {
    for (const [laterality, side] of [
      ['OD', -1],
      ['OS', 1],
    ] as const) {
      const location = (await read({ pattern: 'ring', laterality })).frames[0]?.location
      if (location?.kind !== 'ring') throw new Error('no ring')
      expect(location.start.x - location.centre.x).toBeCloseTo(side * 1.8, 3)
    }
  })
})

describe('radial scans', () => {
  it.each([
    ['radial', 24, 0],
    ['radial-circles', 24, 3],
  ] as const)('%s: %i lines of 6 mm through the disc and %i circles', async (pattern, lines, circles) => {
    const { frames: _, ...rest } = options({ pattern, width: 64, height: 100 })
    const bytes = synthesise(rest)
    expect(bytes).toHaveLength(synthesisedSize(rest))
    const scan = await readVol(bytesSource(bytes))
    expect(scan).toMatchObject({ pattern, formatVersion: 'HSF-OCT-104' })
    expect(scan.frames).toHaveLength(lines + circles)
    for (const { location, bmo } of scan.frames.slice(0, lines)) {
      if (location.kind !== 'line') throw new Error('no line')
      expect(Math.hypot(location.end.x - location.start.x, location.end.y - location.start.y)).toBeCloseTo(6, 5)
      expect(((bmo?.[1].x ?? 0) - (bmo?.[0].x ?? 0)) * scan.spacing.lateral).toBeCloseTo(1.65, 0)
    }
    const radii = scan.frames.slice(lines).map(({ location }) => (location.kind === 'ring' ? location.radius : 0))
    for (const [i, radius] of radii.entries()) expect(2 * radius).toBeCloseTo([3.5, 4.1, 4.7][i] ?? 0, 5)
  })

  it('has no BM within the disc, and a cup', async () => {
    const scan = await read({ pattern: 'radial', width: 128, height: 496, frames: 2 })
    expect(rows(scan, 0, 'BM')[64]).toBeNaN()
    expect(rows(scan, 0, 'BM')[10]).toBeGreaterThan(0)
    const ilm = rows(scan, 0, 'ILM')
    expect(ilm[64]).toBeGreaterThan(30 + ((ilm[30] ?? 0) + (ilm[98] ?? 0)) / 2)
  })
})

it('has the ring of a -12 D eye where it is asked for: larger, and as long as its circle', async () => {
  const scan = await read({ pattern: 'ring', focus: -11.8, ringRadius: 2.18 })
  const location = scan.frames[0]?.location
  expect(scan.focus).toBe(-11.8)
  expect(location?.kind === 'ring' && location.radius).toBeCloseTo(2.18, 5)
  expect(scan.width * scan.spacing.lateral).toBeCloseTo(2 * Math.PI * 2.18, 5)
})

it('shows the same eye in another take: as thick, with another noise', async () => {
  const ring = options({ pattern: 'ring', width: 256, height: 496, seed: 142 })
  const takes = await Promise.all([0, 1].map(async (take) => readVol(bytesSource(synthesise({ ...ring, take })))))
  const thickness = takes.map((scan) => {
    const bm = rows(scan, 0, 'BM')
    return mean([...rows(scan, 0, 'ILM')].map((ilm, x) => (bm[x] ?? 0) - ilm))
  })
  expect(Math.abs((thickness[0] ?? 0) - (thickness[1] ?? 99))).toBeLessThan(2)
  const [first, second] = await Promise.all(takes.map((scan, take) => readFrame(bytesSource(synthesise({ ...ring, take })), scan, 0)))
  expect(first).not.toEqual(second)
  expect(synthesise(ring)).toEqual(synthesise({ ...ring, take: 0 }))
})

describe('brightness', () => {
  it('has a dark vitreous with some zeros, a bright pigment epithelium and a fading choroid', async () => {
    const source = bytesSource(synthesise(options({ pattern: 'ring', width: 256, height: 496 })))
    const scan = await readVol(source)
    const pixels = await readFrame(source, scan, 0)
    const bm = rows(scan, 0, 'BM')
    const root = (offset: (x: number) => number) =>
      mean(Array.from({ length: 256 }, (_, x) => (pixels[Math.round(offset(x)) * 256 + x] ?? 0) ** 0.25))
    const vitreous = root(() => 20)
    expect(vitreous).toBeGreaterThan(0.05)
    expect(vitreous).toBeLessThan(0.15)
    expect(root((x) => (bm[x] ?? 0) - 3)).toBeGreaterThan(0.6)
    expect(root((x) => (bm[x] ?? 0) + 15)).toBeGreaterThan(root((x) => (bm[x] ?? 0) + 60))
    expect(pixels.filter((value) => value === 0).length).toBeGreaterThan(1000)
    expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})
