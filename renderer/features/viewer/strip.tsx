import { type KeyboardEvent, memo, type PointerEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanResult, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { frameForKey } from './stepping.ts'
import styles from './strip.module.css'
import { type BarState, barHeights, barPath, barStates, barVerdict, frameAt, stretchesOf, ticks } from './strip-model.ts'
import { usePane } from './use-pane.ts'

interface StripProps {
  open: OpenScan
  index: number
  /** What is known of the scan's quality; null where it was not judged. */
  result: ScanResult | null
  onIndex: (index: number) => void
}

const drawn: readonly BarState[] = ['open', 'clear', 'noted', 'fault']

/** All B-scans of a scan as bars, coloured by how each was judged, the device's quality as height: the scroll bar. */
export const Strip = memo(function Strip({ open, index, result, onIndex }: StripProps) {
  const { t, i18n } = useTranslation('viewer')
  const { ref, pane } = usePane()
  const format = useMemo(() => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }), [i18n.language])
  const { frames } = open.scan
  const count = frames.length
  const verdict = result?.verdict ?? 'unknown'
  const states = useMemo(() => barStates(count, result), [count, result])
  const quality = frames[index]?.quality
  const state = states[index] ?? 'open'
  const kinds = [...new Set((result?.intervals ?? []).filter((one) => one.frame === index).map((one) => t(`interval.${one.kind}`)))]

  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    onIndex(frameAt((event.clientX - box.left) / box.width, count))
  }
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = frameForKey(event.key, event.shiftKey, index, count)
    if (next === null) return
    event.preventDefault()
    onIndex(next)
  }

  return (
    <div className={styles.strip}>
      <span className={styles.name}>
        <b className="strong">{t('strip.title')}</b>
        <span className="faint small">{quality == null ? t('strip.noQuality') : `Q ${format.format(quality)} dB`}</span>
      </span>
      <div
        ref={ref}
        className={styles.bars}
        role="slider"
        tabIndex={0}
        aria-label={t('strip.slider')}
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={index + 1}
        aria-valuetext={[t('bscan.count', { index: index + 1, count }), ...(kinds.length > 0 ? kinds : [t(`strip.state.${state}`)])].join(', ')}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          at(event)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) at(event)
        }}
        onKeyDown={key}
      >
        <Bars open={open} states={states} verdict={verdict} width={pane.width} />
        <i className={styles.here} style={{ left: `${(index / count) * 100}%`, width: `${100 / count}%` }} />
      </div>
    </div>
  )
})

interface BarsProps {
  open: OpenScan
  states: readonly BarState[]
  verdict: Verdict
  /** CSS px */
  width: number
}

/** What stays while a person steps: drawn once, however fast that is. */
const Bars = memo(function Bars({ open, states, verdict, width }: BarsProps) {
  const { frames } = open.scan
  const count = frames.length
  const heights = barHeights(frames.map((frame) => frame.quality))
  const share = (part: number) => `${(part / count) * 100}%`
  return (
    <>
      <svg viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
        {drawn.map((state) => (
          <path key={state} className={styles.bar} data-state={state} data-verdict={barVerdict(state, verdict)} d={barPath(heights, states, state)} />
        ))}
      </svg>
      {stretchesOf(states, 'fault').map(([from, to]) => (
        <i key={from} className={styles.fault} data-verdict={verdict} style={{ left: share(from), width: share(to - from + 1) }} />
      ))}
      {ticks(count, width).map((tick) => (
        <span key={tick} className={styles.tick} style={{ left: share(tick - 0.5) }}>
          {tick}
        </span>
      ))}
    </>
  )
})
