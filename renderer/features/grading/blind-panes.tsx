import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { Acquisition } from '../viewer/acquisition.tsx'
import { BscanPane } from '../viewer/bscan-pane.tsx'
import { plainView } from '../viewer/bscan-view.ts'
import { DetailPane } from '../viewer/detail/detail-pane.tsx'
import { allLayers, withAll } from '../viewer/layer-choice.ts'
import { SloPane } from '../viewer/slo-pane.tsx'
import { frameForKey, stepFrame } from '../viewer/stepping.ts'
import { Strip } from '../viewer/strip.tsx'
import { useFrames } from '../viewer/use-frames.ts'
import { useKeys } from '../viewer/use-keys.ts'
import styles from '../viewer/viewer.module.css'
import own from './grading.module.css'

const noIntervals: Interval[] = []

/** The viewer's panes with nothing of the machine in them, and `children` where the verdict would be. */
export function BlindPanes({ open, children }: { open: OpenScan; children: ReactNode }) {
  const { t } = useTranslation('grading')
  const count = open.scan.frames.length
  const [index, setIndex] = useState(Math.floor(count / 2))
  const [cursor, setCursor] = useState<number | null>(null)
  const [layers, setLayers] = useState(allLayers)
  const [view, setView] = useState(plainView)
  const frames = useFrames(open, index)

  useKeys((event) => {
    if (event.key === '0') {
      setLayers(withAll(layers))
      return true
    }
    if (event.target instanceof Element && event.target.closest('[data-scrolls]')) return false
    const next = frameForKey(event.key, event.shiftKey, index, count)
    if (next === null) return false
    setIndex(next)
    return true
  })

  return (
    <div className={styles.panes} data-strip={count > 1 || undefined} data-no-slo={!open.scan.slo || undefined}>
      <div className={styles.left}>
        <SloPane open={open} index={index} cursor={cursor} intervals={noIntervals} verdict="unknown" onIndex={setIndex} onCursor={setCursor} />
        <Acquisition open={open} index={index} blind />
      </div>
      <div className={`${styles.middle} ${own.panes}`}>
        <BscanPane
          open={open}
          index={index}
          frames={frames}
          cursor={cursor}
          intervals={noIntervals}
          verdict="unknown"
          layers={layers}
          onLayers={setLayers}
          view={view}
          onView={setView}
          onStep={(delta) => setIndex((now) => stepFrame(now, count, delta))}
          onCursor={setCursor}
        />
      </div>
      <DetailPane open={open} index={index} frames={frames} cursor={cursor} onIndex={setIndex} onCursor={setCursor} />
      {count > 1 && <Strip open={open} index={index} result={null} onIndex={setIndex} />}
      <aside className={styles.panel} aria-label={t('word.region')}>
        {children}
      </aside>
    </div>
  )
}
