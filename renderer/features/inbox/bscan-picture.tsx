import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { BscanMarks } from '../viewer/bscan-marks.tsx'
import type { Frame } from '../viewer/frame-source.ts'
import { frameSpacing } from '../viewer/geometry.ts'
import image from '../viewer/image.module.css'
import { ImageCanvas } from '../viewer/image-canvas.tsx'
import type { LayerChoice } from '../viewer/layer-choice.ts'
import type { LayerToken } from '../viewer/layer-colours.ts'
import { usePane } from '../viewer/use-pane.ts'
import { baseSize, noZoom, placed } from '../viewer/view.ts'
import { plainWindow } from '../viewer/window-level.ts'
import { faultLabels } from './labels.ts'
import styles from './reading.module.css'

const noLayers: LayerChoice = { on: false, hidden: new Set() }
const noColours: ReadonlyMap<string, LayerToken> = new Map()

interface BscanPictureProps {
  open: OpenScan
  index: number
  frame: Frame
  scan: InboxScan
}

/** One B-scan with its faults: bars along the edge they lie at, dashed ends, and words for the longest of each kind. */
export function BscanPicture({ open, index, frame, scan }: BscanPictureProps) {
  const { t } = useTranslation(['inbox', 'viewer'])
  const { ref, pane, density } = usePane()
  const size = useMemo(() => ({ width: frame.width, height: frame.height }), [frame])
  const spacing = useMemo(() => frameSpacing(open.scan, index), [open, index])
  const rect = useMemo(() => placed(baseSize('fit', size, pane, { x: 1, y: 1 }, density), pane, noZoom), [size, pane, density])
  const intervals = useMemo(() => scan.intervals.filter((one) => one.frame === index), [scan.intervals, index])
  const labels = faultLabels(intervals, index, size.width, rect)
  const verdict = scan.verdict ?? 'unknown'
  const count = open.scan.frames.length
  const bottom = pane.height - rect.y - rect.height
  return (
    <div ref={ref} className={styles.bscan}>
      <ImageCanvas
        image={frame}
        pane={pane}
        rect={rect}
        level={plainWindow}
        density={density}
        label={t('inbox:image.bscan', { index: index + 1, count })}
      />
      {rect.width > 0 && (
        <>
          <BscanMarks
            open={open}
            index={index}
            size={size}
            spacing={spacing}
            layers={[]}
            colours={noColours}
            choice={noLayers}
            rect={rect}
            pane={pane}
            cursor={null}
            intervals={intervals}
            verdict={verdict}
            onLight={false}
          />
          <svg className={image.over} aria-hidden="true">
            {labels.map(({ kind, lines: [from, to] }) => (
              <g key={kind} className={image.faults} data-verdict={verdict}>
                <path className={styles.ends} d={`M${from} ${rect.y}V${rect.y + rect.height}M${to} ${rect.y}V${rect.y + rect.height}`} />
              </g>
            ))}
          </svg>
          {labels.map(({ kind, from, to, left }, i) => (
            <p
              key={kind}
              className={styles.faultLabel}
              style={{ left, maxWidth: rect.x + rect.width - left - 4, bottom: bottom + 42 + i * 22 }}
              data-kind={kind}
              data-from={from}
              data-to={to}
            >
              <b>{t(`viewer:interval.${kind}`)}</b> {t('inbox:image.stretch', { from, to })}
            </p>
          ))}
        </>
      )}
      {count > 1 && <p className={`${image.note} ${styles.middle}`}>{t('inbox:image.bscan', { index: index + 1, count })}</p>}
    </div>
  )
}
