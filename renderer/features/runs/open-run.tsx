import { CircleAlert, CircleDashed, Cloud, HardDrive, Hourglass, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { type Verdict, verdicts } from '../../../oct/results.ts'
import type { RunDetail, RunSummary } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { showWaiting } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Notice, Problem } from '../../ui/notice.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { Said } from '../cloud/said.tsx'
import { sayOf } from '../outbox/known-sentences.ts'
import { isActive, waitsForCloud, waitsHere } from './grouping.ts'
import { LogBox } from './log-box.tsx'
import { machineDoing } from './machine.ts'
import { ReceiptTable } from './receipt-table.tsx'
import { ResultList } from './result-list.tsx'
import styles from './runs.module.css'
import { type Sentence, sentenceOf } from './sentence.ts'
import { Steps } from './steps.tsx'
import { useRunDetail, useRunLog } from './use-run.ts'

/** One run in full: its steps, where its results are, its log, its results, its receipt. */
export function OpenRun({ run, summary }: { run: string; summary: RunSummary | undefined }) {
  const { t } = useTranslation('runs')
  const { detail, error, again } = useRunDetail(run, summary, useApp().counts.owed)
  const log = useRunLog(run)
  if (!detail) {
    return (
      <section className={styles.open} aria-label={t('run', { run })}>
        {error && <Problem error={error} actions={<Button onClick={again}>{t('again')}</Button>} />}
      </section>
    )
  }
  // What main pushed is newer than what was read.
  const current = { ...detail, summary: summary ?? detail.summary }
  return (
    <section className={styles.open} aria-label={t('run', { run })}>
      <Head detail={current} />
      <Steps detail={current} doing={current.summary.place === 'cloud' ? machineDoing(log.log.lines) : null} />
      <Standing detail={current} />
      {error && <Problem error={error} />}
      {current.results && <ResultList results={current.results} refs={current.refs} />}
      <LogBox {...log} live={isActive(current.summary)} />
      {current.receipt && <ReceiptTable receipt={current.receipt} />}
    </section>
  )
}

function Head({ detail }: { detail: RunDetail }) {
  const { t, i18n } = useTranslation('runs')
  const { summary, image } = detail
  return (
    <header className={styles.head}>
      <div className={styles.headText}>
        <h2>
          {`${summary.pipeline.name} ${summary.pipeline.version} `}
          <span className="soft">{summary.subject}</span>
        </h2>
        <p className="small soft">
          {t('head', { user: summary.startedBy, when: formatMoment(summary.createdAt, i18n.language), engine: detail.engine || t('desk') })}
          {image.digest !== '' && (
            <>
              {`, ${t('image')} `}
              <span className="mono">{image.digest.replace(/^sha256:/, '').slice(0, 12)}</span>
            </>
          )}
        </p>
      </div>
      <Tally verdicts={summary.verdicts} />
      {isActive(summary) && summary.state !== 'wiping' && <Cancel run={summary.id} name={summary.pipeline.name} />}
    </header>
  )
}

function Tally({ verdicts: given }: { verdicts: readonly Verdict[] }) {
  const { t } = useTranslation('runs')
  if (given.length === 0) return null
  return (
    <ul className={styles.tally} aria-label={t('tally')}>
      {verdicts.map((verdict) => {
        const count = given.filter((one) => one === verdict).length
        return count === 0 ? null : (
          <li key={verdict}>
            <VerdictMark verdict={verdict} size={14} />
            <b className="strong">{count}</b>
            <span className="small soft">{t(`verdict.${verdict}`)}</span>
          </li>
        )
      })}
    </ul>
  )
}

/** Asks once, in place. */
function Cancel({ run, name }: { run: string; name: string }) {
  const { t } = useTranslation('runs')
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<ScansideError | null>(null)
  const cancel = () => {
    lab.runs.cancel({ run }).catch((cause: unknown) => setError(asScansideError(cause)))
    setAsking(false)
  }
  if (error) return <span className="small soft">{error.message}</span>
  if (!asking) return <Button onClick={() => setAsking(true)}>{t('cancel.button')}</Button>
  return (
    <span className={styles.ask}>
      <span className="soft">{t('cancel.ask', { name })}</span>
      <Button kind="primary" onClick={cancel}>
        {t('cancel.yes')}
      </Button>
      <Button kind="quiet" onClick={() => setAsking(false)}>
        {t('cancel.no')}
      </Button>
    </span>
  )
}

const icons: Record<Sentence, typeof ShieldCheck> = {
  going: CircleDashed,
  'going-cloud': Cloud,
  'going-cloud-here': Cloud,
  'cloud-waits': Hourglass,
  'waits-here': Hourglass,
  'wiping-home': ShieldCheck,
  'wiping-waiting': Hourglass,
  'wiping-none': Trash2,
  'wiping-cloud': Trash2,
  home: ShieldCheck,
  waiting: Hourglass,
  'waiting-memory': Hourglass,
  local: HardDrive,
  'done-none': CircleAlert,
  'done-owed': Trash2,
  failed: CircleAlert,
  'failed-owed': Trash2,
  cancelled: CircleAlert,
  'cancelled-owed': Trash2,
}

/** The sentence over a run: where its results are, what went wrong, what is still to be removed. */
function Standing({ detail }: { detail: RunDetail }) {
  const { t } = useTranslation('runs')
  const { summary, receipt } = detail
  const { cloud, keyring, session } = useApp()
  const sentence = sentenceOf(summary, receipt, {
    cloudWaits: waitsForCloud(summary, cloud),
    waits: waitsHere(summary),
    kept: keyring.available && !summary.demo,
  })
  const ended = !isActive(summary)
  const { t: outbox } = useTranslation('outbox')
  const say = summary.home === 'waiting' ? sayOf({ state: 'waiting', kind: 'results', message: summary.message }, session.state) : null
  return (
    <Notice icon={icons[sentence]}>
      <p>
        <b>{t(`standing.${sentence}.lead`, { count: summary.scans })}</b>
        {` ${t(`standing.${sentence}.rest`)}`}
        {ended && receipt?.complete && ` ${t(summary.place === 'cloud' ? 'removedCloud' : 'removed')}`}
      </p>
      {summary.message && summary.home !== 'read-back' && (
        <p className="strong">{say ? outbox(`say.${say}`) : <Said sentence={summary.message} />}</p>
      )}
      {ended && summary.home === 'waiting' && (
        <p>
          <button type="button" className="link" onClick={showWaiting}>
            {t('toWaiting')}
          </button>
        </p>
      )}
    </Notice>
  )
}
