import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createStore } from './stores.ts'

describe('a store', () => {
  const schema = z.object({ rev: z.number(), a: z.number().max(10), b: z.string() })
  it('pushes changes of a microtask together, with a growing revision', async () => {
    const faults: unknown[] = []
    const store = createStore(schema, { a: 1, b: 'x' }, (error) => faults.push(error))
    const seen: unknown[] = []
    store.subscribe(() => {
      throw new Error('a broken window')
    })
    const stop = store.subscribe((value) => seen.push(value))
    store.update({ a: 2 })
    store.update((value) => ({ a: value.a + 1 }))
    expect(seen).toEqual([])
    await Promise.resolve()
    expect(seen).toEqual([{ rev: 1, a: 3, b: 'x' }])
    expect(faults).toHaveLength(1)
    expect(() => store.update({ a: 11 })).toThrow()
    expect(store.get()).toEqual({ rev: 1, a: 3, b: 'x' })
    store.update({ b: 'y' })
    await Promise.resolve()
    expect(seen).toHaveLength(2)
    stop()
    store.update({ b: 'z' })
    await Promise.resolve()
    expect(seen).toHaveLength(2)
    expect(store.get().rev).toBe(3)
  })
})
