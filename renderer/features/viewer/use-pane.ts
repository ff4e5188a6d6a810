import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Size } from './view.ts'

/** A pane's size in CSS px and the screen's density, kept current. */
export function usePane(): { ref: RefObject<HTMLDivElement | null>; pane: Size; density: number } {
  const ref = useRef<HTMLDivElement>(null)
  const [state, setState] = useState({ pane: { width: 0, height: 0 }, density: 1 })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() =>
      setState({ pane: { width: element.clientWidth, height: element.clientHeight }, density: window.devicePixelRatio }),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, ...state }
}
