import { zlibSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../errors.ts'
import { randomFrom } from '../../synth/random.ts'
import { bytesSource } from '../bytes.ts'
import type { Codecs } from '../decode.ts'
import { decodePicture, pictureInfo, pictureType } from './index.ts'
import { type GreyPicture, writeBmp, writePng, writeTif } from './write.ts'

/** Runs, slow slopes and noise, so that every packer takes each of its ways. */
function picture(width: number, height: number): GreyPicture & { pixels: Uint8Array } {
  const random = randomFrom(width * height)
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width
    if (x < width / 3) return 40
    return x < width / 2 ? x & 255 : Math.floor(random() * 256)
  })
  return { width, height, pixels }
}

const noCodecs: Codecs = { decode: () => Promise.reject(new ScansideError('not-supported', 'no decoder here')) }

const decode = (bytes: Uint8Array, size: { width: number; height: number }, codecs = noCodecs) =>
  decodePicture(pictureType(bytes) ?? 'jpg', bytes, size, codecs)

/** A TIF with one directory of these entries (type LONG) and this content behind it. */
function tif(entries: [tag: number, value: number, count?: number][], content = new Uint8Array(0), size?: number): Uint8Array {
  const from = 8 + 2 + entries.length * 12 + 4
  const bytes = new Uint8Array(size ?? from + content.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length, 0])
  entries.forEach(([tag, value, count = 1], index) => {
    view.setUint16(10 + index * 12, tag, true)
    view.setUint16(12 + index * 12, 4, true)
    view.setUint32(14 + index * 12, count, true)
    view.setUint32(18 + index * 12, value, true)
  })
  bytes.set(content, from)
  return bytes
}

function png(width: number, height: number, depth: number, colour: number, data: Uint8Array, palette?: number[]): Uint8Array {
  const chunk = (name: string, content: Uint8Array) => {
    const bytes = new Uint8Array(content.length + 12)
    new DataView(bytes.buffer).setUint32(0, content.length)
    bytes.set(
      [...name].map((letter) => letter.charCodeAt(0)),
      4,
    )
    bytes.set(content, 8)
    return bytes
  }
  const head = new Uint8Array(13)
  new DataView(head.buffer).setUint32(0, width)
  new DataView(head.buffer).setUint32(4, height)
  head.set([depth, colour], 8)
  const parts = [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), chunk('IHDR', head)]
  if (palette) parts.push(chunk('PLTE', Uint8Array.from(palette)))
  parts.push(chunk('IDAT', data), chunk('IEND', new Uint8Array(0)))
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

describe('a picture comes back as it was written', () => {
  const kinds: [string, (of: GreyPicture) => Uint8Array][] = [
    ['TIF', (of) => writeTif(of)],
    ['TIF, LZW', (of) => writeTif(of, 'lzw')],
    ['TIF, deflate', (of) => writeTif(of, 'deflate')],
    ['TIF, PackBits', (of) => writeTif(of, 'packbits')],
    ['PNG', writePng],
    ['BMP', (of) => writeBmp(of)],
    ['BMP, top-down', (of) => writeBmp(of, true)],
  ]
  for (const [kind, write] of kinds) {
    for (const channels of [1, 3] as const) {
      it.each([
        [301, 203],
        [1, 1],
        [64, 64],
      ])(`${kind} in ${channels} channel(s), %i x %i`, async (width, height) => {
        const of = { ...picture(width, height), channels }
        const bytes = write(of)
        const info = await pictureInfo(bytesSource(bytes))
        expect(info).toMatchObject({ width, height })
        const decoded = await decode(bytes, info)
        expect(decoded).toMatchObject({ width, height, samples: 1, bits: 8 })
        expect(Buffer.compare(decoded.pixels as Uint8Array, of.pixels)).toBe(0)
      })
    }
  }
})

describe('other ways to keep a picture', () => {
  it('a PNG of 16 bits gives the highest eight', async () => {
    const { pixels } = await decode(png(2, 1, 16, 0, zlibSync(Uint8Array.of(0, 0x12, 0xff, 0xfe, 0x01))), { width: 2, height: 1 })
    expect([...pixels]).toEqual([0x12, 0xfe])
  })

  it('a PNG palette of 4 bits gives its colours, as grey', async () => {
    const bytes = png(3, 1, 4, 3, zlibSync(Uint8Array.of(0, 0x01, 0x20)), [10, 10, 10, 200, 200, 200, 255, 0, 0])
    expect([...(await decode(bytes, { width: 3, height: 1 })).pixels]).toEqual([10, 200, 76])
  })

  it('a PNG of 1 bit is black and white', async () => {
    expect([...(await decode(png(4, 1, 1, 0, zlibSync(Uint8Array.of(0, 0b01010000))), { width: 4, height: 1 })).pixels]).toEqual([0, 255, 0, 255])
  })

  it('colours become their luminance', async () => {
    const bytes = png(3, 1, 8, 2, zlibSync(Uint8Array.of(0, 255, 0, 0, 0, 255, 0, 90, 90, 90)))
    expect([...(await decode(bytes, { width: 3, height: 1 })).pixels]).toEqual([76, 149, 90])
  })

  it('a TIF whose white is zero is turned', async () => {
    const entries: [number, number][] = [
      [256, 3],
      [257, 1],
      [258, 8],
      [262, 0],
      [273, 8 + 2 + 6 * 12 + 4],
      [279, 3],
    ]
    expect([...(await decode(tif(entries, Uint8Array.of(0, 10, 255)), { width: 3, height: 1 })).pixels]).toEqual([255, 245, 0])
  })

  it('a TIF with differences to the left is summed up', async () => {
    const entries: [number, number][] = [
      [256, 4],
      [257, 1],
      [258, 8],
      [262, 1],
      [273, 8 + 2 + 7 * 12 + 4],
      [279, 4],
      [317, 2],
    ]
    expect([...(await decode(tif(entries, Uint8Array.of(5, 1, 1, 254)), { width: 4, height: 1 })).pixels]).toEqual([5, 6, 7, 5])
  })

  it('a JPG is decoded by the given codec, and its three channels become one', async () => {
    const codecs: Codecs = {
      decode: (compression, _, { width, height }) => {
        expect(compression).toBe('jpeg')
        return Promise.resolve({ width, height, samples: 3, bits: 8, pixels: Uint8Array.of(7, 7, 7, 255, 0, 0) })
      },
    }
    expect([...(await decodePicture('jpg', Uint8Array.of(0xff, 0xd8), { width: 2, height: 1 }, codecs)).pixels]).toEqual([7, 76])
  })

  it("a JPG's size is found behind its other segments", async () => {
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 9, 9, 0xff, 0xff, 0xc0, 0, 11, 8, 1, 0xf0, 3, 0, 1, 1, 0x11, 0)
    expect(await pictureInfo(bytesSource(bytes))).toEqual({ type: 'jpg', width: 768, height: 496 })
  })

  it('a text that begins with BM is no bitmap', () => {
    expect(pictureType(Uint8Array.from('BMW is a brand of cars', (letter) => letter.charCodeAt(0)))).toBeNull()
  })
})

describe('what a picture may not do', () => {
  const refusal = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ScansideError)
    return error as ScansideError
  }

  it('be of another size than the scan says', async () => {
    const of = picture(20, 10)
    for (const bytes of [writeTif(of), writePng(of), writeBmp(of)]) {
      expect(await refusal(decode(bytes, { width: 10, height: 20 }))).toMatchObject({
        code: 'invalid-file',
        details: { width: 20, claimedWidth: 10 },
      })
    }
  })

  it.each([
    ['a PNG of 60,000 x 60,000', png(60_000, 60_000, 8, 0, zlibSync(new Uint8Array(1000)))],
    [
      'a TIF of 60,000 x 60,000',
      tif([
        [256, 60_000],
        [257, 60_000],
        [258, 8],
        [273, 8],
      ]),
    ],
    ['a TIF without a size', tif([[258, 8]])],
    [
      'a TIF of nothing',
      tif([
        [256, 0],
        [257, 10],
      ]),
    ],
    ['a TIF directory beyond the file', Uint8Array.of(0x49, 0x49, 42, 0, 255, 255, 255, 0)],
    ['a PNG cut in its header', png(5, 5, 8, 0, new Uint8Array(9)).subarray(0, 20)],
    ['a JPG without a frame', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['no picture', Uint8Array.of(1, 2, 3)],
  ])('%s is refused by its header alone', async (_, bytes) => {
    let most = 0
    const source = {
      size: bytes.length,
      read(offset: number, length: number) {
        most = Math.max(most, length)
        return bytesSource(bytes).read(offset, length)
      },
    }
    const error = await refusal(pictureInfo(source))
    expect(['invalid-file', 'not-supported']).toContain(error.code)
    expect(most).toBeLessThan(20_000)
  })

  it.each([
    [
      'more strips than rows',
      [
        [273, 8, 4_000_000_000],
        [279, 8, 4_000_000_000],
      ],
    ],
    [
      'fewer strips than rows need',
      [
        [273, 8, 1],
        [279, 40, 1],
        [278, 1],
      ],
    ],
    [
      'strips beyond the file',
      [
        [273, 4_000_000_000, 1],
        [279, 40, 1],
      ],
    ],
    [
      'strips longer than the file',
      [
        [273, 8, 1],
        [279, 4_000_000_000, 1],
        [259, 5],
      ],
    ],
    [
      'no rows in a strip',
      [
        [273, 8, 1],
        [279, 40, 1],
        [278, 0],
      ],
    ],
    [
      'a strip that is no LZW',
      [
        [273, 8, 1],
        [279, 90, 1],
        [259, 5],
      ],
    ],
    [
      'a strip that is no deflate',
      [
        [273, 8, 1],
        [279, 90, 1],
        [259, 8],
      ],
    ],
    [
      'a strip that is no PackBits',
      [
        [273, 100, 1],
        [279, 3, 1],
        [259, 32773],
      ],
    ],
    [
      'fax compression',
      [
        [273, 8, 1],
        [279, 40, 1],
        [259, 4],
      ],
    ],
  ] as [string, [number, number, number?][]][])('a TIF with %s', async (_, entries) => {
    const bytes = tif([[256, 10], [257, 20], [258, 8], [262, 1], ...entries], new Uint8Array(50))
    expect(['invalid-file', 'not-supported']).toContain((await refusal(decode(bytes, { width: 10, height: 20 }))).code)
  })

  it('grow: a PNG or TIF of a few bytes that would inflate to 50 MB stops at its size', async () => {
    const bomb = zlibSync(new Uint8Array(50 * 1024 * 1024))
    const { pixels } = await decode(png(100, 100, 8, 0, bomb), { width: 100, height: 100 })
    expect(pixels.length).toBe(10_000)
    const entries: [number, number][] = [
      [256, 100],
      [257, 100],
      [258, 8],
      [259, 8],
      [262, 1],
      [273, 8 + 2 + 7 * 12 + 4],
      [279, bomb.length],
    ]
    expect((await decode(tif(entries, bomb), { width: 100, height: 100 })).pixels.length).toBe(10_000)
  })

  it('end in anything but a picture or a ScansideError, whatever was done to its bytes', async () => {
    const of = picture(40, 30)
    const random = randomFrom(11)
    const seeds = [
      writeTif(of),
      writeTif(of, 'lzw'),
      writeTif(of, 'deflate'),
      writeTif(of, 'packbits'),
      writePng(of),
      writeBmp(of),
      writeTif({ ...of, channels: 3 }),
    ]
    for (let i = 0; i < 1500; i++) {
      const bytes = (seeds[i % seeds.length] as Uint8Array).slice()
      for (let change = 0; change < 1 + (i % 4); change++) {
        const near = random() < 0.7 ? Math.min(bytes.length, 200) : bytes.length
        bytes[Math.floor(random() * near)] = Math.floor(random() * 256)
      }
      const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes
      try {
        const { type } = await pictureInfo(bytesSource(cut))
        expect((await decodePicture(type, cut, of, noCodecs)).pixels.length).toBe(1200)
      } catch (error) {
        if (!(error instanceof ScansideError)) throw error
      }
    }
  })
})
