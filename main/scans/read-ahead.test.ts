import { expect, it } from 'vitest'
import type { ByteSource } from '../../oct/scan.ts'
import { readingAhead } from './read-ahead.ts'

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255)
const counted = () => {
  const asked: [number, number][] = []
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => {
      asked.push([offset, length])
      if (offset + length > bytes.length) throw new Error('beyond the end')
      return bytes.slice(offset, offset + length)
    },
  }
  return { asked, source }
}
const ahead = () => {
  const { asked, source } = counted()
  const [reading] = readingAhead([source])
  if (!reading) throw new Error('no source')
  return { asked, read: reading.read }
}

it('gives the same bytes, and copies of them', async () => {
  const { read } = ahead()
  for (const [offset, length] of [
    [0, 12],
    [8, 100],
    [4090, 20],
    [200_000, 70_000],
    [299_999, 1],
    [0, 0],
    [300_000, 0],
    [50, 299_000],
  ] as const) {
    const got = await read(offset, length)
    expect(Buffer.compare(got, bytes.subarray(offset, offset + length))).toBe(0)
    got.fill(0)
  }
  expect(Buffer.compare(await read(0, 12), bytes.subarray(0, 12))).toBe(0)
  await expect(read(299_999, 2)).rejects.toThrow('beyond')
})

it('asks seldom where a reader goes straight on, and little where it jumps', async () => {
  const straight = ahead()
  for (let at = 0; at < 250_000; at += 10) await straight.read(at, 10)
  expect(straight.asked.length).toBeLessThan(12)
  const jumping = ahead()
  for (let at = 0; at < 300_000; at += 50_000) await jumping.read(at, 256)
  expect(jumping.asked.reduce((sum, [, length]) => sum + length, 0)).toBeLessThanOrEqual(6 * 4096)
})

it('asks once for what is asked twice at the same time', async () => {
  const { asked, read } = ahead()
  await Promise.all([read(0, 10), read(5, 10), read(0, 1024)])
  expect(asked).toHaveLength(1)
})
