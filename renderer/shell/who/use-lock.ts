import { useEffect, useLayoutEffect, useRef } from 'react'
import { forgetThumbs } from '../../features/inbox/thumb.tsx'
import { lab } from '../../lab.ts'
import { closeViewer } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { createIdleClock } from './idle.ts'

const moves = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const
/** ms between two looks at the clock */
const pause = 1_000

const lock = () => void lab.people.lock().catch(() => undefined)

/**
 * Locks the desk when nobody has moved for its minutes, and by Ctrl+L. What lay open comes back for the same person; for another the viewer
 * closes.
 */
export function useLock(): void {
  const { locked, idleMinutes, person } = useApp().people
  /** Who sat here when it was locked; undefined while it never was. */
  const before = useRef<string | null | undefined>(undefined)
  const here = useRef<string | null>(null)

  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'l' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      event.stopPropagation()
      lock()
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [])

  useEffect(() => {
    if (locked || idleMinutes === 0) return
    const clock = createIdleClock(Date.now())
    const moved = () => clock.moved(Date.now())
    for (const move of moves) window.addEventListener(move, moved, { capture: true, passive: true })
    const looking = setInterval(() => {
      if (clock.due(Date.now(), idleMinutes)) lock()
    }, pause)
    return () => {
      for (const move of moves) window.removeEventListener(move, moved, { capture: true })
      clearInterval(looking)
    }
  }, [locked, idleMinutes])

  const id = person?.id ?? null
  useEffect(() => {
    if (locked) {
      before.current ??= here.current
      forgetThumbs()
      return
    }
    here.current = id
    if (id === null || before.current === undefined) return
    if (before.current !== id) closeViewer()
    before.current = undefined
  }, [locked, id])
}
