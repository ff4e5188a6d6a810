import { describe, expect, it } from 'vitest'
import { createGate, isOwnRequest, namesItselfOnce, tokenLifeMs } from './gate.ts'

describe('headers that come twice', () => {
  it.each([
    [['Host', 'a', 'Origin', 'b'], true],
    [['Host', 'a', 'host', 'a'], false],
    [['Host', 'a', 'ORIGIN', 'b', 'origin', 'c'], false],
    [['Authorization', 'a', 'authorization', 'b'], false],
    [['Accept', 'a', 'Accept', 'b'], true],
    [['X', 'Host', 'Y', 'Host'], true],
  ])('%j: %s', (raw, expected) => {
    expect(namesItselfOnce(raw)).toBe(expected)
  })
})

describe('own requests', () => {
  const own = 'http://127.0.0.1:4000'
  it.each([
    [{ host: '127.0.0.1:4000', origin: own }, true, true],
    [{ host: '127.0.0.1:4000' }, false, true],
    [{ host: '127.0.0.1:4000' }, true, false],
    [{ host: 'localhost:4000', origin: own }, true, false],
    [{ host: '127.0.0.1:4001', origin: own }, true, false],
    [{ host: 'evil.example:4000' }, false, false],
    [{ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4001' }, true, false],
    [{ host: '127.0.0.1:4000', origin: 'https://127.0.0.1:4000' }, true, false],
    [{ host: '127.0.0.1:4000', origin: 'null' }, false, false],
    [{}, false, false],
  ])('%j needs origin %s: %s', (headers, needed, expected) => {
    expect(isOwnRequest(headers, 4000, needed)).toBe(expected)
  })
})

describe('gate', () => {
  it('exchanges a token once', () => {
    const gate = createGate(() => 0)
    const token = gate.issue()
    const key = gate.exchange(token)
    expect(key && gate.isKey(key)).toBe(true)
    expect(gate.exchange(token)).toBeNull()
  })
  it('refuses a token after its ten seconds', () => {
    let time = 0
    const gate = createGate(() => time)
    const token = gate.issue()
    time = tokenLifeMs + 1
    expect(gate.exchange(token)).toBeNull()
  })
  it('takes a token that was followed by another as long as it lives, and none once the window is there', () => {
    let time = 0
    const gate = createGate(() => time)
    const first = gate.issue()
    time = tokenLifeMs - 2_000
    const second = gate.issue()
    const third = gate.issue()
    expect(gate.exchange(first)).not.toBeNull()
    expect(gate.exchange(second)).toBeNull()
    expect(gate.exchange(third)).toBeNull()
    const late = gate.issue()
    time += tokenLifeMs + 1
    gate.issue()
    expect(gate.exchange(late)).toBeNull()
  })
  it('refuses other tokens and keys', () => {
    const gate = createGate(() => 0)
    gate.issue()
    expect(gate.exchange('')).toBeNull()
    expect(gate.isKey('')).toBe(false)
  })
})
