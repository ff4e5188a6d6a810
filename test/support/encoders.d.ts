/** The encoders of the cornerstone packages' full builds, for fixtures. */

/** As in oct/codecs/packages.d.ts; each build sets its quality in its own way. */
type Encoder<Settings> = Omit<CornerstoneEncoder, 'setQuality'> & Settings
interface EncoderOptions {
  wasmBinary: Uint8Array
  print?: (line: string) => void
  printErr?: (line: string) => void
}

declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  /** `quality`: compression ratio of the one layer where not lossless */
  const create: (options: EncoderOptions) => Promise<{
    J2KEncoder: new () => Encoder<{ setQuality(lossless: boolean, quality: number): void }>
  }>
  export default create
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs' {
  const create: (options: EncoderOptions) => Promise<{
    JPEGEncoder: new () => Encoder<{ setQuality(quality: number): void }>
  }>
  export default create
}
declare module '@cornerstonejs/codec-charls/wasmjs' {
  const create: (options: EncoderOptions) => Promise<{
    JpegLSEncoder: new () => Encoder<{ setNearLossless(near: number): void }>
  }>
  export default create
}
