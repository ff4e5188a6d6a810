import { describe, expect, it } from 'vitest'
import { canProtectContent, contentProtection, type ProtectableWindow } from './content-protection.ts'

describe('content protection', () => {
  it.each([
    ['win32', true],
    ['darwin', true],
    ['linux', false],
    ['freebsd', false],
  ] as const)('on %s: %s', (platform, expected) => {
    expect(canProtectContent(platform)).toBe(expected)
    expect(
      contentProtection(
        platform,
        () => [],
        () => undefined,
      ) !== null,
    ).toBe(expected)
  })

  it('holds for the windows that are there and for those opened later', () => {
    const state = { first: false, second: false, third: false }
    const windowOf = (name: keyof typeof state): ProtectableWindow => ({
      setContentProtection: (on) => {
        state[name] = on
      },
    })
    const open = [windowOf('first')]
    let opened: (window: ProtectableWindow) => void = () => undefined
    const protect = contentProtection(
      'win32',
      () => open,
      (listener) => {
        opened = listener
      },
    )
    protect?.(true)
    expect(state).toEqual({ first: true, second: false, third: false })
    const second = windowOf('second')
    opened(second)
    open.push(second)
    expect(state).toEqual({ first: true, second: true, third: false })
    protect?.(false)
    opened(windowOf('third'))
    expect(state).toEqual({ first: false, second: false, third: false })
  })
})
