import { type PointerEvent, type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../../oct/errors.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import { asScansideError } from '../../../lab.ts'
import { readReference } from '../bulk.ts'
import { nearestAScan, nearestFrame, type Point } from '../geometry.ts'
import image from '../image.module.css'
import { ImageCanvas } from '../image-canvas.tsx'
import type { GreyImage } from '../painter.ts'
import { usePane } from '../use-pane.ts'
import { baseSize, noZoom, placed, toImage } from '../view.ts'
import { plainWindow } from '../window-level.ts'
import styles from './figures.module.css'

interface ReferenceViewProps {
  open: OpenScan
  picture: number
  index: number
  onPick: (frame: number, aScan: number) => void
  choice: ReactNode
}

/**
 * A picture the file carries beside the SLO, such as a device's own en-face image, in its true shape. Where the file says how it lies on
 * the SLO, the B-scan shown is a line in it, and a click goes to another.
 */
export function ReferenceView({ open, picture, index, onPick, choice }: ReferenceViewProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const facts = scan.pictures[picture]
  const place = facts?.place ?? null
  const { ref, pane, density } = usePane()
  const { grey, error } = useReference(open, picture)
  const rect = useMemo(
    () => placed(baseSize('micrometres', facts ?? pane, pane, facts?.spacing ?? { x: 0, y: 0 }, density), pane, noZoom),
    [facts, pane, density],
  )
  const label = t('detail.enFace.label', { what: facts?.label ?? '' })
  const locations = useMemo(() => scan.frames.map(({ location }) => location), [scan])
  const here = locations[index]

  const pick = (event: PointerEvent) => {
    if (!place || event.button !== 0) return
    const box = event.currentTarget.getBoundingClientRect()
    const part = toImage(rect, { width: 1, height: 1 }, { x: event.clientX - box.left, y: event.clientY - box.top })
    const at = { x: place.from.x + part.x * (place.to.x - place.from.x), y: place.from.y + part.y * (place.to.y - place.from.y) }
    const frame = nearestFrame(locations, at, index)
    const location = frame === null ? undefined : locations[frame]
    const found = location && nearestAScan(location, at, scan.frames[frame ?? 0]?.width ?? 0, scan.laterality)
    if (frame !== null && found) onPick(frame, found.aScan)
  }
  const toPx = (point: Point, { from, to }: NonNullable<typeof place>) => ({
    x: rect.x + ((point.x - from.x) / (to.x - from.x)) * rect.width,
    y: rect.y + ((point.y - from.y) / (to.y - from.y)) * rect.height,
  })
  const ends = place && here?.kind === 'line' ? [toPx(here.start, place), toPx(here.end, place)] : []
  const d = ends.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('')

  return (
    <div className={styles.figures}>
      <div ref={ref} className={image.well} onPointerDown={pick}>
        <ImageCanvas image={grey} pane={pane} rect={rect} level={plainWindow} density={density} label={label} />
        {grey && d !== '' && (
          <svg className={image.over} aria-hidden="true">
            <path className={image.under} d={d} />
            <path className={image.line} d={d} />
          </svg>
        )}
        {error && (
          <div className={image.message} role="alert">
            {error.message}
          </div>
        )}
        {!grey && !error && <div className={image.message}>{t('detail.enFace.loading')}</div>}
      </div>
      <div className={styles.side} data-wide>
        {choice}
        {facts && <p className="faint small">{`${facts.label}, ${facts.width} × ${facts.height} px`}</p>}
      </div>
    </div>
  )
}

function useReference(open: OpenScan, picture: number): { grey: GreyImage | null; error: ScansideError | null } {
  const [state, setState] = useState<{ grey: GreyImage | null; error: ScansideError | null }>({ grey: null, error: null })
  useEffect(() => {
    const aborter = new AbortController()
    const facts = open.scan.pictures[picture]
    readReference(open, picture, aborter.signal).then(
      (pixels) => facts && setState({ grey: { width: facts.width, height: facts.height, pixels }, error: null }),
      (error: unknown) => {
        if (!aborter.signal.aborted) setState({ grey: null, error: asScansideError(error) })
      },
    )
    return () => aborter.abort()
  }, [open, picture])
  return state
}
