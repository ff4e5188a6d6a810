/** Heidelberg RAW exports there and back: every version and every pattern, pixel for pixel. */
import { describe, expect, it } from 'vitest'
import { decodePixels } from '../../oct/formats/decode.ts'
import { rawPixels, readScan } from '../../oct/formats/index.ts'
import { bytesSource, readFrame, writeVol } from '../../oct/formats/vol.ts'
import { pseudonymisedVol } from '../../oct/formats/vol-pseudonymise.ts'
import type { VolContent } from '../../oct/formats/vol-write.ts'
import { createNodeCodecs } from '../support/codecs.ts'

const width = 96
const height = 50
const lateral = 0.06
const middle = { x: 4.5, y: 4.4 }
type Location = VolContent['frames'][number]['location']

const across = (y: number): Location => ({ kind: 'line', start: { x: 1.5, y }, end: { x: 1.5 + width * lateral, y } })
const through = (degrees: number): Location => {
  const [x, y] = [Math.cos((degrees * Math.PI) / 180) * 2.88, Math.sin((degrees * Math.PI) / 180) * 2.88]
  return { kind: 'line', start: { x: middle.x - x, y: middle.y - y }, end: { x: middle.x + x, y: middle.y + y } }
}
const circle = (radius: number): Location => ({ kind: 'ring', start: { x: middle.x - radius, y: middle.y }, centre: middle, radius })
const ringRadius = (width * lateral) / (2 * Math.PI)

const places: Record<VolContent['pattern'], Location[]> = {
  line: [across(4)],
  ring: [circle(ringRadius)],
  volume: [across(6), across(4), across(2)],
  'fast-volume': [across(6), across(2)],
  radial: [through(0), through(60), through(120)],
  'radial-circles': [through(0), through(45), through(90), circle(1.7), circle(2.05), circle(2.35)],
  unknown: [across(4)],
}

/** Reflectivities from none to full, some of them not acquired: each B-scan its own. */
const paint = (frame: number) => (into: Float32Array) => {
  for (let i = 0; i < into.length; i++) into[i] = i % 41 === frame ? Number.NaN : ((i * 7919 + frame * 104_729) % 65_537) / 65_536
}
const content = (pattern: VolContent['pattern'], version: VolContent['version']): VolContent => ({
  version,
  laterality: 'OD',
  pattern,
  width,
  height,
  spacing: { lateral, axial: 0.00387, between: pattern.includes('volume') ? 2 : 0 },
  focus: -1.25,
  slo: { width: 90, height: 88, spacing: { x: 0.1, y: 0.1 }, field: 30, pixels: Uint8Array.from({ length: 90 * 88 }, (_, i) => i % 251) },
  frames: places[pattern].map((location, frame) => ({
    location,
    quality: 25 + frame,
    layers: [
      { name: 'ILM', rows: Float32Array.from({ length: width }, (_, x) => (x === 5 ? Number.NaN : 10 + frame + x / 16)) },
      { name: 'BM', rows: new Float32Array(width).fill(40.5) },
    ],
    render: paint(frame),
  })),
})

const versions = ['HSF-OCT-100', 'HSF-OCT-101', 'HSF-OCT-102', 'HSF-OCT-103', 'HSF-OCT-104'] as const

describe.each(versions)('%s', (version) => {
  it.each(Object.keys(places) as VolContent['pattern'][])('%s', async (pattern) => {
    const written = content(pattern, version)
    const source = bytesSource(writeVol(written))
    const scan = await readScan([{ name: '', source }])
    expect(scan).toMatchObject({ format: 'heidelberg-vol', formatVersion: version, pattern, laterality: 'OD', width, height })
    expect(scan.frames).toHaveLength(written.frames.length)
    const sources = [source]
    expect(scan.slo && (await rawPixels(sources, scan.slo.pixels))).toEqual(written.slo?.pixels)
    for (const [index, frame] of scan.frames.entries()) {
      const expected = new Float32Array(width * height)
      paint(index)(expected)
      expect(await readFrame(source, scan, index)).toEqual(expected)
      const grey = Uint8Array.from(expected, (value) => (value > 0 ? Math.round(255 * value ** 0.25) : 0))
      expect(await decodePixels(frame.pixels.coding, await rawPixels(sources, frame.pixels), frame, createNodeCodecs())).toEqual(grey)
      expect(frame.layers.map(({ name }) => name)).toEqual(['ILM', 'BM'])
      expect(frame.layers[0]?.rows).toEqual(written.frames[index]?.layers[0]?.rows)
      expect(frame.quality).toBe(version === 'HSF-OCT-100' ? undefined : 25 + index)
      if (pattern !== 'unknown') expect(frame.location).toMatchObject({ kind: written.frames[index]?.location.kind })
    }
  })
})

it('a pseudonymised copy is the same scan without who it is of', async () => {
  const bytes = writeVol(content('volume', 'HSF-OCT-103'))
  const named = Uint8Array.from(bytes)
  named.set(new TextEncoder().encode('PAT-4711'), 140)
  named.set(new TextEncoder().encode('VISIT-7'), 176)
  const copy = pseudonymisedVol(bytesSource(named))
  const text = new TextDecoder('latin1').decode(await copy.read(0, copy.size))
  expect(text).not.toMatch(/PAT-4711|VISIT-7/)
  expect(await readScan([{ name: '', source: copy }])).toEqual(await readScan([{ name: '', source: bytesSource(bytes) }]))
})
