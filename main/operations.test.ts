import { expect, it } from 'vitest'
import { ScansideError } from '../oct/errors.ts'
import type { Operation } from '../preload/contract.ts'
import { createOperations } from './operations.ts'

function collect() {
  const seen: Operation[] = []
  let ended: (operation: Operation) => void
  const end = new Promise<Operation>((resolve) => {
    ended = resolve
  })
  let time = 0
  const operations = createOperations(
    (operation) => {
      seen.push(operation)
      if (operation.state !== 'running') ended(operation)
    },
    (error) => (error instanceof ScansideError ? error.message : 'internal'),
    () => time,
  )
  return { seen, end, operations, pass: (ms: number) => (time += ms) }
}

it('tells progress at most ten times a second, and the end', async () => {
  const { seen, end, operations, pass } = collect()
  operations.run('load-image', async (_signal, report) => {
    report(0.1, 'a')
    report(0.2, 'b')
    pass(100)
    report(0.3, 'c')
    return 'loaded'
  })
  expect(await end).toMatchObject({ state: 'done', message: 'loaded' })
  expect(seen.map(({ progress }) => progress)).toEqual([0.1, 0.3, 1])
})

it('can be cancelled', async () => {
  const { end, operations } = collect()
  const id = operations.run(
    'pull-image',
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  )
  setImmediate(() => operations.cancel(id))
  expect(await end).toMatchObject({ state: 'cancelled' })
})

it('fails with a sentence', async () => {
  const { end, operations } = collect()
  operations.run('load-image', async () => {
    throw new ScansideError('image-refused', 'This image has no pipeline.')
  })
  expect(await end).toMatchObject({ state: 'failed', message: 'This image has no pipeline.' })
})
