import { useLayoutEffect, useRef } from 'react'

/**
 * Listens to the window's keys while shown. Left alone: keys with Ctrl, Alt or Meta, keys that something else has taken, and keys meant
 * for a field. `handle` answers whether the key was its own.
 */
export function useKeys(handle: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(handle)
  latest.current = handle
  // Before the screen shows what the keys are for: one pressed at first sight is heard.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]), select, textarea')) return
      if (latest.current(event)) event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
