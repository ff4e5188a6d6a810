import { type PointerEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { Contrast } from './contrast.tsx'
import { nearestAScan, nearestFrame } from './geometry.ts'
import image from './image.module.css'
import { ImageCanvas } from './image-canvas.tsx'
import { SloMarks } from './slo-marks.tsx'
import { usePane } from './use-pane.ts'
import { useSlo } from './use-slo.ts'
import { baseSize, noZoom, placed, toImage } from './view.ts'
import styles from './viewer.module.css'
import { plainWindow } from './window-level.ts'

interface SloPaneProps {
  open: OpenScan
  index: number
  /** The A-scan under the pointer, to mark where it lies. */
  cursor: number | null
  /** Of every B-scan. */
  intervals: readonly Interval[]
  verdict: Verdict
  onIndex: (index: number) => void
  onCursor: (aScan: number | null) => void
}

/** CSS px around the current line within which the pointer means a place on it */
const near = 12

/** The SLO with every B-scan's line or ring on it; a press or a drag goes to the nearest, the pointer near the current one shows the A-scan there. */
export function SloPane({ open, index, cursor, intervals, verdict, onIndex, onCursor }: SloPaneProps) {
  const { t } = useTranslation('viewer')
  const { ref, pane, density } = usePane()
  const { scan } = open
  const { slo } = scan
  const { grey, error } = useSlo(open)
  const [level, setLevel] = useState(plainWindow)
  const rect = useMemo(() => placed(baseSize('fit', slo ?? pane, pane, { x: 1, y: 1 }, density), pane, noZoom), [slo, pane, density])
  const locations = useMemo(() => scan.frames.map((frame) => frame.location), [scan])
  if (!slo) return <NoSlo />
  const scaled = slo.spacing.x > 0 && slo.spacing.y > 0

  const mm = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const at = toImage(rect, slo, { x: event.clientX - box.left, y: event.clientY - box.top })
    return { x: at.x * slo.spacing.x, y: at.y * slo.spacing.y }
  }
  const jump = (event: PointerEvent) => {
    const found = nearestFrame(locations, mm(event), index)
    if (found !== null) onIndex(found)
  }
  const point = (event: PointerEvent) => {
    const frame = scan.frames[index]
    const found = frame ? nearestAScan(frame.location, mm(event), frame.width, scan.laterality) : null
    onCursor(found && found.distance * (rect.width / (slo.width * slo.spacing.x)) <= near ? found.aScan : null)
  }

  return (
    <section className={styles.slo} aria-label={t('slo.region')}>
      <div className={styles.tools}>
        <b className="strong">{t('slo.title')}</b>
        {slo.field != null && <span className="faint small">{`${slo.field}°`}</span>}
        <span className="grow" />
        <Contrast label={t('contrast.slo')} level={level} onLevel={setLevel} />
      </div>
      <div
        ref={ref}
        className={image.well}
        style={{ aspectRatio: `${slo.width} / ${slo.height}` }}
        onPointerDown={(event) => {
          if (!scaled || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          jump(event)
        }}
        onPointerMove={(event) => {
          if (!scaled) return
          if (event.buttons === 1) jump(event)
          else if (event.buttons === 0) point(event)
        }}
        onPointerLeave={() => onCursor(null)}
      >
        <ImageCanvas image={grey} pane={pane} rect={rect} level={level} density={density} label={t('slo.image')} />
        {grey && scaled && (
          <SloMarks open={open} slo={slo} rect={rect} index={index} locations={locations} cursor={cursor} intervals={intervals} verdict={verdict} />
        )}
        {grey && (!scaled || scan.laterality === 'unknown') && <p className={image.note}>{t(scaled ? 'eyeUnknown' : 'slo.noScale')}</p>}
        {error && <div className={image.message}>{error.message}</div>}
      </div>
    </section>
  )
}

/** A file without an SLO: one line, and the room is the facts'. */
function NoSlo() {
  const { t } = useTranslation('viewer')
  return (
    <section className={styles.slo} data-none aria-label={t('slo.region')}>
      <div className={styles.tools}>
        <b className="strong">{t('slo.title')}</b>
        <span className="faint small">{t('slo.none')}</span>
      </div>
    </section>
  )
}
