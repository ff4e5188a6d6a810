import { HardDriveDownload } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import styles from './offline.module.css'
import { formatUntil } from './until.ts'

/** On a scan's row: that this desk keeps it, and until when. `until`: ISO. */
export function KeptMark({ until }: { until: string }) {
  const { t, i18n } = useTranslation('offline')
  const day = formatUntil(until, i18n.language, new Date())
  const words = day === null ? `${t('open')}, ${t('soon')}` : t('mark', { until: day })
  return (
    <span className={styles.mark} title={words}>
      <HardDriveDownload className="icon" size={13} aria-hidden />
      <span className="sr-only">{words}</span>
    </span>
  )
}
