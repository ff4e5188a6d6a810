import { ChartScatter } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { go } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'

/** Results as a table, later. Says so, and where results are today. */
export function Cohort() {
  const { t } = useTranslation()
  return (
    <section className="page" aria-label={t('place.cohort')}>
      <header className="page-bar">
        <h1>{t('place.cohort')}</h1>
      </header>
      <div className="page-body">
        <Empty
          icon={ChartScatter}
          title={t('cohort.title')}
          actions={
            <>
              <Button onClick={() => go('runs')}>{t('cohort.runs')}</Button>
              <Button onClick={() => go('archive')}>{t('cohort.archive')}</Button>
            </>
          }
        >
          {t('cohort.body')}
        </Empty>
      </div>
    </section>
  )
}
