/** Where a file's bytes are: in memory, in a folder, or in a recipe that makes them when asked. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'

export interface Bytes {
  /** bytes */
  readonly size: number
  /** MD5, hex. */
  digest(): Promise<string>
  open(): Promise<Readable>
  read(): Promise<Uint8Array>
}

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

export function memoryBytes(bytes: Uint8Array, digest?: string): Bytes {
  return {
    size: bytes.byteLength,
    digest: async () => digest ?? md5(bytes),
    open: async () => Readable.from(pieces(bytes)),
    read: async () => bytes,
  }
}

/** Bytes that lie in the archive's folder. */
export function folderBytes(path: string, size: number, digest: string): Bytes {
  const open = async () => createReadStream(path)
  return {
    size,
    digest: async () => digest,
    open,
    async read() {
      const parts: Buffer[] = []
      for await (const part of await open()) parts.push(part as Buffer)
      return Buffer.concat(parts)
    },
  }
}

/** How many generated files stay in memory: one session's worth, so that listing and reading it generates each once. */
const keptFiles = 4
const kept = new Map<object, Uint8Array>()

/** Bytes made on first use, of a size known before. The last few are kept, older ones are made again when asked: same recipe, same bytes. */
export function generatedBytes(size: number, make: () => Uint8Array): Bytes {
  let known: string | undefined
  const key = {}
  const produce = () => {
    const bytes = kept.get(key) ?? make()
    kept.delete(key)
    kept.set(key, bytes)
    for (const oldest of kept.keys()) {
      if (kept.size <= keptFiles) break
      kept.delete(oldest)
    }
    return bytes
  }
  return {
    size,
    async digest() {
      known ??= md5(produce())
      return known
    },
    open: async () => Readable.from(pieces(produce())),
    read: async () => produce(),
  }
}

function* pieces(bytes: Uint8Array): Generator<Buffer> {
  const step = 65_536
  for (let at = 0; at < bytes.byteLength; at += step) {
    const end = Math.min(at + step, bytes.byteLength)
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
  }
}
