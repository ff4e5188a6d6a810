import { FlaskConical, Inbox as InboxIcon } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { InboxStore } from '../../../preload/inbox.ts'
import { asScansideError, lab } from '../../lab.ts'
import { OpenFile } from '../../shell/open-file.tsx'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { WatchForm } from './folders.tsx'
import styles from './inbox.module.css'
import { inLanguage } from './model.ts'

/** No scan yet: name a folder, add files, or let the demo's device export some. */
export function EmptyInbox({ inbox }: { inbox: InboxStore }) {
  const { t, i18n } = useTranslation('inbox')
  const { site } = useApp()
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const watched = inbox.folders.length > 0
  const demo = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await lab.inbox.demoDevice()
    } catch (cause) {
      setProblem(asScansideError(cause))
    }
    setBusy(false)
  }
  return (
    <div className={styles.empty}>
      <InboxIcon className="icon faint" size={32} strokeWidth={1.25} aria-hidden />
      <h2>{t('empty.title')}</h2>
      <p>{t(watched ? 'empty.fixed' : 'empty.body')}</p>
      {inbox.folders.map((folder) => (
        <p key={folder.id} className="small">
          <b className="strong">{folder.label}</b> {inLanguage(folder.message, i18n.language)}
        </p>
      ))}
      {!watched && <WatchForm onProblem={setProblem} />}
      <div className={styles.emptyActions}>
        <OpenFile />
        {site.demo && (
          <Button icon={FlaskConical} size="large" disabled={busy} title={t('empty.demoBody')} onClick={() => void demo()}>
            {t('empty.demo')}
          </Button>
        )}
      </div>
      {problem && <Problem error={problem} />}
    </div>
  )
}
