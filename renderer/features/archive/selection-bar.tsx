import { HardDriveDownload, Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAppearance } from '../../appearance.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { GradeBar } from '../grading/grade-bar.tsx'
import { KeepBar } from '../offline/keep-bar.tsx'
import { useArchive } from './archive-store.ts'
import { refOf, summary } from './selection.ts'

/** How much is chosen, and what can be done with it. */
export function SelectionBar({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  const language = useAppearance((state) => state.language)
  const selection = useArchive((state) => state.selection)
  const { t: grading } = useTranslation('grading')
  const { t: offline } = useTranslation('offline')
  /** What takes the bar's place until it is done or left. */
  const [bar, setBar] = useState<'grade' | 'keep' | null>(null)
  const { scans, sessions, bytes } = summary(selection)
  const refs = () => [...selection.values()].map(refOf)
  const close = () => setBar(null)
  if (bar === 'grade') return <GradeBar refs={refs()} onClose={close} />
  if (bar === 'keep') return <KeepBar refs={refs()} bytes={bytes} onClose={close} />
  return (
    <div className="selection" role="toolbar" aria-label={t('archive.selection')}>
      <p aria-live="polite" className="grow ellipsis soft">
        <b className="strong">{t('archive.scans', { count: scans })}</b> {t('archive.inSessions', { count: sessions })}
        {', '}
        {bytes === null ? t('archive.sizeUnknown') : formatBytes(bytes, language)}
      </p>
      <Button kind="quiet" keys={['Esc']} onClick={() => useArchive.setState({ selection: new Map() })}>
        {t('action.clear')}
      </Button>
      <Button icon={HardDriveDownload} onClick={() => setBar('keep')}>
        {offline('keep.button')}
      </Button>
      <Button onClick={() => setBar('grade')}>{grading('bar.button')}</Button>
      <Button keys={['Enter']} onClick={onOpen}>
        {t('action.open')}
      </Button>
      <Button kind="primary" icon={Play} keys={['R']} onClick={() => useArchive.setState({ sheet: true })}>
        {t('archive.run')}
      </Button>
    </div>
  )
}
