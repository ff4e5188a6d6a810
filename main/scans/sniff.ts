/** What a file is, by its first bytes: a name can say anything, and never reaches main. */
import { sniff as sniffVol } from '../../oct/formats/vol.ts'

const marks: [extension: string, offset: number, bytes: number[] | string][] = [
  ['.dcm', 128, 'DICM'],
  ['.e2e', 0, 'CMDb'],
  ['.png', 0, [0x89, 0x50, 0x4e, 0x47]],
  ['.jpg', 0, [0xff, 0xd8, 0xff]],
  ['.tif', 0, [0x49, 0x49, 0x2a, 0x00]],
  ['.tif', 0, [0x4d, 0x4d, 0x00, 0x2a]],
  ['.bmp', 0, 'BM'],
  ['.xml', 0, '<?xml'],
  ['.xml', 0, [0xef, 0xbb, 0xbf, 0x3c, 0x3f, 0x78, 0x6d, 0x6c]],
]

/** How many first bytes `sniffExtension` wants. */
export const sniffBytes = 256

/** `.vol`, `.dcm`, … by content; null where it is nothing a retinal scan is kept in. */
export const sniffExtension = (first: Uint8Array): string | null => {
  if (sniffVol(first) !== null) return '.vol'
  for (const [extension, offset, mark] of marks) {
    const bytes = typeof mark === 'string' ? [...new TextEncoder().encode(mark)] : mark
    if (bytes.every((byte, index) => first[offset + index] === byte)) return extension
  }
  return null
}
