/** Heidelberg's XML exports there and back: every pattern with every kind of picture, and the real sample where SCANSIDE_TEST_DATA has it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodePixels } from '../../oct/formats/decode.ts'
import { type HeyexXmlContent, writeHeyexXml, type XmlPictures } from '../../oct/formats/heyex-xml/write.ts'
import { rawPixels, readScan } from '../../oct/formats/index.ts'
import { bytesSource } from '../../oct/formats/vol.ts'
import type { FrameLocation, NamedSource, PixelRef } from '../../oct/scan.ts'
import { createNodeCodecs, encodeJpeg } from '../support/codecs.ts'

const width = 96
const height = 50
const middle = { x: 4.5, y: 4.4 }
const codecs = createNodeCodecs()

const across = (y: number): FrameLocation => ({ kind: 'line', start: { x: 1.5, y }, end: { x: 7.3, y } })
const through = (degrees: number): FrameLocation => {
  const [x, y] = [Math.cos((degrees * Math.PI) / 180) * 2.88, Math.sin((degrees * Math.PI) / 180) * 2.88]
  return { kind: 'line', start: { x: middle.x - x, y: middle.y - y }, end: { x: middle.x + x, y: middle.y + y } }
}
const circle = (radius: number): FrameLocation => ({ kind: 'ring', start: { x: middle.x - radius, y: middle.y }, centre: middle, radius })

const places: Record<HeyexXmlContent['pattern'], FrameLocation[]> = {
  line: [across(4)],
  volume: [across(6), across(4), across(2)],
  ring: [circle(1.8)],
  radial: [through(0), through(60), through(120)],
  'radial-circles': [through(0), through(45), through(90), circle(1.7), circle(2.05)],
}

/** A dark picture with a bright band whose place and texture tell the B-scans apart; smooth enough for a JPG. */
const pixelsOf = (frame: number) =>
  Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const deep = y - 18 - frame - 4 * Math.sin(x / 20)
    return Math.round(25 + 190 * Math.exp((-deep * deep) / 30) + 8 * Math.sin(x / 5 + frame))
  })

const sloPixels = Uint8Array.from({ length: 90 * 88 }, (_, i) => 60 + Math.round(40 * Math.sin((i % 90) / 12) * Math.cos(i / 900)))
/** JPGs by their picture: the encoder is WebAssembly and answers later, the writer asks at once. */
const jpgs = new Map<string, Uint8Array>()
const key = (pixels: Uint8Array) => Buffer.from(pixels).toString('latin1')

const encoded = ({ pixels }: { pixels: Uint8Array }) => jpgs.get(key(pixels)) ?? new Uint8Array(0)

beforeAll(async () => {
  for (let frame = 0; frame < 5; frame++) {
    const pixels = pixelsOf(frame)
    for (const each of [pixels, pixels.map((value) => 255 - value)]) jpgs.set(key(each), await encodeJpeg(each, { width, height, quality: 95 }))
  }
  jpgs.set(key(sloPixels), await encodeJpeg(sloPixels, { width: 90, height: 88, quality: 95 }))
})

const kinds: [name: string, pictures: XmlPictures][] = [
  ...([1, 3] as const).flatMap((channels): [string, XmlPictures][] => [
    ...(['none', 'lzw', 'deflate', 'packbits'] as const).map((compression): [string, XmlPictures] => [
      `TIF, ${compression}, ${channels} channel(s)`,
      { type: 'tif', compression, channels },
    ]),
    [`PNG, ${channels} channel(s)`, { type: 'png', channels }],
    [`BMP, ${channels} channel(s)`, { type: 'bmp', channels }],
  ]),
  ['TIF, inverted', { type: 'tif', inverted: true }],
  ['PNG, inverted, 3 channels', { type: 'png', inverted: true, channels: 3 }],
  ['BMP, inverted', { type: 'bmp', inverted: true }],
  ['JPG', { type: 'jpg', encodeJpg: encoded }],
  ['JPG, inverted', { type: 'jpg', inverted: true, encodeJpg: encoded }],
]

const named = (files: { name: string; bytes: Uint8Array }[]): NamedSource[] => files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }))

async function shown(files: NamedSource[], picture: { width: number; height: number; pixels: PixelRef }): Promise<Uint8Array> {
  const raw = await rawPixels(
    files.map(({ source }) => source),
    picture.pixels,
  )
  return decodePixels(picture.pixels.coding, raw, picture, codecs)
}

const largestDifference = (a: Uint8Array, b: Uint8Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)

describe.each(kinds)('%s', (_, pictures) => {
  // Quality 95 of smooth pictures: no grey value is more than 8 of 255 away. Everything else is exact.
  const bound = pictures.type === 'jpg' ? 8 : 0

  it.each(Object.keys(places) as (keyof typeof places)[])('%s', async (pattern) => {
    const files = named(
      writeHeyexXml({
        pattern,
        laterality: 'OS',
        spacing: { lateral: 0.06, axial: 0.00387 },
        pictures,
        edi: false,
        focus: 0.5,
        slo: { width: 90, height: 88, spacing: { x: 0.1, y: 0.1 }, field: 30, pixels: sloPixels },
        frames: places[pattern].map((location, frame) => ({
          width,
          height,
          location,
          pixels: pixelsOf(frame),
          quality: 25 + frame,
          art: 12,
          layers: [{ name: 'ILM', rows: Float32Array.from({ length: width }, (__, x) => (x === 5 ? Number.NaN : 10 + frame + x / 20)) }],
        })),
      }),
    )
    const scan = await readScan(files)
    expect(scan).toMatchObject({ format: 'heidelberg-xml', pattern, laterality: 'OS', width, height, art: 12, edi: false, focus: 0.5 })
    expect(scan.remarks.includes('lossy')).toBe(pictures.type === 'jpg')
    expect(scan.spacing).toEqual({ lateral: 0.06, axial: 0.00387, between: pattern === 'volume' ? 2 : 0 })
    expect(scan.frames).toHaveLength(places[pattern].length)
    for (const [index, frame] of scan.frames.entries()) {
      const place = places[pattern][index] as FrameLocation
      expect(frame.location.kind).toBe(place.kind)
      if (frame.location.kind === 'ring' && place.kind === 'ring') expect(frame.location.radius).toBeCloseTo(place.radius, 9)
      else expect(frame.location).toEqual(place)
      expect(frame.quality).toBe(25 + index)
      const [ilm] = frame.layers
      expect(ilm?.name).toBe('ILM')
      ilm?.rows.forEach((row, x) => {
        expect(x === 5 ? Number.isNaN(row) : Math.abs(row - (10 + index + x / 20)) < 0.006, `row ${x}`).toBe(true)
      })
      expect(largestDifference(await shown(files, frame), pixelsOf(index)), `B-scan ${index}`).toBeLessThanOrEqual(bound)
    }
    if (scan.slo === undefined) throw new Error('no SLO')
    expect(largestDifference(await shown(files, scan.slo), sloPixels)).toBeLessThanOrEqual(bound)
  })
})

const folder = process.env.SCANSIDE_TEST_DATA ? join(process.env.SCANSIDE_TEST_DATA, 'heyex-xml') : null

if (folder && existsSync(folder)) {
  describe('the real sample', () => {
    const files = readdirSync(folder).map((name) => ({ name, source: bytesSource(new Uint8Array(readFileSync(join(folder, name)))) }))

    it('is read: eye, places, device, layers, grid and time', async () => {
      const scan = await readScan(files)
      expect(scan).toMatchObject({
        format: 'heidelberg-xml',
        device: 'Heidelberg Spectralis',
        formatVersion: '6.9.53.0',
        laterality: 'OD',
        pattern: 'volume',
        width: 50,
        height: 40,
        spacing: { lateral: 0.011819, axial: 0.003872, between: expect.closeTo(0.03144, 5) },
        focus: -1.76,
        edi: false,
        resolution: 'HS',
        field: { width: 20, height: 15 },
        slo: { width: 50, height: 50, spacing: { x: 0.0118, y: 0.0118 }, field: 30 },
        remarks: [],
        acquiredAt: '2000-01-01T09:15:40.693Z',
      })
      expect(scan.frames).toHaveLength(10)
      const [first] = scan.frames
      expect(first?.location).toEqual({ kind: 'line', start: { x: 1.513, y: 6.807 }, end: { x: 7.564, y: 6.807 } })
      expect(first).toMatchObject({ quality: 26, art: 13 })
      expect(first?.layers.map(({ name }) => name)).toEqual(['ILM', 'BM', 'RNFL', 'GCL', 'IPL', 'INL', 'OPL', 'ELM', 'PR1', 'PR2', 'RPE'])
      expect(first?.layers[0]?.rows[0]).toBeNaN()
      expect(first?.layers[0]?.rows[2]).toBeCloseTo(9.6, 5)
      const [grid] = scan.grids
      expect(grid).toMatchObject({ kind: 'circular', diameters: [1, 3, 6], centre: { x: expect.closeTo(4.366, 6), y: expect.closeTo(4.5548, 6) } })
      expect(grid?.zones.map(({ name }) => name)).toEqual(['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'])
      expect(grid?.zones[0]).toEqual({ name: 'C0', thickness: 319, volume: 0.251 })
      expect(JSON.stringify(scan)).not.toMatch(/Doe|John|Study-01|LOC-|2910271/)
    })

    it('shows each picture byte for byte as the strip of its TIF has it', async () => {
      const scan = await readScan(files)
      if (scan.slo === undefined) throw new Error('no SLO')
      for (const picture of [scan.slo, ...scan.frames]) {
        const { source } = files[picture.pixels.file] as NamedSource
        const bytes = await source.read(0, source.size)
        const view = new DataView(bytes.buffer, bytes.byteOffset)
        const strip = [...Array(view.getUint16(view.getUint32(4, true), true)).keys()]
          .map((entry) => view.getUint32(4, true) + 2 + entry * 12)
          .find((entry) => view.getUint16(entry, true) === 273)
        const rows = view.getUint32((strip as number) + 8, true)
        const grey = await shown(files, picture)
        expect(Buffer.compare(grey, bytes.subarray(rows, rows + picture.width * picture.height))).toBe(0)
      }
    })
  })
}
