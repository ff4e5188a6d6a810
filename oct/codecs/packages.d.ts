/** The parts that are used of packages that come without types. */

/** A decoder of the cornerstone builds (C++ through Emscripten). Its buffers are views of WebAssembly memory: valid until the next call. */
interface CornerstoneDecoder {
  /** Room for `length` encoded bytes, to be filled before `decode`. */
  getEncodedBuffer(length: number): Uint8Array
  decode(): void
  /** One byte per sample up to 8 bits, else two, little-endian. */
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number }
  /** Frees what it holds. */
  delete(): void
}
interface JpegLsDecoder extends CornerstoneDecoder {
  /** 0 plane by plane, 1 by line, 2 by sample: as the codestream has it. */
  getInterleaveMode(): number
}

/** The encoder beside openjph's decoder: that package has one build only. Fixtures are made with it. */
interface CornerstoneEncoder {
  getDecodedBuffer(info: {
    width: number
    height: number
    bitsPerSample: number
    componentCount: number
    isSigned: boolean
    isUsingColorTransform: boolean
  }): Uint8Array
  /** @param quality openjph: the quantisation step where not lossless */
  setQuality(lossless: boolean, quality: number): void
  encode(): void
  getEncodedBuffer(): Uint8Array
  delete(): void
}

/** What an Emscripten factory takes. With `wasmBinary` it reads nothing by itself. */
interface EmscriptenOptions {
  wasmBinary: Uint8Array<ArrayBuffer>
  print?: (line: string) => void
  printErr?: (line: string) => void
}
type Emscripten<Exports> = (options: EmscriptenOptions) => Promise<Exports>

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const create: Emscripten<{ J2KDecoder: new () => CornerstoneDecoder }>
  export default create
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const create: Emscripten<{ HTJ2KDecoder: new () => CornerstoneDecoder; HTJ2KEncoder: new () => CornerstoneEncoder }>
  export default create
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const create: Emscripten<{ JPEGDecoder: new () => CornerstoneDecoder }>
  export default create
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const create: Emscripten<{ JpegLSDecoder: new () => JpegLsDecoder }>
  export default create
}
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    decode(buffer: ArrayBuffer, offset: number, length: number, bytesPerSample: number): Uint8Array | Uint16Array
  }
}
