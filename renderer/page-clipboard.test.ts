import { describe, expect, it } from 'vitest'
import { createPageClipboard, pastableMs } from './page-clipboard.ts'

function page() {
  const timers = new Map<number, { ms: number; work: () => void }>()
  const watchers = new Set<() => void>()
  let cleared = 0
  let ids = 0
  const clipboard = createPageClipboard({
    clear: async () => {
      cleared++
    },
    watch: (then) => {
      watchers.add(then)
      return () => watchers.delete(then)
    },
    later: (ms, work) => {
      const id = ids++
      timers.set(id, { ms, work })
      return () => timers.delete(id)
    },
  })
  const minute = () => {
    for (const [id, { ms, work }] of [...timers]) if (ms === pastableMs && timers.delete(id)) work()
  }
  return { clipboard, minute, leave: () => [...watchers].map((then) => then()), cleared: () => cleared, watching: () => watchers.size, timers }
}

describe('the clipboard of a page', () => {
  it('is cleared once, a minute after the copy', () => {
    const { clipboard, minute, cleared, watching } = page()
    clipboard.copied()
    minute()
    minute()
    expect([cleared(), watching()]).toEqual([1, 0])
  })

  it('is left alone where the page lost the focus or something was copied by hand', () => {
    const { clipboard, minute, leave, cleared, timers, watching } = page()
    clipboard.copied()
    leave()
    minute()
    expect([cleared(), timers.size, watching()]).toEqual([0, 0, 0])
  })

  it('counts the minute from the last copy', () => {
    const { clipboard, minute, cleared, timers, watching } = page()
    clipboard.copied()
    clipboard.copied()
    expect([timers.size, watching()]).toEqual([1, 1])
    minute()
    expect(cleared()).toBe(1)
  })
})
