import { describe, expect, it } from 'vitest'
import { createFrameSource, type Frame, type FrameSourceOptions } from './frame-source.ts'

const frame = (value: number): Frame => ({ width: 1, height: 1, pixels: new Uint8Array([value]), layers: [] })
const turn = () => new Promise((done) => setTimeout(done, 0))

/** A source whose reads end only when the test says so. B-scans count one byte each. */
function held(options: Partial<FrameSourceOptions> = {}) {
  const asked: number[] = []
  const changes: number[] = []
  const urgent = new Map<number, () => boolean>()
  const open = new Map<number, { resolve: (f: Frame) => void; reject: (e: unknown) => void }>()
  const source = createFrameSource({
    total: 61,
    sizeOf: () => 1,
    budget: 100,
    lanes: 2,
    load: (index, _signal, isUrgent) =>
      new Promise<Frame>((resolve, reject) => {
        asked.push(index)
        urgent.set(index, isUrgent)
        open.set(index, { resolve, reject })
      }),
    onChange: (index) => changes.push(index),
    ...options,
  })
  return {
    source,
    asked,
    changes,
    urgent: (index: number) => urgent.get(index)?.(),
    end: async (index: number, error?: unknown) => {
      if (error === undefined) open.get(index)?.resolve(frame(index))
      else open.get(index)?.reject(error)
      await turn()
    },
    /** Ends whatever is under way until nothing new begins. */
    endAll: async () => {
      for (let ended = 0; ended < asked.length; ended++) {
        open.get(asked[ended] as number)?.resolve(frame(asked[ended] as number))
        await turn()
      }
    },
  }
}

describe('createFrameSource', () => {
  it('reads the wanted B-scan first, then its neighbours', async () => {
    const { source, asked, end, changes } = held()
    source.want(30)
    expect(asked).toEqual([30, 31])
    await end(30)
    expect(source.state(30)).toMatchObject({ state: 'ready' })
    await end(31)
    expect(asked).toEqual([30, 31, 29, 32])
    expect(changes).toEqual([30, 31])
  })

  it('goes on until all are there, nearest first', async () => {
    const { source, asked, endAll } = held({ total: 7 })
    source.want(2)
    await endAll()
    expect(asked).toEqual([2, 3, 1, 4, 0, 5, 6])
    expect([source.readyCount, source.total]).toEqual([7, 7])
    expect(source.ready(6)).toMatchObject({ pixels: new Uint8Array([6]) })
  })

  it('begins the wanted B-scan beside what is under way for later', async () => {
    const { source, asked, urgent } = held()
    source.want(0)
    expect(asked).toEqual([0, 1])
    source.want(40)
    expect(asked).toEqual([0, 1, 40])
    expect([urgent(0), urgent(40)]).toEqual([false, true])
  })

  it('forgets what was passed over before it began', async () => {
    const { source, asked, end } = held()
    for (let index = 0; index < 60; index++) source.want(index)
    expect(asked.length).toBeLessThanOrEqual(4)
    await end(0)
    expect(asked.at(-1)).toBe(59)
  })

  it('stays within the scan', async () => {
    const { source, asked, end } = held({ total: 1 })
    source.want(0)
    await end(0)
    expect(asked).toEqual([0])
  })

  it('keeps the nearest where there is no room for all, and never lets them push each other out', async () => {
    const { source, asked, endAll } = held({ total: 100, budget: 11 })
    source.want(50)
    await endAll()
    expect(source.readyCount).toBe(11)
    expect([source.ready(45), source.ready(55)].every((one) => one !== null)).toBe(true)
    expect(asked).toHaveLength(11)
    source.want(80)
    await endAll()
    expect(source.readyCount).toBe(11)
    for (let index = 75; index <= 85; index++) expect(source.ready(index)).not.toBeNull()
    expect(source.state(50).state).toBe('loading')
  })

  it('keeps the wanted one and its neighbours even where they are larger than the room', async () => {
    const { source, endAll } = held({ budget: 2, sizeOf: () => 10 })
    source.want(30)
    await endAll()
    expect(source.readyCount).toBe(5)
    expect(source.ready(28)).not.toBeNull()
  })

  it('tells a failure and tries again only when asked', async () => {
    const { source, asked, changes, end } = held({ total: 1 })
    source.want(0)
    await end(0, new Error('gone'))
    expect(source.state(0)).toMatchObject({ state: 'failed' })
    source.want(0)
    expect(asked).toEqual([0])
    source.retry(0)
    source.want(0)
    expect(asked).toEqual([0, 0])
    expect(changes).toEqual([0])
  })

  it('tries once more where a B-scan failed before anybody waited for it', async () => {
    const { source, asked, changes, end } = held({ total: 2 })
    source.want(0)
    await end(1, new Error('gone'))
    await end(0)
    expect(asked).toEqual([0, 1])
    expect(source.state(1)).toEqual({ state: 'loading' })
    source.want(1)
    expect(asked).toEqual([0, 1, 1])
    await end(1, new Error('gone'))
    expect(source.state(1)).toMatchObject({ state: 'failed' })
    expect(changes).toEqual([0, 1])
  })

  it('says nothing more once closed', async () => {
    const { source, changes, end } = held()
    source.want(0)
    source.close()
    await end(0)
    expect(changes).toEqual([])
    expect(source.readyCount).toBe(0)
  })
})
