import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { countEntries, exceeds, fileTooLarge, pauseAfter, watchOutput } from './output-watch.ts'

const limits = { outputBytes: 100_000_000, outputFiles: 10 }
const never = new AbortController().signal

const stagerWith = (names: number): Docker.Container => {
  const getArchive = async () => {
    const tar = pack()
    for (let i = 0; i < names; i++) tar.entry({ name: `f${i}` }, Buffer.alloc(10))
    tar.finalize()
    return Readable.from(tar)
  }
  return { getArchive } as unknown as Docker.Container
}

describe('what a run may have written while it runs', () => {
  it.each([
    [{ bytes: null, entries: null }, null],
    [{ bytes: 200_000_000, entries: 20 }, null],
    [{ bytes: 200_000_001, entries: null }, 'size'],
    [{ bytes: 0, entries: 21 }, 'count'],
  ] as const)('%j: %s', (written, rule) => {
    expect(exceeds(written, limits)?.rule ?? null).toBe(rule)
  })

  it('says how much, that nothing was taken, and whom to tell', () => {
    expect(exceeds({ bytes: 1e12, entries: null }, limits)?.message).toMatch(/more than 200 MB.*ended.*untouched.*Tell/)
    expect(exceeds({ bytes: null, entries: 1e6 }, limits)?.message).toMatch(/more than 20 files.*ended.*untouched.*Tell/)
    expect(fileTooLarge(limits)).toMatchObject({ code: 'output-refused', message: expect.stringContaining('100 MB') })
  })

  it.each([
    [0, 1_500],
    [100, 1_500],
    [1_000, 8_000],
    [1e6, 60_000],
  ])('an engine that took %i ms to look is left alone for %i ms', (took, wait) => expect(pauseAfter(took)).toBe(wait))
})

describe('the watch', () => {
  it('counts until there are too many, and no further', async () => {
    expect(await countEntries(stagerWith(5), '/scanside-1/.', 20, never)).toBe(5)
    expect(await countEntries(stagerWith(500), '/scanside-1/.', 20, never)).toBe(21)
  })

  const watch = (sizes: () => Promise<ReadonlyMap<string, number>>, names: number) =>
    watchOutput({ sizes, stager: stagerWith(names), volumes: [{ name: 'v1', path: '/scanside-1/.' }], limits, now: () => 0 }, never)

  it('ends a run for its bytes, whatever the others have, and for its files', async () => {
    expect(await watch(async () => new Map([['v1', 3e8]]), 1)).toMatchObject({ code: 'output-refused', details: { rule: 'size' } })
    expect(await watch(() => Promise.reject(new Error('busy')), 100)).toMatchObject({ code: 'output-refused', details: { rule: 'count' } })
  })

  it('ends with the run', async () => {
    const over = new AbortController()
    const sizes = async () => new Map([['v0', 3e8]])
    const watching = watchOutput(
      { sizes, stager: stagerWith(1), volumes: [{ name: 'v1', path: '/scanside-1/.' }], limits, now: () => 0 },
      over.signal,
    )
    over.abort()
    expect(await watching).toBeNull()
  })
})
