import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useOperation } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from './offline.module.css'
import { useOffline } from './offline-store.ts'

/** How fetching ahead ended, where it did not end well. While it goes on the status bar tells. */
export function KeepOutcome() {
  const { t } = useTranslation('offline')
  const { t: common } = useTranslation()
  const operation = useOperation(useOffline((state) => state.operation))
  if (operation?.state !== 'failed' && operation?.state !== 'cancelled') return null
  return (
    <div className={styles.strip}>
      <Notice
        icon={CircleAlert}
        urgent={operation.state === 'failed'}
        actions={<Button onClick={() => useOffline.setState({ operation: null })}>{common('action.close')}</Button>}
      >
        {operation.state === 'cancelled' ? (
          <p>{t('cancelled')}</p>
        ) : (
          <p>
            <b>{t('failed')}</b> <span lang="en">{operation.message}</span>
          </p>
        )}
      </Notice>
    </div>
  )
}
