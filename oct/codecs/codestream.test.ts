import { describe, expect, it } from 'vitest'
import { type Coded, holdToLimit, readCodestream } from './codestream.ts'

const jpeg = (marker: number, { bits = 8, height = 496, width = 768, samples = 1 } = {}, between: number[] = []) =>
  Uint8Array.from([
    ...[0xff, 0xd8, ...between, 0xff, marker, 0, 8 + 3 * samples, bits, height >> 8, height & 255, width >> 8, width & 255, samples],
    ...Array.from({ length: samples }, (_, i) => [i + 1, 0x11, 0]).flat(),
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0, 1, 2, 3, 0xff, 0xd9],
  ])

interface Siz {
  right: number
  bottom: number
  left: number
  top: number
  tile: number
  samples: number
  depth: number
  step: number
}
const j2k = (changes: Partial<Siz> = {}) => {
  const { right, bottom, left, top, tile, samples, depth, step } = {
    ...{ right: 768, bottom: 496, left: 0, top: 0, tile: 1024, samples: 1, depth: 7, step: 1 },
    ...changes,
  }
  const bytes = new Uint8Array(60)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0xff4fff51)
  view.setUint16(4, 38 + 3 * samples)
  for (const [i, value] of [right, bottom, left, top, tile, tile, 0, 0].entries()) view.setUint32(8 + i * 4, value)
  view.setUint16(40, samples)
  for (let i = 0; i < samples; i++) bytes.set([depth, step, step], 42 + i * 3)
  return bytes
}
const boxed = (inner: Uint8Array) => {
  const bytes = new Uint8Array(12 + 16 + 8 + inner.length)
  const view = new DataView(bytes.buffer)
  for (const [at, length, type] of [
    [0, 12, 0x6a502020],
    [12, 16, 0x66747970],
    [28, 0, 0x6a703263],
  ] as const) {
    view.setUint32(at, length)
    view.setUint32(at + 4, type)
  }
  bytes.set(inner, 36)
  return bytes
}
const codeOf = (compression: Coded, bytes: Uint8Array): string => {
  try {
    readCodestream(compression, bytes)
    return 'read'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

describe('readCodestream', () => {
  it('reads size and depth of each kind', () => {
    const facts = { width: 768, height: 496, samples: 1 }
    expect(readCodestream('jpeg', jpeg(0xc0))).toMatchObject({ ...facts, bits: 8 })
    expect(readCodestream('jpeg', jpeg(0xc2, { samples: 3 }))).toMatchObject({ samples: 3 })
    expect(readCodestream('jpeg-lossless', jpeg(0xc3, { bits: 16 }))).toMatchObject({ ...facts, bits: 16 })
    expect(readCodestream('jpeg-ls', jpeg(0xf7, { bits: 12 }))).toMatchObject({ ...facts, bits: 12 })
    expect(readCodestream('jpeg-2000', j2k())).toMatchObject({ ...facts, bits: 8 })
    expect(readCodestream('htj2k', j2k({ left: 8, right: 776, depth: 11 }))).toMatchObject({ ...facts, bits: 12 })
  })

  it('passes over what lies before the frame header, and fill bytes', () => {
    const comment = [0xff, 0xfe, 0, 4, 0xff, 0xc0, 0xff, 0xff]
    expect(readCodestream('jpeg', jpeg(0xc0, {}, comment))).toMatchObject({ width: 768 })
  })

  it('finds the codestream in JP2 boxes', () => {
    const found = readCodestream('jpeg-2000', boxed(j2k()))
    expect(found).toMatchObject({ width: 768, height: 496 })
    expect(found.bytes[0]).toBe(0xff)
    const endless = boxed(j2k())
    new DataView(endless.buffer).setUint32(12, 0)
    expect(codeOf('jpeg-2000', endless)).toBe('invalid-file')
  })

  it.each<[string, Coded, Uint8Array, string]>([
    ['nothing', 'jpeg', new Uint8Array(0), 'invalid-file'],
    ['no marker', 'jpeg', Uint8Array.of(0xff, 0xd8, 1, 2, 3, 4), 'invalid-file'],
    ['a segment beyond the end', 'jpeg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff), 'invalid-file'],
    ['two frame headers', 'jpeg', jpeg(0xc0, {}, [...jpeg(0xc0).slice(2, 15)]), 'invalid-file'],
    ['no size', 'jpeg', jpeg(0xc0, { height: 0 }), 'invalid-file'],
    ['another kind of JPEG', 'jpeg', jpeg(0xc3), 'not-supported'],
    ['arithmetic coding', 'jpeg', jpeg(0xc9), 'not-supported'],
    ['12-bit JPEG', 'jpeg', jpeg(0xc1, { bits: 12 }), 'not-supported'],
    ['four channels', 'jpeg', jpeg(0xc0, { samples: 4 }), 'not-supported'],
    ['no codestream', 'jpeg-2000', new Uint8Array(60), 'invalid-file'],
    ['an image that ends before it begins', 'jpeg-2000', j2k({ left: 768 }), 'invalid-file'],
    ['tiles of no size', 'jpeg-2000', j2k({ tile: 0 }), 'invalid-file'],
    ['a tile for each pixel', 'jpeg-2000', j2k({ tile: 1 }), 'not-supported'],
    ['signed values', 'jpeg-2000', j2k({ depth: 0x87 }), 'not-supported'],
    ['more bits than fit', 'jpeg-2000', j2k({ depth: 37 }), 'not-supported'],
    ['subsampled channels', 'jpeg-2000', j2k({ samples: 3, step: 2 }), 'not-supported'],
    ['more channels than bytes', 'jpeg-2000', j2k({ samples: 0 }).fill(255, 40, 42), 'invalid-file'],
  ])('refuses %s', (_, compression, bytes, code) => expect(codeOf(compression, bytes)).toBe(code))

  it('refuses a lossless JPEG whose restart markers would keep its decoder busy for ever', () => {
    const interval = [0xff, 0xdd, 0, 4, 0x0f, 0xff]
    const honest = jpeg(0xc3, {}, interval)
    expect(codeOf('jpeg-lossless', honest)).toBe('read')
    const busy = new Uint8Array(honest.length + 1000)
    busy.set(honest)
    for (let at = honest.length; at < busy.length; at += 2) busy.set([0xff, 0xd0], at)
    expect(codeOf('jpeg-lossless', busy)).toBe('invalid-file')
  })
})

describe('holdToLimit', () => {
  it('refuses what is larger than the file says, and nothing else', () => {
    const stream = readCodestream('jpeg', jpeg(0xc0))
    expect(() => holdToLimit(stream, { width: 768, height: 496 })).not.toThrow()
    expect(() => holdToLimit(stream, { width: 767, height: 496 })).toThrow('768 x 496 px where its header says 767 x 496')
    expect(() => holdToLimit(stream, { width: 768, height: 495 })).toThrow()
  })
})
