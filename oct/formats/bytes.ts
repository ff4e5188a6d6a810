/** Byte sources over memory, and the few reads every format needs. */
import { ScansideError } from '../errors.ts'
import type { ByteSource } from '../scan.ts'

/** A source over bytes in memory. Its reads are views, not copies. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > bytes.byteLength) {
        return Promise.reject(endsEarly(offset, length, bytes.byteLength))
      }
      return Promise.resolve(bytes.subarray(offset, offset + length))
    },
  }
}

/** Reads exactly `length` bytes, whatever the source gives: a source that returns fewer is told as a file that ends early. */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length)
  if (bytes.byteLength !== length) throw endsEarly(offset, length, offset + bytes.byteLength)
  return bytes
}

/** ASCII up to the first NUL; anything outside printable ASCII becomes `?`. */
export function ascii(bytes: Uint8Array, offset: number, length: number): string {
  let text = ''
  for (const byte of bytes.subarray(offset, offset + length)) {
    if (byte === 0) break
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?'
  }
  return text
}

/** Float32 little-endian values as an aligned copy. Every platform Scanside runs on is little-endian. */
export function float32Copy(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes.byteLength)
  copy.set(bytes)
  return new Float32Array(copy.buffer)
}

function endsEarly(offset: number, length: number, size: number): ScansideError {
  return new ScansideError('invalid-file', 'The file ends before its own header says it does. Export the scan again; nothing was changed.', {
    offset,
    expected: offset + length,
    size,
  })
}
