import { usePane } from '../use-pane.ts'
import styles from './figures.module.css'

/** One field of a wheel. Angles in radians clockwise on the screen from the right; radii are parts of the whole, 0 to 1. */
export interface WheelField {
  name: string
  value: string
  /** What is said when the pointer rests on it. */
  title: string
  from: number
  to: number
  inner: number
  outer: number
}

/** A round figure with a number in each field, names where there is room. `label` says the numbers. */
export function Wheel({ fields, label }: { fields: readonly WheelField[]; label: string }) {
  const { ref, pane } = usePane()
  const radius = Math.max(0, Math.min(pane.width, pane.height) / 2 - 1)
  const named = fields.every(({ inner, outer }) => (outer - inner) * radius >= (inner === 0 ? 22 : 30))
  const at = (angle: number, part: number) => `${Math.cos(angle) * radius * part} ${Math.sin(angle) * radius * part}`
  return (
    <div ref={ref} className={styles.wheel}>
      {radius > 0 && (
        <svg role="img" aria-label={label}>
          <g transform={`translate(${pane.width / 2} ${pane.height / 2})`}>
            {fields.map((field) => {
              const whole = field.inner === 0
              const middle = (field.from + field.to) / 2
              const away = whole ? 0 : (radius * (field.inner + field.outer)) / 2
              const x = Math.cos(middle) * away
              const y = Math.sin(middle) * away
              const wide = field.to - field.from > Math.PI ? 1 : 0
              const d = `M${at(field.from, field.outer)}A${radius * field.outer} ${radius * field.outer} 0 ${wide} 1 ${at(field.to, field.outer)}L${at(field.to, field.inner)}A${radius * field.inner} ${radius * field.inner} 0 ${wide} 0 ${at(field.from, field.inner)}Z`
              return (
                <g key={field.name}>
                  <title>{field.title}</title>
                  {whole ? <circle className={styles.field} r={radius * field.outer} /> : <path className={styles.field} d={d} />}
                  {named && (
                    <text className={styles.fieldName} x={x} y={y - 9}>
                      {field.name}
                    </text>
                  )}
                  <text className={styles.fieldValue} x={x} y={y + (named ? 6 : 0)}>
                    {field.value}
                  </text>
                </g>
              )
            })}
          </g>
        </svg>
      )}
    </div>
  )
}
