import { ListChecks } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chooseRun, go, useNavigation } from '../../navigation.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Segmented } from '../../ui/field.tsx'
import { OutboxPage } from '../outbox/outbox-page.tsx'
import { OutboxTabs } from '../outbox/outbox-tabs.tsx'
import { type Filter, filtered, groupRuns } from './grouping.ts'
import { OpenRun } from './open-run.tsx'
import { PayOwed } from './pay-owed.tsx'
import { RunList } from './run-list.tsx'
import styles from './runs.module.css'
import { useRuns } from './use-runs.ts'

/** Every run on the left, the chosen one in full on the right. What goes on goes on in main, whether this page is open or not. */
export function RunsPage() {
  const { t } = useTranslation('runs')
  const waiting = useNavigation((state) => state.waiting)
  if (!waiting) return <AllRuns />
  return (
    <>
      <header className={`page-bar ${styles.bar}`}>
        <h1>{t('title')}</h1>
        <OutboxTabs />
      </header>
      <OutboxPage />
    </>
  )
}

function AllRuns() {
  const { t } = useTranslation('runs')
  const known = useRuns()
  const chosen = useNavigation((state) => state.run)
  const [filter, setFilter] = useState<Filter>('all')
  const { runs } = known
  const shown = filtered(runs, filter)
  const groups = groupRuns(shown, new Date())
  const open = chosen ?? groups[0]?.runs[0]?.id ?? null
  const choices = (['all', 'active', 'failed'] as const).map((value) => ({
    value,
    label: `${t(`filter.${value}`)} ${value === 'all' ? known.total : filtered(runs, value).length}`,
  }))

  // The first run stays chosen when a newer one comes: what is being read is never replaced.
  useEffect(() => {
    if (chosen === null && open !== null) chooseRun(open)
  }, [chosen, open])

  if (runs.length === 0 && chosen === null) {
    return (
      <>
        <header className={`page-bar ${styles.bar}`}>
          <h1>{t('title')}</h1>
          <OutboxTabs />
        </header>
        <Empty icon={ListChecks} title={t('empty.title')} actions={<Button onClick={() => go('archive')}>{t('empty.archive')}</Button>}>
          {t('empty.body')}
        </Empty>
      </>
    )
  }
  return (
    <>
      <header className={`page-bar ${styles.bar}`}>
        <h1>{t('title')}</h1>
        <OutboxTabs />
        <Segmented label={t('filter.label')} value={filter} choices={choices} onChange={setFilter} />
        <span className="grow" />
        <PayOwed />
      </header>
      <div className={styles.page}>
        <RunList groups={groups} open={open} older={known.older} reading={known.reading} error={known.error} empty={t(`filter.none.${filter}`)} />
        {open !== null && <OpenRun key={open} run={open} summary={runs.find((run) => run.id === open)} />}
      </div>
    </>
  )
}
