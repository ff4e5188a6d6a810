import { describe, expect, it } from 'vitest'
import { createNodeCodecs, encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs } from '../../test/support/codecs.ts'
import type { Compression, PixelCoding } from '../scan.ts'
import { type Codecs, type Decoded, decodePixels } from './decode.ts'
import { encodeRle } from './dicom/rle.ts'

type Stored = Extract<PixelCoding, { kind: 'stored' }>
const stored = (changes: Partial<Stored> = {}): Stored => ({
  kind: 'stored',
  compression: 'none',
  allocated: 8,
  bits: 8,
  bigEndian: false,
  inverted: false,
  ...changes,
})
const none: Codecs = { decode: () => Promise.reject(new Error('no decoder was to be asked')) }
const row = (width: number) => ({ width, height: 1 })

describe('decodePixels, uncompressed', () => {
  it('shows 8 bits as they are, without touching the file’s bytes', async () => {
    const bytes = Uint8Array.of(0, 1, 254, 255, 99)
    expect([...(await decodePixels(stored({ inverted: true }), bytes, row(4), none))]).toEqual([255, 254, 1, 0])
    expect([...(await decodePixels(stored(), bytes, row(4), none))]).toEqual([0, 1, 254, 255])
    expect([...bytes]).toEqual([0, 1, 254, 255, 99])
  })

  it('takes the most significant 8 of 12 and 16 bits, in either byte order', async () => {
    const twelve = Uint8Array.of(0xff, 0x0f, 0x10, 0x08, 0x0f, 0xf0)
    expect([...(await decodePixels(stored({ allocated: 16, bits: 12 }), twelve, row(3), none))]).toEqual([255, 0x81, 0])
    const sixteen = Uint8Array.of(0x12, 0x34, 0xff, 0x00)
    expect([...(await decodePixels(stored({ allocated: 16, bits: 16 }), sixteen, row(2), none))]).toEqual([0x34, 0])
    expect([...(await decodePixels(stored({ allocated: 16, bits: 16, bigEndian: true }), sixteen, row(2), none))]).toEqual([0x12, 0xff])
  })

  it('stretches fewer than 8 bits to the whole range', async () => {
    expect([...(await decodePixels(stored({ bits: 4 }), Uint8Array.of(0, 8, 15, 0xff), row(4), none))]).toEqual([0, 136, 255, 255])
  })

  it('refuses what is not as large as the header says', async () => {
    for (const [coding, bytes] of [
      [stored(), 3],
      [stored({ allocated: 16, bits: 16 }), 7],
      [{ kind: 'reflectivity-f32' }, 15],
      [{ kind: 'reflectivity-u16f' }, 9],
    ] as [PixelCoding, number][]) {
      await expect(decodePixels(coding, new Uint8Array(bytes), row(4), none)).rejects.toMatchObject({ code: 'invalid-file' })
    }
  })
})

describe('decodePixels, compressed', () => {
  const size = { width: 64, height: 48 }
  const grey = Uint8Array.from({ length: 64 * 48 }, (_, i) => 128 + 100 * Math.sin((i % 64) / 8) * Math.cos(i / 640))
  const deep = Uint16Array.from(grey, (value, i) => value * 16 + (i % 16))
  const codecs = createNodeCodecs()

  it('gives back exactly what was compressed without loss', async () => {
    const shape = { ...size, bits: 8 }
    const coded: [Compression, Uint8Array][] = [
      ['rle', encodeRle(grey, size.width)],
      ['jpeg-2000', await encodeJ2k(grey, { ...shape, lossless: true })],
      ['htj2k', await encodeHtj2k(grey, { ...shape, lossless: true })],
      ['jpeg-ls', await encodeJpegLs(grey, { ...shape, near: 0 })],
    ]
    for (const [compression, bytes] of coded) {
      expect(await decodePixels(stored({ compression }), bytes, size, codecs), compression).toEqual(grey)
      const turned = await decodePixels(stored({ compression, inverted: true }), bytes, size, codecs)
      expect(turned, compression).toEqual(grey.map((value) => 255 - value))
    }
  })

  it('takes the most significant 8 of 12 bits', async () => {
    const coding = { allocated: 16, bits: 12 } as const
    const coded: [Compression, Uint8Array][] = [
      ['rle', encodeRle(deep, size.width)],
      ['jpeg-2000', await encodeJ2k(deep, { ...size, bits: 12, lossless: true })],
      ['jpeg-ls', await encodeJpegLs(deep, { ...size, bits: 12, near: 0 })],
    ]
    for (const [compression, bytes] of coded) {
      expect(await decodePixels(stored({ ...coding, compression }), bytes, size, codecs), compression).toEqual(grey)
    }
  })

  it('shows a JPG picture as a JPEG frame', async () => {
    const bytes = await encodeJpeg(grey, { ...size, quality: 95 })
    const frame = await decodePixels(stored({ compression: 'jpeg' }), bytes, size, codecs)
    expect(await decodePixels({ kind: 'picture', type: 'jpg', inverted: false }, bytes, size, codecs)).toEqual(frame)
    expect(Math.max(...frame.map((value, i) => Math.abs(value - (grey[i] as number))))).toBeLessThan(12)
  })

  it('refuses a picture of another size, smaller or larger', async () => {
    const bytes = await encodeJ2k(grey, { ...size, bits: 8, lossless: true })
    for (const other of [
      { width: 64, height: 49 },
      { width: 64, height: 47 },
    ]) {
      await expect(decodePixels(stored({ compression: 'jpeg-2000' }), bytes, other, codecs)).rejects.toMatchObject({ code: 'invalid-file' })
    }
  })

  it('shows three channels by their luminance', async () => {
    const three: Decoded = { width: 2, height: 1, samples: 3, bits: 8, pixels: Uint8Array.of(90, 90, 90, 255, 0, 0) }
    const pixels = await decodePixels(stored({ compression: 'jpeg' }), new Uint8Array(1), row(2), { decode: async () => three })
    expect([...pixels]).toEqual([90, 76])
  })
})
