import { useEffect, useRef } from 'react'
import { wheelSteps } from './stepping.ts'

/** The wheel over a pane. Bound by hand: only a listener that is not passive may keep the page from scrolling or zooming. */
export function useWheel(
  ref: { current: HTMLElement | null },
  onStep: (delta: number) => void,
  onZoom: (by: number, at: { x: number; y: number }) => void,
): void {
  const handlers = useRef({ onStep, onZoom })
  handlers.current = { onStep, onZoom }
  useEffect(() => {
    const element = ref.current
    if (!element) return
    let rest = 0
    const turn = (event: WheelEvent) => {
      event.preventDefault()
      if (event.ctrlKey) {
        const box = element.getBoundingClientRect()
        handlers.current.onZoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.clientX - box.left, y: event.clientY - box.top })
        return
      }
      const next = wheelSteps(rest, event)
      rest = next.rest
      if (next.steps !== 0) handlers.current.onStep(next.steps)
    }
    element.addEventListener('wheel', turn, { passive: false })
    return () => element.removeEventListener('wheel', turn)
  }, [ref])
}
