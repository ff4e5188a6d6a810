import { CircleAlert, Folder, FolderX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { InboxStore } from '../../../preload/inbox.ts'
import { OpenFile } from '../../shell/open-file.tsx'
import { formatTime } from '../../ui/format.ts'
import styles from './inbox.module.css'
import { folderInFront } from './model.ts'

interface HeaderProps {
  inbox: InboxStore
  folders: boolean
  onFolders: () => void
}

/** Which protocol counts, what is watched and how it is, and the way to add files by hand. */
export function Header({ inbox, folders, onFolders }: HeaderProps) {
  const { t, i18n } = useTranslation('inbox')
  const front = folderInFront(inbox.folders)
  const troubled = front?.state === 'away' || front?.state === 'no-permission'
  const Icon = troubled ? FolderX : Folder
  return (
    <header className="page-bar">
      <h1>{t('title')}</h1>
      {inbox.profile.title !== '' && (
        <span className="soft small ellipsis">
          {t('protocol')} <b className="strong">{inbox.profile.title}</b>
        </span>
      )}
      <span className="grow" />
      <button type="button" className={styles.watch} aria-expanded={folders} title={t('folder.show')} data-state={front?.state} onClick={onFolders}>
        <Icon className="icon" size={14} aria-hidden />
        {front ? (
          <>
            <span className="ellipsis">{front.label}</span>
            {troubled && <b className="strong">{t(`folder.${front.state}`)}</b>}
            <span className="faint">
              {[
                !troubled && t(`folder.${front.state}`),
                front.lastFileAt && t('folder.lastFile', { time: formatTime(front.lastFileAt, i18n.language) }),
                inbox.folders.length > 1 && t('folder.more', { count: inbox.folders.length - 1 }),
              ]
                .filter((part) => typeof part === 'string')
                .join(', ')}
            </span>
          </>
        ) : (
          t('folder.none')
        )}
      </button>
      <OpenFile quiet />
    </header>
  )
}

/** The profile file's mistake, where there is one. */
export function ProfileProblem({ problem }: { problem: string }) {
  const { t } = useTranslation('inbox')
  return (
    <p className={styles.profileProblem} role="status">
      <CircleAlert className="icon" size={16} aria-hidden />
      <span>
        {t('profileProblem')} {problem}
      </span>
    </p>
  )
}
