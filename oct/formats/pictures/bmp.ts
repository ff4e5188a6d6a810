/** Windows bitmaps: 8-bit palette, 24 and 32 bits, uncompressed, bottom-up or top-down. */
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { checkClaim, checkRaw, checkSide, damaged, type PictureSize, unsupported } from './bounds.ts'
import { paletteToGrey, toGrey } from './grey.ts'

/** File header (14 bytes) and BITMAPINFOHEADER (40), which every later header begins with. */
const headBytes = 54

interface Header extends PictureSize {
  topDown: boolean
  bits: number
  /** byte offset of the rows */
  rows: number
  /** byte offset and entries of the palette */
  palette: number
  colours: number
}

/** Width and height of a bitmap in px. */
export async function bmpSize(source: ByteSource): Promise<PictureSize> {
  if (source.size < headBytes) throw damaged('BITMAPINFOHEADER', 0, { bytes: source.size })
  const { width, height } = header(await readExactly(source, 0, headBytes))
  return { width, height }
}

/**
 * A whole bitmap as grey values, row-major, top row first.
 * @throws ScansideError invalid-file or not-supported
 */
export function decodeBmp(bytes: Uint8Array, claimed: PictureSize): Uint8Array {
  if (bytes.length < headBytes) throw damaged('BITMAPINFOHEADER', 0, { bytes: bytes.length })
  const head = header(bytes)
  checkClaim(head, claimed)
  const channels = head.bits / 8
  const used = head.width * channels
  const stride = Math.ceil(used / 4) * 4
  checkRaw(head, stride, 'biWidth, biHeight')
  // The last row's padding may be missing: some writers leave it out.
  if (head.rows + stride * (head.height - 1) + used > bytes.length) throw damaged('bfOffBits', 10, { rows: head.rows, bytes: bytes.length })

  const data = new Uint8Array(head.width * head.height * channels)
  for (let y = 0; y < head.height; y++) {
    const from = head.rows + stride * (head.topDown ? y : head.height - 1 - y)
    data.set(bytes.subarray(from, from + used), y * used)
  }
  if (channels > 1) return toGrey(swapRedBlue(data, channels), channels, head.width * head.height)
  if (head.palette + head.colours * 4 > bytes.length) throw damaged('biClrUsed', 46, { colours: head.colours })
  const colours = new Uint8Array(head.colours * 3)
  for (let i = 0; i < head.colours; i++) {
    for (let channel = 0; channel < 3; channel++) colours[i * 3 + channel] = bytes[head.palette + i * 4 + 2 - channel] as number
  }
  return paletteToGrey(data, colours)
}

function header(head: Uint8Array): Header {
  const view = new DataView(head.buffer, head.byteOffset, headBytes)
  const infoBytes = view.getUint32(14, true)
  if (infoBytes < 40) throw unsupported('an old bitmap', 'biSize', { headerBytes: infoBytes })
  const signedHeight = view.getInt32(22, true)
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  // 3 (BI_BITFIELDS) with 32 bits: every writer we know of keeps blue, green, red, alpha in that order.
  if (![8, 24, 32].includes(bits) || !(compression === 0 || (compression === 3 && bits === 32))) {
    throw unsupported('a bitmap of unusual depth or compression', 'biBitCount, biCompression', { bits, compression })
  }
  const size = { width: view.getInt32(18, true), height: Math.abs(signedHeight) }
  checkSide(size, 'biWidth, biHeight', 18)
  const colours = view.getUint32(46, true)
  return {
    ...size,
    topDown: signedHeight < 0,
    bits,
    rows: view.getUint32(10, true),
    palette: 14 + infoBytes,
    colours: colours === 0 || colours > 256 ? 256 : colours,
  }
}

function swapRedBlue(data: Uint8Array, channels: number): Uint8Array {
  for (let at = 0; at < data.length; at += channels) {
    const blue = data[at] as number
    data[at] = data[at + 2] as number
    data[at + 2] = blue
  }
  return data
}
