/** Decoders of compressed pictures: cornerstone's WebAssembly builds, and lossless JPEG in JavaScript. For a browser's worker and for Node. */
/// <reference path="./packages.d.ts" />
import { ScansideError } from '../errors.ts'
import type { Codecs, Decoded } from '../formats/decode.ts'
import { type Coded, type Codestream, holdToLimit, readCodestream } from './codestream.ts'

export type WasmName = 'openjpeg' | 'openjph' | 'libjpeg-turbo' | 'charls'

type Make = () => CornerstoneDecoder

/** Each decoder's own code is loaded with its WebAssembly, at the first picture that wants it. */
const engines: Record<Exclude<Coded, 'jpeg-lossless'>, { name: WasmName; load(options: EmscriptenOptions): Promise<Make> }> = {
  'jpeg-2000': {
    name: 'openjpeg',
    load: async (options) => {
      const { J2KDecoder } = await (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(options)
      return () => new J2KDecoder()
    },
  },
  htj2k: {
    name: 'openjph',
    load: async (options) => {
      const { HTJ2KDecoder } = await (await import('@cornerstonejs/codec-openjph/wasmjs')).default(options)
      return () => new HTJ2KDecoder()
    },
  },
  jpeg: {
    name: 'libjpeg-turbo',
    load: async (options) => {
      const { JPEGDecoder } = await (await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')).default(options)
      return () => new JPEGDecoder()
    },
  },
  'jpeg-ls': {
    name: 'charls',
    load: async (options) => {
      const { JpegLSDecoder } = await (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(options)
      return () => new JpegLSDecoder()
    },
  },
}

/**
 * Decoders over WebAssembly that the caller reads: by fetch in a worker, from the package's files in Node.
 * @param wasm the bytes of `<package>/decodewasm` (openjph: `/wasm`); asked once per decoder, and again after a failure
 */
export function createCodecs(wasm: (name: WasmName) => Promise<Uint8Array<ArrayBuffer>>): Codecs {
  const loaded = new Map<Coded, Promise<Make>>()

  const load = (compression: Exclude<Coded, 'jpeg-lossless'>): Promise<Make> => {
    const known = loaded.get(compression)
    if (known) return known
    const engine = engines[compression]
    const quiet = () => undefined
    const loading = wasm(engine.name)
      .then((wasmBinary) => engine.load({ wasmBinary, print: quiet, printErr: quiet }))
      .catch((cause: unknown) => {
        loaded.delete(compression)
        if (cause instanceof ScansideError) throw cause
        throw new ScansideError(
          'internal',
          'The decoder for these pictures could not be loaded. Nothing was changed; start Scanside again.',
          {},
          { cause },
        )
      })
    loaded.set(compression, loading)
    return loading
  }

  return {
    async decode(compression, bytes, limit) {
      const stream = readCodestream(compression, bytes)
      holdToLimit(stream, limit)
      const make = compression === 'jpeg-lossless' ? null : await load(compression)
      try {
        return make ? decodeWith(make, stream) : await decodeLossless(stream)
      } catch (cause) {
        // After a trap or a C++ exception the instance's memory is in no known state: the next picture gets a new one.
        loaded.delete(compression)
        if (cause instanceof ScansideError) throw cause
        throw new ScansideError(
          'invalid-file',
          'A picture in this file is damaged and cannot be decoded. Nothing was changed; export the scan again from the device.',
          { compression, bytes: bytes.byteLength },
          { cause: cause instanceof Error ? cause : undefined },
        )
      }
    },
  }
}

/**
 * Written behind each codestream. CharLS looks for the next marker from pixel to pixel: a picture cut off would have it search all of its
 * memory each time, for minutes.
 */
const endOfImage = [0xff, 0xd9]

function decodeWith(make: Make, stream: Codestream): Decoded {
  const decoder = make()
  try {
    const room = decoder.getEncodedBuffer(stream.bytes.byteLength + endOfImage.length)
    room.set(stream.bytes)
    room.set(endOfImage, stream.bytes.byteLength)
    decoder.decode()
    const info = decoder.getFrameInfo()
    const planes = stream.samples > 1 && 'getInterleaveMode' in decoder && (decoder as JpegLsDecoder).getInterleaveMode() === 0
    const asClaimed = info.width === stream.width && info.height === stream.height && info.componentCount === stream.samples
    if (!asClaimed || planes) throw new TypeError('the decoder found another picture than the header told')
    return decoded(stream, decoder.getDecodedBuffer())
  } finally {
    decoder.delete()
  }
}

/** A copy of a decoder's bytes as samples. */
function decoded({ width, height, samples, bits }: Codestream, bytes: Uint8Array | Uint8ClampedArray): Decoded {
  const expected = width * height * samples * (bits > 8 ? 2 : 1)
  if (bytes.byteLength !== expected) throw new TypeError('the decoder gave another number of bytes')
  const copy = new Uint8Array(bytes)
  return { width, height, samples, bits, pixels: bits > 8 ? new Uint16Array(copy.buffer) : copy }
}

async function decodeLossless(stream: Codestream): Promise<Decoded> {
  const { width, height, samples, bits } = stream
  const { Decoder } = await import('jpeg-lossless-decoder-js')
  const whole = stream.bytes.slice()
  const pixels = new Decoder().decode(whole.buffer, 0, whole.byteLength, bits > 8 ? 2 : 1)
  if (pixels.length !== width * height * samples) throw new TypeError('the decoder gave another number of samples')
  return { width, height, samples, bits, pixels }
}
