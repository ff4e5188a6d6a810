import { describe, expect, it } from 'vitest'
import type { FrameInfo, FrameLocation, Scan } from '../scan.ts'
import { protocol } from './detect/protocol.ts'
import type { Examination } from './examination.ts'
import { defaultProfile, type Profile, type Protocol } from './profile.ts'
import { departures, protocolFor } from './protocol-for.ts'

const frame = (index: number, location: FrameLocation): FrameInfo => ({
  index,
  width: 512,
  height: 496,
  location,
  pixels: { file: 0, parts: [], coding: { kind: 'reflectivity-f32' } },
  layers: [],
})
const row = (y: number): FrameLocation => ({ kind: 'line', start: { x: 1, y }, end: { x: 7, y } })
const ring = (radius: number): FrameLocation => ({ kind: 'ring', start: { x: 4 - radius, y: 4 }, centre: { x: 4, y: 4 }, radius })
const scanOf = (pattern: Scan['pattern'], locations: FrameLocation[], changes: Partial<Scan> = {}): Scan => ({
  format: 'heidelberg-vol',
  device: 'Heidelberg Spectralis',
  formatVersion: '',
  laterality: 'OD',
  pattern,
  width: 512,
  height: 496,
  spacing: { lateral: 0.012, axial: 0.0039, between: 0.1 },
  pictures: [],
  frames: locations.map((location, index) => frame(index, location)),
  grids: [],
  remarks: [],
  ...changes,
})
const volume = (changes: Partial<Scan> = {}) =>
  scanOf(
    'volume',
    Array.from({ length: 61 }, (_, i) => row(1 + i * 0.1)),
    changes,
  )
const asked = (changes: Partial<Protocol>): Protocol => ({
  id: 'macula',
  label: { en: 'Macula', de: 'Makula' },
  patterns: ['volume'],
  region: 'macula',
  eyes: ['OD', 'OS'],
  ...changes,
})
const profile = (...protocols: Protocol[]): Profile => ({ ...defaultProfile, name: 'site', protocols })
const said = (scan: Scan, fitting: Protocol | null) =>
  protocol({ scan, protocol: fitting, profile: defaultProfile, device: null, slo: null, earlier: null, visit: [] } satisfies Examination).end()
    .criteria[0]
const exact = (value: number) => ({ min: value, max: value })

describe('which protocol', () => {
  it('by pattern, device and eye', () => {
    const list = profile(asked({ id: 'left', eyes: ['OS'] }), asked({ id: 'zeiss', device: 'Zeiss' }), asked({ id: 'ours', device: 'Heidelberg' }))
    expect(protocolFor(list, volume())?.id).toBe('ours')
    expect(protocolFor(list, volume({ laterality: 'OS' }))?.id).toBe('left')
    expect(protocolFor(list, volume({ laterality: 'unknown' }))?.id).toBe('left')
    expect(protocolFor(list, scanOf('line', [row(1)]))).toBeNull()
  })

  it('the one it departs from least, the first of equals', () => {
    const list = profile(
      asked({ id: 'coarse', frames: exact(25) }),
      asked({ id: 'dense', frames: exact(61) }),
      asked({ id: 'also', frames: exact(61) }),
    )
    expect(protocolFor(list, volume())?.id).toBe('dense')
    expect(protocolFor(profile(asked({ id: 'only', frames: exact(193) })), volume())?.id).toBe('only')
  })
})

describe('departures', () => {
  it.each<[string, Partial<Protocol>, Partial<Scan>]>([
    ['number of B-scans is 61 instead of 25', { frames: exact(25) }, {}],
    ['number of averaged B-scans (ART) is 9 instead of 12 to 15', { art: { min: 12, max: 15 } }, { art: 9 }],
    ['length of the B-scans is 6 mm instead of 8 to 9 mm', { length: { min: 8, max: 9 } }, {}],
    ['breadth of the pattern is 6 mm instead of 7 to 8 mm', { breadth: { min: 7, max: 8 } }, {}],
    ['number of A-scans per B-scan is 512 instead of 768', { aScans: exact(768) }, {}],
    ['resolution is HR instead of HS', { resolution: 'HS' }, { resolution: 'HR' }],
  ])('%s', (what, wanted, changes) => {
    expect(departures(asked(wanted), volume(changes))).toEqual([{ known: true, what }])
    expect(said(volume(changes), asked(wanted))).toMatchObject({
      status: 'fail',
      value: 1,
      evidence: 'own',
      reason: `Not as "Macula" asks: ${what}.`,
    })
  })

  it.each<[string, Partial<Protocol>, Scan]>([
    ['ART', { art: exact(16) }, volume()],
    ['resolution', { resolution: 'HS' }, volume()],
    ['radius', { ringRadius: { min: 1.5, max: 2 } }, scanOf('ring', [{ kind: 'unknown' }])],
    ['length', { length: { min: 5, max: 7 } }, scanOf('volume', [{ kind: 'unknown' }], { spacing: { lateral: 0, axial: 0, between: 0 } })],
    [
      'breadth',
      { breadth: { min: 5, max: 7 } },
      scanOf('volume', [{ kind: 'unknown' }, { kind: 'unknown' }], { spacing: { lateral: 0, axial: 0, between: 0 } }),
    ],
  ])('what the file does not carry is unknown: %s', (what, wanted, scan) => {
    expect(departures(asked(wanted), scan)).toMatchObject([{ known: false, what: expect.stringContaining(what) }])
    expect(said(scan, asked(wanted))).toMatchObject({ status: 'unknown', value: null, reason: expect.stringMatching(/^Not measured: .*asked:/) })
  })

  it('the least ART of the B-scans counts, and only where every one has it', () => {
    const scan = volume()
    const with16 = { ...scan, frames: scan.frames.map((each, i) => ({ ...each, art: i === 5 ? 11 : 16 })) }
    expect(departures(asked({ art: { min: 12, max: 20 } }), with16)).toMatchObject([{ known: true, what: expect.stringContaining('is 11') }])
    const one = { ...scan, frames: scan.frames.map((each, i) => (i === 5 ? each : { ...each, art: 16 })) }
    expect(departures(asked({ art: { min: 12, max: 20 } }), one)).toMatchObject([{ known: false }])
  })

  it('a ring by its radius and circumference', () => {
    const wanted = asked({ patterns: ['ring'], ringRadius: { min: 1.7, max: 1.9 }, length: { min: 11, max: 11.6 } })
    expect(departures(wanted, scanOf('ring', [ring(1.8)]))).toEqual([])
    expect(departures(wanted, scanOf('ring', [ring(2.1)])).length).toBe(2)
  })
})

describe('O.protocol', () => {
  it('passes, and says where nothing of the kind is asked for', () => {
    expect(said(volume({ art: 12 }), asked({ frames: exact(61), art: exact(12) }))).toMatchObject({ status: 'pass', value: 0 })
    expect(said(scanOf('line', [row(1)]), null)).toMatchObject({
      status: 'warn',
      value: null,
      reason: 'No scan of this kind is asked for by this protocol list.',
    })
    expect(said(scanOf('unknown', [row(1)]), null)).toMatchObject({ status: 'unknown', value: null })
  })

  it('keeps to the length of a reason', () => {
    const wanted = asked({
      label: { en: 'x'.repeat(300), de: 'x' },
      frames: exact(1),
      art: exact(1),
      length: exact(1),
      breadth: exact(1),
      aScans: exact(1),
      resolution: 'HS',
    })
    expect(said(volume({ art: 9, resolution: 'HR' }), wanted)?.reason.length).toBeLessThanOrEqual(500)
  })
})
