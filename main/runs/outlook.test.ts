import { describe, expect, it } from 'vitest'
import type { Desk } from './desk.ts'
import { notNow } from './outlook.ts'

/** A desk signed in to this archive and to the cloud at this address. */
const deskAt = (endpoint: string, demo: boolean) =>
  ({
    cloud: { engine: () => ({ id: 'nova:1' }), engines: () => [{ id: 'nova:1' }], health: () => ({ endpoint, message: '' }), concurrency: () => 1 },
    archive: () => ({ id: 'a', demo, ready: true }),
  }) as unknown as Desk

describe('what keeps a run from the cloud now', () => {
  it.each([
    ['cloud.example.org:5000', true, /demo lab lies on this computer/],
    ['127.0.0.1:15000', true, null],
    ['cloud.example.org:5000', false, null],
  ])('%s, demo %s', (endpoint, demo, why) => {
    const told = notNow(deskAt(endpoint, demo), 'a')
    if (why === null) expect(told).toBeNull()
    else expect(told).toMatch(why)
  })
})
