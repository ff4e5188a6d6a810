import { type PointerEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { aScanPoint, type Location, nearestFrame, type Point, stretch } from './geometry.ts'
import image from './image.module.css'
import { ImageCanvas } from './image-canvas.tsx'
import { sloLetters } from './letters.ts'
import { usePane } from './use-pane.ts'
import { useSlo } from './use-slo.ts'
import { baseSize, noZoom, placed, type Rect, toImage } from './view.ts'
import styles from './viewer.module.css'
import { plainWindow } from './window-level.ts'

interface SloPaneProps {
  open: OpenScan
  index: number
  /** The A-scan under the pointer in the B-scan, to mark where it lies. */
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
  onIndex: (index: number) => void
}

/** The SLO with every B-scan's line or ring on it; a click goes to the nearest. */
export function SloPane({ open, index, cursor, intervals, verdict, onIndex }: SloPaneProps) {
  const { t } = useTranslation('viewer')
  const { ref, pane, density } = usePane()
  const slo = open.scan.slo
  const { grey, error } = useSlo(open)
  const rect = useMemo(() => placed(baseSize('fit', slo ?? pane, pane, { x: 1, y: 1 }, density), pane, noZoom), [slo, pane, density])
  const locations = useMemo(() => open.scan.frames.map((frame) => frame.location), [open])

  const jump = (event: PointerEvent) => {
    if (!slo || event.button !== 0) return
    const box = event.currentTarget.getBoundingClientRect()
    const at = toImage(rect, slo, { x: event.clientX - box.left, y: event.clientY - box.top })
    const found = nearestFrame(locations, { x: at.x * slo.spacing.x, y: at.y * slo.spacing.y })
    if (found !== null) onIndex(found)
  }

  return (
    <section className={styles.slo} aria-label={t('slo.region')}>
      <div className={styles.tools}>
        <b className="strong">{t('slo.title')}</b>
        {slo?.field != null && <span className="faint small">{`${slo.field}°`}</span>}
      </div>
      <div ref={ref} className={image.well} onPointerDown={jump} style={{ aspectRatio: slo ? `${slo.width} / ${slo.height}` : '1' }}>
        {slo && <ImageCanvas image={grey} pane={pane} rect={rect} level={plainWindow} density={density} label={t('slo.image')} />}
        {slo && grey && (
          <SloMarks open={open} rect={rect} index={index} locations={locations} cursor={cursor} intervals={intervals} verdict={verdict} />
        )}
        {!slo && <div className={image.message}>{t('slo.none')}</div>}
        {error && <div className={image.message}>{error.message}</div>}
      </div>
    </section>
  )
}

interface SloMarksProps {
  open: OpenScan
  rect: Rect
  index: number
  locations: Location[]
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
}

function SloMarks({ open, rect, index, locations, cursor, intervals, verdict }: SloMarksProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const slo = scan.slo
  const others = useMemo(() => locations.map(outline).join(''), [locations])
  if (!slo) return null
  const scale = { x: rect.width / (slo.width * slo.spacing.x), y: rect.height / (slo.height * slo.spacing.y) }
  const px = (point: Point) => ({ x: rect.x + point.x * scale.x, y: rect.y + point.y * scale.y })
  const location = locations[index] ?? { kind: 'unknown' as const }
  const here = outline(location)
  const dot = cursor === null ? null : aScanPoint(location, cursor, scan.width, scan.laterality)
  const at = dot && px(dot)
  const millimetre = scale.x

  return (
    <svg className={image.over} role="img" aria-label={t(`slo.marks.${location.kind}`, { index: index + 1 })}>
      <g transform={`translate(${rect.x} ${rect.y}) scale(${scale.x} ${scale.y})`}>
        {locations.length > 1 && <path className={image.dim} d={others} />}
        <path className={image.under} d={here} />
        {intervals.map((one) => (
          <path
            key={`${one.kind}-${one.from}`}
            className={image.interval}
            data-verdict={verdict}
            d={polyline(stretch(location, one.from, one.to, scan.width, scan.laterality, 0.16))}
          />
        ))}
        <path className={image.line} d={here} />
        {location.kind === 'ring' && <path className={image.line} d={cross(location.centre, 0.1)} />}
      </g>
      {at && <circle cx={at.x} cy={at.y} r={5} fill="#fff" stroke="#000" strokeWidth={2} />}
      <Letters open={open} rect={rect} location={location} px={px} />
      {millimetre > 20 && (
        <g transform={`translate(${rect.x + 12} ${rect.y + rect.height - 16})`}>
          <path className={image.under} d={`M0-4V4M0 0H${millimetre}M${millimetre}-4V4`} />
          <path className={image.line} d={`M0-4V4M0 0H${millimetre}M${millimetre}-4V4`} />
          <text className={image.letter} data-small x={millimetre + 8}>
            1 mm
          </text>
        </g>
      )}
    </svg>
  )
}

/** Around a ring, else at the image's edges; none where the eye is not known. */
function Letters({ open, rect, location, px }: { open: OpenScan; rect: Rect; location: Location; px: (point: Point) => Point }) {
  const letters = sloLetters(open.scan.laterality)
  if (!letters) return null
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
  const ring = location.kind === 'ring' ? px(location.centre) : null
  const edge = ring && location.kind === 'ring' ? px({ x: location.centre.x + location.radius, y: location.centre.y }).x - ring.x + 20 : 0
  const place = ring
    ? { left: [ring.x - edge, ring.y], right: [ring.x + edge, ring.y], top: [ring.x, ring.y - edge], bottom: [ring.x, ring.y + edge] }
    : {
        left: [rect.x + 14, middle.y],
        right: [rect.x + rect.width - 14, middle.y],
        top: [middle.x, rect.y + 16],
        bottom: [middle.x, rect.y + rect.height - 16],
      }
  return (
    <>
      {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
        <text key={side} className={image.letter} x={place[side][0]} y={place[side][1]} textAnchor="middle">
          {letters[side]}
        </text>
      ))}
    </>
  )
}

function outline(location: Location): string {
  if (location.kind === 'line') return `M${location.start.x} ${location.start.y}L${location.end.x} ${location.end.y}`
  if (location.kind === 'path') return polyline(location.points)
  if (location.kind === 'area') return `M${location.from.x} ${location.from.y}H${location.to.x}V${location.to.y}H${location.from.x}Z`
  if (location.kind === 'unknown') return ''
  const { centre, radius } = location
  return `M${centre.x - radius} ${centre.y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`
}

function cross(at: Point, arm: number): string {
  return `M${at.x - arm} ${at.y}H${at.x + arm}M${at.x} ${at.y - arm}V${at.y + arm}`
}

function polyline(points: readonly Point[]): string {
  return points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('')
}
