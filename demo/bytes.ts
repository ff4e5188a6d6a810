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

/** How many generated scans stay in memory: one session's worth, so that listing and reading it generates each once. */
const keptScans = 4
const kept = new Map<object, unknown>()

/** A recipe that is followed when asked and its product kept while it is one of the last few: same recipe, same product. */
function keptProduct<T>(make: () => T): () => T {
  const key = {}
  return () => {
    const product = (kept.get(key) as T | undefined) ?? make()
    kept.delete(key)
    kept.set(key, product)
    for (const oldest of kept.keys()) {
      if (kept.size <= keptScans) break
      kept.delete(oldest)
    }
    return product
  }
}

/** Bytes made on first use, of a size known before or asked for when needed. */
function lazyBytes(size: number | null, produce: () => Uint8Array): Bytes {
  let knownSize = size
  let knownDigest: string | undefined
  return {
    get size() {
      knownSize ??= produce().byteLength
      return knownSize
    },
    async digest() {
      knownDigest ??= md5(produce())
      return knownDigest
    },
    open: async () => Readable.from(pieces(produce())),
    read: async () => produce(),
  }
}

/** Bytes made on first use, of a size known before. The last few are kept, older ones are made again when asked: same recipe, same bytes. */
export function generatedBytes(size: number, make: () => Uint8Array): Bytes {
  return lazyBytes(size, keptProduct(make))
}

/** Files that one recipe makes together, by their names. Even their sizes are known only once they were made. */
export function generatedFiles<K extends string>(names: readonly K[], make: () => Record<K, Uint8Array>): Map<K, Bytes> {
  const produce = keptProduct(make)
  return new Map(names.map((name) => [name, lazyBytes(null, () => produce()[name])]))
}

function* pieces(bytes: Uint8Array): Generator<Buffer> {
  const step = 65_536
  for (let at = 0; at < bytes.byteLength; at += step) {
    const end = Math.min(at + step, bytes.byteLength)
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
  }
}
