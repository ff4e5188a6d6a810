import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../oct/formats/bytes.ts'
import type { ByteSource } from '../../../oct/scan.ts'
import { readingStraightOn } from './straight-on.ts'

const size = 2_000_000
const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7) % 251)
const watched = () => {
  const reads: [number, number][] = []
  const source = bytesSource(bytes)
  const read = (offset: number, length: number) => {
    reads.push([offset, length])
    return source.read(offset, length)
  }
  return { reads, source: readingStraightOn({ size, read }) }
}

const same = async (source: ByteSource, offset: number, length: number): Promise<boolean> =>
  Buffer.compare(await source.read(offset, length), bytes.subarray(offset, offset + length)) === 0

describe('reading straight on', () => {
  it('has the next piece on its way after two in a row, and gives the same bytes', async () => {
    const { reads, source } = watched()
    const step = 110_000
    for (let at = 1000; at + 100_000 <= size; at += step) {
      expect(await same(source, at, 100_000)).toBe(true)
    }
    // Every piece once.
    expect(new Set(reads.map(([offset]) => offset)).size).toBe(reads.length)
    expect(reads.slice(0, 4)).toEqual([0, 1, 2, 3].map((i) => [1000 + i * step, 100_000]))
  })

  it('reads nothing ahead for headers, jumps and the end', async () => {
    const { reads, source } = watched()
    for (const [offset, length] of [
      [0, 100],
      [100, 100],
      [1_500_000, 100_000],
      [500_000, 100_000],
      [size - 100_000, 100_000],
    ] as const) {
      expect(await same(source, offset, length)).toBe(true)
    }
    expect(reads).toHaveLength(5)
    await expect(source.read(size - 10, 100_000)).rejects.toMatchObject({ code: 'invalid-file' })
  })

  it('tells a failure to who asks, and to nobody else', async () => {
    let fails = false
    const source = readingStraightOn({
      size,
      read: (offset, length) => (fails ? Promise.reject(new Error('gone')) : bytesSource(bytes).read(offset, length)),
    })
    await source.read(0, 100_000)
    fails = true
    await expect(source.read(100_000, 100_000)).rejects.toThrow('gone')
  })
})
