import { describe, expect, it } from 'vitest'
import { createPassingClipboard, pastableMs } from './passing-clipboard.ts'

const lab = () => {
  const system = { holds: '', failing: false, hanging: false, cleared: 0 }
  const timers: { ms: number; work(): void; off: boolean }[] = []
  const reported: unknown[] = []
  const clipboard = createPassingClipboard(
    {
      async writeText(text) {
        system.holds = text
      },
      async writePicture(png) {
        system.holds = `picture ${png.length}`
      },
      async print() {
        if (system.failing) throw new Error('no clipboard')
        if (system.hanging) await new Promise(() => undefined)
        return system.holds === '' ? null : system.holds
      },
      async clear() {
        system.holds = ''
        system.cleared += 1
      },
    },
    (ms, work) => {
      const timer = { ms, work, off: false }
      timers.push(timer)
      return () => {
        timer.off = true
      }
    },
    (error) => reported.push(error),
  )
  const minutePasses = async () => {
    for (const timer of timers.splice(0)) if (!timer.off) timer.work()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { system, timers, reported, clipboard, minutePasses }
}

describe('what was copied', () => {
  it('is gone after a minute, text and picture alike', async () => {
    const { system, timers, clipboard, minutePasses } = lab()
    await clipboard.copyText('P-0142')
    expect(system.holds).toBe('P-0142')
    expect(timers.map(({ ms }) => ms)).toEqual([pastableMs])
    await minutePasses()
    expect(system.holds).toBe('')
    await clipboard.copyPicture(new Uint8Array(7))
    await minutePasses()
    expect(system).toMatchObject({ holds: '', cleared: 2 })
  })

  it('stays where a person has copied something of their own meanwhile', async () => {
    const { system, clipboard, minutePasses } = lab()
    await clipboard.copyText('P-0142')
    system.holds = 'a letter to a friend'
    await minutePasses()
    expect(system).toMatchObject({ holds: 'a letter to a friend', cleared: 0 })
  })

  it('has its whole minute from the last copy', async () => {
    const { system, timers, clipboard, minutePasses } = lab()
    await clipboard.copyText('first')
    await clipboard.copyText('second')
    expect(timers.map(({ off }) => off)).toEqual([true, false])
    await minutePasses()
    expect(system).toMatchObject({ holds: '', cleared: 1 })
  })

  it('is cleared at once where Scanside ends, and only ours', async () => {
    const { system, clipboard, minutePasses } = lab()
    await clipboard.copyText('P-0142')
    await clipboard.clearNow()
    expect(system).toMatchObject({ holds: '', cleared: 1 })
    system.holds = 'theirs'
    await clipboard.clearNow()
    await minutePasses()
    expect(system).toMatchObject({ holds: 'theirs', cleared: 1 })
  })

  it('keeps nobody from ending Scanside where the clipboard hangs', async () => {
    const { system, clipboard, minutePasses } = lab()
    await clipboard.copyText('P-0142')
    system.hanging = true
    const ended = clipboard.clearNow()
    await minutePasses()
    await ended
    expect(system.cleared).toBe(0)
  })

  it('is copied also where the clipboard cannot be read; the log hears of it', async () => {
    const { system, reported, clipboard, minutePasses } = lab()
    system.failing = true
    await clipboard.copyText('P-0142')
    await minutePasses()
    expect(system).toMatchObject({ holds: 'P-0142', cleared: 0 })
    expect(reported).toHaveLength(1)
  })
})
