import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { Spinner } from '../../ui/progress.tsx'
import { sameScan } from '../viewer/flip.ts'
import image from '../viewer/image.module.css'
import { ImageCanvas } from '../viewer/image-canvas.tsx'
import { SloMarks } from '../viewer/slo-marks.tsx'
import { useOpenScan } from '../viewer/use-open-scan.ts'
import { usePane } from '../viewer/use-pane.ts'
import { useSlo } from '../viewer/use-slo.ts'
import { baseSize, noZoom, placed } from '../viewer/view.ts'
import { plainWindow } from '../viewer/window-level.ts'
import { BscanPicture } from './bscan-picture.tsx'
import { tellingFrame } from './model.ts'
import styles from './reading.module.css'
import { screenClock } from './screen.ts'
import { useLocal } from './use-local.ts'
import { useOneFrame } from './use-one-frame.ts'

interface PicturesProps {
  scan: InboxScan
  /** Told the ms from the verdict to its pictures, once they are painted; null where nothing was waited for. */
  onPainted: (screenMs: number | null) => void
}

/** The fundus image and the B-scan that says most, with the fault where it lies. Their room is kept while they come. */
export function Pictures({ scan, onPainted }: PicturesProps) {
  const { t } = useTranslation('inbox')
  const { ref, error: away } = useLocal(scan)
  const { shown, error } = useOpenScan(ref)
  const here = shown && ref && sameScan(shown.ref, ref) ? shown.open : null
  const problem = away ?? error
  return (
    <section className={styles.pictures} aria-label={t('region.images')} aria-busy={!here && !problem}>
      {here ? (
        <Opened key={here.bulk} open={here} scan={scan} onPainted={onPainted} />
      ) : (
        <>
          <div className={styles.slo} />
          <div className={styles.bscan}>
            {problem ? (
              <p className={image.message} role="status">
                {away ? t('image.away') : problem.message}
              </p>
            ) : (
              scan.state !== 'refused' && <Loading />
            )}
          </div>
        </>
      )}
    </section>
  )
}

/** Seen only where it takes longer than a blink. */
function Loading() {
  const { t } = useTranslation('inbox')
  return (
    <p className={styles.loading} role="status">
      <Spinner />
      {t('image.loading')}
    </p>
  )
}

function Opened({ open, scan, onPainted }: PicturesProps & { open: OpenScan }) {
  const { t } = useTranslation('inbox')
  const { slo, frames } = open.scan
  const index = tellingFrame(frames.length, scan.intervals)
  const { shown, error } = useOneFrame(open, index)
  const { grey, error: sloError } = useSlo(open)
  const complete = shown?.index === index && (slo === null || grey !== null || sloError !== null)
  const judged = scan.verdict !== null
  const { id } = scan
  useEffect(() => {
    if (!complete || !judged) return
    // Drawn by now; on the screen when the next frame begins.
    const frame = requestAnimationFrame(() => onPainted(screenClock.painted(id, performance.now())))
    return () => cancelAnimationFrame(frame)
  }, [complete, judged, id, onPainted])
  return (
    <>
      {slo ? <SloPicture open={open} slo={slo} grey={grey} index={index} scan={scan} /> : <NoSlo />}
      {shown ? (
        <BscanPicture open={open} index={shown.index} frame={shown.frame} scan={scan} />
      ) : (
        <div className={styles.bscan}>
          {error ? (
            <p className={image.message} role="status">
              {error.message}
            </p>
          ) : (
            <Loading />
          )}
        </div>
      )}
      <span className="sr-only">{t('image.bscan', { index: index + 1, count: frames.length })}</span>
    </>
  )
}

function NoSlo() {
  const { t } = useTranslation('inbox')
  return (
    <div className={styles.slo}>
      <p className={image.message}>{t('image.noSlo')}</p>
    </div>
  )
}

interface SloPictureProps {
  open: OpenScan
  slo: NonNullable<OpenScan['scan']['slo']>
  grey: ReturnType<typeof useSlo>['grey']
  index: number
  scan: InboxScan
}

function SloPicture({ open, slo, grey, index, scan }: SloPictureProps) {
  const { t } = useTranslation('inbox')
  const { ref, pane, density } = usePane()
  const [level] = useState(plainWindow)
  const rect = useMemo(() => placed(baseSize('fit', slo, pane, { x: 1, y: 1 }, density), pane, noZoom), [slo, pane, density])
  const locations = useMemo(() => open.scan.frames.map((frame) => frame.location), [open])
  const scaled = slo.spacing.x > 0 && slo.spacing.y > 0
  return (
    <div ref={ref} className={styles.slo}>
      <ImageCanvas image={grey} pane={pane} rect={rect} level={level} density={density} label={t('image.slo')} />
      {grey && scaled && (
        <SloMarks
          open={open}
          slo={slo}
          rect={rect}
          index={index}
          locations={locations}
          cursor={null}
          intervals={scan.intervals}
          verdict={scan.verdict ?? 'unknown'}
        />
      )}
    </div>
  )
}
