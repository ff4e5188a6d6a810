import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Check } from '../../preload/diagnostics.ts'
import { lookedAll, type Sleep } from './bounded.ts'

const fine = (id: Check['id']): Check => ({ id, state: 'ok', code: 'ready', facts: {}, message: 'Fine.', step: null })
/** Time that passes when it is told to. */
function clock() {
  const waiting: { ms: number; wake(): void }[] = []
  const sleep: Sleep = (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ ms, wake: resolve })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  const pass = (ms: number) => {
    for (const each of waiting) if (each.ms <= ms) each.wake()
  }
  return { sleep, pass }
}

describe('looking, each in its own time', () => {
  it('leaves the others untouched where one hangs, fails or throws at once, and keeps their order', async () => {
    const { sleep, pass } = clock()
    const reported: unknown[] = []
    let ended = false
    const all = lookedAll(
      [
        {
          id: 'engine',
          limitMs: 5_000,
          look: (signal) => {
            signal.addEventListener('abort', () => (ended = true))
            return new Promise(() => undefined)
          },
        },
        { id: 'keyring', limitMs: 4_000, look: async () => fine('keyring') },
        { id: 'disk', limitMs: 9_000, look: () => Promise.reject(new Error('Mustermann')) },
        {
          id: 'archive',
          limitMs: 9_000,
          look: () => {
            throw new TypeError('at once')
          },
        },
        { id: 'records', limitMs: 2_000, look: () => fine('records') },
      ],
      sleep,
      (id, error) => reported.push([id, error instanceof Error && error.message]),
    )
    // What answers at once has answered.
    await turn()
    pass(5_000)
    const checks = await all
    expect(checks.map(({ id, code }) => [id, code])).toEqual([
      ['engine', 'no-answer'],
      ['keyring', 'ready'],
      ['disk', 'failed'],
      ['archive', 'failed'],
      ['records', 'ready'],
    ])
    expect(ended, 'what hangs is told that its time is over').toBe(true)
    expect(reported).toEqual([
      ['archive', 'at once'],
      ['disk', 'Mustermann'],
    ])
    expect(JSON.stringify(checks)).not.toContain('Mustermann')
  })
})
