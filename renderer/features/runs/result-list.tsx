import { useTranslation } from 'react-i18next'
import type { Results } from '../../../oct/results.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import { openViewer } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import styles from './runs.module.css'

/** What a run found, scan by scan, with the way to the image. */
export function ResultList({ results, refs }: { results: Results; refs: ScanRef[] }) {
  const { t } = useTranslation('runs')
  // Results name their inputs by opaque names. Only a run on one scan tells here which scan a result is about; the rest would be a guess.
  const only = refs.length === 1 && results.scans.length === 1 ? refs[0] : undefined
  const scanName = (ref: ScanRef) => (ref.kind === 'archive' ? t('results.scan', { scan: ref.scan }) : t('results.dropped'))
  return (
    <section className={styles.results} aria-label={t('results.title')}>
      <header>
        <b className="strong">{t('results.title')}</b>
        <span className="faint small">{t('results.profile', { profile: results.pipeline.profile })}</span>
      </header>
      <ul>
        {results.scans.map((scan, i) => {
          const decided = scan.criteria.filter((criterion) => scan.decidedBy.includes(criterion.id))
          return (
            <li key={scan.inputs[0]?.name ?? i}>
              <span className={styles.resultName}>{only ? scanName(only) : t('results.nth', { index: i + 1 })}</span>
              <span className={styles.resultVerdict}>
                <VerdictMark verdict={scan.verdict} />
                {t(`verdict.${scan.verdict}`)}
              </span>
              <span className="soft ellipsis" lang="en">
                {scan.error?.message ?? decided.map((criterion) => criterion.reason).join(' ')}
              </span>
              {only && <Button onClick={() => openViewer(only)}>{t('results.open')}</Button>}
            </li>
          )
        })}
      </ul>
      {!only && (
        <div className={styles.scans}>
          <span className="small soft">{t('results.scans')}</span>
          {refs.map((ref) => (
            <Button
              key={JSON.stringify(ref)}
              kind="quiet"
              aria-label={`${t('results.open')}: ${scanName(ref)}`}
              onClick={() => openViewer(ref, refs)}
            >
              {scanName(ref)}
            </Button>
          ))}
        </div>
      )}
    </section>
  )
}
