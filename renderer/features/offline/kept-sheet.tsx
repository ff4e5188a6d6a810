import { HardDriveDownload } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeptScan } from '../../../preload/offline.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import styles from './offline.module.css'
import { forgetKept, keptKey, readKept, useOffline } from './offline-store.ts'
import { formatUntil } from './until.ts'

/** What this desk keeps of the archive, until when, and the hand that forgets it. Beside the table, never over it. */
export function KeptSheet({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation('offline')
  const { kept, bytes, problem } = useOffline()
  const sheet = useRef<HTMLElement>(null)
  useEffect(() => {
    sheet.current?.focus()
    void readKept()
  }, [])
  const scans = [...kept.values()]
  return (
    <Sheet sheet={sheet} label={t('sheet')} title={t('sheet')} onClose={onClose}>
      <div className="sheet-body">
        {problem && <Problem error={problem} />}
        {scans.length === 0 ? (
          <Empty icon={HardDriveDownload} title={t('empty.title')}>
            {t('empty.body')}
          </Empty>
        ) : (
          <ul className={styles.kept}>
            {scans.map((scan) => (
              <Kept key={keptKey(scan.ref)} scan={scan} />
            ))}
          </ul>
        )}
      </div>
      {scans.length > 0 && (
        <footer>
          <p className={`${styles.sum} soft small`}>{t('sum', { count: scans.length, size: formatBytes(bytes, i18n.language) })}</p>
          <ForgetAll count={scans.length} />
        </footer>
      )}
    </Sheet>
  )
}

function Kept({ scan: { ref, title, size, expiresAt } }: { scan: KeptScan }) {
  const { t, i18n } = useTranslation('offline')
  const [busy, setBusy] = useState(false)
  const session = title.session || ref.session
  const what = `${session}, ${t('scan', { scan: title.scan || ref.scan })}`
  const until = formatUntil(expiresAt, i18n.language, new Date())
  return (
    <li>
      <div className="grow">
        <p className="name ellipsis" title={[title.project, title.subject, session].filter(Boolean).join(' / ')}>
          <b className="strong">{session}</b> {t('scan', { scan: title.scan || ref.scan })}
        </p>
        <p className="soft small">{`${formatBytes(size, i18n.language)}, ${until === null ? t('soon') : t('until', { until })}`}</p>
      </div>
      <Button
        kind="quiet"
        disabled={busy}
        aria-label={t('forgetOne', { what })}
        onClick={() => {
          setBusy(true)
          void forgetKept([ref]).finally(() => setBusy(false))
        }}
      >
        {t('forget')}
      </Button>
    </li>
  )
}

/** Asks once, in place. */
function ForgetAll({ count }: { count: number }) {
  const { t } = useTranslation('offline')
  const [asking, setAsking] = useState(false)
  const no = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asking) no.current?.focus()
  }, [asking])
  if (!asking) return <Button onClick={() => setAsking(true)}>{t('forgetAll')}</Button>
  return (
    <div className={`${styles.sum} ${styles.ask}`}>
      <p className="strong">{t('ask', { count })}</p>
      <div className={styles.barLine}>
        <Button
          kind="primary"
          onClick={() => {
            setAsking(false)
            void forgetKept(null)
          }}
        >
          {t('yes')}
        </Button>
        <Button ref={no} kind="quiet" onClick={() => setAsking(false)}>
          {t('no')}
        </Button>
      </div>
    </div>
  )
}
