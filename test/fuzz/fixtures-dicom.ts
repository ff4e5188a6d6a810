/** Small DICOM sets: every transfer syntax, the kinds of file that belong together, and who-it-is fields that nothing may show. */
import { encodeJpegLossless } from '../../oct/formats/dicom/jpeg-lossless-write.ts'
import { type SyntaxName, transferSyntaxes } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, uidOf, writeDicom } from '../../oct/formats/dicom/write.ts'
import type { FrameLocation } from '../../oct/scan.ts'
import { encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs, type GreyValues } from '../support/codecs.ts'
import type { Fixture, FixtureFile } from './mutate.ts'
import { dicomNumbers } from './numbers.ts'

const width = 32
const height = 40
const sloUid = uidOf(10)
const sloScale = { x: 0.0125, y: 0.0125 }
const frames = 3

function picture(bits: number, frame: number): GreyValues {
  const most = 2 ** bits - 1
  const values = Array.from({ length: width * height }, (_, i) =>
    Math.floor(most * (0.5 + 0.4 * Math.sin(((i % width) + 5 * frame) / 9) * Math.cos(i / width / 7))),
  )
  return bits > 8 ? Uint16Array.from(values) : Uint8Array.from(values)
}

const encoders: Partial<Record<SyntaxName, (pixels: GreyValues, bits: number) => Promise<Uint8Array> | Uint8Array>> = {
  jpeg: (pixels) => encodeJpeg(Uint8Array.from(pixels), { width, height, quality: 90 }),
  'jpeg-extended': (pixels) => encodeJpeg(Uint8Array.from(pixels), { width, height, quality: 90 }),
  'jpeg-lossless': (pixels, bits) => encodeJpegLossless(pixels, { width, height, bits }),
  'jpeg-lossless-sv1': (pixels, bits) => encodeJpegLossless(pixels, { width, height, bits }),
  'jpeg-ls': (pixels, bits) => encodeJpegLs(pixels, { width, height, bits, near: 0 }),
  'jpeg-ls-near': (pixels, bits) => encodeJpegLs(pixels, { width, height, bits, near: 2 }),
  'jpeg-2000-lossless': (pixels, bits) => encodeJ2k(pixels, { width, height, bits, lossless: true }),
  'jpeg-2000': (pixels, bits) => encodeJ2k(pixels, { width, height, bits, lossless: false }),
  'htj2k-lossless': (pixels, bits) => encodeHtj2k(pixels, { width, height, bits, lossless: true }),
  'htj2k-lossless-rpcl': (pixels, bits) => encodeHtj2k(pixels, { width, height, bits, lossless: true }),
  htj2k: (pixels, bits) => encodeHtj2k(pixels, { width, height, bits, lossless: false }),
}

const line = (index: number): FrameLocation => ({ kind: 'line', start: { x: 0.1, y: 0.4 - 0.1 * index }, end: { x: 0.4, y: 0.4 - 0.1 * index } })

async function tomogram(syntax: SyntaxName, more: Partial<DicomContent> = {}): Promise<FixtureFile> {
  const count = more.frames ?? frames
  const bits = more.stored ?? more.allocated ?? 8
  const pixels = Array.from({ length: count }, (_, index) => picture(bits, index))
  const encode = encoders[syntax]
  const encoded = encode === undefined ? [] : await Promise.all(pixels.map((each) => encode(each, bits)))
  return {
    name: 'IM0',
    bytes: new Uint8Array(
      writeDicom({
        kind: 'opt',
        syntax,
        width,
        height,
        frames: count,
        frame: (index) => pixels[index] ?? picture(bits, index),
        encode: (_, index) => encoded[index] ?? new Uint8Array(0),
        laterality: 'R',
        spacing: { axial: 0.0039, lateral: 0.01 },
        thickness: 0.1,
        axialLength: 24.1,
        reference: { uid: sloUid, spacing: sloScale },
        locations: Array.from({ length: count }, (_, index) => line(index)),
        acquiredAt: '20270311093000+0100',
        ...more,
      }),
    ),
  }
}

const around: FrameLocation = {
  kind: 'path',
  points: Array.from({ length: width }, (_, i) => ({
    x: 0.25 + 0.1 * Math.cos((2 * Math.PI * i) / width),
    y: 0.25 + 0.1 * Math.sin((2 * Math.PI * i) / width),
  })),
}

function beside(kind: 'op' | 'en-face', number: number): FixtureFile {
  return {
    name: `IM${number}`,
    bytes: new Uint8Array(
      writeDicom({
        kind,
        syntax: 'explicit',
        width,
        height,
        frames: 1,
        frame: () => picture(8, number),
        laterality: 'R',
        spacing: { axial: sloScale.y, lateral: sloScale.x },
        field: 30,
        uid: kind === 'op' ? sloUid : uidOf(11),
      }),
    ),
  }
}

export async function dicomFixtures(): Promise<Fixture[]> {
  const every = Object.keys(transferSyntaxes) as SyntaxName[]
  const alone = await Promise.all(every.map(async (syntax): Promise<Fixture> => ({ name: syntax, files: [await tomogram(syntax)] })))
  const deep = await Promise.all(
    (['explicit', 'big-endian', 'rle', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000-lossless', 'htj2k-lossless'] as const).map(
      async (syntax): Promise<Fixture> => ({ name: `${syntax}, 16 bits`, files: [await tomogram(syntax, { allocated: 16, stored: 12 })] }),
    ),
  )
  const sets: Fixture[] = [
    { name: 'with OP and en-face', files: [await tomogram('explicit'), beside('op', 1), beside('en-face', 2)] },
    { name: 'ring with OP', files: [await tomogram('explicit', { frames: 1, locations: [around] }), beside('op', 1)] },
    {
      name: 'in fragments',
      files: [await tomogram('jpeg-2000-lossless', { fragments: 3, offsets: 'empty', measuresPerFrame: true }), beside('op', 1)],
    },
    { name: 'extended offsets', files: [await tomogram('rle', { offsets: 'extended', inverted: true })] },
  ]
  return [...alone, ...deep, ...sets].map(({ name, files }) => ({
    name,
    files: files.map((file) => ({ ...file, numbers: dicomNumbers(file.bytes) })),
  }))
}
