import { expect, it } from 'vitest'
import type { OwedThing } from '../engines/engine.ts'
import { receiptOf } from './receipts.ts'

const owed = (name: string): OwedThing => ({ runId: 'r', engine: 'docker', kind: 'volume', name })

it('names each thing that is left once', () => {
  const wipe = { items: [], complete: false, owed: ['The volume scanside-r-in is still on the engine.'] }
  const facts = { id: 'i', run: 'r', by: 'erna', at: '2026-01-01T00:00:00.000Z', published: [], health: null }
  const receipt = receiptOf({ ...facts, wipe, owed: [owed('scanside-r-in'), owed('scanside-r-out')] })
  expect(receipt.owed).toEqual(['The volume scanside-r-in is still on the engine.', 'volume scanside-r-out'])
  expect(receipt.complete).toBe(false)
})
