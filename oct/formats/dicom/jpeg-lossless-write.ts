/** Writer of lossless JPEG (ISO 10918-1, process 14, selection value 1), for generated scans and tests: one grey component. */

/** Every category of difference has a code of this many bits: simple, not small. */
const codeBits = 5
const categories = 17

export interface LosslessSize {
  width: number
  height: number
  /** 2..16 */
  bits: number
}

/** A whole picture file. Each value is predicted by its left neighbour; the first of a row by the one above. */
export function encodeJpegLossless(pixels: Uint8Array | Uint16Array, { width, height, bits }: LosslessSize): Uint8Array {
  const out: number[] = [0xff, 0xd8]
  const word = (value: number) => [value >> 8, value & 0xff]
  out.push(0xff, 0xc3, ...word(11), bits, ...word(height), ...word(width), 1, 1, 0x11, 0)
  const lengths = Array.from({ length: 16 }, (_, index) => (index + 1 === codeBits ? categories : 0))
  out.push(0xff, 0xc4, ...word(19 + categories), 0, ...lengths, ...Array.from({ length: categories }, (_, category) => category))
  out.push(0xff, 0xda, ...word(8), 1, 1, 0, 1, 0, 0)
  let pending = 0
  let count = 0
  const put = (value: number, size: number) => {
    for (let bit = size - 1; bit >= 0; bit--) {
      pending = (pending << 1) | ((value >> bit) & 1)
      if (++count < 8) continue
      out.push(pending)
      if (pending === 0xff) out.push(0)
      pending = 0
      count = 0
    }
  }
  for (let at = 0; at < pixels.length; at++) {
    const predicted = at === 0 ? 2 ** (bits - 1) : at % width === 0 ? pixels[at - width] : pixels[at - 1]
    const difference = (((pixels[at] as number) - (predicted as number)) << 16) >> 16
    const size = difference === -32_768 ? 16 : 32 - Math.clz32(Math.abs(difference))
    put(size, codeBits)
    if (size < 16) put(difference < 0 ? difference + 2 ** size - 1 : difference, size)
  }
  while (count > 0) put(1, 1)
  out.push(0xff, 0xd9)
  return Uint8Array.from(out)
}
