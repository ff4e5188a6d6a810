/** Files that are small and claim, or unpack to, far more: made by hand, as no random damage makes them. Each must be read or refused within bounds. */
import { deflateSync, inflateSync, zlibSync } from 'fflate'
import type { Fixture, FixtureFile } from './mutate.ts'
import type { FormatName } from './options.ts'

/** Bytes they unpack to: what may just be held, and twice as much. */
const sizes = [58_000_000, 120_000_000] as const

/** The good files of a format with their compressed parts swollen. */
export const bombs: Record<FormatName, (good: readonly Fixture[]) => Fixture[]> = {
  vol: () => [],
  e2e: () => [],
  'heyex-xml': (good) => [...swollenPictures(good, 'PNG', /\.png$/, pngBomb), ...swollenPictures(good, 'TIF, deflate', /\.tif$/, tifBomb)],
  dicom: (good) => good.filter(({ name }) => name === 'deflated').flatMap((fixture) => sizes.map((size) => dicomBomb(fixture, size))),
}

/** A private element of zeros before everything else in a deflated data set. */
function dicomBomb(fixture: Fixture, size: number): Fixture {
  const { bytes, name } = fixture.files[0] as FixtureFile
  const dataset = 144 + new DataView(bytes.buffer).getUint32(140, true)
  const inflated = inflateSync(bytes.subarray(dataset))
  const swollen = new Uint8Array(12 + size + inflated.byteLength)
  const view = new DataView(swollen.buffer)
  view.setUint16(0, 0x0009, true)
  view.setUint16(2, 0x0010, true)
  swollen.set([0x4f, 0x42], 4)
  view.setUint32(8, size, true)
  swollen.set(inflated, 12 + size)
  const packed = deflateSync(swollen)
  return { name: `deflated, ${size} bytes`, files: [{ name, bytes: joined(bytes.subarray(0, dataset), packed) }] }
}

function swollenPictures(
  good: readonly Fixture[],
  start: string,
  names: RegExp,
  swell: (bytes: Uint8Array<ArrayBuffer>, packed: Uint8Array) => Uint8Array<ArrayBuffer>,
): Fixture[] {
  const packed = zlibSync(new Uint8Array(sizes[1]))
  return good
    .filter(({ name }) => name.startsWith(start))
    .map(({ name, files }) => ({
      name: `${name}, swollen`,
      files: files.map((file) => (names.test(file.name) ? { ...file, bytes: swell(file.bytes, packed) } : file)),
    }))
}

/** The data chunk holds far more rows than the header says. */
function pngBomb(bytes: Uint8Array<ArrayBuffer>, packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(12 + packed.byteLength)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, packed.byteLength)
  chunk.set([0x49, 0x44, 0x41, 0x54], 4)
  chunk.set(packed, 8)
  view.setUint32(8 + packed.byteLength, crc(chunk.subarray(4, 8 + packed.byteLength)))
  const header = 33
  const end = Uint8Array.of(0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82)
  return joined(bytes.subarray(0, header), chunk, end)
}

/** The only strip holds far more rows than the directory says. */
function tifBomb(bytes: Uint8Array<ArrayBuffer>, packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = joined(bytes, packed)
  const view = new DataView(whole.buffer)
  const directory = view.getUint32(4, true)
  for (let entry = directory + 2; entry < directory + 2 + 12 * view.getUint16(directory, true); entry += 12) {
    const tag = view.getUint16(entry, true)
    if (tag === 273) view.setUint32(entry + 8, bytes.byteLength, true)
    if (tag === 279) view.setUint32(entry + 8, packed.byteLength, true)
  }
  return whole
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** CRC-32 as PNG has it (ISO 3309). */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0)
  }
  return ~value >>> 0
}
