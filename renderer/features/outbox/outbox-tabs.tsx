import { useTranslation } from 'react-i18next'
import { showRuns, showWaiting, useNavigation } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Segmented } from '../../ui/field.tsx'

/** The two halves of the place: every run, and what waits to go home. */
export function OutboxTabs() {
  const { t } = useTranslation('outbox')
  const waiting = useNavigation((state) => state.waiting)
  const { outbox } = useApp()
  const count = outbox.waiting + outbox.blocked
  return (
    <Segmented
      label={t('tabs')}
      value={waiting ? 'waiting' : 'runs'}
      choices={[
        { value: 'runs', label: t('runs') },
        { value: 'waiting', label: count > 0 ? t('waitsCount', { count }) : t('waits') },
      ]}
      onChange={(value) => (value === 'waiting' ? showWaiting() : showRuns())}
    />
  )
}
