import { LoaderCircle } from 'lucide-react'

/** How far something is, 0..1; null where it cannot be told. Neutral: verdicts own the colours. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  const percent = value === null ? undefined : Math.round(value * 100)
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      data-unknown={value === null || undefined}
    >
      <i style={value === null ? undefined : { transform: `scaleX(${value})` }} />
    </div>
  )
}

/** Turns while something is being done whose length nobody knows. */
export function Spinner({ size = 14 }: { size?: number }) {
  return <LoaderCircle className="icon spinner" size={size} aria-hidden />
}
