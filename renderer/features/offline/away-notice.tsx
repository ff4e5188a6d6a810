import { Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useApp } from '../../stores.ts'
import { Notice } from '../../ui/notice.tsx'
import styles from './offline.module.css'
import { useOffline } from './offline-store.ts'

/** While the archive is away: what can be done all the same. */
export function AwayNotice() {
  const { t } = useTranslation('offline')
  const { session } = useApp()
  const { size } = useOffline((state) => state.kept)
  if (session.state !== 'offline') return null
  return (
    <div className={styles.strip}>
      <Notice icon={Unplug}>
        <p>
          <b>{t('away.lead')}</b> {size > 0 ? t('away.some', { count: size }) : t('away.none')}
        </p>
      </Notice>
    </div>
  )
}
