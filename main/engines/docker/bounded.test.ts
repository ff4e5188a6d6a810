import { describe, expect, it } from 'vitest'
import { answeredWithin, patienceFor } from './bounded.ts'

const within = { callMs: 1, removalMs: 2, idleMs: 3 }

describe('how long an engine may be silent', () => {
  it.each([
    ['GET', '/info', 1],
    ['GET', '/containers/scanside-1-run/json', 1],
    ['POST', '/containers/create?name=a', 1],
    ['POST', '/containers/scanside-1-run/start', 1],
    ['POST', '/containers/scanside-1-run/attach?stream=1', 1],
    ['GET', '/containers/scanside-1-run/logs?follow=true', 1],
    ['GET', '/containers/scanside-1-stage/archive?path=/a', 1],
    ['POST', '/containers/scanside-1-run/stop?t=1', 2],
    ['POST', '/containers/scanside-1-run/kill', 2],
    ['DELETE', '/containers/scanside-1-run?force=true', 2],
    ['DELETE', '/volumes/scanside-1-v0', 2],
    ['POST', '/containers/scanside-1-run/wait', null],
    ['PUT', '/containers/scanside-1-stage/archive?path=/', null],
    ['POST', '/images/load?quiet=1', null],
    ['POST', '/images/create?fromImage=a', null],
  ])('%s %s: %s', (method, path, ms) => {
    expect(patienceFor(method, path, within)).toBe(ms)
  })

  it('is told as what a silent peer is', async () => {
    await expect(answeredWithin(1, new Promise(() => {}))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    expect(await answeredWithin(60_000, Promise.resolve(7))).toBe(7)
  })
})
