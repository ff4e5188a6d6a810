/** Where the decoders' WebAssembly lies in the installed packages: for whoever carries it along (the bundle, the image) or reads it there. */
import type { WasmName } from './index.ts'

/** As `createRequire(...).resolve` takes it. */
export const wasmFiles: Readonly<Record<WasmName, string>> = {
  openjpeg: '@cornerstonejs/codec-openjpeg/decodewasm',
  openjph: '@cornerstonejs/codec-openjph/wasm',
  'libjpeg-turbo': '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  charls: '@cornerstonejs/codec-charls/decodewasm',
}

/** The name such a file has where it is carried along, beside the code that reads it. */
export const carriedAs = (name: WasmName): string => `codecs/${name}.wasm`
