import { TextField } from '../../../ui/field.tsx'
import styles from './figures.module.css'

interface OffsetProps {
  label: string
  boundary: string
  /** µm from the boundary, down is positive */
  value: number
  onChange: (value: number) => void
}

/** How far an edge of the slab lies from its boundary. */
export function Offset({ label, boundary, value, onChange }: OffsetProps) {
  return (
    <div className={styles.offset}>
      <span className="faint small" aria-hidden>
        {`${label}, ${boundary}`}
      </span>
      <TextField
        type="number"
        min={-500}
        max={500}
        step={5}
        aria-label={`${label}, ${boundary}, µm`}
        value={value}
        onChange={(event) => {
          const next = event.target.valueAsNumber
          if (Number.isFinite(next)) onChange(Math.min(500, Math.max(-500, next)))
        }}
        after={<span className="faint small">µm</span>}
      />
    </div>
  )
}
