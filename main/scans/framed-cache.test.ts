import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FramedCache, openFramedCache } from './framed-cache.ts'
import { frameBytes } from './frames.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-cache-'))
})
let cache: FramedCache
const opened = async () => {
  cache = await openFramedCache(folder)
  return cache
}
afterEach(async () => {
  await cache.close()
  await rm(folder, { recursive: true, force: true })
})

const cap = 100_000_000
const signal = new AbortController().signal
const pieces = (bytes: Buffer, size: number) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })(),
  )

describe('the framed cache', () => {
  it('gives back every range, across frames, and the whole', async () => {
    await opened()
    const bytes = randomBytes(frameBytes * 2 + 12_345)
    const file = await cache.write(pieces(bytes, 70_001), { signal, cap, expected: bytes.length })
    for (const [offset, length] of [
      [0, 0],
      [0, 10],
      [frameBytes - 5, 10],
      [frameBytes, frameBytes],
      [100, bytes.length - 200],
      [bytes.length - 1, 1],
      [bytes.length, 0],
    ] as const) {
      expect(Buffer.from(await file.read(offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(true)
    }
    expect((await buffer(file.stream())).equals(bytes)).toBe(true)
    for (const [offset, length] of [
      [0, bytes.length + 1],
      [-1, 1],
      [0.5, 1],
      [Number.MAX_SAFE_INTEGER, 1],
    ] as const) {
      await expect(file.read(offset, length)).rejects.toMatchObject({ code: 'invalid-file' })
    }
  })

  it('writes no clear text and leaves no file behind', async () => {
    await opened()
    const file = await cache.write(pieces(Buffer.from('MUSTERMANN_ERIKA'.repeat(200_000)), 65_536), { signal, cap })
    const names = await readdir(folder)
    expect(names).toHaveLength(1)
    for (const name of names) expect((await readFile(join(folder, name))).includes('MUSTERMANN')).toBe(false)
    await file.close()
    await file.close()
    expect(await readdir(folder)).toEqual([])
    await expect(file.read(0, 1)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('notices a file changed from outside, and frames put in each other’s place', async () => {
    await opened()
    const file = await cache.write(pieces(randomBytes(frameBytes * 2), 65_536), { signal, cap })
    const path = join(folder, (await readdir(folder))[0] ?? '')
    const sealed = await readFile(path)
    const half = sealed.length / 2
    await writeFile(path, Buffer.concat([sealed.subarray(half), sealed.subarray(0, half)]))
    await expect(file.read(5000, 1)).rejects.toMatchObject({ code: 'integrity' })
    await expect(file.read(frameBytes, 1)).rejects.toMatchObject({ code: 'integrity' })
    await writeFile(path, sealed)
    expect(await file.read(5000, 1)).toHaveLength(1)
    await writeFile(path, sealed.subarray(0, half - 1))
    await expect(file.read(frameBytes, 1)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('refuses what is too long, too short or of another digest, and what is cancelled, and keeps nothing of it', async () => {
    await opened()
    const bytes = randomBytes(3_000_000)
    await expect(cache.write(pieces(bytes, 1000), { signal, cap: 2_000_000 })).rejects.toMatchObject({ code: 'invalid-file' })
    await expect(cache.write(pieces(bytes, 1000), { signal, cap, expected: 3_000_001 })).rejects.toMatchObject({ code: 'integrity' })
    await expect(cache.write(pieces(bytes, 1000), { signal, cap, md5: '0'.repeat(32) })).rejects.toMatchObject({ code: 'integrity' })
    const abort = new AbortController()
    const onProgress = (done: number) => {
      if (done > 1_500_000) abort.abort()
    }
    await expect(cache.write(pieces(bytes, 1000), { signal: abort.signal, cap, onProgress })).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(folder)).toEqual([])
  })

  it('empties what an earlier life left, and only that', async () => {
    await writeFile(join(folder, 'left.frames'), 'x')
    await writeFile(join(folder, 'other.txt'), 'x')
    await opened()
    expect(await readdir(folder)).toEqual(['other.txt'])
  })
})
