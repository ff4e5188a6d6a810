import { Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useAppearance } from '../../appearance.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { useArchive } from './archive-store.ts'
import { summary } from './selection.ts'

/** How much is chosen, and what can be done with it. */
export function SelectionBar({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  const language = useAppearance((state) => state.language)
  const selection = useArchive((state) => state.selection)
  const { scans, sessions, bytes } = summary(selection)
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
      <Button keys={['Enter']} onClick={onOpen}>
        {t('action.open')}
      </Button>
      <Button kind="primary" icon={Play} keys={['R']} onClick={() => useArchive.setState({ sheet: true })}>
        {t('archive.run')}
      </Button>
    </div>
  )
}
