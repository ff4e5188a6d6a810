import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanRef } from '../../../preload/contract.ts'
import { openViewer, useNavigation } from '../../navigation.ts'
import { IconButton } from '../../ui/button.tsx'
import { flipKey, neighbours } from './flip.ts'
import styles from './viewer.module.css'

/** Steps through the scans that were opened together, by button or by Ctrl and an arrow. */
export function Pager({ scan }: { scan: ScanRef }) {
  const { t } = useTranslation('viewer')
  const among = useNavigation((state) => state.viewer?.among) ?? []
  const at = neighbours(among, scan)

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const to = event.defaultPrevented ? null : flipKey(event)
      if (to === null || (event.target instanceof HTMLElement && event.target.matches('input, select, textarea'))) return
      event.preventDefault()
      // Read anew: a second press may come before the first is drawn.
      const viewer = useNavigation.getState().viewer
      const target = viewer && neighbours(viewer.among, viewer.ref)?.[to]
      if (viewer && target) openViewer(target, viewer.among)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])

  if (!at || among.length < 2) return null
  const { index, previous, next } = at
  return (
    <span className={styles.pager}>
      <IconButton
        label={t('previous')}
        aria-keyshortcuts="Control+ArrowLeft"
        icon={ChevronLeft}
        disabled={!previous}
        onClick={() => previous && openViewer(previous, among)}
      />
      <span className="soft">{t('pager', { index: index + 1, count: among.length })}</span>
      <IconButton
        label={t('next')}
        aria-keyshortcuts="Control+ArrowRight"
        icon={ChevronRight}
        disabled={!next}
        onClick={() => next && openViewer(next, among)}
      />
    </span>
  )
}
