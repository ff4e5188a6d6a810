import { useTranslation } from 'react-i18next'
import type { ScanResult } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { openRun } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { formatMoment } from '../../ui/format.ts'
import { VerdictMark } from '../../ui/verdict.tsx'
import { CriteriaList } from './criteria-list.tsx'
import styles from './panel.module.css'

export type KnownResult = OpenScan['results'][number]

interface QualityPanelProps {
  /** The scan's `/bulk` address: its person's own word is kept for it. */
  bulk: string
  results: readonly KnownResult[]
  chosen: number
  onChoose: (index: number) => void
  /** Opens the sheet that runs a pipeline on this scan. */
  onRun: () => void
}

/** The verdict on a scan with every criterion behind it, the person's own word beside it, and where it comes from. */
export function QualityPanel({ bulk, results, chosen, onChoose, onRun }: QualityPanelProps) {
  const { t, i18n } = useTranslation('viewer')
  const { t: common } = useTranslation()
  const known = results[chosen]
  const result = known?.results.scans[known.scanIndex]
  if (!known || !result) return null
  const { pipeline } = known.results
  // Results that another desk sent carry no time.
  const moment = (at: string) => (at === '' ? t('facts.notKnown') : formatMoment(at, i18n.language))

  const choices = results.map((one, i) => ({ value: String(i), label: `${one.pipeline}, ${moment(one.at)}` }))

  return (
    <>
      <VerdictHead result={result} profile={pipeline.profile} />
      {result.error && (
        <p className={styles.errorLine} lang="en">
          {result.error.message}
        </p>
      )}
      <CriteriaList bulk={bulk} result={result} />
      {results.length > 1 && (
        <div className={styles.which}>
          <Select aria-label={t('panel.which')} value={String(chosen)} onChange={(value) => onChoose(Number(value))}>
            {choices.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </div>
      )}
      <dl className={styles.facts}>
        <dt>{t('panel.pipeline')}</dt>
        <dd>{`${pipeline.name} ${pipeline.version}, ${moment(known.at)}`}</dd>
        <dt>{t('panel.home')}</dt>
        <dd>
          {t(`home.${known.home}`)}
          {known.run && (
            <>
              {' · '}
              <button type="button" className="link" onClick={() => openRun(known.run ?? '')}>
                {t('panel.receipt')}
              </button>
            </>
          )}
        </dd>
      </dl>
      <div className={styles.actions}>
        <Button onClick={onRun}>{common('archive.run')}</Button>
      </div>
    </>
  )
}

function VerdictHead({ result, profile }: { result: ScanResult; profile: string }) {
  const { t } = useTranslation('viewer')
  return (
    <div className={styles.verdict} role="status" aria-label={t('panel.verdict')}>
      <VerdictMark verdict={result.verdict} size={28} />
      <div className="grow">
        <p className={styles.word} data-verdict={result.verdict}>
          {t(`word.${result.verdict}`)}
        </p>
        <p className="soft small">{t(result.verdict === 'usable' ? 'say.usable' : `say.${result.action}`)}</p>
      </div>
      <span className="tag" title={t('panel.profile')}>
        {profile}
      </span>
    </div>
  )
}
