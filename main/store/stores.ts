/**
 * Small observable state. Main is the only writer; a value is parsed before it is stored; `rev` grows by one with every push;
 * changes of one microtask are pushed together; a listener that throws stops nobody else.
 */
import type { z } from 'zod'

export interface Store<T extends { rev: number }> {
  get(): T
  /** Merges a change; what does not fit the schema is thrown and nothing is stored. */
  update(change: Partial<Omit<T, 'rev'>> | ((now: T) => Partial<Omit<T, 'rev'>>)): void
  /** Called with the whole value after each batch of changes; returns how to stop. */
  subscribe(listener: (value: T) => void): () => void
}

/**
 * @param initial without `rev`, which begins at 0
 * @param report hears of a listener that threw
 */
export const createStore = <T extends { rev: number }>(
  schema: z.ZodType<T>,
  initial: Omit<T, 'rev'>,
  report: (error: unknown) => void = () => {},
): Store<T> => {
  let value = schema.parse({ ...initial, rev: 0 })
  let pending = false
  const listeners = new Set<(value: T) => void>()
  const push = () => {
    pending = false
    for (const listener of listeners) {
      try {
        listener(value)
      } catch (error) {
        report(error)
      }
    }
  }
  return {
    get: () => value,
    update: (change) => {
      const patch = typeof change === 'function' ? change(value) : change
      // One revision for a batch: a reader compares what it has with what was pushed, not with what was written.
      value = schema.parse({ ...value, ...patch, rev: pending ? value.rev : value.rev + 1 })
      if (pending) return
      pending = true
      queueMicrotask(push)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
