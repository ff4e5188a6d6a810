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
  // Only where each result has its scan can a result lead to one; anything else would be a guess.
  const paired = results.scans.length === refs.length
  return (
    <section className={styles.results} aria-label={t('results.title')}>
      <header>
        <b className="strong">{t('results.title')}</b>
        <span className="faint small">{t('results.profile', { profile: results.pipeline.profile })}</span>
      </header>
      <ul>
        {results.scans.map((scan, i) => {
          const ref = paired ? refs[i] : undefined
          const decided = scan.criteria.filter((criterion) => scan.decidedBy.includes(criterion.id))
          return (
            <li key={scan.inputs[0]?.name ?? i}>
              <span className={styles.resultName}>
                {ref?.kind === 'archive' ? t('results.scan', { scan: ref.scan }) : t('results.nth', { index: i + 1 })}
              </span>
              <span className={styles.resultVerdict}>
                <VerdictMark verdict={scan.verdict} />
                {t(`verdict.${scan.verdict}`)}
              </span>
              <span className="soft ellipsis">{scan.error?.message ?? decided.map((criterion) => criterion.reason).join(' ')}</span>
              {ref && <Button onClick={() => openViewer(ref, refs)}>{t('results.open')}</Button>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
