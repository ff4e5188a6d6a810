import { describe, expect, it } from 'vitest'
import { createFrameSource, type Frame } from './frame-source.ts'

const frame = (value: number): Frame => ({ pixels: new Uint8Array([value]), layers: [] })

/** A loader whose reads end only when the test says so. */
function held() {
  const asked: number[] = []
  const open = new Map<number, { resolve: (f: Frame) => void; reject: (e: unknown) => void }>()
  return {
    asked,
    load: (index: number) =>
      new Promise<Frame>((resolve, reject) => {
        asked.push(index)
        open.set(index, { resolve, reject })
      }),
    end: async (index: number, error?: unknown) => {
      if (error === undefined) open.get(index)?.resolve(frame(index))
      else open.get(index)?.reject(error)
      await new Promise((done) => setTimeout(done, 0))
    },
  }
}

describe('createFrameSource', () => {
  it('reads the wanted B-scan first, then its neighbours, two at a time', async () => {
    const reads = held()
    const source = createFrameSource(61, 20, reads.load, () => undefined)
    source.want(30)
    expect(reads.asked).toEqual([30, 31])
    await reads.end(30)
    expect(source.state(30)).toMatchObject({ state: 'ready' })
    await reads.end(31)
    expect(reads.asked).toEqual([30, 31, 29, 32])
  })

  it('forgets what was passed over before it began', async () => {
    const reads = held()
    const source = createFrameSource(61, 20, reads.load, () => undefined)
    for (const index of [0, 10, 20, 30]) source.want(index)
    await reads.end(0)
    await reads.end(1)
    expect(reads.asked).toEqual([0, 1, 30, 31])
  })

  it('stays within the scan', async () => {
    const reads = held()
    const source = createFrameSource(1, 20, reads.load, () => undefined)
    source.want(0)
    await reads.end(0)
    expect(reads.asked).toEqual([0])
  })

  it('keeps the most recently seen and lets go of the rest', async () => {
    const source = createFrameSource(
      100,
      5,
      (index) => Promise.resolve(frame(index)),
      () => undefined,
    )
    for (const index of [10, 30, 50]) {
      source.want(index)
      for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done, 0))
    }
    expect(source.state(50).state).toBe('ready')
    expect(source.state(10).state).toBe('loading')
  })

  it('tells a failure and tries again only when asked', async () => {
    const reads = held()
    const changes: number[] = []
    const source = createFrameSource(1, 20, reads.load, (index) => changes.push(index))
    source.want(0)
    await reads.end(0, new Error('gone'))
    expect(source.state(0)).toMatchObject({ state: 'failed' })
    source.want(0)
    expect(reads.asked).toEqual([0])
    source.retry(0)
    source.want(0)
    expect(reads.asked).toEqual([0, 0])
    expect(changes).toEqual([0])
  })

  it('says nothing more once closed', async () => {
    const reads = held()
    const changes: number[] = []
    const source = createFrameSource(3, 20, reads.load, (index) => changes.push(index))
    source.want(0)
    source.close()
    await reads.end(0)
    expect(changes).toEqual([])
  })
})
