import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan, ScanRef } from '../../../preload/contract.ts'
import { RunSheet } from '../run-sheet/run-sheet.tsx'
import { Acquisition } from './acquisition.tsx'
import { BscanPane } from './bscan-pane.tsx'
import { NotJudged } from './not-judged.tsx'
import { ProfilePane } from './profile-pane.tsx'
import { type KnownResult, QualityPanel } from './quality-panel.tsx'
import { SloPane } from './slo-pane.tsx'
import { frameForKey, stepFrame } from './stepping.ts'
import { Strip } from './strip.tsx'
import { useFrames } from './use-frames.ts'
import styles from './viewer.module.css'

/** The panes of an open scan: SLO, B-scan, quality and, where there are several B-scans, the strip below. */
export function OpenedScan({ open, scan }: { open: OpenScan; scan: ScanRef }) {
  const { t } = useTranslation('viewer')
  const { t: common } = useTranslation()
  const count = open.scan.frames.length
  const [index, setIndex] = useState(Math.floor(count / 2))
  const [cursor, setCursor] = useState<number | null>(null)
  const [layersOn, setLayersOn] = useState(true)
  const [fresh, setFresh] = useState<KnownResult[]>([])
  const [chosen, setChosen] = useState(0)
  const [sheet, setSheet] = useState(false)
  const addResult = useCallback((one: KnownResult) => setFresh((before) => [one, ...before]), [])
  const frames = useFrames(open, index)
  const { title } = open
  const subject = [title.project, title.subject, title.session].filter((label) => label !== '').join(' / ') || common('run.subjectLocal')
  const results = useMemo(() => [...fresh, ...open.results], [fresh, open])
  const known = results[chosen]
  const result = known?.results.scans[known.scanIndex]
  const verdict = result?.verdict ?? 'unknown'
  const intervals = useMemo(() => result?.intervals ?? [], [result])
  const here = useMemo(() => intervals.filter((one) => one.frame === index), [intervals, index])

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) return
      if (event.key === 'l' || event.key === 'L') setLayersOn((on) => !on)
      // In the panel the keys scroll its list.
      if (event.target instanceof Element && event.target.closest('aside')) return
      const next = frameForKey(event.key, event.shiftKey, index, count)
      if (next === null) return
      event.preventDefault()
      setIndex(next)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [index, count])

  return (
    <div className={styles.panes} data-strip={count > 1 || undefined}>
      <div className={styles.left}>
        <SloPane open={open} index={index} cursor={cursor} intervals={here} verdict={verdict} onIndex={setIndex} />
        <Acquisition open={open} index={index} />
      </div>
      <div className={styles.middle}>
        <BscanPane
          open={open}
          index={index}
          frames={frames}
          cursor={cursor}
          intervals={here}
          verdict={verdict}
          layersOn={layersOn}
          onLayers={setLayersOn}
          onStep={(delta) => setIndex((now) => stepFrame(now, count, delta))}
          onCursor={setCursor}
        />
        {count === 1 && <ProfilePane open={open} layers={frames.shown?.frame.layers} cursor={cursor} onCursor={setCursor} />}
      </div>
      {count > 1 && <Strip open={open} index={index} intervals={intervals} verdict={verdict} onIndex={setIndex} />}
      {sheet ? (
        <div className={styles.sheet}>
          <RunSheet refs={[scan]} sessions={scan.kind === 'archive' ? 1 : 0} bytes={null} subject={subject} onClose={() => setSheet(false)} />
        </div>
      ) : (
        <aside className={styles.panel} aria-label={t('panel.region')}>
          {result ? (
            <QualityPanel results={results} chosen={chosen} onChoose={setChosen} onRun={() => setSheet(true)} />
          ) : (
            <NotJudged scan={scan} subject={subject} onResult={addResult} onSheet={() => setSheet(true)} />
          )}
        </aside>
      )}
    </div>
  )
}
