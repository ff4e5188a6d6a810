import { ChartScatter } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { go } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Segmented } from '../../ui/field.tsx'
import { Grading } from '../grading/grading.tsx'
import { useGrading } from '../grading/grading-store.ts'

/** Results as a table, later, and grading. While scans are read blind the whole page is theirs. */
export function Cohort() {
  const { t } = useTranslation()
  const { t: grading } = useTranslation('grading')
  const { section, view } = useGrading()
  if (section === 'grading' && view.at !== 'batches') return <Grading />
  const sections = [
    { value: 'results' as const, label: grading('results') },
    { value: 'grading' as const, label: grading('title') },
  ]
  return (
    <section className="page" aria-label={t('place.cohort')}>
      <header className="page-bar">
        <h1>{t('place.cohort')}</h1>
        <Segmented label={grading('sections')} value={section} choices={sections} onChange={(value) => useGrading.setState({ section: value })} />
      </header>
      {section === 'grading' ? <Grading /> : <Results />}
    </section>
  )
}

/** Says what will be here, and where results are today. */
function Results() {
  const { t } = useTranslation()
  return (
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
  )
}
