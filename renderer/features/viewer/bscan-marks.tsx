import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import type { LayerLine } from './frame-source.ts'
import image from './image.module.css'
import { isShown, type LayerChoice } from './layer-choice.ts'
import type { LayerToken } from './layer-colours.ts'
import { drawnLines, thickness } from './layer-lines.ts'
import { bscanLetters } from './letters.ts'
import { rowBefore, spread } from './line-labels.ts'
import type { Rect, Size } from './view.ts'
import styles from './viewer.module.css'

interface BscanMarksProps {
  open: OpenScan
  index: number
  /** px of this B-scan */
  size: Size
  /** mm per px of this B-scan */
  spacing: { lateral: number; axial: number }
  layers: readonly LayerLine[]
  colours: ReadonlyMap<string, LayerToken>
  choice: LayerChoice
  rect: Rect
  pane: Size
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
  /** Whether the image may be as light as what is drawn on it: a look-up table other than grey. */
  onLight: boolean
}

/** More lines than these are named at their ends always, fewer in the key and at their ends while the pointer is over the B-scan. */
const namedInKey = 4

/** What is drawn over a B-scan: layer lines, letters, cursor, faults along the edge they lie at, scale, key. */
export function BscanMarks(props: BscanMarksProps) {
  const { open, index, size, spacing, layers, colours, choice, rect, pane, cursor, intervals, verdict, onLight } = props
  const { t } = useTranslation('viewer')
  const { scan } = open
  const lines = drawnLines(layers)
  const location = scan.frames[index]?.location
  const letters = useMemo(() => bscanLetters(location ?? { kind: 'unknown' }, scan.laterality), [location, scan.laterality])
  const shown = lines.filter((line) => isShown(choice, line.name))
  const kinds = [...new Set(intervals.map((one) => one.kind))]
  const toX = (aScan: number) => rect.x + (aScan / size.width) * rect.width
  const clampX = (x: number) => Math.min(Math.min(pane.width, rect.x + rect.width) - 14, Math.max(Math.max(0, rect.x) + 14, x))
  const top = Math.max(0, rect.y)
  const bottom = Math.min(pane.height, rect.y + rect.height)
  const clampY = (y: number) => Math.min(bottom - 16, Math.max(top + 16, y))
  const below = Math.max(0, pane.height - bottom)
  const bmo = scan.frames[index]?.bmo
  const inKey = shown.length <= namedInKey ? shown : []

  return (
    <>
      <svg
        className={image.over}
        role="img"
        aria-label={shown.length > 0 ? t('bscan.lines', { names: shown.map((line) => line.name).join(', ') }) : t('bscan.marks')}
      >
        <Faults intervals={intervals} verdict={verdict} toX={toX} top={top} bottom={bottom} />
        {shown.length > 0 && (
          <g transform={`translate(${rect.x} ${rect.y}) scale(${rect.width / size.width} ${rect.height / size.height})`}>
            {onLight && <path className={image.under} d={shown.map((line) => line.d).join('')} />}
            {shown.map((line) => (
              <path key={line.name} className={image.line} d={line.d} style={{ stroke: `var(${colours.get(line.name)})` }} />
            ))}
          </g>
        )}
        {bmo?.map((at, i) => {
          const [x, y] = [toX(at.x), rect.y + (at.y / size.height) * rect.height]
          return (
            <g key={i === 0 ? 'left' : 'right'}>
              <circle className={image.under} cx={x} cy={y} r={4.5} />
              <circle className={image.line} cx={x} cy={y} r={4.5} />
            </g>
          )
        })}
        {cursor !== null && onLight && <path className={image.under} d={`M${toX(cursor + 0.5)} ${top}V${bottom}`} />}
        {cursor !== null && <path className={image.line} d={`M${toX(cursor + 0.5)} ${top}V${bottom}`} strokeDasharray="2 4" opacity={0.8} />}
        {letters.map((letter) => (
          <text
            key={`${letter.text}${letter.at}`}
            className={image.letter}
            x={clampX(rect.x + letter.at * rect.width)}
            y={letter.down === undefined ? top + 16 : clampY(rect.y + letter.down * rect.height)}
            textAnchor="middle"
          >
            {letter.text}
          </text>
        ))}
        {(cursor !== null || shown.length > namedInKey) && <Names lines={shown} colours={colours} size={size} rect={rect} pane={pane} />}
        <ScaleBar spacing={spacing} size={size} rect={rect} left={Math.max(0, rect.x) + 12} base={bottom - 18} />
      </svg>
      {scan.laterality === 'unknown' && <p className={image.note}>{t('eyeUnknown')}</p>}
      {cursor !== null && cursor < size.width && (
        <Readout cursor={cursor} layers={layers} axial={spacing.axial} intervals={intervals} left={toX(cursor + 0.5)} room={pane.width} top={top} />
      )}
      {(inKey.length > 0 || kinds.length > 0 || bmo) && (
        <ul className={styles.key} style={{ bottom: below >= 34 ? 8 : below + 16 }} aria-label={t('bscan.key')}>
          {kinds.map((kind) => (
            <li key={kind}>
              <i data-verdict={verdict} />
              {t(`interval.${kind}`)}
            </li>
          ))}
          {bmo && (
            <li>
              <i data-ring />
              <span title={t('bscan.bmo')}>BMO</span>
            </li>
          )}
          {inKey.map((line) => (
            <li key={line.name}>
              <i style={{ background: `var(${colours.get(line.name)})` }} />
              {line.name}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Each fault as a bar along the edge it lies at, with a band that fades before it reaches the retina. */
function Faults({
  intervals,
  verdict,
  toX,
  top,
  bottom,
}: Pick<BscanMarksProps, 'intervals' | 'verdict'> & { toX: (aScan: number) => number; top: number; bottom: number }) {
  const id = useId()
  const depth = Math.max(0, bottom - top) * 0.16
  return (
    <g data-verdict={verdict} className={image.faults}>
      <linearGradient id={`${id}u`} x1="0" x2="0" y1="0" y2="1">
        <stop offset="0" stopColor="currentColor" stopOpacity="0.32" />
        <stop offset="1" stopColor="currentColor" stopOpacity="0" />
      </linearGradient>
      <linearGradient id={`${id}l`} x1="0" x2="0" y1="1" y2="0">
        <stop offset="0" stopColor="currentColor" stopOpacity="0.32" />
        <stop offset="1" stopColor="currentColor" stopOpacity="0" />
      </linearGradient>
      {intervals.map((one) => {
        const upper = one.kind === 'cut-upper'
        const [from, to] = [toX(one.from), toX(one.to + 1)]
        return (
          <g key={`${one.kind}-${one.from}`}>
            <rect x={from} y={upper ? top : bottom - depth} width={Math.max(0, to - from)} height={depth} fill={`url(#${id}${upper ? 'u' : 'l'})`} />
            <path className={image.interval} data-verdict={verdict} d={`M${from} ${upper ? top + 3 : bottom - 6}H${to}`} />
          </g>
        )
      })}
    </g>
  )
}

/** Which A-scan, how thick the nerve fibre layer there is, and what is wrong there. */
function Readout(props: {
  cursor: number
  layers: readonly LayerLine[]
  axial: number
  intervals: readonly Interval[]
  left: number
  room: number
  top: number
}) {
  const { cursor, layers, axial, intervals, left, room, top } = props
  const { t } = useTranslation('viewer')
  const rnfl = axial > 0 ? thickness(layers, 'ILM', 'RNFL', cursor, axial) : null
  const faults = intervals.filter((one) => one.from <= cursor && cursor <= one.to)
  return (
    <p className={styles.readout} style={left + 8 > room - 200 ? { right: room - left + 8, top: top + 32 } : { left: left + 8, top: top + 32 }}>
      {t('bscan.aScan', { index: cursor + 1 })}
      {rnfl !== null && <b>{`RNFL ${Math.round(rnfl)} µm`}</b>}
      {faults.map((one) => (
        <b key={one.kind}>{t(`interval.${one.kind}`)}</b>
      ))}
    </p>
  )
}

/** Each line's name at its end, as far right as it is seen. */
function Names({
  lines,
  colours,
  size,
  rect,
  pane,
}: {
  lines: readonly LayerLine[]
  colours: ReadonlyMap<string, LayerToken>
  size: Size
  rect: Rect
  pane: Size
}) {
  const right = Math.min(pane.width, rect.x + rect.width)
  const last = Math.floor(((right - rect.x) / rect.width) * size.width) - 1
  const seen = lines.flatMap((line) => {
    const row = rowBefore(line.rows, last, Math.ceil(size.width / 3))
    return row === null ? [] : [{ name: line.name, y: rect.y + (row / size.height) * rect.height }]
  })
  const places = spread(
    seen.map((one) => one.y),
    13,
    Math.max(0, rect.y) + 40,
    Math.min(pane.height, rect.y + rect.height) - 12,
  )
  return (
    <>
      {seen.map((one, i) => (
        <text
          key={one.name}
          className={image.letter}
          data-small
          x={right - 6}
          y={places[i]}
          textAnchor="end"
          style={{ fill: `var(${colours.get(one.name)})` }}
        >
          {one.name}
        </text>
      ))}
    </>
  )
}

/** 200 µm along and in depth: the two differ unless shown 1:1 µm. */
function ScaleBar({ spacing, size, rect, left, base }: Pick<BscanMarksProps, 'spacing' | 'size' | 'rect'> & { left: number; base: number }) {
  if (!(spacing.lateral > 0 && spacing.axial > 0)) return null
  const along = (0.2 / spacing.lateral / size.width) * rect.width
  const deep = (0.2 / spacing.axial / size.height) * rect.height
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
