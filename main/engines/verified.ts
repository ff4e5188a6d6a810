/** Inputs on their way to any engine: size and digests are checked while they flow. */
import { createHash, type Hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { InputRef } from './engine.ts'

export interface Staged {
  path: string
  size: number
  sha256: string
}

/** Rejects names an archive or a person could use to leave the mount. Inputs are named by Scanside; this is the second lock. */
export function checkInputPath(path: string): void {
  const parts = path.split('/')
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && /^[\w.-]+$/.test(part))
  if (!plain || path.length > 1_000) throw new ScansideError('invalid-argument', 'A name of an input cannot be used in a run. Nothing was sent.')
}

/**
 * Reads an input to its end; `take` may make it wait.
 * @throws ScansideError integrity where it is not the input announced; what its reader and `take` throw
 */
export async function readVerified(ref: InputRef, signal: AbortSignal, take: (chunk: Uint8Array) => Promise<void> | void): Promise<Staged> {
  const sha256 = createHash('sha256')
  const md5: Hash | null = ref.kind === 'archive' && ref.md5 ? createHash('md5') : null
  const wrong = (what: string) =>
    new ScansideError('integrity', `A scan arrived ${what}, so it was not analysed. The original is untouched; start the run again.`, {
      size: ref.size,
    })
  const source: Readable = await ref.read(signal)
  let size = 0
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      size += chunk.length
      if (size > ref.size) throw wrong('longer than the archive had said')
      sha256.update(chunk)
      md5?.update(chunk)
      await take(chunk)
    }
    if (size !== ref.size) throw wrong('shorter than the archive had said')
    if (md5 !== null && ref.kind === 'archive' && md5.digest('hex') !== ref.md5?.toLowerCase()) throw wrong('damaged (its MD5 differs)')
    const digest = sha256.digest('hex')
    if (ref.kind === 'local' && ref.sha256 && digest !== ref.sha256.toLowerCase()) throw wrong('damaged (its SHA-256 differs)')
    return { path: ref.path, size, sha256: digest }
  } finally {
    source.destroy()
  }
}
