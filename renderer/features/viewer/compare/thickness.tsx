import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { useDetail } from '../detail/detail-state.ts'
import { ceilingOf, plotPath, plotPoints } from '../detail/profile.ts'
import { ringAngles } from '../detail/sectors.ts'
import { frameSpacing } from '../geometry.ts'
import { bscanLetters } from '../letters.ts'
import type { Frames } from '../use-frames.ts'
import { usePane } from '../use-pane.ts'
import styles from './compare.module.css'
import { pairOf, profileOf } from './difference.ts'

interface ThicknessProps {
  a: OpenScan
  b: OpenScan
  shownA: Frames['shown']
  shownB: Frames['shown']
  mirrored: boolean
  /** The A-scan of A under the pointer. */
  cursor: number | null
}

const edge = { left: 60, right: 16, top: 16, bottom: 26 }

/** The thickness along both B-scans in one plot, and the mean of their difference. No norms, no judgement. */
export function Thickness({ a, b, shownA, shownB, mirrored, cursor }: ThicknessProps) {
  const { t, i18n } = useTranslation('viewer')
  const { ref, pane } = usePane()
  const order = useDetail((state) => state.order)
  const profiles = useMemo(() => {
    const first = shownA && measured(a, shownA, order)
    const second = shownB && measured(b, shownB, order)
    return first && second && first.of === second.of
      ? { of: first.of, ring: first.ring, pair: pairOf(first.points, second.points, mirrored), first }
      : null
  }, [a, b, shownA, shownB, order, mirrored])

  const room = { width: Math.max(0, pane.width - edge.left - edge.right), height: Math.max(0, pane.height - edge.top - edge.bottom) }
  const ceiling = useMemo(() => ceilingOf(profiles ? [profiles.pair.a, profiles.pair.b] : []), [profiles])
  const toX = (at: number) => edge.left + at * room.width
  const toY = (value: number) => edge.top + (1 - value / ceiling) * room.height
  const step = [50, 100, 200, 500].find((one) => (ceiling / one) * 24 <= room.height) ?? 1000
  const ticks = Array.from({ length: Math.floor(ceiling / step) + 1 }, (_, i) => i * step)
  const here = profiles && cursor !== null ? profiles.first.points.find(({ aScan }) => aScan === cursor)?.at : undefined
  const spot = here === undefined || !profiles ? null : Math.min(profiles.pair.a.length - 1, Math.floor(here * profiles.pair.a.length))
  const micrometres = (value: number | null | undefined, sign = false) =>
    value == null || Number.isNaN(value)
      ? '–'
      : `${new Intl.NumberFormat(i18n.language, { maximumFractionDigits: sign ? 1 : 0, signDisplay: sign ? 'exceptZero' : 'auto' }).format(value)} µm`
  const [valueA, valueB] = spot === null || !profiles ? [null, null] : [profiles.pair.a[spot], profiles.pair.b[spot]]
  const between = valueA == null || valueB == null ? null : valueB - valueA
  const location = a.scan.frames[shownA?.index ?? 0]?.location ?? { kind: 'unknown' as const }
  const letters = profiles?.ring
    ? [...(order === 'TSNIT' ? 'TSNIT' : 'NSTIN')].map((text, i) => ({ text, at: i / 4 }))
    : bscanLetters(location, a.scan.laterality)

  return (
    <section className={styles.thickness} data-of={profiles?.of} aria-label={t('compare.thickness')}>
      <header className={styles.plotHead}>
        {profiles && <b className="strong">{t(`compare.of.${profiles.of}`)}</b>}
        {profiles && (
          <ul className={styles.legend} aria-hidden="true">
            <li data-letter="A">A</li>
            <li data-letter="B">B</li>
          </ul>
        )}
        <span className="grow" />
        {profiles &&
          (spot === null ? (
            <span className="soft">
              {t('compare.meanDifference')} <b className="strong">{micrometres(profiles.pair.mean, true)}</b>{' '}
              <span className="faint">
                {t('compare.measured', { share: new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(profiles.pair.measured) })}
              </span>
            </span>
          ) : (
            <span className="soft">
              A <b className="strong">{micrometres(valueA)}</b>, B <b className="strong">{micrometres(valueB)}</b>, B − A{' '}
              <b className="strong">{micrometres(between, true)}</b>
            </span>
          ))}
        <span className="faint">{t('compare.notForDiagnosis')}</span>
      </header>
      <div ref={ref} className={styles.plot}>
        {profiles && room.width > 0 && room.height > 0 && (
          <svg
            role="img"
            aria-label={t('compare.thicknessSaid', { of: t(`compare.of.${profiles.of}`), value: micrometres(profiles.pair.mean, true) })}
          >
            {ticks.map((tick) => (
              <g key={tick}>
                <path className={styles.grid} d={`M${toX(0)} ${toY(tick)}H${toX(1)}`} />
                <text className={styles.tick} x={edge.left - 8} y={toY(tick)}>
                  {tick === ticks.at(-1) ? `${tick} µm` : tick}
                </text>
              </g>
            ))}
            {letters.map(({ text, at }) => (
              <text key={`${text}${at}`} className={styles.name} x={toX(at)} y={edge.top + room.height + 14}>
                {text}
              </text>
            ))}
            <g transform={`translate(${edge.left} ${edge.top}) scale(${room.width / 1000} ${room.height / ceiling})`}>
              <path className={styles.curve} data-letter="B" d={plotPath(evenly(profiles.pair.b), ceiling)} />
              <path className={styles.curve} data-letter="A" d={plotPath(evenly(profiles.pair.a), ceiling)} />
            </g>
            {here !== undefined && <path className={styles.cursor} d={`M${toX(here)} ${edge.top}V${edge.top + room.height}`} />}
          </svg>
        )}
        {!profiles && <p className="soft">{shownA && shownB ? t('compare.noThickness') : ''}</p>}
      </div>
    </section>
  )
}

function measured(open: OpenScan, { index, frame }: NonNullable<Frames['shown']>, order: 'TSNIT' | 'NSTIN') {
  const { scan } = open
  const location = scan.frames[index]?.location ?? { kind: 'unknown' as const }
  const ring = location.kind === 'ring'
  const profile = profileOf(frame.layers, frameSpacing(scan, index).axial, ring)
  if (!profile) return null
  const angles = ring ? ringAngles(location, frame.width, scan.laterality) : null
  return { of: profile.of, ring: angles !== null, points: plotPoints(profile.values, angles, order) }
}

function evenly(values: Float32Array) {
  return Array.from(values, (value, aScan) => ({ at: (aScan + 0.5) / values.length, value, aScan }))
}
