/** The codecs in Node, for tests and benches: decoders as the viewer has them, and encoders that write fixtures. */
/// <reference path="./encoders.d.ts" />
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createCodecs } from '../../oct/codecs/index.ts'
import { wasmFiles } from '../../oct/codecs/wasm-files.ts'
import type { Codecs } from '../../oct/formats/decode.ts'

const { resolve } = createRequire(import.meta.url)

const wasm = async (path: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(resolve(path)))

/** The viewer's decoders, their WebAssembly read from the installed packages. */
export function createNodeCodecs(): Codecs {
  return createCodecs((name) => wasm(wasmFiles[name]))
}

/** Grey values, row-major, one channel; 16-bit where `bits` is above 8. */
export type GreyValues = Uint8Array | Uint16Array

interface Shape {
  width: number
  height: number
  /** significant bits, 8..16 (JPEG: 8) */
  bits: number
}

const options = async (path: string) => ({ wasmBinary: await wasm(path), print: () => undefined, printErr: () => undefined })

function encode<E extends Omit<CornerstoneEncoder, 'setQuality'>>(
  encoder: E,
  pixels: GreyValues,
  shape: Shape,
  setUp: (encoder: E) => void,
): Uint8Array<ArrayBuffer> {
  try {
    const { width, height, bits } = shape
    const into = encoder.getDecodedBuffer({ width, height, bitsPerSample: bits, componentCount: 1, isSigned: false, isUsingColorTransform: false })
    into.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
    setUp(encoder)
    encoder.encode()
    return encoder.getEncodedBuffer().slice()
  } finally {
    encoder.delete()
  }
}

/** A JPEG 2000 codestream, without JP2 boxes. */
export async function encodeJ2k(pixels: GreyValues, shape: Shape & { lossless: boolean }): Promise<Uint8Array<ArrayBuffer>> {
  const { J2KEncoder } = await (await import('@cornerstonejs/codec-openjpeg/wasmjs')).default(await options('@cornerstonejs/codec-openjpeg/wasm'))
  return encode(new J2KEncoder(), pixels, shape, (encoder) => encoder.setQuality(shape.lossless, shape.lossless ? 0 : 20))
}

/** An HTJ2K codestream. */
export async function encodeHtj2k(pixels: GreyValues, shape: Shape & { lossless: boolean }): Promise<Uint8Array<ArrayBuffer>> {
  const { HTJ2KEncoder } = await (await import('@cornerstonejs/codec-openjph/wasmjs')).default(await options('@cornerstonejs/codec-openjph/wasm'))
  return encode(new HTJ2KEncoder(), pixels, shape, (encoder) => encoder.setQuality(shape.lossless, shape.lossless ? 0 : 0.002))
}

/** A JPEG-LS codestream; `near` is the largest difference of a value, 0 for lossless. */
export async function encodeJpegLs(pixels: GreyValues, shape: Shape & { near: number }): Promise<Uint8Array<ArrayBuffer>> {
  const { JpegLSEncoder } = await (await import('@cornerstonejs/codec-charls/wasmjs')).default(await options('@cornerstonejs/codec-charls/wasm'))
  return encode(new JpegLSEncoder(), pixels, shape, (encoder) => encoder.setNearLossless(shape.near))
}

/** A baseline JPEG; `quality` 1..100. */
export async function encodeJpeg(pixels: Uint8Array, shape: Omit<Shape, 'bits'> & { quality: number }): Promise<Uint8Array<ArrayBuffer>> {
  const { JPEGEncoder } = await (await import('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs')).default(
    await options('@cornerstonejs/codec-libjpeg-turbo-8bit/wasm'),
  )
  return encode(new JPEGEncoder(), pixels, { ...shape, bits: 8 }, (encoder) => encoder.setQuality(shape.quality))
}
