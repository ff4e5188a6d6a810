import { useTranslation } from 'react-i18next'
import type { Criterion, ScanResult, Status, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { openRun } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Threshold } from '../../ui/threshold.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { formatValue, inOrder, splitId } from './criteria.ts'
import styles from './panel.module.css'

export type KnownResult = OpenScan['results'][number]

interface QualityPanelProps {
  results: readonly KnownResult[]
  chosen: number
  onChoose: (index: number) => void
  /** Opens the sheet that runs a pipeline on this scan. */
  onRun: () => void
}

/** The verdict on a scan with every criterion behind it, and where it comes from. */
export function QualityPanel({ results, chosen, onChoose, onRun }: QualityPanelProps) {
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
      <VerdictHead result={result} />
      <div className={styles.scroll}>
        {result.error && (
          <p className={styles.errorLine} lang="en">
            {result.error.message}
          </p>
        )}
        <ul aria-label={t('panel.criteria')}>
          {inOrder(result).map((criterion) => (
            <CriterionRow key={criterion.id} criterion={criterion} decided={result.decidedBy.includes(criterion.id)} />
          ))}
        </ul>
      </div>
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
        <dd>{`${pipeline.name} ${pipeline.version}`}</dd>
        <dt>{t('panel.profile')}</dt>
        <dd>{pipeline.profile}</dd>
        <dt>{t('panel.judged')}</dt>
        <dd>{moment(known.at)}</dd>
        <dt>{t('panel.home')}</dt>
        <dd>{t(`home.${known.home}`)}</dd>
        {known.run && (
          <>
            <dt>{t('panel.run')}</dt>
            <dd>
              <button type="button" className="link" onClick={() => openRun(known.run ?? '')}>
                {t('panel.receipt')}
              </button>
            </dd>
          </>
        )}
      </dl>
      <div className={styles.actions}>
        <Button onClick={onRun}>{common('archive.run')}</Button>
      </div>
    </>
  )
}

function VerdictHead({ result }: { result: ScanResult }) {
  const { t } = useTranslation('viewer')
  return (
    <div className={styles.verdict} role="status" aria-label={t('panel.verdict')}>
      <VerdictMark verdict={result.verdict} size={32} />
      <div className="grow">
        <p className={styles.word} data-verdict={result.verdict}>
          {t(`word.${result.verdict}`)}
        </p>
        <p className="soft small">{t(result.verdict === 'usable' ? 'say.usable' : `say.${result.action}`)}</p>
      </div>
    </div>
  )
}

const marks: Record<Status, Verdict> = { pass: 'usable', warn: 'ambiguous', fail: 'unusable', unknown: 'unknown' }

function CriterionRow({ criterion, decided }: { criterion: Criterion; decided: boolean }) {
  const { t, i18n } = useTranslation('viewer')
  const { letter, key } = splitId(criterion.id)
  const name = key ? t(`criterion.${key}`) : criterion.id
  return (
    <li className={styles.criterion} data-decided={decided || undefined}>
      <b className={styles.letter}>{letter}</b>
      <div className={styles.what}>
        <p>
          <span className="strong" title={criterion.id}>
            {name}
          </span>
        </p>
        {(criterion.value !== null || criterion.threshold !== '') && (
          <p className="small soft">
            {criterion.value !== null && <span className={styles.value}>{formatValue(criterion.value, criterion.unit, i18n.language)}</span>}
            {criterion.threshold !== '' && (
              <span className="faint">
                <Threshold text={criterion.threshold} />
              </span>
            )}
            <span className="faint">{t(`evidence.${criterion.evidence}`)}</span>
          </p>
        )}
        {criterion.reason !== '' && (
          <p className="small soft" lang="en">
            {criterion.reason}
          </p>
        )}
      </div>
      <span className={styles.status} title={t(`status.${criterion.status}`)}>
        <VerdictMark verdict={marks[criterion.status]} size={12} />
        <span className="small soft">{t(`status.${criterion.status}`)}</span>
      </span>
    </li>
  )
}
