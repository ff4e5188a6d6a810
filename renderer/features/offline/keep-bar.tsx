import { HardDriveDownload } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import styles from './offline.module.css'
import { keepOffline, notKept, useOffline } from './offline-store.ts'

/** Says how much would be kept and for how long, and keeps it. In place of the selection bar, nothing floats. */
export function KeepBar({ refs, bytes, onClose }: { refs: readonly ScanRef[]; bytes: number | null; onClose: () => void }) {
  const { t, i18n } = useTranslation('offline')
  const { t: common } = useTranslation()
  const { keyring, session } = useApp()
  const { kept, days } = useOffline()
  const [error, setError] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const yes = useRef<HTMLButtonElement>(null)
  const no = useRef<HTMLButtonElement>(null)
  const obstacle = !keyring.available ? 'noKeyring' : session.state !== 'signed-in' ? 'offline' : null
  useEffect(() => (yes.current?.disabled ? no : yes).current?.focus(), [])

  const keep = async () => {
    setBusy(true)
    setError(null)
    try {
      await keepOffline(refs)
      onClose()
    } catch (cause) {
      setError(asScansideError(cause))
      setBusy(false)
    }
  }
  const size = bytes === null ? t('keep.sizeUnknown') : formatBytes(bytes, i18n.language)
  return (
    <div
      className={styles.bar}
      role="toolbar"
      aria-label={t('keep.label')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      {error && <Problem error={error} />}
      <div className={styles.barLine}>
        <p className="grow">
          <b className="strong">{t('keep.ask', { count: refs.length, size })}</b>{' '}
          <span className="soft">
            {obstacle ? t(`keep.${obstacle}`) : notKept(refs, kept) === 0 ? t('keep.already') : t('keep.how', { count: days })}
          </span>
        </p>
        <Button ref={no} kind="quiet" keys={['Esc']} onClick={onClose}>
          {common('action.cancel')}
        </Button>
        <Button ref={yes} kind="primary" icon={HardDriveDownload} disabled={busy || obstacle !== null} onClick={() => void keep()}>
          {t(busy ? 'keep.busy' : 'keep.yes')}
        </Button>
      </div>
    </div>
  )
}
