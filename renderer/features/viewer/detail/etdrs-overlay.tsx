import { Move } from 'lucide-react'
import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../geometry.ts'
import { diameters } from './etdrs.ts'
import type { Placing } from './field-view.tsx'
import styles from './figures.module.css'

/** The grid's circles and borders. */
export const EtdrsLines = memo(function EtdrsLines({ centre, placing }: { centre: Point; placing: Placing }) {
  const at = placing.toPx(centre)
  const radii = diameters.map((diameter) => (diameter / 2) * placing.scale)
  const [small = 0, , big = 0] = radii
  const near = small * Math.SQRT1_2
  const far = big * Math.SQRT1_2
  const borders = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].map(([x = 1, y = 1]) => `M${at.x + x * near} ${at.y + y * near}L${at.x + x * far} ${at.y + y * far}`)
  const circles = radii.map(
    (radius) => `M${at.x - radius} ${at.y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`,
  )
  const d = [...borders, ...circles].join('')
  return (
    <>
      <path className={styles.gridUnder} d={d} />
      <path className={styles.gridLine} d={d} />
    </>
  )
})

interface EtdrsHandleProps {
  centre: Point
  placing: Placing
  onMove: (centre: Point) => void
}

/** The grid's middle, to be dragged or moved by the arrow keys: 0.05 mm, with Shift 0.25 mm. */
export const EtdrsHandle = memo(function EtdrsHandle({ centre, placing, onMove }: EtdrsHandleProps) {
  const { t, i18n } = useTranslation('viewer')
  const drag = useRef<{ x: number; y: number; centre: Point } | null>(null)
  const at = placing.toPx(centre)
  const number = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const key = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 0.25 : 0.05
    const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key]
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    onMove({ x: centre.x + (step[0] ?? 0), y: centre.y + (step[1] ?? 0) })
  }
  const press = (event: PointerEvent) => {
    event.stopPropagation()
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, y: event.clientY, centre }
  }
  const move = (event: PointerEvent) => {
    event.stopPropagation()
    const from = drag.current
    if (from) onMove({ x: from.centre.x + (event.clientX - from.x) / placing.scale, y: from.centre.y + (event.clientY - from.y) / placing.scale })
  }
  const end = () => {
    drag.current = null
  }
  return (
    <button
      type="button"
      className={styles.handle}
      style={{ left: at.x, top: at.y }}
      aria-label={t('detail.grid.move', { x: number.format(centre.x), y: number.format(centre.y) })}
      title={t('detail.grid.moveHint')}
      onKeyDown={key}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <Move className="icon" size={14} aria-hidden />
    </button>
  )
})
