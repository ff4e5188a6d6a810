import { ClipboardCheck } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Batch } from '../../../preload/grading.ts'
import { go } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import styles from './grading.module.css'
import { listBatches, showGrading, useGrading } from './grading-store.ts'

/** The batches of this desk, with how far the person has come in each, and what can be done with it. */
export function Batches() {
  const { t } = useTranslation('grading')
  const { batches, error } = useGrading()
  useEffect(() => void listBatches(), [])
  if (error)
    return (
      <div className={styles.problem}>
        <Problem error={error} />
      </div>
    )
  if (batches === null) return <div className="grow" aria-busy="true" />
  if (batches.length === 0)
    return (
      <Empty icon={ClipboardCheck} title={t('batches.empty')} actions={<Button onClick={() => go('archive')}>{t('batches.archive')}</Button>}>
        {t('batches.emptyBody')}
      </Empty>
    )
  return (
    <div className={styles.scroll}>
      <table className={styles.table} data-wide aria-label={t('batches.list')}>
        <thead>
          <tr>
            <th scope="col">{t('batches.name')}</th>
            <th scope="col">{t('batches.made')}</th>
            <th scope="col" className={styles.figure}>
              {t('batches.scans')}
            </th>
            <th scope="col">{t('batches.yours')}</th>
            <th scope="col">{t('batches.graders')}</th>
            <th scope="col">{t('batches.differ')}</th>
            <th scope="col">
              <span className="sr-only">{t('title')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <BatchRow key={batch.id} batch={batch} />
          ))}
        </tbody>
      </table>
      {batches.some(({ done, disagreements, adjudicated }) => done > 0 && adjudicated < disagreements) && (
        <p className={styles.third}>{t('batches.third')}</p>
      )}
    </div>
  )
}

function BatchRow({ batch }: { batch: Batch }) {
  const { t, i18n } = useTranslation('grading')
  const { id, done, items, graders, disagreements, adjudicated } = batch
  return (
    <tr>
      <th scope="row">
        <b className="strong">{batch.name}</b>
      </th>
      <td className="soft">{formatMoment(batch.createdAt, i18n.language)}</td>
      <td className={styles.figure}>{batch.scans}</td>
      <td>{t('batches.done', { done, items })}</td>
      <td className="soft">{graders.length === 0 ? t('batches.nobody') : graders.map((each) => `${each.name} ${each.done}`).join(', ')}</td>
      <td className="soft">{disagreements === 0 ? t('batches.none') : t('batches.decided', { adjudicated, disagreements })}</td>
      <td>
        <span className={styles.rowActions}>
          {graders.length > 0 && <Button onClick={() => showGrading({ at: 'agreement', batch: id })}>{t('batches.agreement')}</Button>}
          {done === 0 && disagreements > 0 && (
            <Button onClick={() => showGrading({ at: 'adjudication', batch: id })}>{t('batches.adjudicate')}</Button>
          )}
          {done < items && (
            <Button kind="primary" onClick={() => showGrading({ at: 'reading', batch: id })}>
              {t(done === 0 ? 'batches.begin' : 'batches.goOn')}
            </Button>
          )}
        </span>
      </td>
    </tr>
  )
}
