import { Download, RefreshCw } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { formatTime } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { Card } from '../settings/card.tsx'
import { ChainCard, RetentionCard } from './chain-card.tsx'
import { CheckList } from './check-list.tsx'
import { lookAgain, useSelfCheck } from './check-store.ts'
import styles from './self-check.module.css'
import { tally } from './sentences.ts'
import { useSaving } from './use-saving.ts'

/** How it stands with this desk: the checks and their report, then the receipts' chain and for how long things are kept. */
export function SelfCheck() {
  const { chain } = useSelfCheck()
  useEffect(() => void lookAgain(), [])
  return (
    <>
      <ChecksCard />
      <ChainCard />
      {chain && <RetentionCard retention={chain.retention} />}
    </>
  )
}

function ChecksCard() {
  const { t, i18n } = useTranslation('check')
  const { checks, at, looking, problem } = useSelfCheck()
  const saving = useSaving(() => lab.diagnostics.report())
  return (
    <Card title={t('title')} about={t('about')}>
      <p className={styles.summary} role="status">
        {looking ? (
          <>
            <Spinner /> {t('looking')}
          </>
        ) : (
          checks && <Summary />
        )}
        {!looking && at !== null && <span className="soft small">{t('at', { time: formatTime(at, i18n.language) })}</span>}
      </p>
      <CheckList checks={checks} looking={looking} />
      {problem && <Problem error={problem} />}
      <div className="settings-line">
        <Button icon={RefreshCw} disabled={looking} onClick={() => void lookAgain()}>
          {t('again')}
        </Button>
        <Button icon={Download} disabled={saving.busy} onClick={() => void saving.save()}>
          {t('report.button')}
        </Button>
        <span className="soft" role="status">
          {saving.told}
        </span>
      </div>
      <p className="soft small">{t('report.about')}</p>
      {saving.error && <Problem error={saving.error} />}
    </Card>
  )
}

function Summary() {
  const { t } = useTranslation('check')
  const { problems, attention } = tally(useSelfCheck((state) => state.checks) ?? [])
  if (problems + attention === 0) return <b className="strong">{t('allWell')}</b>
  return (
    <b className="strong">
      {[problems > 0 ? t('problems', { count: problems }) : '', attention > 0 ? t('attention', { count: attention }) : ''].filter(Boolean).join(' ')}
    </b>
  )
}
