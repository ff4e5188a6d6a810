import { describe, expect, it } from 'vitest'
import type { AppStore, EventName, Operation } from '../preload/contract.ts'
import type { Lab } from './lab.ts'
import { followLab, newer, useMirror } from './stores.ts'

const app = (rev: number) => ({ rev, activity: `rev ${rev}` }) as AppStore

describe('newer', () => {
  it.each([
    [null, 3, 3],
    [5, 3, 5],
    [3, 5, 5],
    [3, 3, 3],
  ])('of %s and %s is %s', (current, incoming, expected) => {
    expect(newer(current === null ? null : app(current), app(incoming)).rev).toBe(expected)
  })
})

it('keeps a push that overtook the snapshot, and operations by id', async () => {
  const listeners = new Map<EventName, (payload: never) => void>()
  const lab = {
    on: (event: EventName, listener: (payload: never) => void) => {
      listeners.set(event, listener)
      return () => listeners.delete(event)
    },
    app: {
      snapshot: async () => {
        listeners.get('store.app')?.(app(9) as never)
        return { app: app(4), runs: { rev: 1, runs: [] }, inbox: { rev: 2 } }
      },
    },
  }
  const stop = await followLab(lab as unknown as Lab)
  expect(useMirror.getState().app?.rev).toBe(9)
  const operation: Operation = { id: 'o1', kind: 'load-image', state: 'running', progress: 0.2, message: 'Loading' }
  listeners.get('operation')?.(operation as never)
  listeners.get('operation')?.({ ...operation, progress: 0.4 } as never)
  expect(useMirror.getState().operations).toEqual({ o1: { ...operation, progress: 0.4 } })
  stop()
  expect(listeners.size).toBe(0)
})
