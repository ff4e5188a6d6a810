import { type PointerEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import type { LayerLine } from './frame-source.ts'
import { linePath } from './layer-lines.ts'
import { bscanLetters } from './letters.ts'
import { ceilingOf, meanOf, profileOf, quadrantsOf } from './profile.ts'
import styles from './profile-pane.module.css'
import { usePane } from './use-pane.ts'

interface ProfilePaneProps {
  open: OpenScan
  /** Null: the file has no lines. Undefined: not read yet. */
  layers: readonly LayerLine[] | null | undefined
  cursor: number | null
  onCursor: (aScan: number | null) => void
}

/** px the axes take; none beside the plot, so that each A-scan stands below itself in the image */
const edge = { left: 0, right: 0, top: 20, bottom: 28 }

/** Thickness along a single B-scan below its image, A-scan under A-scan; around a ring with the mean of each quarter. No norms, no colours. */
export function ProfilePane({ open, layers, cursor, onCursor }: ProfilePaneProps) {
  const { t } = useTranslation('viewer')
  const { ref, pane } = usePane()
  const { scan } = open
  const location = scan.frames[0]?.location ?? { kind: 'unknown' as const }
  const profile = useMemo(() => profileOf(layers ?? null, scan.spacing.axial), [layers, scan])
  const letters = useMemo(() => bscanLetters(location, scan.laterality), [location, scan.laterality])
  const values = profile?.values ?? []
  const quadrants = useMemo(() => (location.kind === 'ring' && profile ? quadrantsOf(profile.values, letters) : []), [location, profile, letters])
  const overall = meanOf(values, 0, 1)
  const here = cursor === null ? null : (values[cursor] ?? null)

  const width = Math.max(0, pane.width - edge.left - edge.right)
  const height = Math.max(0, pane.height - edge.top - edge.bottom)
  const ceiling = ceilingOf(values)
  const toX = (part: number) => edge.left + part * width
  const toY = (value: number) => edge.top + (1 - value / ceiling) * height
  const d = useMemo(() => linePath(values.map((value) => (value === null ? null : ceiling - value))), [values, ceiling])
  const step = ceiling > 300 ? 200 : 100
  const ticks = Array.from({ length: Math.floor(ceiling / step) + 1 }, (_, i) => i * step)
  const title = t(location.kind === 'ring' ? 'profile.ring' : 'profile.line')

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const at = Math.floor(((event.clientX - box.left - edge.left) / width) * scan.width)
    onCursor(at >= 0 && at < scan.width ? at : null)
  }

  return (
    <section className={styles.profile} aria-label={title}>
      <header>
        <b className="strong">{title}</b>
        {profile && <span className="faint small">{t(`profile.of.${profile.of}`)}</span>}
        <span className="grow" />
        {here !== null ? (
          <span className="small soft">
            {t('bscan.aScan', { index: (cursor ?? 0) + 1 })} <b className="strong">{`${Math.round(here)} µm`}</b>
          </span>
        ) : (
          overall !== null && (
            <span className="small soft">
              {t('profile.mean')} <b className="strong">{`${Math.round(overall)} µm`}</b>
            </span>
          )
        )}
      </header>
      <div ref={ref} className={styles.plot} onPointerMove={point} onPointerLeave={() => onCursor(null)}>
        {profile && width > 0 && height > 0 && (
          <svg role="img" aria-label={t('profile.said', { means: quadrants.map(({ text, mean }) => `${text} ${Math.round(mean)} µm`).join(', ') })}>
            {ticks.map((tick) => (
              <g key={tick}>
                <path className={styles.grid} d={`M${toX(0)} ${toY(tick)}H${toX(1)}`} />
                <text className={styles.tick} x={12} y={toY(tick) - 8}>
                  {tick === 0 ? '0 µm' : tick}
                </text>
              </g>
            ))}
            {quadrants.flatMap(({ text, mean, spans }) =>
              spans.map(([from, to]) => <path key={`${text}${from}`} className={styles.mean} d={`M${toX(from)} ${toY(mean)}H${toX(to)}`} />),
            )}
            <g transform={`translate(${toX(0)} ${edge.top}) scale(${width / scan.width} ${height / ceiling})`}>
              <path className={styles.line} data-of={profile.of} d={d} />
            </g>
            {cursor !== null && <path className={styles.cursor} d={`M${toX((cursor + 0.5) / scan.width)} ${edge.top}V${edge.top + height}`} />}
            {letters.map(({ text, at }) => {
              const mean = at < 1 ? quadrants.find((one) => one.text === text)?.mean : undefined
              return (
                <text
                  key={`${text}${at}`}
                  className={styles.name}
                  x={Math.min(pane.width - 12, Math.max(12, toX(at)))}
                  y={edge.top + height + 16}
                  textAnchor={at === 0 ? 'start' : at === 1 ? 'end' : 'middle'}
                >
                  {text}
                  {mean !== undefined && <tspan className={styles.number}>{` ${Math.round(mean)}`}</tspan>}
                </text>
              )
            })}
          </svg>
        )}
        {layers !== undefined && !profile && <p className="soft">{t('profile.none')}</p>}
      </div>
    </section>
  )
}
