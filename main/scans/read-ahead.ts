/** Fewer, larger questions: a reader that walks a header in small steps asks main once for many of them. */
import type { ByteSource } from '../../oct/scan.ts'

/** bytes asked for at least, and at most ahead of a reader that goes straight on */
const smallest = 4 * 1024
const largest = 64 * 1024
/** Windows kept over all files of a set. */
const keptWindows = 64

interface Window {
  offset: number
  bytes: Promise<Uint8Array>
  length: number
}

/**
 * The same sources, each with a window that grows while the reader goes straight on, and shrinks where it jumps: a volume's B-scan headers
 * lie far apart, and reading ahead there would read what nobody wants.
 */
export const readingAhead = (sources: readonly ByteSource[]): ByteSource[] => {
  const windows = new Map<ByteSource, Window>()
  return sources.map((source): ByteSource => {
    const { size } = source
    let step = smallest
    return {
      size,
      read: async (offset, length) => {
        const known = windows.get(source)
        const end = offset + length
        if (known && offset >= known.offset && end <= known.offset + known.length) {
          return (await known.bytes).slice(offset - known.offset, end - known.offset)
        }
        if (!(length < largest) || !(offset >= 0) || !(end <= size)) return source.read(offset, length)
        const goesOn = known !== undefined && offset >= known.offset && offset < known.offset + known.length + smallest
        step = goesOn ? Math.min(largest, step * 2) : smallest
        const wide = Math.min(size - offset, Math.max(length, step))
        const bytes = source.read(offset, wide)
        windows.delete(source)
        windows.set(source, { offset, bytes, length: wide })
        for (const oldest of windows.keys()) if (windows.size > keptWindows) windows.delete(oldest)
        return (await bytes).slice(0, length)
      },
    }
  })
}
