import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Caliper, type CaliperEnd, labelPlace, measure, nudged, type Point } from './calipers.ts'
import image from './image.module.css'
import type { Rect, Size } from './view.ts'

interface CaliperMarksProps {
  calipers: readonly Caliper[]
  selected: number | null
  size: Size
  spacing: { lateral: number; axial: number }
  rect: Rect
  pane: Size
  onSelect: (id: number) => void
  onMove: (id: number, end: CaliperEnd, to: Point) => void
}

const ends = ['from', 'to'] as const

/** The calipers of one B-scan: a line each with its length, its two ends to be drawn by hand or by the arrow keys. */
export function CaliperMarks({ calipers, selected, size, spacing, rect, pane, onSelect, onMove }: CaliperMarksProps) {
  const { t, i18n } = useTranslation('viewer')
  const [focused, setFocused] = useState<string | null>(null)
  const number = (value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 }).format(value)
  const px = (at: Point) => ({ x: rect.x + (at.x / size.width) * rect.width, y: rect.y + (at.y / size.height) * rect.height })

  const key = (event: KeyboardEvent, one: Caliper, end: CaliperEnd) => {
    const to = nudged(one[end], event.key, event.shiftKey)
    if (!to) return
    event.preventDefault()
    onMove(one.id, end, to)
  }

  return (
    <svg className={image.over} data-hands>
      <title>{t('caliper.all')}</title>
      {calipers.map((one) => {
        const [a, b] = [px(one.from), px(one.to)]
        const { length, lateral, axial } = measure(one, spacing)
        const d = `M${a.x} ${a.y}L${b.x} ${b.y}`
        const said = t('caliper.said', { length: number(length), lateral: number(lateral), axial: number(axial) })
        const label = labelPlace(a, b, pane)
        return (
          <g key={one.id} className={image.caliper} data-selected={one.id === selected || undefined}>
            <path className={image.under} d={d} />
            <path className={image.line} d={d} />
            {ends.map((end) => (
              <circle
                key={end}
                className={image.grip}
                data-caliper={one.id}
                data-end={end}
                data-focused={focused === `${one.id}${end}` || undefined}
                cx={(end === 'from' ? a : b).x}
                cy={(end === 'from' ? a : b).y}
                r={5}
                tabIndex={0}
                role="slider"
                aria-label={t(`caliper.${end}`, { said })}
                aria-valuenow={Math.round(length)}
                aria-valuetext={said}
                onFocus={() => {
                  setFocused(`${one.id}${end}`)
                  onSelect(one.id)
                }}
                onBlur={() => setFocused(null)}
                onKeyDown={(event) => key(event, one, end)}
              />
            ))}
            <text className={image.letter} data-small x={label.x} y={label.y} textAnchor={label.anchor}>
              <tspan className={image.loud}>{`${number(length)} µm`}</tspan>
              <tspan x={label.x} dy={14}>
                {`↔ ${number(lateral)}  ↕ ${number(axial)}`}
              </tspan>
            </text>
          </g>
        )
      })}
    </svg>
  )
}
