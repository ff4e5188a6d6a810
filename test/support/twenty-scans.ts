/** Twenty small scans, every format and every way of keeping pictures among them: what is judged alike wherever it is judged. */

import { bytesSource } from '../../oct/formats/bytes.ts'
import { encodeJpegLossless } from '../../oct/formats/dicom/jpeg-lossless-write.ts'
import type { SyntaxName, transferSyntaxes } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, uidOf, writeDicom } from '../../oct/formats/dicom/write.ts'
import { writeE2e } from '../../oct/formats/e2e/write.ts'
import type { NamedSource } from '../../oct/scan.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { height, photograph, picture, sloScale, tomogram, width } from '../formats/dicom-fixtures.ts'
import { xmlFixtures } from '../fuzz/fixtures-xml.ts'
import { smallE2e } from '../fuzz/small-e2e.ts'
import { encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs } from './codecs.ts'

export interface TestScan {
  name: string
  files: { name: string; bytes: Uint8Array }[]
}

export const sourcesOf = ({ files }: TestScan): NamedSource[] => files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }))

const shape = { width, height, bits: 8 }
type Encode = (pixels: Uint8Array) => Promise<Uint8Array>
const encoders: Partial<Record<SyntaxName, Encode>> = {
  jpeg: (pixels) => encodeJpeg(pixels, { width, height, quality: 90 }),
  'jpeg-lossless': async (pixels) => encodeJpegLossless(pixels, shape),
  'jpeg-ls': (pixels) => encodeJpegLs(pixels, { ...shape, near: 0 }),
  'jpeg-2000-lossless': (pixels) => encodeJ2k(pixels, { ...shape, lossless: true }),
  'htj2k-lossless': (pixels) => encodeHtj2k(pixels, { ...shape, lossless: true }),
}

async function dicom(syntax: SyntaxName, more: Partial<DicomContent> = {}): Promise<Uint8Array> {
  const frames = 3
  const encode = encoders[syntax]
  const coded = encode && (await Promise.all(Array.from({ length: frames }, (_, index) => encode(picture(8, index) as Uint8Array))))
  const content = { syntax, allocated: 8, stored: 8, ...more } as const
  return writeDicom(tomogram(frames, { ...content, ...(coded ? { encode: (_: unknown, index: number) => coded[index] as Uint8Array } : {}) }))
}

let made: Promise<TestScan[]> | null = null

/** Made once; the same bytes each time. */
export function twentyScans(): Promise<TestScan[]> {
  made ??= make()
  return made
}

async function make(): Promise<TestScan[]> {
  const vol = (name: string, options: Parameters<typeof synthesise>[0]): TestScan => ({
    name: `vol ${name}`,
    files: [{ name: 'a.vol', bytes: synthesise({ width: 96, height: 248, ...options }) }],
  })
  const syntaxes = ['explicit', 'implicit', 'deflated', 'rle', ...Object.keys(encoders)] as (keyof typeof transferSyntaxes)[]
  const exports = (await xmlFixtures()).slice(0, 4)
  const scans: TestScan[] = [
    vol('ring', { pattern: 'ring', laterality: 'OD', seed: 1 }),
    vol('ring, dark', { pattern: 'ring', laterality: 'OS', seed: 2, fault: 'dark' }),
    vol('line', { pattern: 'line', laterality: 'OD', seed: 3 }),
    vol('volume', { pattern: 'volume', laterality: 'OS', seed: 4, frames: 13 }),
    vol('volume, cut', { pattern: 'volume', laterality: 'OD', seed: 5, frames: 7, fault: 'cut-upper' }),
    ...(await Promise.all(
      syntaxes.map(async (syntax, index) => ({
        name: `dicom ${syntax}`,
        files: [{ name: 'IM0', bytes: await dicom(syntax, { reference: { uid: uidOf(50 + index), spacing: sloScale } }) }],
      })),
    )),
    {
      name: 'dicom, tomography and its photograph',
      files: [
        { name: 'IM0', bytes: await dicom('explicit', { laterality: 'L' }) },
        { name: 'IM1', bytes: writeDicom(photograph({ laterality: 'L' })) },
      ],
    },
    ...exports.map(({ name, files }) => ({ name: `xml ${name}`, files: files.map((file) => ({ name: file.name, bytes: file.bytes })) })),
    { name: 'e2e', files: [{ name: 'a.e2e', bytes: writeE2e(smallE2e()) }] },
  ]
  return scans
}
