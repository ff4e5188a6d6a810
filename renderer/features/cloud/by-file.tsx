import { FileUp } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import styles from './cloud.module.css'
import { findClouds, forgetRead, readClouds, useSignInView } from './cloud-store.ts'
import { readFiles } from './clouds-files.ts'
import { FoundEntry } from './found-entry.tsx'
import { useFileDrop } from './use-file-drop.ts'

/** Entries of a clouds.yaml: those this computer has, or of files chosen or dropped here. */
export function ByFile() {
  const { t } = useTranslation('cloud')
  const { found, foundProblem, read, entry, reading, problem } = useSignInView()
  const clouds = read ?? found
  useEffect(() => {
    if (found === null) void findClouds()
  }, [found])

  const take = async (files: File[]) => {
    const texts = await readFiles(files)
    if (typeof texts === 'string') useSignInView.setState({ problem: new ScansideError('invalid-file', t(`signIn.file.${texts}`)) })
    else await readClouds(texts)
  }
  const { frame, over } = useFileDrop((files) => void take(files))

  return (
    <div ref={frame} className={styles.frame} data-takes-files data-over={over || undefined}>
      {clouds === null ? (
        <p className="soft">
          <Spinner /> {t('signIn.looking')}
        </p>
      ) : (
        <>
          <h3 className="label">{t(read ? 'signIn.read' : 'signIn.found')}</h3>
          {!read && foundProblem !== null && (
            <p className="small" lang="en">
              {foundProblem}
            </p>
          )}
          {clouds.length === 0 && foundProblem === null && <p className="soft">{t('signIn.noneFound')}</p>}
          {clouds.length > 0 && (
            <ul className={styles.entries}>
              {clouds.map((cloud) => (
                <FoundEntry key={cloud.name} cloud={cloud} open={cloud.name === entry} onOpen={() => useSignInView.setState({ entry: cloud.name })} />
              ))}
            </ul>
          )}
        </>
      )}
      {problem && <Problem error={problem} />}
      <Choose busy={reading} again={read !== null} onFiles={(files) => void take(files)} />
    </div>
  )
}

function Choose({ busy, again, onFiles }: { busy: boolean; again: boolean; onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('cloud')
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <div className="settings-line">
      <Button icon={FileUp} disabled={busy} onClick={() => chooser.current?.click()}>
        {t(busy ? 'signIn.reading' : 'signIn.choose')}
      </Button>
      <input
        autoComplete="off"
        ref={chooser}
        type="file"
        accept=".yaml,.yml,.json"
        multiple
        hidden
        aria-label={t('signIn.choose')}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          if (files.length > 0) onFiles(files)
        }}
      />
      {again && (
        <Button kind="quiet" onClick={forgetRead}>
          {t('signIn.back')}
        </Button>
      )}
      <span className="faint small grow">{t('signIn.drop')}</span>
    </div>
  )
}
