/** PNG (ISO 15948): 1 to 16 bits, grey, colour or palette, with or without alpha, not interlaced. */
import type { ByteSource } from '../../scan.ts'
import { ascii, readExactly } from '../bytes.ts'
import { checkClaim, checkRaw, checkSide, damaged, type PictureSize, unsupported } from './bounds.ts'
import { high8, paletteToGrey, toGrey } from './grey.ts'
import { inflateInto } from './inflate.ts'

/** Signature (8 bytes) and IHDR: length, name, 13 bytes of content. */
const headBytes = 29

/** Channels by colour type; a palette's index is one. */
const channelsOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Width and height of a PNG in px. */
export async function pngSize(source: ByteSource): Promise<PictureSize> {
  if (source.size < headBytes) throw damaged('IHDR', 8, { bytes: source.size })
  return headerSize(await readExactly(source, 0, headBytes))
}

/**
 * A whole PNG file as grey values, row-major. Checksums are not looked at: a wrong pixel is seen, a scan refused for one is not.
 * @throws ScansideError invalid-file or not-supported
 */
export function decodePng(bytes: Uint8Array, claimed: PictureSize): Uint8Array {
  if (bytes.length < headBytes) throw damaged('IHDR', 8, { bytes: bytes.length })
  const size = headerSize(bytes)
  checkClaim(size, claimed)
  const [depth, colour, , , interlaced] = bytes.subarray(24, 29) as unknown as [number, number, number, number, number]
  const channels = channelsOf[colour]
  if (channels === undefined) throw damaged('IHDR', 25, { colour })
  if (interlaced !== 0) throw unsupported('an interlaced PNG', 'IHDR')
  const depthFits = depth === 8 || (depth === 16 && colour !== 3) || ([1, 2, 4].includes(depth) && channels === 1)
  if (!depthFits) throw damaged('IHDR', 24, { depth })

  const rowBytes = Math.ceil((size.width * channels * depth) / 8)
  checkRaw(size, rowBytes + 1, 'IHDR')
  const { data, palette } = chunks(bytes)
  const filtered = new Uint8Array(size.height * (rowBytes + 1))
  inflateInto(joined(data), filtered, 'IDAT', headBytes + 4)
  const rows = unfilter(filtered, size.height, rowBytes, Math.max(1, (channels * depth) >> 3))
  const samples = depth === 16 ? high8(rows, true) : depth < 8 ? unpack(rows, size, rowBytes, depth, colour === 0) : rows
  if (colour !== 3) return toGrey(samples, channels, size.width * size.height)
  if (!palette) throw damaged('PLTE', headBytes + 4)
  return paletteToGrey(samples, palette)
}

function headerSize(head: Uint8Array): PictureSize {
  const view = new DataView(head.buffer, head.byteOffset, headBytes)
  if (ascii(head, 12, 4) !== 'IHDR') throw damaged('IHDR', 12)
  const size = { width: view.getUint32(16), height: view.getUint32(20) }
  checkSide(size, 'IHDR', 16)
  return size
}

/** The image data's parts and the palette. Each chunk is 12 bytes at least, so the walk ends with the file. */
function chunks(bytes: Uint8Array): { data: Uint8Array[]; palette?: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data: Uint8Array[] = []
  let palette: Uint8Array | undefined
  for (let at = headBytes + 4; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const name = ascii(bytes, at + 4, 4)
    if (at + 12 + length > bytes.length) throw damaged(name, at, { length })
    const content = bytes.subarray(at + 8, at + 8 + length)
    if (name === 'IDAT') data.push(content)
    if (name === 'PLTE' && length <= 768) palette = content
    if (name === 'IEND') break
    at += 12 + length
  }
  return { data, ...(palette && { palette }) }
}

/** One buffer, so that a file of a million tiny chunks costs no more than its bytes. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Undoes the filter that precedes each row (ISO 15948, section 9); the rows move up in the same memory, over the filters' bytes. */
function unfilter(filtered: Uint8Array, height: number, rowBytes: number, step: number): Uint8Array {
  const rows = filtered.subarray(0, height * rowBytes)
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1)
    const filter = filtered[from] as number
    if (filter > 4) throw damaged('IDAT', headBytes + 4, { row: y, filter })
    const to = y * rowBytes
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= step ? (rows[to + x - step] as number) : 0
      const up = y > 0 ? (rows[to + x - rowBytes] as number) : 0
      const corner = x >= step && y > 0 ? (rows[to + x - rowBytes - step] as number) : 0
      rows[to + x] = (filtered[from + 1 + x] as number) + predict(filter, left, up, corner)
    }
  }
  return rows
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

/** Samples of less than 8 bits, one per byte; grey ones spread over 0..255, palette indices as they are. */
function unpack(rows: Uint8Array, size: PictureSize, rowBytes: number, depth: number, spread: boolean): Uint8Array {
  const top = (1 << depth) - 1
  const samples = new Uint8Array(size.width * size.height)
  for (let y = 0, to = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, to++) {
      const bit = x * depth
      const value = ((rows[y * rowBytes + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & top
      samples[to] = spread ? (value * 255) / top : value
    }
  }
  return samples
}
