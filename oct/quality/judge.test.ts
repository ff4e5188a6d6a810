import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../errors.ts'
import { bytesSource } from '../formats/vol.ts'
import { blockOffset, usualBlockHeader } from '../formats/vol-layout.ts'
import { scanResultSchema } from '../results.ts'
import { type SynthOptions, synthesise } from '../synth/index.ts'
import { randomFrom } from '../synth/random.ts'
import { type JudgeOptions, judge, refusal } from './judge.ts'

const small = { width: 192, height: 496, frames: 3 } as const
const scan = (options: Partial<SynthOptions>) => synthesise({ pattern: 'ring', laterality: 'OD', seed: 7, ...small, ...options })
const layout = { width: 192, height: 496, frames: 1, sloWidth: 384, sloHeight: 384, blockHeader: usualBlockHeader(192) }

/** A ring with some of its B-scan's bytes rewritten: layer rows or pixels as float32. */
function changed(change: (layers: Float32Array, pixels: Float32Array) => void): Uint8Array {
  const bytes = scan({})
  const base = blockOffset(layout, 0)
  const layers = new Float32Array(bytes.buffer, base + 256, 3 * 192)
  const pixels = new Float32Array(bytes.buffer, base + layout.blockHeader, 192 * 496)
  change(layers, pixels)
  return bytes
}

const judgeBytes = (bytes: Uint8Array, options?: JudgeOptions) => judge([{ name: '', source: bytesSource(bytes) }], options)

const status = async (bytes: Uint8Array) => {
  const result = await judgeBytes(bytes)
  return { ...result, of: (id: string) => result.criteria.find((each) => each.id === id) }
}

describe('generated scans', () => {
  it.each<[Partial<SynthOptions>, string, string]>([
    [{ pattern: 'ring' }, 'usable', 'keep'],
    [{ pattern: 'ring', laterality: 'OS' }, 'usable', 'keep'],
    [{ pattern: 'line' }, 'usable', 'keep'],
    [{ pattern: 'volume' }, 'usable', 'keep'],
    [{ pattern: 'ring', fault: 'dark' }, 'unusable', 'retake'],
    [{ pattern: 'volume', fault: 'dark' }, 'unusable', 'retake'],
    [{ pattern: 'ring', fault: 'cut-upper' }, 'unusable', 'retake'],
    [{ pattern: 'volume', fault: 'cut-upper' }, 'unusable', 'retake'],
    [{ pattern: 'ring', fault: 'badly-lit' }, 'unusable', 'retake'],
    [{ pattern: 'volume', fault: 'badly-lit' }, 'unusable', 'retake'],
    [{ pattern: 'ring', fault: 'decentred' }, 'ambiguous', 'ask-reader'],
    [{ pattern: 'volume', fault: 'decentred' }, 'ambiguous', 'ask-reader'],
    [{ pattern: 'line', fault: 'decentred' }, 'ambiguous', 'ask-reader'],
  ])('%j is %s', async (options, verdict, action) => {
    for (const seed of [1, 2, 3, 4]) expect(await judgeBytes(scan({ ...options, seed }))).toMatchObject({ verdict, action })
  })

  it('gives a result of the schema, with a value per B-scan and progress', async () => {
    const progress: [number, number][] = []
    const result = await judgeBytes(scan({ pattern: 'volume' }), { onProgress: (done, total) => progress.push([done, total]) })
    expect(scanResultSchema.parse(result)).toEqual(result)
    const series = result.series.map((each) => each.id)
    for (const id of ['S', 'S.snr', 'S.cnr', 'O.blur.bscan', 'I.bscan', 'B']) expect(series).toContain(id)
    for (const each of result.series) expect(each.values.length).toBe(3)
    expect(progress).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect((await judgeBytes(scan({}), { series: false })).series).toEqual([])
  })

  it('never passes what it does not measure', async () => {
    for (const fault of ['none', 'decentred', 'badly-lit'] as const) {
      const result = await status(scan({ fault }))
      expect(result.of('R')).toMatchObject({ status: 'unknown', value: null, reason: expect.stringContaining('not assessed') })
    }
  })
})

describe('completeness', () => {
  it('marks what is cut off at the upper edge', async () => {
    const result = await status(scan({ fault: 'cut-upper' }))
    expect(result.of('completeness.upper')).toMatchObject({ status: 'fail', evidence: 'own' })
    expect(result.intervals.some((each) => each.kind === 'cut-upper' && each.to - each.from > 50)).toBe(true)
    expect(result.decidedBy).toContain('completeness.upper')
  })

  it('marks what is cut off at the lower edge', async () => {
    const result = await status(
      changed((layers) =>
        layers.forEach((row, i) => {
          layers[i] = row + (i < 192 ? 230 : 210)
        }),
      ),
    )
    expect(result.of('completeness.lower')?.status).toBe('fail')
    expect(result.verdict).toBe('unusable')
  })

  it('marks A-scans that were not acquired', async () => {
    const result = await status(
      changed((_, pixels) =>
        pixels.forEach((_value, i) => {
          if (i % 192 < 20) pixels[i] = Number.NaN
        }),
      ),
    )
    expect(result.of('completeness.signal')).toMatchObject({ status: 'fail', value: 10.42 })
    expect(result.intervals).toContainEqual({ frame: 0, from: 0, to: 19, kind: 'signal-missing' })
  })

  it('calls a B-scan of noise missing, not dark', async () => {
    const result = await status(
      changed((_, pixels) =>
        pixels.forEach((_value, i) => {
          pixels[i] = (i % 7) * 3e-5
        }),
      ),
    )
    expect(result.of('completeness.signal')).toMatchObject({ status: 'fail', value: 100 })
  })

  it('goes by lines found in the picture where the device drew none', async () => {
    const result = await status(changed((layers) => layers.fill(3.4028235e38)))
    for (const id of ['completeness', 'completeness.upper', 'completeness.lower']) expect(result.of(id)?.status).toBe('pass')
    expect(result.of('A')).toMatchObject({ status: 'unknown', value: null })
  })

  it('a few missing A-scans are a warning', async () => {
    const result = await status(
      changed((_, pixels) =>
        pixels.forEach((_value, i) => {
          if (i % 192 < 2) pixels[i] = Number.NaN
        }),
      ),
    )
    expect(result.of('completeness.signal')?.status).toBe('warn')
    expect(result.verdict).toBe('ambiguous')
  })
})

describe('signal', () => {
  const withQuality = (bytes: Uint8Array, quality: number) => {
    new DataView(bytes.buffer).setFloat32(blockOffset(layout, 0) + 56, quality, true)
    return bytes
  }

  it('a weak index with layers that stand out well is for a reader', async () => {
    const result = await status(withQuality(scan({}), 12))
    expect(result.of('S')).toMatchObject({ status: 'warn', value: 12, evidence: 'published', threshold: '>= 15' })
    expect(result).toMatchObject({ verdict: 'ambiguous', action: 'ask-reader', decidedBy: ['S'] })
  })

  it('a strong index with layers that hardly stand out is for a reader', async () => {
    const result = await status(withQuality(scan({ fault: 'dark' }), 25))
    expect(result.of('S.cnr')?.status).toBe('fail')
    expect(result.verdict).toBe('ambiguous')
    expect(result.decidedBy).toContain('S.cnr')
  })

  it('both together are unusable', async () => {
    expect(await status(withQuality(scan({ fault: 'dark' }), 12))).toMatchObject({ verdict: 'unusable', action: 'retake', decidedBy: ['S'] })
  })

  it('an index the file does not carry is unknown', async () => {
    const result = await status(withQuality(scan({}), 3.4028235e38))
    expect(result.of('S')).toMatchObject({ status: 'unknown', value: null })
    expect(result.verdict).toBe('ambiguous')
  })

  it('falls as the light falls', async () => {
    const [good, poor] = await Promise.all([status(scan({})), status(scan({ fault: 'dark' }))])
    expect(poor.of('S.snr')?.value).toBeLessThan(good.of('S.snr')?.value ?? 0)
    expect(poor.of('S.cnr')?.value).toBeLessThan(good.of('S.cnr')?.value ?? 0)
  })
})

describe('a scan that cannot be read', () => {
  it('is unknown, with the sentence', async () => {
    const error: unknown = await judgeBytes(new Uint8Array(10)).catch((reason: unknown) => reason)
    expect(scanResultSchema.parse(refusal(error))).toMatchObject({ verdict: 'unknown', criteria: [], error: { code: 'invalid-file' } })
  })

  it('never shows an unexpected error bare', () => {
    expect(refusal(new Error('ENOENT /secret/path')).error).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') })
    expect(refusal(new ScansideError('integrity', 'Read again.')).error).toEqual({ code: 'integrity', message: 'Read again.' })
  })
})

describe('three hundred damaged scans', () => {
  it('give a result of the schema or a refusal', async () => {
    const random = randomFrom(5)
    const good = synthesise({ pattern: 'volume', laterality: 'OD', seed: 1, width: 24, height: 40, frames: 2 })
    const wild = [0, -1, 1e29, -1e29, 3.4e38, Number.NaN, Number.POSITIVE_INFINITY]
    for (let mutant = 0; mutant < 300; mutant++) {
      const bytes = good.slice()
      const view = new DataView(bytes.buffer)
      const blocks = 2048 + 384 * 384
      for (let change = 0; change < 40; change++) {
        const at = random() < 0.1 ? Math.floor(random() * 136) : blocks + 4 * Math.floor((random() * (bytes.length - blocks)) / 4)
        view.setFloat32(at, wild[Math.floor(random() * wild.length)] ?? 0, true)
      }
      const result = await judgeBytes(bytes).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ScansideError)
        return refusal(error)
      })
      expect(scanResultSchema.safeParse(JSON.parse(JSON.stringify(result))).success).toBe(true)
    }
  })
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans', () => {
    it.each([
      ['ring-od.vol', 21.1, 8.6],
      ['line-od.vol', 22.6, 10.2],
    ])('%s is usable', async (name, snr, cnr) => {
      const result = await status(readFileSync(join(real ?? '', 'oct', name)))
      expect(result).toMatchObject({ verdict: 'usable', action: 'keep' })
      expect(Math.abs((result.of('S.snr')?.value ?? 0) - snr)).toBeLessThan(0.3)
      expect(Math.abs((result.of('S.cnr')?.value ?? 0) - cnr)).toBeLessThan(0.3)
    })

    /** The ring's B-scan moved up by `rows`, its lines with it; what leaves the picture is gone. */
    function movedUp(rows: number): Uint8Array {
      const bytes = Uint8Array.from(readFileSync(join(real ?? '', 'oct', 'ring-od.vol')))
      const at = blockOffset({ width: 768, height: 496, frames: 1, sloWidth: 768, sloHeight: 768, blockHeader: 55_296 }, 0)
      const lines = new Float32Array(bytes.buffer, at + 256, 3 * 768)
      const pixels = new Float32Array(bytes.buffer, at + 55_296, 768 * 496)
      for (const [i, row] of lines.entries()) lines[i] = row - rows >= 0 && row < 1000 ? row - rows : 3.4028235e38
      pixels.copyWithin(0, rows * 768)
      pixels.fill(0, (496 - rows) * 768)
      return bytes
    }

    it('a real ring cut off at the top is to be taken again', async () => {
      const result = await status(movedUp(190))
      expect(result).toMatchObject({ verdict: 'unusable', action: 'retake' })
      expect(result.of('completeness.upper')?.value).toBeGreaterThan(60)
      expect(await status(movedUp(60))).toMatchObject({ verdict: 'usable' })
    })

    it('a real ring in little light is never usable', async () => {
      const bytes = Uint8Array.from(readFileSync(join(real ?? '', 'oct', 'ring-od.vol')))
      const at = blockOffset({ width: 768, height: 496, frames: 1, sloWidth: 768, sloHeight: 768, blockHeader: 55_296 }, 0)
      const random = randomFrom(1)
      const pixels = new Float32Array(bytes.buffer, at + 55_296, 768 * 496)
      for (const [i, value] of pixels.entries()) pixels[i] = Math.max(0, 0.02 * value + 2e-4 * (-Math.log(1 - random()) - 0.5))
      expect((await status(bytes)).verdict).toBe('ambiguous')
      new DataView(bytes.buffer).setFloat32(at + 56, 11, true)
      expect((await status(bytes)).verdict).toBe('unusable')
    })
  })
