/**
 * Copies of Heidelberg RAW exports without what names a person. Pseudonymised, never anonymous: the retina itself identifies, and the time of
 * the examination stays.
 */
import type { ByteSource } from '../scan.ts'
import { ascii, readExactly } from './bytes.ts'
import { checkBeginning } from './vol-header.ts'
import { fileHeaderBytes, header, since, versionNumber } from './vol-layout.ts'

/**
 * From here to the header's end lie the ids of series and baseline (104, 120), from HSF-OCT-101 on the patient's and the visit's ids and dates
 * (136..207) and, after the grids' places, the progression's id (224) and what later versions may add.
 */
const identityFrom = 104

/**
 * The file header with its identity fields emptied: everything from byte 104 on except the places of the grids (as far as the version has them).
 * Byte-identical before. A copy; the version decides which fields are grids' and which are not.
 * @throws ScansideError invalid-file where these are not the first 2048 bytes of a RAW export
 */
export function pseudonymiseVolHeader(header2048: Uint8Array): Uint8Array {
  checkBeginning(header2048, header2048.byteLength)
  // A Node Buffer's own `slice` is no copy.
  const copy = Uint8Array.from(header2048.subarray(0, fileHeaderBytes))
  const version = versionNumber(ascii(copy, header.version, 12))
  const gridsEnd = version >= since.secondGrid ? header.programme : version >= since.firstGrid ? header.secondGridType : header.gridType
  copy.fill(0, identityFrom, header.gridType)
  copy.fill(0, gridsEnd)
  return copy
}

/** The same file with a pseudonymised header; every byte after it is the source's own. B-scan headers carry no identity. */
export function pseudonymisedVol(source: ByteSource): ByteSource {
  let head: Promise<Uint8Array> | undefined
  return {
    size: source.size,
    async read(offset, length) {
      const bytes = await source.read(offset, length)
      if (offset >= fileHeaderBytes || length === 0) return bytes
      head ??= readExactly(source, 0, Math.min(source.size, fileHeaderBytes)).then(pseudonymiseVolHeader)
      const copy = Uint8Array.from(bytes)
      copy.set((await head).subarray(offset, Math.min(fileHeaderBytes, offset + length)))
      return copy
    },
  }
}
