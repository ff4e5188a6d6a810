import { describe, expect, it } from 'vitest'
import { uidOf, writeDicom } from '../../formats/dicom/write.ts'
import { writeHeyexXml } from '../../formats/heyex-xml/write.ts'
import { bytesSource, readFrame, readSlo, readVol, toDisplay } from '../../formats/vol.ts'
import type { Scan } from '../../scan.ts'
import { type SynthOptions, synthesise } from '../../synth/index.ts'
import { judge } from '../judge.ts'

const small = { laterality: 'OD', seed: 11, width: 256, frames: 3 } as const

interface Shown {
  bytes: Uint8Array
  scan: Scan
  slo: Uint8Array
  frames: Uint8Array[]
}

async function shown(options: Pick<SynthOptions, 'pattern' | 'fault'>): Promise<Shown> {
  const bytes = synthesise({ ...small, ...options })
  const source = bytesSource(bytes)
  const scan = await readVol(source)
  const frames = await Promise.all(scan.frames.map(async ({ index }) => Uint8Array.from(toDisplay(await readFrame(source, scan, index)))))
  return { bytes, scan, slo: await readSlo(source, scan), frames }
}

const slices = ({ scan }: Shown) => ({ width: scan.slo?.width ?? 0, height: scan.slo?.height ?? 0, spacing: scan.slo?.spacing ?? { x: 0, y: 0 } })

function xml(from: Shown) {
  const { scan, frames, slo } = from
  return writeHeyexXml({
    pattern: scan.pattern as 'line',
    laterality: 'OD',
    spacing: scan.spacing,
    frames: scan.frames.map(({ width, height, location, layers, quality }, i) => ({
      width,
      height,
      location,
      layers,
      pixels: frames[i] ?? new Uint8Array(0),
      ...(quality === undefined ? {} : { quality }),
    })),
    pictures: { type: 'tif' },
    slo: { ...slices(from), pixels: slo },
  })
}

function dicom(from: Shown) {
  const { scan, frames, slo } = from
  const picture = slices(from)
  const common = { laterality: 'R', manufacturer: 'Heidelberg Engineering', model: 'Spectralis' } as const
  const uid = uidOf(7)
  const tomography = writeDicom({
    ...common,
    kind: 'opt',
    syntax: 'rle',
    width: scan.width,
    height: scan.height,
    frames: frames.length,
    frame: (index) => frames[index] ?? new Uint8Array(0),
    spacing: scan.spacing,
    locations: scan.frames.map(({ location }) => location),
    reference: { uid, spacing: picture.spacing },
    uid: uidOf(8),
  })
  const { width, height, spacing } = picture
  const photograph = writeDicom({
    ...common,
    kind: 'op',
    syntax: 'explicit',
    width,
    height,
    frames: 1,
    frame: () => slo,
    spacing: { axial: spacing.y, lateral: spacing.x },
    uid,
  })
  return [
    { name: 'a.dcm', bytes: tomography },
    { name: 'b.dcm', bytes: photograph },
  ]
}

const judged = async (files: { name: string; bytes: Uint8Array }[]) => {
  const { criteria } = await judge(files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) })))
  return (id: string) => criteria.find((each) => each.id === id)
}

describe.each<Pick<SynthOptions, 'pattern' | 'fault'>>([
  { pattern: 'line' },
  { pattern: 'ring' },
  { pattern: 'line', fault: 'dark' },
  { pattern: 'ring', fault: 'badly-lit' },
])('the same scan, %j', (options) => {
  it('is judged alike as .vol, as XML and as DICOM', async () => {
    const from = await shown(options)
    const raw = await judged([{ name: '', bytes: from.bytes }])
    for (const [format, of] of [
      ['xml', await judged(xml(from))],
      ['dicom', await judged(dicom(from))],
    ] as const) {
      // The DICOM file has no lines: its are found in the picture, which moves what lies between them a little.
      const near = format === 'xml' ? 0.02 : 0.06
      for (const id of ['S.snr', 'S.cnr', 'I', 'I.vignette', 'I.saturated', 'I.dark', 'I.bscan', 'B', 'O.blur']) {
        const [here, there] = [raw(id), of(id)]
        expect([format, id, there?.status]).toEqual([format, id, here?.status])
        expect(Math.abs((here?.value ?? 0) - (there?.value ?? 0)), `${format} ${id}`).toBeLessThanOrEqual(near * Math.max(1, here?.value ?? 0))
      }
      expect(Math.abs((raw('O.blur.bscan')?.value ?? 0) - (of('O.blur.bscan')?.value ?? 0))).toBeLessThan(0.6)
    }
  })
})
