/** Small XML exports with every kind of picture. */
import { type HeyexXmlContent, writeHeyexXml, type XmlFrame, type XmlPictures } from '../../oct/formats/heyex-xml/write.ts'
import type { FrameLocation } from '../../oct/scan.ts'
import { encodeJpeg } from '../support/codecs.ts'
import type { Fixture, FixtureFile } from './mutate.ts'
import { bmpNumbers, pngNumbers, tifNumbers } from './numbers.ts'

const width = 32
const height = 40
const scale = 0.1
const slo = {
  width: 24,
  height: 20,
  pixels: Uint8Array.from({ length: 480 }, (_, i) => i % 251),
  spacing: { x: 0.3, y: 0.3 },
  field: 30,
}
const middle = { x: 3.6, y: 3 }
const radius = (width * scale) / (2 * Math.PI)

const shade = (frame: number) =>
  Uint8Array.from({ length: width * height }, (_, i) => Math.round(25 + 190 * Math.exp(-((Math.floor(i / width) - 18 - frame) ** 2) / 30)))

function frameOf(location: FrameLocation, index: number): XmlFrame {
  return {
    width,
    height,
    pixels: shade(index),
    location,
    quality: 30,
    art: 9,
    layers: [
      { name: 'ILM', rows: Float32Array.from({ length: width }, (_, x) => (x === 3 ? Number.NaN : 12.5 + x / 8)) },
      { name: 'BM', rows: new Float32Array(width).fill(30) },
    ],
  }
}

function numbersOf({ name, bytes }: { name: string; bytes: Uint8Array }): Pick<FixtureFile, 'numbers'> {
  if (name.endsWith('.tif')) return { numbers: tifNumbers(bytes) }
  if (name.endsWith('.bmp')) return { numbers: bmpNumbers }
  return name.endsWith('.png') ? { numbers: pngNumbers } : {}
}

const across = (y: number): FrameLocation => ({ kind: 'line', start: { x: 1, y }, end: { x: 4.2, y } })
const places: Record<'volume' | 'ring' | 'line', FrameLocation[]> = {
  line: [across(3)],
  volume: [across(4), across(3), across(2)],
  ring: [{ kind: 'ring', start: { x: middle.x - radius, y: middle.y }, centre: middle, radius }],
}

export async function xmlFixtures(): Promise<Fixture[]> {
  // The writer asks for a JPG at once; the encoder answers later.
  const jpgs = new Map<string, Uint8Array>()
  const key = (pixels: Uint8Array) => pixels.join()
  for (const frame of [0, 1, 2]) jpgs.set(key(shade(frame)), await encodeJpeg(shade(frame), { width, height, quality: 90 }))
  jpgs.set(key(slo.pixels), await encodeJpeg(slo.pixels, { width: slo.width, height: slo.height, quality: 90 }))
  const encodeJpg: XmlPictures['encodeJpg'] = ({ pixels }) => jpgs.get(key(pixels)) ?? new Uint8Array(0)

  const fixture = (name: string, pattern: keyof typeof places, pictures: XmlPictures, more: Partial<HeyexXmlContent> = {}): Fixture => ({
    name,
    files: writeHeyexXml({
      pattern,
      laterality: 'OD',
      spacing: { lateral: scale, axial: 0.0039 },
      frames: places[pattern].map(frameOf),
      pictures,
      slo,
      focus: -1.25,
      edi: true,
      resolution: 'HS',
      field: { width: 20, height: 15 },
      taken: { local: '2026-03-01T10:15:30.5', ahead: 60 },
      ...more,
    }).map((file, index) => ({ name: file.name, bytes: new Uint8Array(file.bytes), text: index === 0, ...numbersOf(file) })),
  })
  const grid = {
    diameters: [1, 3, 6],
    centre: { x: 12, y: 10 },
    zones: ['C0', 'N1', 'N2', 'S1', 'S2', 'T1', 'T2', 'I1', 'I2'].map((name, index) => ({ name, thickness: 280 + index, volume: 0.5 })),
  }
  return [
    fixture('TIF', 'volume', { type: 'tif' }, { grid }),
    fixture('TIF, LZW', 'line', { type: 'tif', compression: 'lzw' }),
    fixture('TIF, deflate, three channels', 'ring', { type: 'tif', compression: 'deflate', channels: 3 }, { laterality: 'OS' }),
    fixture('TIF, PackBits, inverted', 'line', { type: 'tif', compression: 'packbits', inverted: true }),
    fixture('PNG', 'volume', { type: 'png' }),
    fixture('PNG, three channels', 'line', { type: 'png', channels: 3 }),
    fixture('BMP', 'volume', { type: 'bmp' }),
    fixture('BMP, three channels', 'ring', { type: 'bmp', channels: 3 }),
    fixture('JPG', 'volume', { type: 'jpg', encodeJpg }),
  ]
}
