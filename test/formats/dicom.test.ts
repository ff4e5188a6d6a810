/** What a DICOM scan says of itself: places, scale, eye, time, device; the pictures beside it; and who it is, which is not read. */
import { describe, expect, it } from 'vitest'
import { decodePixels } from '../../oct/formats/decode.ts'
import type { ElementOut } from '../../oct/formats/dicom/encode.ts'
import { type DicomContent, uidOf, writeDicom } from '../../oct/formats/dicom/write.ts'
import { identify, rawPixels, readScan } from '../../oct/formats/index.ts'
import type { FrameLocation, Scan } from '../../oct/scan.ts'
import { createNodeCodecs } from '../support/codecs.ts'
import { enFace, height, lateral, lines, photograph, picture, set, sloScale, sloUid, tomogram, width, without } from './dicom-fixtures.ts'

const middle = { x: 2, y: 1.9 }
const ringRadius = (width * lateral) / (2 * Math.PI)
const ring = (direction: 1 | -1): FrameLocation => ({
  kind: 'ring',
  start: { x: middle.x - ringRadius, y: middle.y },
  centre: middle,
  radius: ringRadius,
  direction,
})
const through = (degrees: number): FrameLocation => {
  const half = (width * lateral) / 2
  const [x, y] = [Math.cos((degrees * Math.PI) / 180) * half, Math.sin((degrees * Math.PI) / 180) * half]
  return { kind: 'line', start: { x: middle.x - x, y: middle.y - y }, end: { x: middle.x + x, y: middle.y + y } }
}
const wave: Extract<FrameLocation, { kind: 'path' }> = {
  kind: 'path',
  points: Array.from({ length: width }, (_, index) => ({ x: 1 + index * lateral, y: 2 + 0.4 * Math.sin(index / 5) })),
}
const area: FrameLocation = { kind: 'area', from: { x: 1, y: 1 }, to: { x: 3, y: 2.5 } }

/** Numbers in a place come through Float32 reference coordinates. */
const near = (value: unknown): unknown => {
  if (typeof value === 'number') return expect.closeTo(value, 4)
  if (Array.isArray(value)) return value.map(near)
  return typeof value === 'object' && value ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, near(each)])) : value
}

describe('places', () => {
  const tries: [string, FrameLocation[], string, number][] = [
    ['one line', lines(1), 'line', 0],
    ['the same line again', [...lines(1), ...lines(1)], 'line', 0],
    ['parallel lines', lines(5), 'volume', 0.25],
    ['parallel lines in another order', [lines(3)[1], lines(3)[0], lines(3)[2]] as FrameLocation[], 'volume', 0.25],
    ['a ring, clockwise', [ring(1)], 'ring', 0],
    ['a ring, counter-clockwise', [ring(-1)], 'ring', 0],
    ['lines through one centre', [through(0), through(45), through(90), through(135)], 'radial', 0],
    ['lines through one centre and rings', [through(0), through(90), ring(1)], 'radial-circles', 0],
    ['a path', [wave], 'unknown', 0],
    ['an en-face frame', [area], 'unknown', 0],
  ]
  it.each(tries)('of %s', async (_, locations, pattern, between) => {
    const scan = await readScan(set(tomogram(locations.length, { locations }), photograph()))
    expect(scan.frames.map((frame) => frame.location)).toEqual(near(locations))
    expect(scan.pattern).toBe(pattern)
    expect(scan.spacing).toEqual(near({ lateral, axial: pattern === 'unknown' && locations[0] === area ? 0 : 0.0039, between }))
    expect(scan.remarks).toEqual([])
  })

  it('of a line told A-scan by A-scan are a line', async () => {
    const points = Array.from({ length: width }, (_, index) => ({ x: 1 + index * lateral, y: 2 + index * 0.002 }))
    const scan = await readScan(set(tomogram(1, { locations: [{ kind: 'path', points }] }), photograph()))
    expect(scan.frames[0]?.location).toEqual(near({ kind: 'line', start: points[0], end: points.at(-1) }))
  })

  it('of an open arc are a path, not a ring', async () => {
    const points = Array.from({ length: width }, (_, i) => ({ x: 2 + Math.cos(i / 16), y: 2 + Math.sin(i / 16) }))
    const scan = await readScan(set(tomogram(1, { locations: [{ kind: 'path', points }] }), photograph()))
    expect(scan.frames[0]?.location.kind).toBe('path')
  })

  it('are read alike where every frame has its own measures', async () => {
    const scan = await readScan(set(tomogram(3, { measuresPerFrame: true }), photograph()))
    expect(scan.spacing).toEqual(near({ lateral, axial: 0.0039, between: 0.25 }))
  })

  it('are scaled by the B-scans where the picture does not say its scale, and that is said', async () => {
    for (const files of [set(tomogram(3), without(photograph(), 'spacing')), set(tomogram(3))]) {
      const scan = await readScan(files)
      expect(scan.frames.map((frame) => frame.location)).toEqual(near(lines(3)))
      expect(scan.spacing.between).toBeCloseTo(0.25, 4)
      expect(scan.remarks).toEqual(['slo-scale-assumed'])
      expect(scan.slo?.spacing).toEqual(files.length > 1 ? near(sloScale) : undefined)
    }
  })

  it('of a path are scaled by its length', async () => {
    const steps = wave.points.slice(1).map(({ x, y }, i) => Math.hypot(x - (wave.points[i]?.x ?? 0), y - (wave.points[i]?.y ?? 0)))
    const along = steps.reduce((sum, step) => sum + step, 0)
    const spacing = { axial: 0.0039, lateral: along / width }
    const scan = await readScan(set(tomogram(1, { locations: [wave], spacing })))
    expect(scan.frames[0]?.location).toEqual(near(wave))
  })

  it('stay unknown where nothing tells the scale', async () => {
    const scan = await readScan(set(without(tomogram(3), 'spacing'), without(photograph(), 'spacing')))
    expect(scan).toMatchObject({ pattern: 'volume', spacing: { lateral: 0, axial: 0, between: 0 }, slo: { spacing: { x: 0, y: 0 } }, remarks: [] })
    expect(scan.frames[0]?.location).toEqual({ kind: 'unknown' })
  })

  it('on another picture than the one at hand stay unknown', async () => {
    const scan = await readScan(set(tomogram(3), photograph({ uid: uidOf(77) })))
    expect(scan.slo).toMatchObject({ width, height, spacing: near(sloScale) })
    expect(scan.frames[0]?.location).toEqual({ kind: 'unknown' })
    expect(scan).toMatchObject({ pattern: 'volume', spacing: { between: expect.closeTo(0.25, 4) } })
  })

  it('in the patient alone tell a volume and its distances', async () => {
    const planes = [0, 1, 2, 3].map((index) => ({ position: [0, 0, -0.2 * index], orientation: [1, 0, 0, 0, 1, 0] }) as const)
    const scan = await readScan(set(without(tomogram(4, { planes }), 'reference', 'locations')))
    expect(scan).toMatchObject({ pattern: 'volume', spacing: { between: expect.closeTo(0.2, 4) }, remarks: [] })
    expect(scan.frames[0]?.location).toEqual({ kind: 'unknown' })
  })

  it('nobody told stay unknown; a B-scan’s thickness is no distance to the next', async () => {
    const scan = await readScan(set(without(tomogram(4), 'reference', 'locations')))
    expect(scan).toMatchObject({ pattern: 'unknown', spacing: { between: 0 }, remarks: [] })
  })
})

describe('sequences of undefined length', () => {
  it.each(['explicit', 'implicit', 'big-endian', 'deflated'] as const)('are read alike, %s', async (syntax) => {
    const closed = await readScan(set(tomogram(3, { syntax }), photograph()))
    const open = await readScan(set(tomogram(3, { syntax, open: true }), photograph()))
    const placeless = (scan: Scan) => ({ ...scan, frames: scan.frames.map(({ location, width, height }) => ({ location, width, height })) })
    expect(placeless(open)).toEqual(placeless(closed))
  })
})

describe('pictures beside the scan', () => {
  const codecs = createNodeCodecs()

  it('the photograph it names is its SLO, whatever the order of the files', async () => {
    const other = photograph({ uid: uidOf(12), frame: () => picture(8, 1) })
    for (const files of [set(photograph(), tomogram(3), other), set(other, photograph(), tomogram(3)), set(tomogram(3), other, photograph())]) {
      const { slo } = await readScan(files)
      expect(slo).toMatchObject({ width, height, field: 30 })
      const bytes =
        slo &&
        (await rawPixels(
          files.map(({ source }) => source),
          slo.pixels,
        ))
      expect(slo && bytes && (await decodePixels(slo.pixels.coding, bytes, slo, codecs))).toEqual(picture(8, 9))
    }
  })

  it('without a name the only photograph of the same eye, with no place on it: it may be of another day; of two none', async () => {
    const nameless = tomogram(3, { reference: { uid: '', spacing: sloScale } })
    const left = photograph({ laterality: 'L', uid: uidOf(13) })
    const scan = await readScan(set(nameless, left, photograph()))
    expect(scan.slo?.pixels.file).toBe(2)
    expect(scan.frames.map(({ location }) => location.kind)).toEqual(['unknown', 'unknown', 'unknown'])
    expect((await readScan(set(nameless, photograph(), photograph({ uid: uidOf(14) })))).slo).toBeUndefined()
    expect((await readScan(set(nameless, left))).slo).toBeUndefined()
  })

  it('one in colour or cut off is left out; the scan is shown', async () => {
    const colour = photograph({
      extra: [
        [0x00280002, 'US', [3]],
        [0x00280004, 'CS', 'RGB'],
      ],
    })
    expect((await readScan(set(tomogram(3), colour))).slo).toBeUndefined()
    for (const length of [300, 1500]) expect((await readScan(set(tomogram(3), writeDicom(photograph()).subarray(0, length)))).slo).toBeUndefined()
  })

  it('en-face pictures come by their names, and lie where they say', async () => {
    const at: ElementOut = [
      0x00220031,
      'SQ',
      [
        [
          [0x00081155, 'UI', sloUid],
          [0x00220032, 'FL', [8, 16, 24, 32]],
          [0x00220039, 'CS', 'TRANSVERSE'],
        ],
      ],
    ]
    const placed = await readScan(set(enFace({ extra: [at] }), tomogram(3), photograph()))
    expect(placed.pictures[0]?.place).toEqual(near({ from: { x: 0.2, y: 0.1 }, to: { x: 0.4, y: 0.3 } }))
    const scan = await readScan(set(enFace(), tomogram(3), photograph()))
    expect(scan.pictures[0]).not.toHaveProperty('place')
    expect(scan.pictures).toMatchObject([{ label: 'Structural reflectance map', width, height, spacing: near(sloScale), pixels: { file: 0 } }])
  })
})

describe('the rest', () => {
  it.each([
    ['R', 'OD'],
    ['L', 'OS'],
    ['B', 'unknown'],
  ] as const)('the eye %s is %s', async (laterality, eye) => {
    expect((await readScan(set(tomogram(1, { laterality })))).laterality).toBe(eye)
  })

  it('an eye named two ways is unknown, one named once is known', async () => {
    expect((await readScan(set(tomogram(1, { extra: [[0x00200062, 'CS', 'L']] })))).laterality).toBe('unknown')
    expect((await readScan(set(without(tomogram(1, { extra: [[0x00200060, 'CS', 'OS']] }), 'laterality')))).laterality).toBe('OS')
  })

  it.each([
    ['20270311093000.25+0100', undefined, '2027-03-11T08:30:00.250Z'],
    ['20270311093000', '-0430', '2027-03-11T14:00:00.000Z'],
    ['20270311093000', undefined, undefined],
    ['20270231093000+0100', undefined, undefined],
    ['20270311', '+0100', undefined],
  ])('acquired at %s, zone %s: %s', async (acquiredAt, zone, expected) => {
    const scan = await readScan(set(tomogram(1, { acquiredAt, ...(zone ? { zone } : {}) })))
    expect(scan.acquiredAt).toBe(expected)
  })

  it('the optics of the eye', async () => {
    const scan = await readScan(set(tomogram(1, { axialLength: 24.12, field: 20, focus: -3.25 })))
    expect(scan).toMatchObject({ axialLength: 24.12, focus: -3.25, field: { width: 20, height: 0 } })
    expect((await readScan(set(tomogram(5, { field: 20 })))).field).toEqual({ width: 20, height: 27.8 })
    expect(await readScan(set(tomogram(1, { field: 20, locations: [ring(1)] })))).not.toHaveProperty('field')
    const bare = await readScan(set(tomogram(1, { axialLength: 0, field: 0 })))
    for (const key of ['axialLength', 'focus', 'field', 'art', 'edi', 'acquiredAt']) expect(bare).not.toHaveProperty(key)
  })

  it.each([
    ['Heidelberg Engineering', 'SPECTRALIS', 'Heidelberg SPECTRALIS'],
    ['Carl Zeiss Meditec', 'CIRRUS HD-OCT 5000', 'Carl Zeiss Meditec CIRRUS HD-OCT 5000'],
    ['Topcon Corporation', 'Topcon 3D OCT-2000 SN 8801234', 'Topcon 3D OCT-2000'],
    ['', '', 'unknown'],
  ])('the device %s, %s is %s', async (manufacturer, model, device) => {
    expect((await readScan(set(tomogram(1, { manufacturer, model })))).device).toBe(device)
  })

  it('single B-scans of one series are one scan in their order, those of the other eye another', async () => {
    const part = (index: number, more: Partial<DicomContent> = {}) =>
      tomogram(1, {
        number: index + 1,
        uid: uidOf(100 + index),
        locations: [lines(4)[index] as FrameLocation],
        frame: () => picture(8, index),
        ...more,
      })
    const left = part(3, { laterality: 'L', uid: uidOf(120) })
    const files = set(part(2), left, part(0), photograph(), part(3), part(1))
    const scan = await readScan(files)
    expect(scan).toMatchObject({ pattern: 'volume', laterality: 'OD', spacing: { between: expect.closeTo(0.25, 4) } })
    expect(scan.frames.map(({ pixels }) => pixels.file)).toEqual([2, 5, 0, 4])
    expect(scan.frames.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(scan.frames.map(({ location }) => location)).toEqual(near(lines(4)))
  })

  it('who it is never comes into the model, not even by the UIDs', async () => {
    const identity = {
      name: 'Marker^Anna',
      id: 'PAT-MARKER',
      birthDate: '19610203',
      accession: 'ACC-MARKER',
      station: 'STATION-MARKER',
      serial: 'SER-MARKER',
    }
    const scan = await readScan(set(tomogram(3, { identity, model: 'Generated 7712345' }), photograph({ identity }), enFace({ identity })))
    const told = JSON.stringify(scan)
    for (const mark of ['Marker', 'MARKER', '19610203', '7712345', '2.25.', sloUid]) expect(told).not.toContain(mark)
  })

  it('is known by its content', () => {
    const bytes = writeDicom(tomogram(1))
    expect(identify(bytes.subarray(0, 1024))).toBe('dicom-opt')
    expect(identify(bytes.subarray(0, 130))).toBeNull()
  })
})
