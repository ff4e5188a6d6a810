import { type PointerEvent, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { bars } from './bars.ts'
import styles from './viewer.module.css'

interface StripProps {
  open: OpenScan
  index: number
  intervals: readonly Interval[]
  verdict: Verdict
  onIndex: (index: number) => void
}

/** All B-scans of a volume as bars, the device's quality as height: the scroll bar. Bars with a fault carry the verdict's colour. */
export function Strip({ open, index, intervals, verdict, onIndex }: StripProps) {
  const { t, i18n } = useTranslation('viewer')
  const { frames } = open.scan
  const drawn = useMemo(() => {
    const faulty = new Set(intervals.map((one) => one.frame))
    return bars(
      frames.map((frame) => frame.quality),
      (i) => faulty.has(i),
    )
  }, [frames, intervals])
  const quality = frames[index]?.quality

  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    onIndex(Math.min(frames.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * frames.length))))
  }

  return (
    <div className={styles.strip}>
      <span className={styles.stripName}>
        <b className="strong">{t('strip.title')}</b>
        <span className="faint small">
          {quality == null ? t('strip.noQuality') : `Q ${new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(quality)} dB`}
        </span>
      </span>
      <div
        className={styles.bars}
        role="slider"
        tabIndex={0}
        aria-label={t('strip.slider')}
        aria-valuemin={1}
        aria-valuemax={frames.length}
        aria-valuenow={index + 1}
        aria-valuetext={t('bscan.count', { index: index + 1, count: frames.length })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          at(event)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) at(event)
        }}
      >
        <svg viewBox={`0 0 ${frames.length} 1`} preserveAspectRatio="none" aria-hidden="true">
          <path className={styles.bar} d={drawn.plain} />
          <path className={styles.bar} data-verdict={verdict} d={drawn.marked} />
        </svg>
        <i className={styles.here} style={{ left: `${(index / frames.length) * 100}%`, width: `${100 / frames.length}%` }} />
      </div>
    </div>
  )
}
