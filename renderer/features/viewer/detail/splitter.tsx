import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import styles from './detail.module.css'

interface SplitterProps {
  label: string
  /** CSS px of the pane below */
  height: number
  least: number
  most: number
  onHeight: (height: number) => void
  /** Back to the usual share. */
  onReset: () => void
}

/** The edge above a pane: dragged, or moved by the arrow keys (Shift: farther, Home and End: all the way); a double click puts it back. */
export function Splitter({ label, height, least, most, onHeight, onReset }: SplitterProps) {
  const drag = useRef<{ y: number; height: number } | null>(null)
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { y: event.clientY, height }
  }
  const move = (event: PointerEvent) => {
    if (drag.current) onHeight(drag.current.height + drag.current.y - event.clientY)
  }
  const key = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 64 : 16
    const next = { ArrowUp: height + by, ArrowDown: height - by, Home: most, End: least }[event.key]
    if (next === undefined) return
    event.preventDefault()
    onHeight(next)
  }
  return (
    <hr
      className={styles.splitter}
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={label}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={height}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
      }}
      onDoubleClick={onReset}
      onKeyDown={key}
    />
  )
}
