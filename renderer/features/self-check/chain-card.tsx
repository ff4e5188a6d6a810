import { CircleCheck, CircleDashed, Copy, Download, Unlink } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Output } from '../../../preload/contract.ts'
import type { Retention } from '../../../preload/diagnostics.ts'
import { lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Card, Facts } from '../settings/card.tsx'
import { useSelfCheck } from './check-store.ts'
import styles from './self-check.module.css'
import { useSaving } from './use-saving.ts'

/** The chain of receipts and audit lines: whether it holds, whose it is, and its export. */
export function ChainCard() {
  const { t } = useTranslation('check')
  const { chain, chainProblem } = useSelfCheck()
  const saving = useSaving(() => lab.audit.export())
  return (
    <Card title={t('chain.title')} about={t('chain.about')}>
      {chain && <Chain chain={chain} />}
      {chainProblem && <Problem error={chainProblem} />}
      <div className="settings-line">
        <Button icon={Download} disabled={saving.busy || !chain || chain.lines === 0} onClick={() => void saving.save()}>
          {t('chain.export')}
        </Button>
        <span className="soft" role="status">
          {saving.told}
        </span>
      </div>
      <p className="soft small">{t('chain.exportAbout')}</p>
      {saving.error && <Problem error={saving.error} />}
    </Card>
  )
}

function Chain({ chain }: { chain: Output<'audit.status'> }) {
  const { t, i18n } = useTranslation('check')
  const state = chain.broken !== null ? 'broken' : chain.lines === 0 ? 'none' : 'whole'
  const Shape = { broken: Unlink, none: CircleDashed, whole: CircleCheck }[state]
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <>
      <p className={styles.standing} role="status">
        <Shape className="icon" size={16} aria-hidden />
        <span>
          <b className="strong">{t(`chain.${state}.lead`, { line: chain.broken ?? 0 })}</b> <span className="soft">{t(`chain.${state}.rest`)}</span>
        </span>
      </p>
      <Facts
        rows={[
          [t('chain.lines'), formatCount(chain.lines, i18n.language)],
          [t('chain.oldest'), chain.oldest === null ? '–' : day.format(new Date(chain.oldest))],
          [t('chain.fingerprint'), <Fingerprint key="fingerprint" text={chain.fingerprint} />],
        ]}
      />
    </>
  )
}

function Fingerprint({ text }: { text: string }) {
  const { t } = useTranslation('check')
  const [copied, setCopied] = useState(false)
  const copy = () =>
    lab.app.copyText({ text }).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <span className={styles.fingerprint}>
      <span className="mono">{text}</span>
      <Button kind="quiet" icon={Copy} aria-label={`${t('chain.copy')}: ${t('chain.fingerprint')}`} onClick={() => void copy()}>
        {t('chain.copy')}
      </Button>
      <span className="soft small" role="status">
        {copied ? t('chain.copied') : ''}
      </span>
    </span>
  )
}

const kept = ['inboxDays', 'offlineDays', 'logDays', 'receiptDays'] as const

/** For how long what lies at this desk is kept. */
export function RetentionCard({ retention }: { retention: Retention }) {
  const { t } = useTranslation('check')
  const said = (days: number | null) => (days === null ? t('retention.forever') : t('retention.days', { count: days }))
  return (
    <Card title={t('retention.title')} about={t('retention.about')}>
      <Facts rows={kept.map((what) => [t(`retention.${what}`), said(retention[what])])} />
    </Card>
  )
}
