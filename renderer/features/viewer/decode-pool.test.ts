import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDecodePool, type Picture, type WorkerLike } from './decode-pool.ts'
import type { DecodeRequest } from './decode-worker.ts'

const picture = (value: number): Picture => ({ coding: { kind: 'reflectivity-f32' }, raw: new Uint8Array([value]).buffer, width: 1, height: 1 })
const never = new AbortController().signal
const no = () => false

/** Workers that answer only when the test says so. */
function office(size: number) {
  const workers: (WorkerLike & { asked: DecodeRequest[]; gone: boolean })[] = []
  const pool = createDecodePool({
    size,
    patience: 60_000,
    rest: 30_000,
    start: () => {
      const worker = {
        asked: [] as DecodeRequest[],
        gone: false,
        onmessage: null,
        onerror: null,
        postMessage(message: DecodeRequest) {
          this.asked.push(message)
        },
        terminate() {
          this.gone = true
        },
      }
      workers.push(worker)
      return worker
    },
  })
  const first = (of: number) => workers[of]?.asked.map(({ raw }) => new Uint8Array(raw)[0])
  const answer = (of: number, value = 0) => {
    const worker = workers[of]
    const id = worker?.asked.at(-1)?.id ?? 0
    worker?.onmessage?.({ data: { id, pixels: new Uint8Array([value]) } } as MessageEvent)
  }
  return { pool, workers, first, answer }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('createDecodePool', () => {
  it('starts workers as they are needed and gives each one picture at a time', async () => {
    const { pool, workers, first, answer } = office(2)
    const wanted = [1, 2, 3].map((value) => pool.decode(picture(value), no, never))
    expect(workers).toHaveLength(2)
    expect([first(0), first(1)]).toEqual([[1], [2]])
    answer(1, 22)
    expect(first(1)).toEqual([2, 3])
    answer(0, 11)
    answer(1, 33)
    expect((await Promise.all(wanted)).map((pixels) => pixels[0])).toEqual([11, 22, 33])
  })

  it('takes first what a person waits for when a worker is free', () => {
    const { pool, first, answer } = office(1)
    let at = 3
    for (const value of [1, 2, 3, 4]) void pool.decode(picture(value), () => at === value, never)
    answer(0)
    expect(first(0)).toEqual([1, 3])
    at = 4
    answer(0)
    answer(0)
    expect(first(0)).toEqual([1, 3, 4, 2])
  })

  it('leaves out what is no longer wanted', async () => {
    const { pool, first, answer } = office(1)
    const aborter = new AbortController()
    void pool.decode(picture(1), no, never)
    const gone = pool.decode(picture(2), no, aborter.signal)
    void pool.decode(picture(3), no, never)
    aborter.abort()
    answer(0)
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' })
    expect(first(0)).toEqual([1, 3])
  })

  it('passes an error on as what it is', async () => {
    const { pool, workers } = office(1)
    const wanted = pool.decode(picture(1), no, never)
    workers[0]?.onmessage?.({ data: { id: 1, error: { code: 'invalid-file', message: 'Damaged.', details: { offset: 7 } } } } as MessageEvent)
    await expect(wanted).rejects.toMatchObject({ code: 'invalid-file', message: 'Damaged.', details: { offset: 7 } })
  })

  it('replaces a worker that broke or that never ends', async () => {
    const { pool, workers, first } = office(1)
    const broken = pool.decode(picture(1), no, never)
    const endless = pool.decode(picture(2), no, never)
    const next = pool.decode(picture(3), no, never)
    next.catch(() => undefined)
    workers[0]?.onerror?.({} as ErrorEvent)
    await expect(broken).rejects.toMatchObject({ code: 'internal' })
    expect([workers[0]?.gone, first(1)]).toEqual([true, [2]])
    vi.advanceTimersByTime(60_000)
    await expect(endless).rejects.toMatchObject({ code: 'invalid-file' })
    expect([workers[1]?.gone, first(2)]).toEqual([true, [3]])
    pool.close()
    await expect(next).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('starts its workers ahead, and lets them go when nothing comes', () => {
    const { pool, workers, first } = office(2)
    pool.warm()
    pool.warm()
    expect(workers).toHaveLength(2)
    pool.decode(picture(1), no, never).catch(() => undefined)
    expect([first(0), workers.length]).toEqual([[1], 2])
    pool.close()
    const idle = office(1)
    idle.pool.warm()
    vi.advanceTimersByTime(30_000)
    expect(idle.workers[0]?.gone).toBe(true)
  })

  it('lets idle workers go, and starts again', () => {
    const { pool, workers, answer } = office(1)
    void pool.decode(picture(1), no, never)
    vi.advanceTimersByTime(30_000)
    expect(workers[0]?.gone).toBe(false)
    answer(0)
    vi.advanceTimersByTime(30_000)
    expect(workers[0]?.gone).toBe(true)
    void pool.decode(picture(2), no, never)
    expect(workers).toHaveLength(2)
  })
})
