import { HardDriveDownload } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useArchive } from '../archive/archive-store.ts'
import styles from './offline.module.css'
import { useOffline } from './offline-store.ts'

/** Shows and hides the list of kept scans; says how many there are. */
export function KeptButton() {
  const { t } = useTranslation('offline')
  const count = useOffline((state) => state.kept.size)
  const run = useArchive((state) => state.sheet)
  const shown = useOffline((state) => state.shown) && !run
  return (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      aria-pressed={shown}
      aria-label={count > 0 ? t('openCount', { count }) : t('open')}
      title={t('open')}
      onClick={() => {
        useOffline.setState({ shown: !shown })
        if (!shown) useArchive.setState({ sheet: false })
      }}
    >
      <HardDriveDownload className="icon" size={16} aria-hidden />
      <span className={styles.word}>{t('open')}</span>
      {count > 0 && <span>{count}</span>}
    </button>
  )
}
