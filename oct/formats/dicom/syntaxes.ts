/** The transfer syntaxes Scanside reads, and what each says about the bytes (PS3.5 section 10 and annex A). */
import type { Compression } from '../../scan.ts'

export interface TransferSyntax {
  uid: string
  /** As shown to a person; `Scan.formatVersion`. */
  name: string
  /** How the elements are written. Whatever is compressed is explicit little-endian. */
  explicit: boolean
  bigEndian: boolean
  deflated: boolean
  compression: Compression
  /** Whether a picture in it lost detail; where it may have, the file's own word tells. */
  lossy: 'always' | 'maybe' | 'never'
}

function syntax(uid: string, name: string, more: Partial<TransferSyntax> = {}): TransferSyntax {
  return { uid: `1.2.840.10008.1.2${uid}`, name, explicit: true, bigEndian: false, deflated: false, compression: 'none', lossy: 'never', ...more }
}

export const transferSyntaxes = {
  implicit: syntax('', 'Implicit VR Little Endian', { explicit: false }),
  explicit: syntax('.1', 'Explicit VR Little Endian'),
  'big-endian': syntax('.2', 'Explicit VR Big Endian', { bigEndian: true }),
  deflated: syntax('.1.99', 'Deflated Explicit VR Little Endian', { deflated: true }),
  rle: syntax('.5', 'RLE Lossless', { compression: 'rle' }),
  jpeg: syntax('.4.50', 'JPEG Baseline', { compression: 'jpeg', lossy: 'always' }),
  'jpeg-extended': syntax('.4.51', 'JPEG Extended', { compression: 'jpeg', lossy: 'always' }),
  'jpeg-lossless': syntax('.4.57', 'JPEG Lossless', { compression: 'jpeg-lossless' }),
  'jpeg-lossless-sv1': syntax('.4.70', 'JPEG Lossless SV1', { compression: 'jpeg-lossless' }),
  'jpeg-ls': syntax('.4.80', 'JPEG-LS Lossless', { compression: 'jpeg-ls' }),
  'jpeg-ls-near': syntax('.4.81', 'JPEG-LS Near-Lossless', { compression: 'jpeg-ls', lossy: 'always' }),
  'jpeg-2000-lossless': syntax('.4.90', 'JPEG 2000 Lossless', { compression: 'jpeg-2000' }),
  'jpeg-2000': syntax('.4.91', 'JPEG 2000', { compression: 'jpeg-2000', lossy: 'maybe' }),
  'htj2k-lossless': syntax('.4.201', 'HTJ2K Lossless', { compression: 'htj2k' }),
  'htj2k-lossless-rpcl': syntax('.4.202', 'HTJ2K Lossless RPCL', { compression: 'htj2k' }),
  htj2k: syntax('.4.203', 'HTJ2K', { compression: 'htj2k', lossy: 'maybe' }),
} as const satisfies Record<string, TransferSyntax>

export type SyntaxName = keyof typeof transferSyntaxes

/** The transfer syntax of this UID; undefined where Scanside does not know it. */
export function syntaxOf(uid: string): TransferSyntax | undefined {
  return Object.values(transferSyntaxes).find((each) => each.uid === uid)
}

/** SOP classes by the last parts of their UID (1.2.840.10008.5.1.4.1.1 ...). */
export const sopClass = {
  op8: '1.2.840.10008.5.1.4.1.1.77.1.5.1',
  op16: '1.2.840.10008.5.1.4.1.1.77.1.5.2',
  opt: '1.2.840.10008.5.1.4.1.1.77.1.5.4',
  enFace: '1.2.840.10008.5.1.4.1.1.77.1.5.7',
} as const
