import { expect, it } from 'vitest'
import { closeInOrder } from './closing.ts'

const never = () => new Promise<void>(() => undefined)
const step = (what: string, close: () => unknown) => ({ what, close, patienceMs: 1_000 })

it('closes everything in its order, also after one that failed', async () => {
  const done: string[] = []
  const log: string[] = []
  const fails = (what: string) => () => {
    done.push(what)
    throw new Error('broken')
  }
  await closeInOrder(
    [step('a', fails('a')), step('b', async () => fails('b')()), step('c', () => void done.push('c'))],
    (what, error) => log.push(`${what}: ${(error as Error).message}`),
    never,
  )
  expect(done).toEqual(['a', 'b', 'c'])
  expect(log).toEqual(['a: broken', 'b: broken'])
})

it('goes on after what hangs', async () => {
  const done: string[] = []
  const log: string[] = []
  const asked: number[] = []
  await closeInOrder(
    [step('hangs', never), step('rest', () => void done.push('rest'))],
    (what) => log.push(what),
    async (ms) => {
      asked.push(ms)
      // The second step is quicker than its patience.
      if (asked.length > 1) await never()
    },
  )
  expect(done).toEqual(['rest'])
  expect(log).toEqual(['hangs'])
  expect(asked).toEqual([1_000, 1_000])
})
