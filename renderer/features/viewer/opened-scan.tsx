import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan, ScanRef } from '../../../preload/contract.ts'
import { RunSheet } from '../run-sheet/run-sheet.tsx'
import { Acquisition } from './acquisition.tsx'
import { BscanPane } from './bscan-pane.tsx'
import { plainView } from './bscan-view.ts'
import { CriteriaList } from './criteria-list.tsx'
import { DetailPane } from './detail/detail-pane.tsx'
import type { Kept } from './kept.ts'
import { viewerKey } from './keys.ts'
import { allLayers, layerNames, withAll, withDigit } from './layer-choice.ts'
import { NotJudged } from './not-judged.tsx'
import { type KnownResult, QualityPanel } from './quality-panel.tsx'
import { SloPane } from './slo-pane.tsx'
import type { Seen } from './snapshot/picture.ts'
import { frameForKey, stepFrame } from './stepping.ts'
import { Strip } from './strip.tsx'
import { useFrames } from './use-frames.ts'
import { useKeys } from './use-keys.ts'
import styles from './viewer.module.css'

/** The panes of an open scan: SLO, B-scan, quality and, where there are several B-scans, the strip below. */
export function OpenedScan({ open, scan, kept }: { open: OpenScan; scan: ScanRef; kept: Kept }) {
  const { t } = useTranslation('viewer')
  const { t: common } = useTranslation()
  const count = open.scan.frames.length
  const [index, setIndex] = useState(kept.index ?? Math.floor(count / 2))
  const [cursor, setCursor] = useState<number | null>(null)
  const [layers, setLayers] = useState(allLayers)
  const [view, setView] = useState(plainView)
  const seen = useRef<Seen | null>(null)
  const panel = useRef<HTMLElement>(null)
  const [fresh, setFresh] = useState(kept.fresh)
  const [chosen, setChosen] = useState(0)
  const [sheet, setSheet] = useState(false)
  const addResult = useCallback((one: KnownResult) => setFresh((before) => [one, ...before]), [])
  const frames = useFrames(open, index)
  const { title } = open
  // A run keeps this: of a scan from the Inbox the title is the device's patient and visit, which go into no record of a run.
  const labels = scan.kind === 'archive' ? [title.project, title.subject, title.session] : []
  const subject = labels.filter((label) => label !== '').join(' / ') || common('run.subjectLocal')
  const results = useMemo(() => [...fresh, ...open.results], [fresh, open])
  const known = results[chosen]
  const result = known?.results.scans[known.scanIndex]
  const verdict = result?.verdict ?? 'unknown'
  const intervals = useMemo(() => result?.intervals ?? [], [result])
  const here = useMemo(() => intervals.filter((one) => one.frame === index), [intervals, index])
  const frame = frames.shown?.index === index ? frames.shown.frame : null
  useEffect(() => {
    kept.index = index
    kept.fresh = fresh
    kept.pictures = () =>
      frame ? [{ open, index, frame, level: view.level, layers, intervals: here, verdict: result?.verdict ?? null, seen: seen.current }] : []
    return () => {
      kept.pictures = () => []
    }
  }, [kept, index, fresh, frame, open, view.level, layers, here, result])

  useKeys((event) => {
    const key = viewerKey(event)
    if (key?.does === 'all-layers') setLayers(withAll(layers))
    else if (key?.does === 'word') panel.current?.querySelector<HTMLElement>('[aria-current="true"]')?.focus()
    else if (key?.does === 'layer') setLayers(withDigit(layers, key.digit, layerNames(open.scan.frames)))
    else {
      // In the panels the keys scroll.
      if (event.target instanceof Element && event.target.closest('aside, [data-scrolls]')) return false
      const next = frameForKey(event.key, event.shiftKey, index, count)
      if (next === null) return false
      setIndex(next)
    }
    return true
  })

  // Stays while a person steps.
  const judged = useMemo(
    () =>
      result ? (
        <QualityPanel bulk={open.bulk} results={results} chosen={chosen} onChoose={setChosen} onRun={() => setSheet(true)} />
      ) : (
        <>
          <NotJudged scan={scan} subject={subject} onResult={addResult} onSheet={() => setSheet(true)} />
          <CriteriaList bulk={open.bulk} result={null} />
        </>
      ),
    [result, results, chosen, open.bulk, scan, subject, addResult],
  )

  return (
    <div className={styles.panes} data-strip={count > 1 || undefined} data-no-slo={!open.scan.slo || undefined}>
      <div className={styles.left}>
        <SloPane open={open} index={index} cursor={cursor} intervals={intervals} verdict={verdict} onIndex={setIndex} onCursor={setCursor} />
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
          layers={layers}
          onLayers={setLayers}
          view={view}
          onView={setView}
          onStep={(delta) => setIndex((now) => stepFrame(now, count, delta))}
          onCursor={setCursor}
          seen={seen}
        />
      </div>
      <DetailPane open={open} index={index} frames={frames} cursor={cursor} onIndex={setIndex} onCursor={setCursor} />
      {count > 1 && <Strip open={open} index={index} result={result ?? null} onIndex={setIndex} />}
      {sheet ? (
        <div className={styles.sheet}>
          <RunSheet refs={[scan]} sessions={scan.kind === 'archive' ? 1 : 0} bytes={null} subject={subject} onClose={() => setSheet(false)} />
        </div>
      ) : (
        <aside ref={panel} className={styles.panel} aria-label={t('panel.region')}>
          {judged}
        </aside>
      )}
    </div>
  )
}
