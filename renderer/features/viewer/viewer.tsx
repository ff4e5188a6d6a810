import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanRef } from '../../../preload/contract.ts'
import { openViewer, useNavigation } from '../../navigation.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Headline } from './headline.tsx'
import { OpenedScan } from './opened-scan.tsx'
import { useOpenScan } from './use-open-scan.ts'
import styles from './viewer.module.css'

interface ViewerProps {
  scan: ScanRef
  onClose: () => void
}

/** A scan beside what is known of its quality. Lies over whatever was shown before; Esc goes back there. */
export function Viewer({ scan, onClose }: ViewerProps) {
  const [attempt, setAttempt] = useState(0)
  return <Attempt key={`${JSON.stringify(scan)} ${attempt}`} scan={scan} onClose={onClose} onRetry={() => setAttempt(attempt + 1)} />
}

/** One try to open a scan. The reference is held as it first came, so that a redraw around it does not open the scan again. */
function Attempt({ scan, onClose, onRetry }: ViewerProps & { onRetry: () => void }) {
  const { t } = useTranslation('viewer')
  const [held] = useState(scan)
  const opening = useOpenScan(held)
  useEscape(onClose)

  if (opening.state === 'open') {
    return (
      <Frame headline={<Headline open={opening.open} />} scan={held} onClose={onClose}>
        <OpenedScan open={opening.open} scan={held} />
      </Frame>
    )
  }
  return (
    <Frame headline={null} scan={held} onClose={onClose}>
      <div className={styles.opening}>
        {opening.state === 'failed' ? (
          <Problem error={opening.error} actions={<Button onClick={onRetry}>{t('retry')}</Button>} />
        ) : (
          <div className={styles.progress} role="status">
            <b className="strong">{t('opening')}</b>
            <Progress value={opening.progress} label={t('opening')} />
            <p className="soft small">{opening.message || t('openingHint')}</p>
            <Button onClick={onClose}>{t('cancel')}</Button>
          </div>
        )}
      </div>
    </Frame>
  )
}

function Frame({ headline, scan, onClose, children }: { headline: ReactNode; scan: ScanRef; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation('viewer')
  const ref = useFocusHere()
  return (
    <section ref={ref} className={styles.viewer} aria-label={t('region')} tabIndex={-1}>
      <header className="page-bar">
        <Button kind="quiet" icon={ChevronLeft} keys={['Esc']} onClick={onClose}>
          {t('back')}
        </Button>
        {headline}
        <span className="grow" />
        <Pager scan={scan} />
      </header>
      {children}
    </section>
  )
}

/** Steps through the scans that were opened together. */
function Pager({ scan }: { scan: ScanRef }) {
  const { t } = useTranslation('viewer')
  const among = useNavigation((state) => state.viewer?.among)
  const key = JSON.stringify(scan)
  const index = among?.findIndex((one) => JSON.stringify(one) === key) ?? -1
  if (!among || among.length < 2 || index < 0) return null
  const previous = among[index - 1]
  const next = among[index + 1]
  return (
    <span className={styles.pager}>
      <IconButton label={t('previous')} icon={ChevronLeft} disabled={!previous} onClick={() => previous && openViewer(previous, among)} />
      <span className="soft">{t('pager', { index: index + 1, count: among.length })}</span>
      <IconButton label={t('next')} icon={ChevronRight} disabled={!next} onClick={() => next && openViewer(next, among)} />
    </span>
  )
}

/** Takes the focus while shown, and gives it back to what had it. */
function useFocusHere() {
  const ref = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement
    ref.current?.focus({ preventScroll: true })
    return () => {
      // What had the focus is still hidden now; it is shown again once this change is on the screen.
      if (before instanceof HTMLElement) requestAnimationFrame(() => document.activeElement === document.body && before.focus())
    }
  }, [])
  return ref
}

function useEscape(onClose: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [onClose])
}
