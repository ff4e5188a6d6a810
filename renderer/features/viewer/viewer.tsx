import { Camera, ChevronLeft, Columns2 } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanRef } from '../../../preload/contract.ts'
import { useNavigation, withDropped } from '../../navigation.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Compare } from './compare/compare.tsx'
import { Headline } from './headline.tsx'
import { nothingKept } from './kept.ts'
import { OpenedScan } from './opened-scan.tsx'
import { Pager } from './pager.tsx'
import { Snapshot } from './snapshot/snapshot.tsx'
import { useKeys } from './use-keys.ts'
import { useOpenScan } from './use-open-scan.ts'
import styles from './viewer.module.css'

const none: ScanRef[] = []

interface ViewerProps {
  scan: ScanRef
  onClose: () => void
}

/** A scan beside what is known of its quality. Lies over whatever was shown before; Esc goes back there. */
export function Viewer({ scan, onClose }: ViewerProps) {
  const { t } = useTranslation('viewer')
  const ref = useFocusHere()
  const { shown, coming, error, retry } = useOpenScan(scan)
  const [comparing, setComparing] = useState(false)
  const [kept, setKept] = useState({ of: shown, kept: nothingKept() })
  // Each scan that is opened begins anew.
  if (kept.of !== shown) setKept({ of: shown, kept: nothingKept() })
  const together = useNavigation((state) => state.viewer?.among) ?? none
  const dropped = useNavigation((state) => state.dropped)
  const among = useMemo(() => withDropped(together, dropped), [together, dropped])
  const here = error ? null : shown
  const leave = () => {
    setComparing(false)
    ref.current?.focus({ preventScroll: true })
  }
  const [picturing, setPicturing] = useState(false)
  const closePicture = () => {
    setPicturing(false)
    ref.current?.focus({ preventScroll: true })
  }
  useEscape(picturing && here ? closePicture : comparing && here ? leave : onClose)
  useKeys((event) => {
    const key = event.key.toLowerCase()
    if (!here || (key !== 's' && (key !== 'c' || comparing))) return false
    if (key === 's') setPicturing(!picturing)
    else setComparing(true)
    return true
  })

  return (
    <section ref={ref} className={styles.viewer} aria-label={t('region')} aria-busy={coming !== null || undefined} tabIndex={-1}>
      <header className="page-bar">
        <Button kind="quiet" icon={ChevronLeft} keys={['Esc']} onClick={onClose}>
          {t('back')}
        </Button>
        {here && <Headline open={here.open} />}
        <span className="grow" />
        {here && !comparing && (
          <Button icon={Columns2} keys={['C']} onClick={() => setComparing(true)}>
            {t('compare.button')}
          </Button>
        )}
        {here && (
          <IconButton
            label={t('snapshot.button')}
            title={`${t('snapshot.button')} (S)`}
            aria-keyshortcuts="S"
            icon={Camera}
            aria-expanded={picturing}
            onClick={() => setPicturing(!picturing)}
          />
        )}
        {!(comparing && here) && <Pager scan={scan} />}
      </header>
      {here && picturing && <Snapshot pictures={() => kept.kept.pictures()} onClose={closePicture} />}
      {shown && coming && <Coming progress={coming.progress} />}
      {error ? (
        <div className={styles.opening}>
          <Problem error={error} actions={<Button onClick={retry}>{t('retry')}</Button>} />
        </div>
      ) : shown && comparing ? (
        <Compare key={shown.open.bulk} shown={shown} kept={kept.kept} among={among} onLeave={leave} />
      ) : shown ? (
        <OpenedScan key={shown.open.bulk} open={shown.open} scan={shown.ref} kept={kept.kept} />
      ) : (
        coming && (
          <div className={styles.opening}>
            <div className={styles.progress} role="status">
              <b className="strong">{t('opening')}</b>
              <Progress value={coming.progress} label={t('opening')} />
              <p className="soft small">{coming.message || t('openingHint')}</p>
              <Button onClick={onClose}>{t('cancel')}</Button>
            </div>
          </div>
        )
      )}
    </section>
  )
}

/** The next scan on its way, over the upper edge of the one that is still shown; seen only where it takes longer than a blink. */
function Coming({ progress }: { progress: number | null }) {
  const { t } = useTranslation('viewer')
  return (
    <div className={styles.coming} role="status">
      <Progress value={progress} label={t('openingNext')} />
    </div>
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
