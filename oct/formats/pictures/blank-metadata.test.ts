import { describe, expect, it } from 'vitest'
import { createNodeCodecs, encodeJpeg } from '../../../test/support/codecs.ts'
import { ScansideError } from '../../errors.ts'
import { blankMetadata } from './blank-metadata.ts'
import { decodePicture, type PictureType } from './index.ts'
import { type TifCompression, writeBmp, writePng, writeTif } from './write.ts'

const size = { width: 70, height: 130 }
const pixels = Uint8Array.from({ length: size.width * size.height }, (_, i) => (i * 7) % 251)
const codecs = createNodeCodecs()
const name = new TextEncoder().encode('Mustermann^Erika 1970-01-01')
const holds = (bytes: Uint8Array) => Buffer.from(bytes).includes('Mustermann')
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const decoded = async (type: PictureType, bytes: Uint8Array) => (await decodePicture(type, bytes, size, codecs)).pixels

/** A TIF with an ImageDescription in its directory, an EXIF directory and words between its parts. */
function namedTif(compression: TifCompression): Uint8Array {
  const plain = writeTif({ ...size, pixels }, compression)
  const file = joined(plain, name, new Uint8Array(2 + 12 * 12 + 4))
  const view = new DataView(file.buffer)
  const directory = plain.length + name.length
  const count = view.getUint16(8, true)
  view.setUint32(4, directory, true)
  view.setUint16(directory, count + 1, true)
  for (let i = 0; i < count; i++) file.set(plain.subarray(10 + 12 * i, 22 + 12 * i), directory + 2 + 12 * i)
  const last = directory + 2 + 12 * count
  view.setUint16(last, 315, true)
  view.setUint16(last + 2, 2, true)
  view.setUint32(last + 4, name.length, true)
  view.setUint32(last + 8, plain.length, true)
  return file
}

/** A PNG with a text before its end. */
function namedPng(): Uint8Array {
  const plain = writePng({ ...size, pixels })
  const head = Buffer.alloc(8)
  head.writeUInt32BE(name.length)
  head.write('tEXt', 4, 'latin1')
  const end = plain.length - 12
  return joined(plain.subarray(0, end), head, name, Buffer.alloc(4), plain.subarray(end), name)
}

/** A JPEG with a comment, an EXIF segment, and words behind its end. */
async function namedJpg(): Promise<Uint8Array> {
  const plain = Uint8Array.from(await encodeJpeg(pixels, { ...size, quality: 90 }))
  const segment = (marker: number) => joined(Uint8Array.from([0xff, marker, 0, name.length + 2]), name)
  return joined(plain.subarray(0, 2), segment(0xfe), segment(0xe1), plain.subarray(2), name)
}

describe('a picture for an engine', () => {
  it.each([
    ['tif', () => namedTif('none')],
    ['tif', () => namedTif('lzw')],
    ['tif', () => namedTif('deflate')],
    ['tif', () => namedTif('packbits')],
    ['png', namedPng],
    ['jpg', namedJpg],
    ['bmp', () => joined(writeBmp({ ...size, pixels }), name)],
  ] as [PictureType, () => Uint8Array | Promise<Uint8Array>][])('%s keeps its pixels and size, and no name', async (type, make) => {
    const named = await make()
    expect(holds(named)).toBe(true)
    const blank = blankMetadata(named)
    expect(holds(blank)).toBe(false)
    expect(blank.length).toBe(named.length)
    expect(await decoded(type, blank)).toEqual(await decoded(type, named))
    expect(blankMetadata(blank)).toEqual(blank)
  })

  it('ends in a sentence where it is cut or made up', () => {
    for (const whole of [namedTif('none'), namedPng(), writeBmp({ ...size, pixels })]) {
      for (let cut = 20; cut < whole.length; cut += 211) {
        try {
          expect(blankMetadata(whole.subarray(0, cut)).length).toBe(cut)
        } catch (error) {
          expect(error).toBeInstanceOf(ScansideError)
        }
      }
    }
    const wild = namedTif('none')
    new DataView(wild.buffer).setUint32(4, 0xfffffff0, true)
    expect(() => blankMetadata(wild)).toThrow(ScansideError)
  })
})
