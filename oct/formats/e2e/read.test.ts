import { describe, expect, it } from 'vitest'
import { smallE2e } from '../../../test/fuzz/small-e2e.ts'
import type { ByteSource } from '../../scan.ts'
import { bytesSource } from '../bytes.ts'
import { rawPixels } from '../index.ts'
import { directory, entry, types, versionBytes } from './layout.ts'
import { readE2e, sniff } from './read.ts'
import { decodeU16f } from './u16f.ts'
import { type E2eContent, writeE2e } from './write.ts'

const read = (content: E2eContent) => readE2e(bytesSource(writeE2e(content)))

/** A good file with some bytes changed. */
function changed(change: (view: DataView, bytes: Uint8Array) => void, content = smallE2e()): ByteSource {
  const bytes = writeE2e(content)
  change(new DataView(bytes.buffer), bytes)
  return bytesSource(bytes)
}

/** The bytes at which entries of a type begin, in the file's order. */
function entriesOf(view: DataView, type: number): number[] {
  const found: number[] = []
  for (let at = view.getUint32(versionBytes + directory.current, true); at !== 0; at = view.getUint32(at + directory.previous, true)) {
    const count = view.getUint32(at + directory.count, true)
    for (let place = at + 52; place < at + 52 + 44 * count; place += 44) if (view.getUint32(place + entry.type, true) === type) found.push(place)
  }
  return found.sort((a, b) => a - b)
}

describe('a Heidelberg patient container', () => {
  it('gives the series with the most B-scans, marked as best effort, with nothing guessed', async () => {
    const bytes = writeE2e(smallE2e())
    const scan = await readE2e(bytesSource(bytes), 2)
    expect(scan).toMatchObject({
      format: 'heidelberg-e2e',
      device: 'Heidelberg Spectralis',
      formatVersion: 'E2E 100',
      laterality: 'OS',
      pattern: 'volume',
      width: 32,
      height: 40,
      spacing: { lateral: 0, between: 0 },
      slo: { width: 24, height: 20, spacing: { x: 0, y: 0 } },
      remarks: ['best-effort'],
    })
    expect(scan.spacing.axial).toBeCloseTo(0.0039)
    expect(scan.acquiredAt).toBeUndefined()
    expect(scan.frames.map((frame) => frame.location.kind)).toEqual(['unknown', 'unknown', 'unknown'])
    const { frames, slo } = smallE2e().series[1] ?? { frames: [] }
    const sources = [bytesSource(new Uint8Array(0)), bytesSource(new Uint8Array(0)), bytesSource(bytes)]
    for (const frame of scan.frames) {
      expect(frame.pixels.coding).toEqual({ kind: 'reflectivity-u16f' })
      expect(decodeU16f(await rawPixels(sources, frame.pixels))).toEqual(frames[frame.index]?.pixels)
      expect(frame.layers).toEqual(frames[frame.index]?.layers)
    }
    if (scan.slo === undefined) throw new Error('no SLO')
    expect(await rawPixels(sources, scan.slo.pixels)).toEqual(slo?.pixels)
  })

  it('never reads the patient', async () => {
    const bytes = writeE2e(smallE2e())
    const name = Buffer.from(bytes).indexOf('MARKERNAME')
    expect(name).toBeGreaterThan(0)
    const whole = bytesSource(bytes)
    const watching: ByteSource = {
      size: whole.size,
      read(offset, length) {
        expect(offset + length <= name || offset > name + 10).toBe(true)
        return whole.read(offset, length)
      },
    }
    expect(JSON.stringify(await readE2e(watching))).not.toContain('MARKER')
  })

  it.each([
    [1, 1, 'line'],
    [2, 1, 'ring'],
    [3, 2, 'volume'],
    [5, 2, 'radial'],
    [1, 2, 'unknown'],
    [3, 1, 'unknown'],
    [99, 2, 'unknown'],
  ])('pattern code %i with %i B-scans is %s', async (pattern, count, name) => {
    const [, series] = smallE2e().series
    if (series === undefined) throw new Error('no series')
    const { slo: _, ...rest } = series
    const scan = await read({ series: [{ ...rest, pattern, frames: series.frames.slice(0, count) }] })
    expect(scan.pattern).toBe(name)
    expect(scan.slo).toBeUndefined()
  })

  it('takes of two as large the first', async () => {
    const [first, second] = smallE2e().series
    if (first === undefined || second === undefined) throw new Error('no series')
    expect((await read({ series: [first, { ...second, frames: second.frames.slice(0, 1) }] })).laterality).toBe('OD')
  })

  it('does not know the eye where the file contradicts itself', async () => {
    const source = changed((view) => {
      const place = entriesOf(view, types.laterality)[1] ?? 0
      view.setUint8(view.getUint32(place + entry.start, true) + 60 + 14, 0x52)
    })
    expect((await readE2e(source)).laterality).toBe('unknown')
  })

  it('leaves out a B-scan that is not at its place, and says so', async () => {
    const source = changed((view) => {
      const place = entriesOf(view, types.image)[3] ?? 0
      view.setUint32(view.getUint32(place + entry.start, true) + 60 + 4, 5, true)
    })
    const scan = await readE2e(source)
    expect(scan.frames).toHaveLength(2)
    expect(scan.frames.map((frame) => frame.index)).toEqual([0, 1])
    expect(scan.remarks).toEqual(['best-effort', 'pictures-missing'])
  })

  it('leaves out layer lines that do not fit their B-scan', async () => {
    const source = changed((view) => {
      for (const place of entriesOf(view, types.contour)) view.setUint32(view.getUint32(place + entry.start, true) + 60 + 12, 31, true)
    })
    expect((await readE2e(source)).frames.every((frame) => frame.layers.length === 0)).toBe(true)
  })
})

describe('a bad one is refused by the byte', () => {
  const lastDirectory = (view: DataView) => view.getUint32(versionBytes + directory.current, true)
  it.each<[string, ByteSource, RegExp]>([
    ['too short', bytesSource(writeE2e(smallE2e()).slice(0, 30)), /ends at byte 30/],
    ['without a beginning', changed((_, bytes) => bytes.fill(0, 0, 4)), /does not begin with CMDb/],
    ['without a main directory', changed((_, bytes) => bytes.fill(0, 36, 40)), /byte 36 holds no directory/],
    ['whose directory is nowhere', changed((view) => view.setUint32(versionBytes + directory.current, 90, true)), /byte 90 holds no directory/],
    ['whose directory is outside', changed((view) => view.setUint32(versionBytes + directory.current, 0xffffffff, true)), /cut off/],
    ['in a circle', changed((view) => view.setUint32(lastDirectory(view) + directory.previous, lastDirectory(view), true)), /in a circle/],
    [
      'that lists more than it holds',
      changed((view) => view.setUint32(lastDirectory(view) + directory.count, 0x7fffffff, true)),
      /more than it can hold/,
    ],
    ['without directories', changed((view) => view.setUint32(versionBytes + directory.current, 0, true)), /lists no OCT B-scan/],
    ['cut off', bytesSource(writeE2e(smallE2e()).slice(0, -3000)), /cut off/],
    [
      'with an impossible image',
      changed((view) => view.setUint32(view.getUint32((entriesOf(view, types.image)[2] ?? 0) + entry.start, true) + 76, 0xffffffff, true)),
      /4294967295 by 40 pixels/,
    ],
    [
      'whose B-scans overlap',
      changed(
        (view) => {
          const places = entriesOf(view, types.image)
          const start = view.getUint32((places[2] ?? 0) + entry.start, true)
          for (const place of places.slice(3)) view.setUint32(place + entry.start, start, true)
          view.setUint32(start + 72, 100, true)
        },
        { ...smallE2e(), perDirectory: 64 },
      ),
      /overlap/,
    ],
  ])('%s', async (_, source, sentence) => {
    await expect(readE2e(source)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(new RegExp(`${sentence.source}.*Nothing was changed; export`)),
      details: { offset: expect.any(Number) },
    })
  })
})

it('is known by its beginning', () => {
  expect(sniff(writeE2e(smallE2e()).subarray(0, 1024))).toBe('heidelberg-e2e')
  expect(sniff(new Uint8Array(0))).toBeNull()
})
