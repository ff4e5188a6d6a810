/** DICOM there and back: every transfer syntax, 8 to 16 bits, every way of finding frames again; pixel for pixel, lossy ones within a bound. */
import { describe, expect, it } from 'vitest'
import { decodePixels } from '../../oct/formats/decode.ts'
import { encodeJpegLossless } from '../../oct/formats/dicom/jpeg-lossless-write.ts'
import { type SyntaxName, transferSyntaxes } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, writeDicom } from '../../oct/formats/dicom/write.ts'
import { rawPixels, readableSources, readScan } from '../../oct/formats/index.ts'
import type { NamedSource, Scan } from '../../oct/scan.ts'
import { createNodeCodecs, encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs } from '../support/codecs.ts'
import { height, picture, set, tomogram, width } from './dicom-fixtures.ts'

const codecs = createNodeCodecs()
const frames = 3

type Encoder = (pixels: Uint8Array | Uint16Array, bits: number) => Promise<Uint8Array>
const shape = (bits: number) => ({ width, height, bits })

const encoders: Partial<Record<SyntaxName, Encoder>> = {
  jpeg: (pixels) => encodeJpeg(pixels as Uint8Array, { width, height, quality: 90 }),
  'jpeg-lossless': async (pixels, bits) => encodeJpegLossless(pixels, shape(bits)),
  'jpeg-lossless-sv1': async (pixels, bits) => encodeJpegLossless(pixels, shape(bits)),
  'jpeg-ls': (pixels, bits) => encodeJpegLs(pixels, { ...shape(bits), near: 0 }),
  'jpeg-ls-near': (pixels, bits) => encodeJpegLs(pixels, { ...shape(bits), near: 3 }),
  'jpeg-2000-lossless': (pixels, bits) => encodeJ2k(pixels, { ...shape(bits), lossless: true }),
  'jpeg-2000': (pixels, bits) => encodeJ2k(pixels, { ...shape(bits), lossless: false }),
  'htj2k-lossless': (pixels, bits) => encodeHtj2k(pixels, { ...shape(bits), lossless: true }),
  'htj2k-lossless-rpcl': (pixels, bits) => encodeHtj2k(pixels, { ...shape(bits), lossless: true }),
  htj2k: (pixels, bits) => encodeHtj2k(pixels, { ...shape(bits), lossless: false }),
}

/** Grey levels of 256 by which a lossy picture may differ at most. */
const bounds: Partial<Record<SyntaxName, number>> = { jpeg: 12, 'jpeg-ls-near': 3, 'jpeg-2000': 24, htj2k: 12 }

async function written(syntax: SyntaxName, bits: number, more: Partial<DicomContent> = {}): Promise<NamedSource[]> {
  const encoder = encoders[syntax]
  const encoded = encoder && (await Promise.all(Array.from({ length: frames }, (_, index) => encoder(picture(bits, index), bits))))
  const content = { syntax, allocated: bits > 8 ? 16 : 8, stored: bits, ...more } as const
  return set(tomogram(frames, { ...content, ...(encoded ? { encode: (_: unknown, index: number) => encoded[index] as Uint8Array } : {}) }))
}

async function shown(files: NamedSource[], scan: Scan, index: number): Promise<Uint8Array> {
  const frame = scan.frames[index]
  if (frame === undefined) throw new RangeError(`no frame ${index}`)
  return decodePixels(frame.pixels.coding, await rawPixels(await readableSources(files, scan), frame.pixels), frame, codecs)
}

const most8 = (bits: number, index: number) => Uint8Array.from(picture(bits, index), (value) => value >> (bits - 8))

function apart(a: Uint8Array, b: Uint8Array): number {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)))
  return a.length === b.length ? most : Number.POSITIVE_INFINITY
}

const tries = (Object.keys(transferSyntaxes) as SyntaxName[])
  .filter((syntax) => syntax !== 'jpeg-extended')
  .flatMap((syntax) => (syntax === 'jpeg' ? [8] : [8, 12, 16]).map((bits) => [syntax, bits] as const))

describe('every transfer syntax', () => {
  it.each(tries)('%s, %i bits', async (syntax, bits) => {
    const files = await written(syntax, bits)
    const scan = await readScan(files)
    expect(scan).toMatchObject({ format: 'dicom-opt', formatVersion: transferSyntaxes[syntax].name, width, height, pattern: 'volume' })
    expect(scan.frames).toHaveLength(frames)
    const bound = bounds[syntax]
    for (let index = 0; index < frames; index++) {
      const difference = apart(await shown(files, scan, index), most8(bits, index))
      if (bound === undefined) expect(difference).toBe(0)
      else expect(difference).toBeLessThanOrEqual(bound)
    }
    expect(scan.deflated).toEqual(syntax === 'deflated' ? [0] : undefined)
    expect(scan.remarks.includes('lossy')).toBe(transferSyntaxes[syntax].lossy === 'always')
  })

  it('of pictures whose lowest value is white shows them turned', async () => {
    const files = await written('explicit', 8, { inverted: true })
    const scan = await readScan(files)
    expect(await shown(files, scan, 1)).toEqual(Uint8Array.from(picture(8, 1), (value) => 255 - value))
  })

  it('says that detail was lost where the header says it was', async () => {
    expect((await readScan(await written('jpeg-2000', 8, { lossy: true }))).remarks).toContain('lossy')
    expect((await readScan(await written('explicit', 8, { lossy: true }))).remarks).toContain('lossy')
  })
})

describe('frames are found again', () => {
  const offsets = ['basic', 'empty', 'extended'] as const
  it.each(offsets.flatMap((table) => [1, 4].map((fragments) => [table, fragments] as const)))(
    'with offsets %s and %i fragments each',
    async (table, fragments) => {
      const files = await written('jpeg-2000-lossless', 8, { offsets: table, fragments })
      const scan = await readScan(files)
      for (let index = 0; index < frames; index++) expect(await shown(files, scan, index)).toEqual(picture(8, index))
      expect(scan.frames[1]?.pixels.parts).toHaveLength(fragments)
    },
  )

  it('of run-length coded pictures by their table alone', async () => {
    const files = await written('rle', 16, { fragments: 3 })
    expect(await shown(files, await readScan(files), 2)).toEqual(most8(16, 2))
    await expect(readScan(await written('rle', 16, { fragments: 3, offsets: 'empty' }))).rejects.toThrow(/does not say which of its 9 fragments/)
  })

  it('by their beginnings where the table is nonsense', async () => {
    const bytes = writeDicom({ ...(await contentOf('jpeg-ls', 8)), fragments: 2 })
    const table = findTable(bytes)
    new DataView(bytes.buffer).setUint32(table + 4, 12_345, true)
    const files = set(bytes)
    expect(await shown(files, await readScan(files), 1)).toEqual(picture(8, 1))
  })

  it('of a single picture in all its fragments', async () => {
    const [encoded] = [await encodeJ2k(picture(8, 0), { ...shape(8), lossless: true })]
    const files = set(tomogram(1, { syntax: 'jpeg-2000-lossless', fragments: 5, offsets: 'empty', encode: () => encoded }))
    const scan = await readScan(files)
    expect(scan.pattern).toBe('line')
    expect(await shown(files, scan, 0)).toEqual(picture(8, 0))
  })
})

async function contentOf(syntax: SyntaxName, bits: number): Promise<DicomContent> {
  const encoder = encoders[syntax] as Encoder
  const encoded = await Promise.all(Array.from({ length: frames }, (_, index) => encoder(picture(bits, index), bits)))
  return tomogram(frames, { syntax, encode: (_, index) => encoded[index] as Uint8Array })
}

/** Where the basic offset table's values begin. */
function findTable(bytes: Uint8Array): number {
  const mark = [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42]
  for (let at = 0; at < bytes.length - 20; at++) if (mark.every((byte, index) => bytes[at + index] === byte)) return at + 20
  throw new RangeError('no pixel data')
}
