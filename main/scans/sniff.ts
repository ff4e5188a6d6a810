/** What a file is, by its first bytes: a name can say anything. */
import { identify, identifyBytes } from '../../oct/formats/index.ts'
import type { ScanFormat } from '../../oct/scan.ts'

export interface Sniffed {
  kind: ScanFormat | 'picture'
  /** `.vol`, … as an image may tell it */
  extension: string
}

const extensions = { 'heidelberg-vol': '.vol', 'heidelberg-xml': '.xml', 'heidelberg-e2e': '.e2e', 'dicom-opt': '.dcm' } as const

const pictures: [extension: string, mark: number[]][] = [
  ['.png', [0x89, 0x50, 0x4e, 0x47]],
  ['.jpg', [0xff, 0xd8, 0xff]],
  ['.bmp', [0x42, 0x4d]],
]

/** How many first bytes `sniff` wants. */
export const sniffBytes = identifyBytes

/** Null where it is nothing a retinal scan is kept in. */
export const sniff = (first: Uint8Array): Sniffed | null => {
  const kind = identify(first)
  if (kind === null) return null
  if (kind !== 'picture') return { kind, extension: extensions[kind] }
  const known = pictures.find(([, mark]) => mark.every((byte, index) => first[index] === byte))
  return { kind, extension: known?.[0] ?? '.tif' }
}
