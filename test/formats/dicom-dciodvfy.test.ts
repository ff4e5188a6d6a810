/** Every kind of DICOM file the writer writes, judged by `dciodvfy` (Debian: dicom3tools). Without the tool this fails: it is a check, not a wish. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SyntaxName } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, writeDicom } from '../../oct/formats/dicom/write.ts'
import type { FrameLocation } from '../../oct/scan.ts'
import { encodeJ2k, encodeJpeg } from '../support/codecs.ts'
import { enFace, height, lines, photograph, picture, tomogram, width, without } from './dicom-fixtures.ts'

/**
 * PS3.3 C.8.17.7 demands these three attributes of an OPT image, with the values that say it is no concatenation, and C.7.6.16 says that it makes
 * an exception for that; the tool knows the demand and not the exception, so that it reports them either way.
 */
const knownContradiction = /(ConcatenationFrameOffsetNumber|InConcatenationNumber|InConcatenationTotalNumber)/

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-dciodvfy-'))
})
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** The tool's lines about a file. */
async function judged(content: DicomContent): Promise<string[]> {
  const path = join(folder, 'file.dcm')
  await writeFile(path, writeDicom(content))
  return new Promise((resolve, reject) => {
    execFile('dciodvfy', ['-new', path], (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') reject(new Error('dciodvfy is not installed (Debian: apt-get install dicom3tools)'))
      else resolve(`${stdout}\n${stderr}`.split('\n').filter((line) => line !== ''))
    })
  })
}

async function expectConforming(content: DicomContent, iod: string): Promise<void> {
  const found = await judged(content)
  expect(found).toContain(iod)
  const errors = found.filter((line) => line.startsWith('Error') && !knownContradiction.test(line))
  expect(errors).toEqual([])
  const warnings = found.filter((line) => line.startsWith('Warning') && !/needed to build DICOMDIR|Value is zero/.test(line))
  expect(warnings).toEqual([])
}

const opt = 'OphthalmicTomographyImage'
const centre = { x: 2, y: 2 }
const ring: FrameLocation = { kind: 'ring', start: { x: 1, y: 2 }, centre, radius: 1, direction: 1 }
const star: FrameLocation[] = [
  { kind: 'line', start: { x: 1, y: 2 }, end: { x: 3, y: 2 } },
  { kind: 'line', start: { x: 2, y: 1 }, end: { x: 2, y: 3 } },
]
const path: FrameLocation = { kind: 'path', points: Array.from({ length: width }, (_, i) => ({ x: 1 + i / 50, y: 2 + Math.sin(i) })) }
const area: FrameLocation = { kind: 'area', from: { x: 1, y: 1 }, to: { x: 3, y: 3 } }
const planes = [0, 1, 2].map((index) => ({ position: [0, 0, -0.2 * index], orientation: [1, 0, 0, 0, 1, 0] }) as const)
const seen = { axialLength: 24.1, field: 30, focus: -1.5, acquiredAt: '20270311093000+0100' }

describe('dciodvfy finds no error in', () => {
  const tries: [string, DicomContent][] = [
    ['a line', tomogram(1, { ...seen, locations: lines(1) })],
    ['a volume', tomogram(4, seen)],
    ['a ring', tomogram(1, { ...seen, locations: [ring] })],
    ['a radial scan', tomogram(2, { ...seen, locations: star })],
    ['a radial scan with a circle', tomogram(3, { ...seen, locations: [...star, ring] })],
    ['a path', tomogram(1, { ...seen, locations: [path] })],
    ['an en-face frame', tomogram(1, { ...seen, locations: [area] })],
    ['a volume without a photograph', without(tomogram(3, { ...seen, planes }), 'reference', 'locations')],
    ['a volume with sequences of undefined length', tomogram(3, { ...seen, open: true })],
    ['a volume of the left eye with measures in every frame', tomogram(3, { ...seen, laterality: 'L', measuresPerFrame: true })],
  ]
  it.each(tries)('OPT: %s', (_, content) => expectConforming(content, opt))

  it.each(['implicit', 'big-endian', 'rle'] as SyntaxName[])('OPT: %s', (syntax) => expectConforming(tomogram(3, { ...seen, syntax }), opt))

  it('OPT: deflated, which the tool cannot read, holds what is not deflated', () => {
    const dataset = (syntax: SyntaxName) => {
      const bytes = writeDicom(tomogram(3, { ...seen, syntax }))
      return bytes.subarray(144 + new DataView(bytes.buffer).getUint32(140, true))
    }
    expect(new Uint8Array(inflateRawSync(dataset('deflated')))).toEqual(dataset('explicit'))
  })

  it('OPT: 16 bits, lossless and lossy, with a table of offsets and without', async () => {
    const wide = await encodeJ2k(picture(16), { width, height, bits: 16, lossless: true })
    const sixteen = { allocated: 16, stored: 16 } as const
    await expectConforming(tomogram(2, { ...seen, ...sixteen }), opt)
    await expectConforming(tomogram(2, { ...seen, ...sixteen, syntax: 'jpeg-2000-lossless', encode: () => wide }), opt)
    const lossy = await encodeJpeg(picture(8) as Uint8Array, { width, height, quality: 90 })
    await expectConforming(tomogram(2, { ...seen, syntax: 'jpeg', offsets: 'empty', encode: () => lossy }), opt)
  })

  it('OP: the photograph', () => expectConforming(photograph({ acquiredAt: '20270311093000+0100' }), 'OphthalmicPhotography8BitImage'))
  it('OPT en face', () => expectConforming(enFace(), 'OphthalmicOpticalCoherenceTomographyEnFaceImage'))
})
