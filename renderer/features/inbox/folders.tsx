import { Folder, FolderX } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { InboxStore } from '../../../preload/inbox.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './inbox.module.css'
import { inLanguage } from './model.ts'

/** Every watched folder with how it is and what lies there; a folder can be named or given up where the site leaves it open. */
export function Folders({ inbox, onClose }: { inbox: InboxStore; onClose: () => void }) {
  const { t, i18n } = useTranslation(['inbox', 'translation'])
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const fixed = inbox.folders.some((folder) => folder.fixed)
  const told = (work: Promise<unknown>) => {
    setProblem(null)
    work.catch((cause: unknown) => setProblem(asScansideError(cause)))
  }
  return (
    <section
      className={styles.folders}
      aria-label={t('inbox:region.folders')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      {inbox.folders.map((folder) => {
        const Icon = folder.state === 'away' || folder.state === 'no-permission' ? FolderX : Folder
        return (
          <div key={folder.id} className={styles.folder}>
            <Icon className="icon" size={16} aria-hidden />
            <div className="grow">
              <p>
                <b className="strong">{folder.label}</b> <span className="soft">{t(`inbox:folder.${folder.state}`)}</span>
              </p>
              <p className="small soft">
                {inLanguage(folder.message, i18n.language)} {folder.waiting > 0 && t('inbox:folder.waiting', { count: folder.waiting })}{' '}
                {folder.identified.files > 0 &&
                  t('inbox:identified', { count: folder.identified.files, days: t('inbox:days', { count: folder.identified.oldestDays }) })}
              </p>
            </div>
            {folder.older > 0 && (
              <Button onClick={() => told(lab.inbox.takeOlder({ folder: folder.id }))}>
                {`${t('inbox:takeOlder')} (${new Intl.NumberFormat(i18n.language).format(folder.older)})`}
              </Button>
            )}
            {!folder.fixed && (
              <Button kind="quiet" onClick={() => told(lab.inbox.unwatch({ folder: folder.id }))}>
                {t('inbox:folder.unwatch')}
              </Button>
            )}
          </div>
        )
      })}
      {fixed ? <p className="small faint">{t('inbox:folder.fixed')}</p> : <WatchForm onProblem={setProblem} />}
      {problem && <Problem error={problem} />}
      <Button kind="quiet" keys={['Esc']} onClick={onClose}>
        {t('translation:action.close')}
      </Button>
    </section>
  )
}

/** A folder a person types. */
export function WatchForm({ onProblem }: { onProblem: (problem: ScansideError | null) => void }) {
  const { t } = useTranslation('inbox')
  const [path, setPath] = useState('')
  const [busy, setBusy] = useState(false)
  const watch = async (event: FormEvent) => {
    event.preventDefault()
    if (path.trim() === '' || busy) return
    setBusy(true)
    onProblem(null)
    try {
      await lab.inbox.watch({ path: path.trim() })
      setPath('')
    } catch (cause) {
      onProblem(asScansideError(cause))
    }
    setBusy(false)
  }
  return (
    <form className={styles.watchForm} onSubmit={(event) => void watch(event)}>
      <TextField
        icon={Folder}
        size="large"
        aria-label={t('folder.path')}
        placeholder={t('folder.pathHint')}
        maxLength={1000}
        value={path}
        onChange={(event) => setPath(event.target.value)}
      />
      <Button type="submit" size="large" disabled={path.trim() === '' || busy}>
        {t('folder.watch')}
      </Button>
    </form>
  )
}
