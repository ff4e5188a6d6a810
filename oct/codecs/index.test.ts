import { describe, expect, it } from 'vitest'
import { createNodeCodecs, encodeHtj2k, encodeJ2k, encodeJpeg, encodeJpegLs } from '../../test/support/codecs.ts'
import { ScansideError } from '../errors.ts'
import { encodeJpegLossless } from '../formats/dicom/jpeg-lossless-write.ts'
import { createCodecs } from './index.ts'

const width = 96
const height = 64
/** A smooth picture with a little grain. */
const picture = (bits: number) => {
  const most = 2 ** bits - 1
  const value = (i: number) => {
    const wave = 0.5 + 0.4 * Math.sin((i % width) / 9) * Math.cos(Math.floor(i / width) / 7)
    return Math.floor(most * wave) ^ ((i * 7) % 3)
  }
  return bits > 8 ? Uint16Array.from({ length: width * height }, (_, i) => value(i)) : Uint8Array.from({ length: width * height }, (_, i) => value(i))
}
const limit = { width, height }
const codecs = createNodeCodecs()
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)))
  return a.length === b.length ? most : Number.POSITIVE_INFINITY
}

describe('createCodecs', () => {
  for (const bits of [8, 12, 16]) {
    it(`gives back what was compressed without loss, ${bits} bits`, async () => {
      const pixels = picture(bits)
      const shape = { width, height, bits }
      for (const [compression, bytes] of [
        ['jpeg-2000', await encodeJ2k(pixels, { ...shape, lossless: true })],
        ['htj2k', await encodeHtj2k(pixels, { ...shape, lossless: true })],
        ['jpeg-ls', await encodeJpegLs(pixels, { ...shape, near: 0 })],
        ['jpeg-lossless', encodeJpegLossless(pixels, shape)],
      ] as const) {
        const decoded = await codecs.decode(compression, bytes, limit)
        expect(decoded, compression).toMatchObject({ width, height, samples: 1, bits })
        expect(decoded.pixels, compression).toEqual(pixels)
      }
    })
  }

  it('stays near what was compressed with loss', async () => {
    const pixels = picture(8) as Uint8Array
    const shape = { width, height, bits: 8 }
    const jpeg = await codecs.decode('jpeg', await encodeJpeg(pixels, { width, height, quality: 95 }), limit)
    expect(apart(jpeg.pixels, pixels)).toBeLessThanOrEqual(8)
    const near = await codecs.decode('jpeg-ls', await encodeJpegLs(pixels, { ...shape, near: 2 }), limit)
    expect(apart(near.pixels, pixels)).toBeLessThanOrEqual(2)
    for (const [compression, bytes] of [
      ['jpeg-2000', await encodeJ2k(pixels, { ...shape, lossless: false })],
      ['htj2k', await encodeHtj2k(pixels, { ...shape, lossless: false })],
    ] as const) {
      expect(apart((await codecs.decode(compression, bytes, limit)).pixels, pixels), compression).toBeLessThanOrEqual(40)
    }
  })

  it('asks for no decoder where the picture is larger than the file says', async () => {
    const asked: string[] = []
    const watched = createCodecs((name) => {
      asked.push(name)
      return Promise.reject(new Error('not here'))
    })
    const bytes = await encodeJ2k(picture(8), { width, height, bits: 8, lossless: true })
    await expect(watched.decode('jpeg-2000', bytes, { width, height: height - 1 })).rejects.toMatchObject({ code: 'invalid-file' })
    expect(asked).toEqual([])
    await expect(watched.decode('jpeg-2000', bytes, limit)).rejects.toMatchObject({ code: 'internal' })
    await expect(watched.decode('jpeg-2000', bytes, limit)).rejects.toMatchObject({ code: 'internal' })
    expect(asked).toEqual(['openjpeg', 'openjpeg'])
  })

  it('tells damaged pictures, and decodes the next one all the same', async () => {
    const pixels = picture(8) as Uint8Array
    const shape = { width, height, bits: 8 }
    const whole = {
      'jpeg-2000': await encodeJ2k(pixels, { ...shape, lossless: true }),
      htj2k: await encodeHtj2k(pixels, { ...shape, lossless: true }),
      'jpeg-ls': await encodeJpegLs(pixels, { ...shape, near: 0 }),
      jpeg: await encodeJpeg(pixels, { width, height, quality: 80 }),
      'jpeg-lossless': encodeJpegLossless(pixels, shape),
    }
    for (const [compression, bytes] of Object.entries(whole) as [keyof typeof whole, Uint8Array][]) {
      for (let turn = 0; turn < 24; turn++) {
        const bad = turn % 2 ? bytes.slice(0, Math.floor((bytes.length * turn) / 24)) : bytes.slice()
        for (let hit = 0; hit < 6; hit++) if (turn % 2 === 0) bad[(turn * 7919 + hit * 104729) % bad.length] = (turn * 37 + hit * 11) & 255
        const end = await codecs.decode(compression, bad, limit).then(
          (decoded) => decoded.pixels.length <= width * height * decoded.samples,
          (error: unknown) => error instanceof ScansideError && (error.code === 'invalid-file' || error.code === 'not-supported'),
        )
        expect(end, `${compression} ${turn}`).toBe(true)
      }
      expect((await codecs.decode(compression, bytes, limit)).pixels.length).toBe(width * height)
    }
  })
})
