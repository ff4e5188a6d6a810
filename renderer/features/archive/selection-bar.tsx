import { Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAppearance } from '../../appearance.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { GradeBar } from '../grading/grade-bar.tsx'
import { useArchive } from './archive-store.ts'
import { refOf, summary } from './selection.ts'

/** How much is chosen, and what can be done with it. */
export function SelectionBar({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  const language = useAppearance((state) => state.language)
  const selection = useArchive((state) => state.selection)
  const { t: grading } = useTranslation('grading')
  const [grade, setGrade] = useState(false)
  const { scans, sessions, bytes } = summary(selection)
  if (grade) return <GradeBar refs={[...selection.values()].map(refOf)} onClose={() => setGrade(false)} />
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
      <Button onClick={() => setGrade(true)}>{grading('bar.button')}</Button>
      <Button keys={['Enter']} onClick={onOpen}>
        {t('action.open')}
      </Button>
      <Button kind="primary" icon={Play} keys={['R']} onClick={() => useArchive.setState({ sheet: true })}>
        {t('archive.run')}
      </Button>
    </div>
  )
}
