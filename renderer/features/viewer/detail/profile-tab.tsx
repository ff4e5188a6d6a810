import { type PointerEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { bscanLetters } from '../letters.ts'
import { usePane } from '../use-pane.ts'
import { type Between, nameOfBetween, thicknesses } from './boundaries.ts'
import { useDetail } from './detail-state.ts'
import figures from './figures.module.css'
import styles from './profile.module.css'
import { aScanAt, ceilingOf, meanOf, plotPath, plotPoints } from './profile.ts'
import { RingFigure } from './ring-figure.tsx'
import { ringAngles, ringMeans } from './sectors.ts'
import type { Boundaries } from './use-boundaries.ts'

interface ProfileTabProps {
  open: OpenScan
  between: Between
  boundaries: Boundaries
  index: number
  cursor: number | null
  onCursor: (aScan: number | null) => void
}

const edge = { left: 44, right: 16, top: 12, bottom: 24 }
const unknown = { kind: 'unknown' } as const

/** Thickness along the B-scan shown; around a ring with the means of its six sectors. No norms, no colours. */
export function ProfileTab({ open, between, boundaries, index, cursor, onCursor }: ProfileTabProps) {
  const { t } = useTranslation('viewer')
  const { ref, pane } = usePane()
  const { scan } = open
  const order = useDetail((state) => state.order)
  const location = scan.frames[index]?.location ?? unknown
  const upper = boundaries.of(between.upper)
  const lower = boundaries.of(between.lower)
  const all = useMemo(() => (upper && lower ? thicknesses(upper, lower, scan.spacing.axial) : null), [upper, lower, scan])
  const ceiling = useMemo(() => ceilingOf(all ?? []), [all])
  const values = all?.[index] ?? null
  const width = scan.frames[index]?.width ?? 0
  const angles = useMemo(() => ringAngles(location, width, scan.laterality), [location, width, scan.laterality])
  const points = useMemo(() => (values ? plotPoints(values, angles, order) : []), [values, angles, order])
  const means = useMemo(() => (values && angles ? ringMeans(values, angles, order) : null), [values, angles, order])
  const letters = useMemo(() => (angles ? [] : bscanLetters(location, scan.laterality)), [angles, location, scan.laterality])
  const d = useMemo(() => plotPath(points, ceiling), [points, ceiling])
  const mean = useMemo(() => (values ? meanOf(values) : null), [values])

  const room = { width: Math.max(0, pane.width - edge.left - edge.right), height: Math.max(0, pane.height - edge.top - edge.bottom) }
  const toX = (at: number) => edge.left + at * room.width
  const toY = (value: number) => edge.top + (1 - value / ceiling) * room.height
  const step = [50, 100, 200, 500].find((one) => (ceiling / one) * 30 <= room.height) ?? 1000
  const ticks = Array.from({ length: Math.floor(ceiling / step) + 1 }, (_, i) => i * step)
  const here = cursor === null ? undefined : points.find(({ aScan }) => aScan === cursor)
  const what = t(`detail.of.${nameOfBetween(between) ?? 'other'}`, { ...between })
  const micrometres = (value: number | null) => (value === null || Number.isNaN(value) ? '–' : `${Math.round(value)} µm`)

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const at = (event.clientX - box.left - edge.left) / room.width
    onCursor(at >= 0 && at <= 1 ? aScanAt(points, at) : null)
  }
  const said = means
    ? means.sectors.map((sector) => `${sector.name} ${micrometres(sector.mean)}`).join(', ')
    : t('detail.profile.meanSaid', { value: micrometres(mean) })

  return (
    <div className={figures.figures}>
      <div ref={ref} className={styles.plot} onPointerMove={point} onPointerLeave={() => onCursor(null)}>
        {values && room.width > 0 && room.height > 0 && (
          <svg role="img" aria-label={t('detail.profile.said', { what, index: index + 1, said })}>
            {ticks.map((tick) => (
              <g key={tick}>
                <path className={styles.grid} d={`M${toX(0)} ${toY(tick)}H${toX(1)}`} />
                <text className={styles.tick} x={edge.left - 8} y={toY(tick)}>
                  {tick}
                </text>
              </g>
            ))}
            {means?.sectors.flatMap((sector) =>
              sector.spans.map(([from, to]) => (
                <g key={`${sector.name}${from}`}>
                  {from > 0 && <path className={styles.border} d={`M${toX(from)} ${edge.top}V${edge.top + room.height}`} />}
                  {sector.mean !== null && <path className={styles.mean} d={`M${toX(from)} ${toY(sector.mean)}H${toX(to)}`} />}
                  <text className={styles.name} x={toX((from + to) / 2)} y={edge.top + room.height + 14}>
                    {sector.name}
                  </text>
                </g>
              )),
            )}
            {!means && mean !== null && <path className={styles.mean} d={`M${toX(0)} ${toY(mean)}H${toX(1)}`} />}
            {letters.map(({ text, at }) => (
              <text key={`${text}${at}`} className={styles.name} x={toX(at)} y={edge.top + room.height + 14}>
                {text}
              </text>
            ))}
            <g transform={`translate(${edge.left} ${edge.top}) scale(${room.width / 1000} ${room.height / ceiling})`}>
              <path className={styles.line} data-of={nameOfBetween(between) ?? 'other'} d={d} />
            </g>
            {here && <path className={styles.cursor} d={`M${toX(here.at)} ${edge.top}V${edge.top + room.height}`} />}
            {here && !Number.isNaN(here.value) && <circle className={styles.dot} cx={toX(here.at)} cy={toY(here.value)} r={4} />}
          </svg>
        )}
        {values && (
          <p className={styles.reading}>
            {here ? (
              <>
                {t('bscan.aScan', { index: here.aScan + 1 })} <b className="strong">{micrometres(here.value)}</b>
              </>
            ) : (
              <>
                <i />
                {t(means ? 'detail.profile.sectorMean' : 'detail.profile.mean')}
                {!means && <b className="strong">{micrometres(mean)}</b>}
              </>
            )}
          </p>
        )}
      </div>
      {angles && <RingFigure means={means} laterality={scan.laterality} />}
    </div>
  )
}
