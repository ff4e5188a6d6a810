import { Play, ScanSearch } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Pipeline, RunSummary, ScanRef } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openRun } from '../../navigation.ts'
import { useRunSummaries } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import type { KnownResult } from './quality-panel.tsx'
import { runnable, startValues } from './run-here.ts'
import styles from './viewer.module.css'

interface NotJudgedProps {
  scan: ScanRef
  /** What the list of runs shows it as. */
  subject: string
  onResult: (result: KnownResult) => void
  /** Opens the sheet that asks for pipeline and settings. */
  onSheet: () => void
}

/** Where no result is known: says so and offers to run a pipeline on this scan, here. */
export function NotJudged({ scan, subject, onResult, onSheet }: NotJudgedProps) {
  const { t } = useTranslation('viewer')
  const { t: common } = useTranslation()
  const [pipelines, setPipelines] = useState<Pipeline[]>([])
  const [run, setRun] = useState<string | null>(null)
  const [error, setError] = useState<ScansideError | null>(null)
  const summary = useRunSummaries().find((one) => one.id === run)
  const ended = summary?.endedAt != null
  const first = pipelines[0]

  useEffect(() => {
    // Without an engine there is nothing to offer at once; the sheet says why and what to do.
    lab.pipelines.list().then(
      (all) => setPipelines(runnable(all)),
      () => setPipelines([]),
    )
  }, [])

  useEffect(() => {
    if (!run || !ended) return
    lab.runs.get({ run }).then(
      ({ summary: done, results }) => {
        const home = done.home === 'none' ? 'local' : done.home
        if (results?.scans[0]) onResult({ run, at: done.endedAt ?? done.createdAt, pipeline: done.pipeline.name, home, results, scanIndex: 0 })
      },
      (cause: unknown) => setError(asScansideError(cause)),
    )
  }, [run, ended, onResult])

  const start = (pipeline: Pipeline) => {
    setError(null)
    lab.runs
      .start({ pipeline: pipeline.id, refs: [scan], values: startValues(pipeline), subject: `${common('archive.scans', { count: 1 })}, ${subject}` })
      .then(
        ({ runs }) => setRun(runs[0] ?? null),
        (cause: unknown) => setError(asScansideError(cause)),
      )
  }

  return (
    <div className={styles.notJudged}>
      {error && <Problem error={error} />}
      {run === null ? (
        <Empty
          icon={ScanSearch}
          title={t('empty.title')}
          actions={
            <>
              {first && (
                <Button kind="primary" icon={Play} onClick={() => start(first)}>
                  {t('empty.run', { name: first.label })}
                </Button>
              )}
              <Button onClick={onSheet}>{common('archive.run')}</Button>
            </>
          }
        >
          {t('empty.body')}
        </Empty>
      ) : (
        <RunningHere summary={summary} run={run} />
      )}
    </div>
  )
}

function RunningHere({ summary, run }: { summary: RunSummary | undefined; run: string }) {
  const { t } = useTranslation('viewer')
  const name = summary?.pipeline.name ?? ''
  const failed = summary?.endedAt != null
  return (
    <div className={styles.progress} role="status">
      <b className="strong">{failed ? t('empty.failed') : t('empty.running', { name })}</b>
      {failed ? (
        <p className="soft small">{summary?.message}</p>
      ) : (
        <Progress value={summary?.progress ?? null} label={t('empty.running', { name })} />
      )}
      <Button onClick={() => openRun(run)}>{t('empty.seeRun')}</Button>
    </div>
  )
}
