/** Picture files that a scan's export names: which kind they are, how large, and their grey values. */
import { ScansideError } from '../../errors.ts'
import type { ByteSource } from '../../scan.ts'
import type { Codecs, Decoded } from '../decode.ts'
import { bmpSize, decodeBmp } from './bmp.ts'
import { checkClaim, type PictureSize, unsupported } from './bounds.ts'
import { toGrey } from './grey.ts'
import { jpgSize } from './jpg.ts'
import { decodePng, pngSize } from './png.ts'
import { decodeTif, tifSize } from './tif.ts'

export type PictureType = 'tif' | 'png' | 'jpg' | 'bmp'

export interface PictureInfo extends PictureSize {
  type: PictureType
}

/** Bytes of a file's start that tell its kind. */
export const pictureSniffBytes = 18

/** The kind of a picture by its first bytes, whatever its name says; null where it is none that is read. */
export function pictureType(first: Uint8Array): PictureType | null {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => first[i] === byte)
  if (starts(0x49, 0x49, 42, 0) || starts(0x4d, 0x4d, 0, 42) || starts(0x49, 0x49, 43, 0) || starts(0x4d, 0x4d, 0, 43)) return 'tif'
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png'
  if (starts(0xff, 0xd8, 0xff)) return 'jpg'
  // Two letters alone would claim many a text file: the reserved bytes and the length of the second header must fit.
  if (starts(0x42, 0x4d) && first.subarray(6, 10).every((byte) => byte === 0) && [12, 40, 52, 56, 64, 108, 124].includes(first[14] ?? 0)) return 'bmp'
  return null
}

/**
 * Kind and size (px) of a picture file, by a few small reads.
 * @throws ScansideError not-supported where it is no picture that is read, invalid-file where its header is damaged
 */
export async function pictureInfo(source: ByteSource): Promise<PictureInfo> {
  const type = pictureType(await source.read(0, Math.min(source.size, pictureSniffBytes)))
  if (type === null) throw noPicture()
  return { type, ...(await sizes[type](source)) }
}

const sizes = { tif: tifSize, png: pngSize, jpg: jpgSize, bmp: bmpSize }

/**
 * A whole picture file as 8-bit grey values, row-major: three equal channels are that grey, others their luminance; 16 bits give their
 * highest 8.
 * @param size as the scan's file claims it; another size is refused before anything is decoded
 * @param codecs decode JPG; the other kinds need none
 * @throws ScansideError invalid-file or not-supported
 */
export async function decodePicture(type: PictureType, bytes: Uint8Array, size: PictureSize, codecs: Codecs): Promise<Decoded> {
  return { width: size.width, height: size.height, samples: 1, bits: 8, pixels: await greyOf(type, bytes, size, codecs) }
}

async function greyOf(type: PictureType, bytes: Uint8Array, size: PictureSize, codecs: Codecs): Promise<Uint8Array> {
  if (type === 'tif') return decodeTif(bytes, size)
  if (type === 'png') return decodePng(bytes, size)
  if (type === 'bmp') return decodeBmp(bytes, size)
  const decoded = await codecs.decode('jpeg', bytes, size)
  checkClaim(decoded, size)
  const count = size.width * size.height
  const { pixels, samples, bits } = decoded
  if (!(pixels instanceof Uint8Array) || bits !== 8 || pixels.length < count * samples)
    throw unsupported('a JPG of unusual depth', 'JPEG frame header', { bits })
  return toGrey(pixels, samples, count)
}

function noPicture(): ScansideError {
  return new ScansideError(
    'not-supported',
    'A file that the scan names is no picture that Scanside reads. Nothing was changed; export the scan again with TIF, PNG, BMP or JPG pictures.',
    { offset: 0 },
  )
}
