import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../errors.ts'
import type { FrameLocation, NamedSource, Scan } from '../../scan.ts'
import { synthesise } from '../../synth/index.ts'
import { randomFrom } from '../../synth/random.ts'
import { bytesSource } from '../bytes.ts'
import { identify, readScan } from '../index.ts'
import { readFrame, readVol, toDisplay } from '../vol.ts'
import { looksInverted } from './files.ts'
import { readHeyexXml } from './index.ts'
import { type HeyexXmlContent, writeHeyexXml, type XmlFrame } from './write.ts'

const width = 48
const height = 40

/** A dark B-scan with a bright band across it, as a retina lies in its picture. */
function frame(location: FrameLocation, seed: number): XmlFrame {
  const random = randomFrom(seed)
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const y = Math.floor(i / width)
    return (y > 12 && y < 22 ? 150 : 20) + Math.floor(random() * 40)
  })
  const ilm = Float32Array.from({ length: width }, (_, x) => (x < 3 ? Number.NaN : 12 + x / 16))
  return { width, height, pixels, location, quality: 27, art: 16, layers: [{ name: 'ILM', rows: ilm }] }
}

const line = (y: number): FrameLocation => ({ kind: 'line', start: { x: 1.5, y }, end: { x: 7.5, y } })
const spoke = (angle: number): FrameLocation => ({
  kind: 'line',
  start: { x: 4.5 - 3 * Math.cos(angle), y: 4.5 - 3 * Math.sin(angle) },
  end: { x: 4.5 + 3 * Math.cos(angle), y: 4.5 + 3 * Math.sin(angle) },
})
const ring = (radius: number): FrameLocation => ({ kind: 'ring', start: { x: 4.5 - radius, y: 4.4 }, centre: { x: 4.5, y: 4.4 }, radius })

const places: Record<HeyexXmlContent['pattern'], FrameLocation[]> = {
  line: [line(4)],
  volume: [6.807, 6.776, 6.744, 6.713].map(line),
  ring: [ring(1.8)],
  radial: [0, 0.7, 1.4, 2.1].map(spoke),
  'radial-circles': [spoke(0), spoke(1), spoke(2), ring(1.7), ring(2)],
}

function content(changes: Partial<HeyexXmlContent> = {}): HeyexXmlContent {
  const pattern = changes.pattern ?? 'volume'
  return {
    pattern,
    laterality: 'OD',
    spacing: { lateral: 0.011819, axial: 0.003872 },
    frames: places[pattern].map((location, index) => frame(location, index + 1)),
    pictures: { type: 'tif' },
    slo: { width: 60, height: 50, spacing: { x: 0.15, y: 0.16 }, field: 30, pixels: new Uint8Array(3000).fill(90) },
    ...changes,
  }
}

const named = (files: { name: string; bytes: Uint8Array }[]): NamedSource[] => files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }))
const read = (changes?: Partial<HeyexXmlContent>) => readScan(named(writeHeyexXml(content(changes))))

/** The export with its XML's text changed. */
function changed(edit: (text: string) => string, changes?: Partial<HeyexXmlContent>): NamedSource[] {
  const [xml, ...pictures] = writeHeyexXml(content(changes))
  const text = edit(Buffer.from((xml as { bytes: Uint8Array }).bytes).toString('latin1'))
  return named([{ name: 'scan.xml', bytes: new Uint8Array(Buffer.from(text, 'latin1')) }, ...pictures])
}

async function refused(files: NamedSource[]): Promise<ScansideError> {
  const error = await readHeyexXml(files, 0).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ScansideError)
  expect((error as ScansideError).message).toMatch(/Nothing was changed/)
  return error as ScansideError
}

describe('an export is read', () => {
  for (const pattern of ['line', 'volume', 'ring', 'radial', 'radial-circles'] as const) {
    it(`a ${pattern}: pattern, places, layers and what the device says of its B-scans`, async () => {
      const scan = await read({ pattern })
      expect(scan).toMatchObject({
        format: 'heidelberg-xml',
        device: 'Heidelberg Spectralis',
        formatVersion: '6.9.53.0',
        laterality: 'OD',
        pattern,
        width,
        height,
        spacing: { lateral: 0.011819, axial: 0.003872 },
        art: 16,
        slo: { width: 60, height: 50, spacing: { x: 0.15, y: 0.16 }, field: 30 },
        remarks: [],
      })
      expect(scan.frames.map(({ index }) => index)).toEqual(places[pattern].map((_, index) => index))
      scan.frames.forEach(({ location, quality, art, layers }, index) => {
        expect(location).toEqual({ ...places[pattern][index], ...(location.kind === 'ring' && { radius: expect.closeTo(location.radius, 6) }) })
        expect({ quality, art }).toEqual({ quality: 27, art: 16 })
        expect(layers[0]?.name).toBe('ILM')
        expect(layers[0]?.rows[2]).toBeNaN()
        expect(layers[0]?.rows[47]).toBeCloseTo(12 + 47 / 16, 1)
      })
      expect(scan.spacing.between).toBeCloseTo(pattern === 'volume' ? (6.807 - 6.713) / 3 : 0, 6)
    })
  }

  it('focus, EDI, resolution, field, grid and the time with its zone', async () => {
    const scan = await read({
      focus: -1.76,
      edi: true,
      resolution: 'HR',
      field: { width: 20, height: 15 },
      grid: { diameters: [1, 3, 6], centre: { x: 30, y: 25 }, zones: [{ name: 'C0', thickness: 256.4, volume: 0.2 }] },
      taken: { local: '2026-03-01T00:15:40.046', ahead: 60 },
    })
    expect(scan).toMatchObject({
      focus: -1.76,
      edi: true,
      resolution: 'HR',
      field: { width: 20, height: 15 },
      acquiredAt: '2026-02-28T23:15:40.046Z',
    })
    expect(scan.grids).toEqual([
      { kind: 'circular', diameters: [1, 3, 6], centre: { x: 4.5, y: 4 }, zones: [{ name: 'C0', thickness: 256.4, volume: 0.2 }] },
    ])
  })

  it('nothing is guessed where it says nothing', async () => {
    const files = changed((text) =>
      text
        .replace(/<Laterality>.*?<\/Laterality>/g, '')
        .replace(/<(Start|End)>[\s\S]*?<\/\1>/g, '')
        .replace(/<Type>Volume/, '<Type>Other'),
    )
    const scan = await readHeyexXml(files, 0)
    expect(scan).toMatchObject({ laterality: 'unknown', pattern: 'unknown', grids: [] })
    for (const key of ['acquiredAt', 'focus', 'edi', 'resolution', 'field'] as const) expect(scan[key]).toBeUndefined()
    expect(scan.frames.every(({ location }) => location.kind === 'unknown')).toBe(true)
  })

  it('a left ring says that its direction was not verified; eyes that differ are unknown', async () => {
    expect((await read({ pattern: 'ring', laterality: 'OS' })).remarks).toEqual(['orientation-not-verified'])
    const files = changed((text) => text.replace('<Laterality>R', '<Laterality>L'))
    expect((await readHeyexXml(files, 0)).laterality).toBe('unknown')
  })

  it('a day that is none, and the date of another study, are no time of this scan', async () => {
    const taken = { local: '2026-03-01T10:15:40', ahead: 60 }
    const leap = changed((text) => text.replace('<Month>03</Month>', '<Month>02</Month>').replace('<Day>01</Day>', '<Day>30</Day>'), { taken })
    expect((await readHeyexXml(leap, 0)).acquiredAt).toBeUndefined()
    const other = '<StudyDate><Date><Year>2001</Year><Month>01</Month><Day>01</Day></Date></StudyDate>'
    const dated = changed((text) => text.replace(/<StudyDate>[\s\S]*?<\/StudyDate>/, '').replace('<Study>', `<Study>${other}</Study><Study>`), {
      taken,
    })
    expect((await readHeyexXml(dated, 0)).acquiredAt).toBeUndefined()
  })

  it('of more grids than a device writes, those that can be shown', async () => {
    const grid = { diameters: [1, 3, 6], centre: { x: 30, y: 25 }, zones: [{ name: 'C0', thickness: 256.4, volume: 0.2 }] }
    const many = changed((text) => text.replace(/<ThicknessGrid>[\s\S]*<\/ThicknessGrid>/, (one) => one.repeat(5)), { grid })
    expect((await readHeyexXml(many, 0)).grids).toHaveLength(4)
  })

  it('a layer line whose list is empty is told as one without its values', async () => {
    for (const empty of ['<Array n="0" type="real"/>', '<Array n="0"> </Array>']) {
      const scan = await readHeyexXml(
        changed((text) => text.replace(/<Array[\s\S]*?<\/Array>/, empty)),
        0,
      )
      expect(scan.remarks).toEqual(['layers-missing'])
      expect(scan.frames.map(({ layers }) => layers.length)).toEqual([0, 1, 1, 1])
    }
  })

  it('a layer line switched off is left out, one without its values is told', async () => {
    expect(
      (
        await readHeyexXml(
          changed((text) => text.replaceAll('<Enabled>true', '<Enabled>false')),
          0,
        )
      ).frames[0]?.layers,
    ).toEqual([])
    expect(
      (
        await readHeyexXml(
          changed((text) => text.replace(/<Array[\s\S]*?<\/Array>/, '')),
          0,
        )
      ).remarks,
    ).toEqual(['layers-missing'])
  })

  it('no word of the patient, the operator or the ids comes into the scan', async () => {
    const secrets = ['Muster', 'Erika', 'P-4711', 'MCMLXI', 'Techniker', 'UID-12']
    const files = changed((text) =>
      text
        .replace('<ID></ID>', `<ID>${secrets[2]}</ID><Birthdate><Date><Year>${secrets[3]}</Year></Date></Birthdate>`)
        .replace('<PatientID></PatientID>', `<PatientID>${secrets[2]}</PatientID>`)
        .replace('<LastName></LastName>', `<LastName>${secrets[0]}</LastName>`)
        .replace('<FirstNames></FirstNames>', `<FirstNames>${secrets[1]}</FirstNames>`)
        .replace('<Operator></Operator>', `<Operator>${secrets[4]}</Operator>`)
        .replace('<Modality>', `<SeriesUID>${secrets[5]}</SeriesUID><Modality>`),
    )
    const told = JSON.stringify(await readHeyexXml(files, 0))
    for (const secret of secrets) expect(told).not.toContain(secret)
  })

  it.each(['utf16le', 'latin1'] as const)('in %s', async (encoding) => {
    const [xml, ...pictures] = writeHeyexXml(content({ prefix: 'ä' }))
    const text = Buffer.from((xml as { bytes: Uint8Array }).bytes)
      .toString('latin1')
      .replaceAll('&#228;', 'ä')
    const bytes = new Uint8Array(Buffer.from(encoding === 'utf16le' ? `\ufeff${text}` : text, encoding))
    expect(identify(bytes.subarray(0, 1024))).toBe('heidelberg-xml')
    expect((await readScan(named([...pictures, { name: 'x', bytes }]))).frames).toHaveLength(4)
  })
})

describe('the pictures', () => {
  it('are found whatever the slashes, escapes and case of their address', async () => {
    for (const url of ['file:///\\\\host\\a b\\', 'file://host/a%20b/', '']) {
      const files = changed((text) =>
        text.replace(/file:\/\/\/\\\\device\\export\\(\w+)\.tif/g, (_, name: string) => `${url}${name.toUpperCase()}%2ETIF`),
      )
      expect((await readHeyexXml(files, 0)).frames.map(({ pixels }) => pixels.file)).toEqual([2, 3, 4, 5])
    }
  })

  it('that are missing are left out and told', async () => {
    const files = named(writeHeyexXml(content()))
    const without = files.filter(({ name }) => name !== 'B2.tif')
    const scan = await readHeyexXml(without, 0)
    expect(scan.frames.map(({ location }) => location)).toEqual([line(6.807), line(6.744), line(6.713)])
    expect(scan.frames.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(scan.remarks).toEqual(['pictures-missing'])
    const noSlo = await readHeyexXml(
      files.filter(({ name }) => name !== 'SLO.tif'),
      0,
    )
    expect(noSlo.slo).toBeUndefined()
    expect(noSlo.remarks).toEqual(['pictures-missing'])
  })

  it('that are all missing: the sentence says so, how many, and what to do', async () => {
    const error = await refused(named(writeHeyexXml(content())).slice(0, 1))
    expect(error.message).toMatch(/4 B-scan pictures.*choose the whole export folder/)
    expect(error.message).not.toMatch(/B1|device/)
  })

  it('of a second series are taken where those of the first are not there', async () => {
    const other = writeHeyexXml(content({ pattern: 'ring', prefix: 'other' }))
    const series = /<Series>[\s\S]*<\/Series>/.exec(Buffer.from((other[0] as { bytes: Uint8Array }).bytes).toString('latin1'))?.[0] ?? ''
    const [xml] = changed((text) => text.replace('</Series>', `</Series>${series}`))
    expect((await readHeyexXml([xml as NamedSource, ...named(other.slice(1))], 0)).pattern).toBe('ring')
  })

  it('that have one name twice are not guessed at', async () => {
    const files = named(writeHeyexXml(content()))
    expect((await refused([...files, { ...(files[3] as NamedSource), name: 'b2.TIF' }])).message).toMatch(/ExamURL.*one export only/)
  })

  it.each([
    ['Width', 49, height],
    ['Height', width, 41],
  ])('whose size is not the one of the XML are refused, naming %s', async (tag, claimedWidth, claimedHeight) => {
    const files = changed((text) =>
      text.replaceAll(`<Width>${width}<`, `<Width>${claimedWidth}<`).replaceAll(`<Height>${height}<`, `<Height>${claimedHeight}<`),
    )
    expect(await refused(files)).toMatchObject({ code: 'invalid-file', details: { tag } })
  })

  it.each(['tif', 'png', 'bmp'] as const)('of an inverted export in %s are found to be so, the SLO is not', async (type) => {
    for (const inverted of [true, false]) {
      const scan = await read({ pictures: { type, inverted } })
      expect(scan.frames.map(({ pixels }) => pixels.coding)).toEqual(Array(4).fill({ kind: 'picture', type, inverted }))
      expect(scan.slo?.pixels.coding).toEqual({ kind: 'picture', type, inverted: false })
    }
  })

  it('are judged by most of them: one blank or damaged picture does not turn the rest', async () => {
    const files = writeHeyexXml(content({ pictures: { type: 'tif', inverted: true } }))
    files[2]?.bytes.fill(0, 150)
    expect((await readHeyexXml(named(files), 0)).frames[0]?.pixels.coding).toMatchObject({ inverted: true })
    const damaged = writeHeyexXml(content({ pictures: { type: 'png', inverted: true } }))
    damaged[2]?.bytes.fill(0, 60, 80)
    expect((await readHeyexXml(named(damaged), 0)).frames[0]?.pixels.coding).toMatchObject({ inverted: true })
  })

  it.each(['none', 'dark', 'cut-upper', 'badly-lit'] as const)('of a scan with the fault %s are told from their inversion', async (fault) => {
    const vol = bytesSource(synthesise({ pattern: 'line', laterality: 'OD', seed: 4, fault, width: 96 }))
    const shown = toDisplay(await readFrame(vol, await readVol(vol), 0))
    expect(looksInverted(shown)).toBe(false)
    expect(looksInverted(shown.map((value) => 255 - value))).toBe(true)
  })

  it('that say nothing of it count as not inverted', () => {
    const random = randomFrom(3)
    expect(looksInverted(Uint8Array.from({ length: 5000 }, () => Math.floor(random() * 256)))).toBe(false)
    expect(looksInverted(new Uint8Array(100))).toBe(false)
    expect(looksInverted(new Uint8Array(0))).toBe(false)
  })
})

describe('work is bounded', () => {
  it('1,000 B-scans: a few reads each, and their pixels left alone', async () => {
    const one = content().frames[0] as XmlFrame
    const frames = Array.from({ length: 1000 }, (_, index) => ({ ...one, location: line(8 - index / 200) }))
    let reads = 0
    let bytes = 0
    const files = named(writeHeyexXml(content({ frames }))).map(({ name, source }) => ({
      name,
      source: {
        size: source.size,
        read(offset: number, length: number) {
          reads++
          bytes += length
          return source.read(offset, length)
        },
      },
    }))
    const scan: Scan = await readHeyexXml(files, 0)
    expect(scan.frames).toHaveLength(1000)
    expect(reads).toBeLessThan(10_000)
    expect(bytes).toBeLessThan((files[0] as NamedSource).source.size + 1_000_000)
  })
})
