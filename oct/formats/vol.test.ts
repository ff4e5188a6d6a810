import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../errors.ts'
import type { ByteSource } from '../scan.ts'
import { randomFrom } from '../synth/random.ts'
import { bytesSource, decodeFrame, readFrame, readSlo, readVol, sniff, toDisplay, type VolContent, writeVol } from './vol.ts'
import { blockOffset, header, usualBlockHeader } from './vol-layout.ts'

const width = 12
const height = 20
const layout = { width, height, frames: 2, sloWidth: 8, sloHeight: 6, blockHeader: usualBlockHeader(width) }

function content(changes: Partial<VolContent> = {}): VolContent {
  const frame = (index: number): VolContent['frames'][number] => ({
    location: { kind: 'line', start: { x: 1, y: 2 + index }, end: { x: 5, y: 2 + index } },
    quality: 30 + index,
    layers: [
      { name: 'ILM', rows: Float32Array.from({ length: width }, (_, x) => (x === 3 ? Number.NaN : 4.5 + x / 10)) },
      { name: 'BM', rows: new Float32Array(width).fill(15) },
    ],
    render: (into) => {
      for (let i = 0; i < into.length; i++) into[i] = i === 5 ? Number.NaN : (i + index) / 1000
    },
  })
  return {
    version: 'HSF-OCT-103',
    laterality: 'OS',
    pattern: 'volume',
    width,
    height,
    spacing: { lateral: 0.011, axial: 0.0039, between: 0.12 },
    focus: -1.25,
    slo: { width: 8, height: 6, spacing: { x: 0.02, y: 0.03 }, field: 30, pixels: Uint8Array.from({ length: 48 }, (_, i) => i) },
    frames: [frame(0), frame(1)],
    ...changes,
  }
}

/** A good file with some bytes changed. */
function changed(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = writeVol(content())
  change(new DataView(bytes.buffer), bytes)
  return bytes
}

async function refusal(bytes: Uint8Array): Promise<ScansideError> {
  const error: unknown = await readVol(bytesSource(bytes)).catch((reason: unknown) => reason)
  if (!(error instanceof ScansideError)) throw new Error('expected a refusal')
  return error
}

describe('a Heidelberg RAW export', () => {
  it('comes back as it was written', async () => {
    const source = bytesSource(writeVol(content()))
    const scan = await readVol(source)
    expect(scan).toMatchObject({
      format: 'heidelberg-vol',
      device: 'Heidelberg Spectralis',
      formatVersion: 'HSF-OCT-103',
      laterality: 'OS',
      pattern: 'volume',
      width,
      height,
      spacing: { lateral: 0.011, axial: 0.0039, between: 0.12 },
      focus: -1.25,
      slo: { width: 8, height: 6, spacing: { x: 0.02, y: 0.03 }, field: 30 },
    })
    expect(scan.acquiredAt).toBeUndefined()
    expect(scan.frames.map((frame) => [frame.index, frame.quality])).toEqual([
      [0, 30],
      [1, 31],
    ])
    expect(scan.frames[1]?.location).toEqual({ kind: 'line', start: { x: 1, y: 3 }, end: { x: 5, y: 3 } })
    expect(scan.frames[0]?.layers.map((layer) => layer.name)).toEqual(['ILM', 'BM'])
    expect(scan.frames[0]?.layers[0]?.rows[3]).toBeNaN()
    expect(scan.frames[0]?.layers[0]?.rows[4]).toBeCloseTo(4.9)
    const pixels = await readFrame(source, scan, 1)
    expect(pixels).toHaveLength(width * height)
    expect(pixels[5]).toBeNaN()
    expect(pixels[7]).toBeCloseTo(0.008)
    expect(Array.from(await readSlo(source, scan))).toEqual(Array.from({ length: 48 }, (_, i) => i))
  })

  it('accepts bytes after its last B-scan', async () => {
    const bytes = new Uint8Array([...writeVol(content()), ...new Uint8Array(132)])
    expect((await readVol(bytesSource(bytes))).frames).toHaveLength(2)
  })

  it.each(['HSF-OCT-100', 'HSF-OCT-101', 'HSF-OCT-102', 'HSF-OCT-103', 'HSF-OCT-104'] as const)(
    '%s is read; quality from 101 on',
    async (version) => {
      const scan = await readVol(bytesSource(writeVol(content({ version }))))
      expect(scan.formatVersion).toBe(version)
      expect(scan.frames[0]?.quality).toBe(version === 'HSF-OCT-100' ? undefined : 30)
    },
  )

  it('tells the exam time in UTC and leaves zero out', async () => {
    const scan = await readVol(bytesSource(changed((view) => view.setBigUint64(header.examTime, 133_485_408_000_000_000n, true))))
    expect(scan.acquiredAt).toBe('2024-01-01T00:00:00.000Z')
  })

  it('says unknown where the header does', async () => {
    const scan = await readVol(
      bytesSource(
        changed((view, bytes) => {
          bytes.fill(0, header.position, header.position + 4)
          view.setInt32(header.pattern, 77, true)
          view.setFloat64(header.focus, Number.NaN, true)
        }),
      ),
    )
    expect(scan).toMatchObject({ laterality: 'unknown', pattern: 'unknown' })
    expect(scan.focus).toBeUndefined()
    expect(scan.frames[0]?.location).toEqual({ kind: 'unknown' })
  })

  it('never reads who it is of', async () => {
    const secret = 'Mustermann'
    const scan = await readVol(
      bytesSource(
        changed((_, bytes) => {
          for (const offset of [104, 120, 140, 176]) for (let i = 0; i < secret.length; i++) bytes[offset + i] = secret.charCodeAt(i)
        }),
      ),
    )
    expect(JSON.stringify(scan)).not.toContain(secret)
  })
})

describe('a file that is refused', () => {
  const u32 = (offset: number, value: number) => changed((view) => view.setUint32(offset, value, true))
  const f64 = (offset: number, value: number) => changed((view) => view.setFloat64(offset, value, true))
  const second = blockOffset(layout, 1)
  it.each([
    ['empty', new Uint8Array(0), /empty/, 0],
    ['no export', new Uint8Array(5000).fill(7), /not a Heidelberg RAW export/, 0],
    ['cut within its header', writeVol(content()).slice(0, 100), /ends at byte 100/, 100],
    ['cut within its B-scans', writeVol(content()).slice(0, second + 9), /1 of 2 B-scans are whole/, second + 9],
    ['without its last byte', writeVol(content()).slice(0, -1), /still being copied/, blockOffset(layout, 2) - 1],
    ['claiming no A-scans', u32(header.width, 0), /0 A-scans/, header.width],
    ['claiming 4 billion B-scans', u32(header.frames, 0xffffffff), /4294967295 B-scans/, header.frames],
    [
      'claiming huge B-scans',
      changed((view) => [header.width, header.height].map((at) => view.setUint32(at, 10_000, true))),
      /no OCT device/,
      header.width,
    ],
    ['claiming a huge SLO', u32(header.sloWidth, 2_000_000), /SLO/, header.sloWidth],
    ['with a B-scan header that cannot hold its fields', u32(header.blockHeader, 8), /B-scan header/, header.blockHeader],
    ['with a scale of zero', f64(header.scaleX, 0), /between A-scans/, header.scaleX],
    ['with a scale that is no number', f64(header.scaleZ, Number.NaN), /between samples/, header.scaleZ],
    ['with a negative distance', f64(header.distance, -1), /between B-scans/, header.distance],
    ['with contradicting B-scan headers', u32(second + 12, 4096), /B-scan 2 says 4096/, second + 12],
    ['whose blocks are elsewhere', u32(header.blockHeader, 2048 - 256), /contradicts itself/, blockOffset(layout, 0) + 12],
    ['whose block has no mark', changed((_, bytes) => bytes.fill(0, second, second + 12)), /holds no HSF-BS mark/, second],
    ['with more layers than fit', u32(second + 48, 60), /60 layer lines/, second + 48],
    ['with layers outside its header', u32(second + 52, 1_000_000), /do not fit/, second + 48],
  ])('%s', async (_, bytes, sentence, offset) => {
    const error = await refusal(bytes)
    expect(error.code).toBe('invalid-file')
    expect(error.message).toMatch(sentence)
    expect(error.message).toMatch(/Nothing was changed/)
    expect(error.details.offset).toBe(offset)
  })

  it('is told as not supported where the version is a later one', async () => {
    const bytes = changed((_, all) => {
      all[10] = '9'.charCodeAt(0)
    })
    expect(await refusal(bytes)).toMatchObject({ code: 'not-supported' })
  })

  it('is told where the source gives fewer bytes than it said', async () => {
    const whole = bytesSource(writeVol(content()))
    const lying: ByteSource = {
      size: whole.size,
      read: async (offset, length) => (await whole.read(offset, length)).subarray(0, Math.min(length, 90)),
    }
    await expect(readVol(lying)).rejects.toMatchObject({ code: 'invalid-file' })
  })
})

describe('a thousand damaged files', () => {
  it('are read or refused with a sentence, and never cost more than their size', async () => {
    const random = randomFrom(20)
    const pick = (below: number) => Math.floor(random() * below)
    const good = writeVol(content())
    const extremes = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 255, 256, 65_536, 1_000_000]
    let refused = 0
    for (let mutant = 0; mutant < 1000; mutant++) {
      let bytes = good.slice()
      for (let change = 0; change <= pick(4); change++) {
        const view = new DataView(bytes.buffer)
        // Mostly where it matters: the file header's numbers and the fields of the B-scan headers.
        const areas = [
          [0, 136],
          [blockOffset(layout, 0), 256],
          [blockOffset(layout, 1), 256],
          [0, bytes.length - 8],
        ] as const
        const [from, length] = areas[pick(areas.length)] ?? areas[0]
        const at = Math.min(Math.max(0, from + pick(length)), Math.max(0, bytes.length - 8))
        const kind = pick(4)
        if (bytes.length < 8) break
        if (kind === 0) bytes[at] = pick(256)
        else if (kind === 1) view.setUint32(at, extremes[pick(extremes.length)] ?? 0, true)
        else if (kind === 2) view.setFloat64(at, [Number.NaN, Infinity, -1, 1e300][pick(4)] ?? 0, true)
        else bytes = bytes.slice(0, pick(bytes.length + 1))
      }
      let asked = 0
      const whole = bytesSource(bytes)
      const counting: ByteSource = {
        size: whole.size,
        read: (offset, length) => {
          asked += length
          return whole.read(offset, length)
        },
      }
      try {
        const scan = await readVol(counting)
        for (const frame of scan.frames) expect(await readFrame(whole, scan, frame.index)).toHaveLength(scan.width * scan.height)
      } catch (error) {
        expect(error).toBeInstanceOf(ScansideError)
        refused++
      }
      expect(asked).toBeLessThanOrEqual(2 * bytes.length + 512)
    }
    expect(refused).toBeGreaterThan(300)
  })
})

describe('what a file is', () => {
  const text = (value: string) => Uint8Array.from(value, (letter) => letter.charCodeAt(0))
  it.each([
    ['HSF-OCT-103\0', 'heidelberg-vol'],
    ['HSF-OCT-100\0', 'heidelberg-vol'],
    ['ep-v0.6.8   ', 'heidelberg-vol'],
    ['HSF-OCT-10', null],
    ['HSF-OCT-xyz\0', null],
    ['CMDb', null],
    ['', null],
  ])('%j is %s', (beginning, format) => {
    expect(sniff(text(beginning))).toBe(format)
  })
})

it('shows reflectivity as the fourth root, in grey', () => {
  expect(Array.from(toDisplay(Float32Array.of(0, 1, 0.0625, 2, -1, Number.NaN, 1.6e-3)))).toEqual([0, 255, 128, 255, 0, 0, 51])
})

it('takes anything a device cannot have measured as not acquired', () => {
  expect(Array.from(decodeFrame(new Uint8Array(Float32Array.of(0.5, 3.4028235e38, Infinity, Number.NaN).buffer)))).toEqual([0.5, NaN, NaN, NaN])
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  describe('real scans', () => {
    const file = (name: string) => bytesSource(readFileSync(join(real ?? '', 'oct', name)))

    it('a ring is as long as its circle', async () => {
      const scan = await readVol(file('ring-od.vol'))
      const location = scan.frames[0]?.location
      if (location?.kind !== 'ring') throw new Error('no ring')
      expect(scan).toMatchObject({ laterality: 'OD', pattern: 'ring', width: 768, height: 496 })
      expect(location.radius).toBeCloseTo(1.8, 2)
      expect(2 * Math.PI * location.radius).toBeCloseTo(scan.width * scan.spacing.lateral, 2)
      expect(scan.frames[0]?.quality).toBeCloseTo(31.27, 2)
    })

    it('a line runs from edge to edge of its SLO', async () => {
      const scan = await readVol(file('line-od.vol'))
      expect(scan.frames[0]?.location).toMatchObject({ kind: 'line', start: { x: 0 } })
      expect(scan.frames[0]?.quality).toBeCloseTo(44.58, 2)
    })

    it('a file that contradicts itself is refused by the byte', async () => {
      await expect(readVol(file('inconsistent.vol'))).rejects.toMatchObject({
        code: 'invalid-file',
        message: expect.stringContaining('61440 bytes for a B-scan header, B-scan 1 says 3656 at byte 4560'),
        details: { offset: 4560 },
      })
    })
  })
