import { describe, expect, it } from 'vitest'
import { belongsToControl, inboxKey, keySheet } from './keys.ts'

describe('keys', () => {
  it.each([
    [' ', { does: 'next' }],
    ['Enter', { does: 'open' }],
    ['ArrowDown', { does: 'row', by: 1 }],
    ['ArrowLeft', { does: 'attempt', by: -1 }],
    ['k', { does: 'decide', decision: 'keep' }],
    ['K', { does: 'decide', decision: 'keep' }],
    ['t', { does: 'decide', decision: 'take-again' }],
    ['a', { does: 'decide', decision: 'ask-reader' }],
    ['b', { does: 'decide', decision: 'keep-best' }],
    ['o', { does: 'override' }],
    ['?', { does: 'keys' }],
    ['Escape', { does: 'back' }],
  ])('%s', (key, does) => expect(inboxKey(key)).toEqual(does))
  it('leave other keys alone', () => expect(['x', 'Tab', 'F5', 'Home'].map(inboxKey)).toEqual([null, null, null, null]))
  it('are each on the sheet once', () => {
    const caps = keySheet.flatMap(({ keys }) => (keys[0] === 'Ctrl' ? [] : keys))
    expect(new Set(caps).size).toBe(caps.length)
    for (const key of ['K', 'T', 'A', 'B', 'S', 'O', '?']) expect(caps).toContain(key)
  })
})

describe('Space and Enter', () => {
  const target = (...matching: string[]) => ({
    closest: (selector: string) => (selector.split(', ').some((one) => matching.includes(one)) ? {} : null),
    matches: () => false,
  })
  const next = { does: 'next' } as const
  it('belong to a button a person has gone to', () => expect(belongsToControl(target('button'), next)).toBe(true))
  it('belong to the page elsewhere, and on what stands for what is shown', () => {
    expect(belongsToControl(target(), next)).toBe(false)
    expect(belongsToControl(target('button', '[aria-current]'), next)).toBe(false)
  })
  it('leave the other keys to the page', () => expect(belongsToControl(target('button'), { does: 'decide', decision: 'keep' })).toBe(false))
})
