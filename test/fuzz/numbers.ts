/** Where small files have the numbers that lead to others, so that damage finds them: 32-bit places, by what they are of. */

/** Little-endian tags of DICOM elements whose lengths or values lead on: image size, sequences, frame places, pixel data and its items. */
const dicomTags = {
  image: [0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102],
  sequences: [0x52009229, 0x52009230, 0x00220031, 0x00220032, 0x00289110],
  pixels: [0x7fe00010, 0x7fe00001, 0x7fe00002],
  items: [0xfffee000, 0xfffee00d, 0xfffee0dd],
} as const

/** Lengths (at 4 and, behind a long form's type, at 8) and beginnings of values. */
export function dicomNumbers(bytes: Uint8Array): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = new Map<number, number[]>()
  const groups = Object.values(dicomTags).map((tags) => {
    const group: number[] = []
    for (const tag of tags) found.set(tag, group)
    return group
  })
  for (let at = 132; at + 12 <= bytes.byteLength; at += 2) {
    const group = found.get(((view.getUint16(at, true) << 16) | view.getUint16(at + 2, true)) >>> 0)
    group?.push(at + 4, at + 8)
  }
  return groups.filter((group) => group.length > 0)
}

/** A little-endian TIFF's directory: its place, its count, and of each entry how many values there are and where. */
export function tifNumbers(bytes: Uint8Array): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directory = view.getUint32(4, true)
  const entries = Array.from({ length: view.getUint16(directory, true) }, (_, index) => directory + 2 + 12 * index)
  return [[4, directory], entries.map((at) => at + 4), entries.map((at) => at + 8)]
}

/** Of a bitmap its header's sizes, depth and compression; of a PNG its width and height and the length of its first data. */
export const bmpNumbers: number[][] = [
  [10, 14],
  [18, 22],
  [28, 30, 46],
]
export const pngNumbers: number[][] = [
  [8, 33],
  [16, 20, 24],
]
