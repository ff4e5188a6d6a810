/** Asks for what comes next while a B-scan is being judged: B-scans lie one behind the other in most files. */
import type { ByteSource } from '../../../oct/scan.ts'

/** Reads below are headers, left to whoever reads those ahead; bytes */
const smallest = 64 * 1024
/** How far apart two B-scans may lie: a header and its layer lines. */
const gap = 256 * 1024
/** Ahead of a reader at most; bytes */
const largest = 8 * 1024 * 1024

interface Piece {
  offset: number
  length: number
  bytes: Promise<Uint8Array>
}

/** The same source; after two large reads in a row the next one is on its way before it is asked for. */
export function readingStraightOn(source: ByteSource): ByteSource {
  const { size } = source
  let last: { offset: number; end: number } | null = null
  let next: Piece | null = null
  return {
    size,
    async read(offset, length) {
      const end = offset + length
      const known = next && offset >= next.offset && end <= next.offset + next.length ? next : null
      if (length < smallest && !known) return source.read(offset, length)
      const bytes = known ? known.bytes.then((all) => all.subarray(offset - known.offset, end - known.offset)) : source.read(offset, length)
      if (length >= smallest) {
        const straight = last !== null && offset >= last.end && offset - last.end <= gap
        // The next B-scan begins as far behind this one as this one did behind the one before.
        const stride = last === null ? 0 : offset - last.offset
        const wide = Math.min(length, size - offset - stride)
        next = null
        if (straight && wide > 0 && wide <= largest) {
          const ahead = source.read(offset + stride, wide)
          // Where nobody comes for it, nobody hears that it failed; who comes reads it again by itself.
          ahead.catch(() => undefined)
          next = { offset: offset + stride, length: wide, bytes: ahead }
        }
        last = { offset, end }
      }
      return bytes
    },
  }
}
