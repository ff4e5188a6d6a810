/** Walks through a byte source in small windows, so that a header of any size costs little memory. */
import { ScansideError } from '../../errors.ts'
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'

const windowBytes = 65_536

export class Cursor {
  readonly source: ByteSource
  /** Where the next byte is read, in the source. */
  position: number
  bigEndian = false
  #view: DataView
  #start = 0

  constructor(source: ByteSource, position = 0) {
    this.source = source
    this.position = position
    this.#view = new DataView(new ArrayBuffer(0))
  }

  /** True where the next `count` bytes are at hand; else `fill` must be awaited first. */
  has(count: number): boolean {
    return this.position >= this.#start && this.position + count <= this.#start + this.#view.byteLength
  }

  /** Brings the next `count` bytes (at most a window) to hand. */
  async fill(count: number, window = windowBytes): Promise<void> {
    if (this.has(count)) return
    if (this.position + count > this.source.size) throw endsEarly(this.position, this.source.size)
    const bytes = await readExactly(this.source, this.position, Math.min(Math.max(window, count), this.source.size - this.position))
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#start = this.position
  }

  u16(): number {
    const value = this.#view.getUint16(this.position - this.#start, !this.bigEndian)
    this.position += 2
    return value
  }

  u32(): number {
    const value = this.#view.getUint32(this.position - this.#start, !this.bigEndian)
    this.position += 4
    return value
  }

  /** A tag as 0xGGGGEEEE: the group comes first in either byte order. */
  tag(): number {
    const group = this.u16()
    return group * 0x10000 + this.u16()
  }

  /** Two bytes as text. */
  letters(): string {
    const at = this.position - this.#start
    this.position += 2
    return String.fromCharCode(this.#view.getUint8(at), this.#view.getUint8(at + 1))
  }

  /** `count` bytes from `position`, by small windows; a view. */
  async peek(position: number, count: number): Promise<Uint8Array> {
    this.position = position
    if (!this.has(count)) await this.fill(count, 1024)
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + position - this.#start, count)
  }

  /** A copy of the next `count` bytes. */
  async take(count: number): Promise<Uint8Array> {
    if (this.position + count > this.source.size) throw endsEarly(this.position, this.source.size)
    const from = this.position
    this.position += count
    if (from < this.#start || this.position > this.#start + this.#view.byteLength) {
      return Uint8Array.from(await readExactly(this.source, from, count))
    }
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + from - this.#start, count).slice()
  }
}

export function endsEarly(offset: number, size: number): ScansideError {
  return new ScansideError(
    'invalid-file',
    `The file ends at byte ${size}, in the middle of what begins at byte ${offset}. Nothing was changed; export the scan again from the device.`,
    { offset, size },
  )
}
