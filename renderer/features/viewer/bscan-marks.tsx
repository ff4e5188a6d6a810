import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import type { LayerLine } from './frame-source.ts'
import image from './image.module.css'
import { layerToken, linePath, thickness } from './layer-lines.ts'
import { bscanLetters } from './letters.ts'
import type { Rect, Size } from './view.ts'
import styles from './viewer.module.css'

interface BscanMarksProps {
  open: OpenScan
  index: number
  layers: readonly LayerLine[]
  rect: Rect
  pane: Size
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
  layersOn: boolean
}

/** What is drawn over a B-scan: layer lines, letters, cursor, faults along the edge they lie at, scale, key. */
export function BscanMarks({ open, index, layers, rect, pane, cursor, intervals, verdict, layersOn }: BscanMarksProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const lines = useMemo(
    () => layers.map((layer) => ({ name: layer.name, d: linePath(layer.rows), token: layerToken(layer.name) })).filter((line) => line.d !== ''),
    [layers],
  )
  const letters = useMemo(() => bscanLetters(scan.frames[index]?.location ?? { kind: 'unknown' }, scan.laterality), [scan, index])
  const shownLines = layersOn ? lines : []
  const kinds = [...new Set(intervals.map((one) => one.kind))]
  const toX = (aScan: number) => rect.x + (aScan / scan.width) * rect.width
  const clampX = (x: number) => Math.min(Math.min(pane.width, rect.x + rect.width) - 14, Math.max(Math.max(0, rect.x) + 14, x))
  const top = Math.max(0, rect.y)
  const bottom = Math.min(pane.height, rect.y + rect.height)
  const rnfl = cursor === null ? null : thickness(layers, 'ILM', 'RNFL', cursor, scan.spacing.axial)

  return (
    <>
      <svg
        className={image.over}
        role="img"
        aria-label={layersOn ? t('bscan.lines', { names: lines.map((line) => line.name).join(', ') }) : t('bscan.marks')}
      >
        {shownLines.length > 0 && (
          <g transform={`translate(${rect.x} ${rect.y}) scale(${rect.width / scan.width} ${rect.height / scan.height})`}>
            {shownLines.map((line) => (
              <path key={line.name} className={image.line} d={line.d} style={{ stroke: `var(${line.token})` }} />
            ))}
          </g>
        )}
        {intervals.map((one) => (
          <path
            key={`${one.kind}-${one.from}`}
            className={image.interval}
            data-verdict={verdict}
            d={`M${toX(one.from)} ${one.kind === 'cut-upper' ? top + 3 : bottom - 6}H${toX(one.to + 1)}`}
          />
        ))}
        {cursor !== null && <path className={image.line} d={`M${toX(cursor + 0.5)} ${top}V${bottom}`} strokeDasharray="2 4" opacity={0.8} />}
        {letters.map((letter) => (
          <text
            key={`${letter.text}${letter.at}`}
            className={image.letter}
            x={clampX(rect.x + letter.at * rect.width)}
            y={top + 16}
            textAnchor="middle"
          >
            {letter.text}
          </text>
        ))}
        <ScaleBar scan={scan} rect={rect} left={Math.max(0, rect.x) + 12} base={bottom - 18} />
      </svg>
      {cursor !== null && (
        <p className={styles.readout} style={{ left: Math.min(pane.width - 180, toX(cursor + 0.5) + 8), top: top + 32 }}>
          {t('bscan.aScan', { index: cursor + 1 })}
          {rnfl !== null && <b>{`RNFL ${Math.round(rnfl)} µm`}</b>}
        </p>
      )}
      {(shownLines.length > 0 || kinds.length > 0) && (
        <ul className={styles.key} style={{ bottom: Math.max(0, pane.height - bottom) + 16 }} aria-label={t('bscan.key')}>
          {kinds.map((kind) => (
            <li key={kind}>
              <i data-verdict={verdict} />
              {t(`interval.${kind}`)}
            </li>
          ))}
          {shownLines.map((line) => (
            <li key={line.name}>
              <i style={{ background: `var(${line.token})` }} />
              {line.name}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** 200 µm along and in depth: the two differ unless shown 1:1 µm. */
function ScaleBar({ scan, rect, left, base }: { scan: OpenScan['scan']; rect: Rect; left: number; base: number }) {
  if (!(scan.spacing.lateral > 0 && scan.spacing.axial > 0)) return null
  const along = (0.2 / scan.spacing.lateral / scan.width) * rect.width
  const deep = (0.2 / scan.spacing.axial / scan.height) * rect.height
  const d = `M${left} ${base - deep}V${base}H${left + along}`
  return (
    <>
      <path className={image.under} d={d} />
      <path className={image.line} d={d} />
      <text className={image.letter} data-small x={left + Math.max(along, 0) + 6} y={base}>
        200 µm
      </text>
    </>
  )
}
