import { Info } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan, ScanRef } from '../../../../preload/contract.ts'
import { Notice, Problem } from '../../../ui/notice.tsx'
import { Spinner } from '../../../ui/progress.tsx'
import { VerdictMark } from '../../../ui/verdict.tsx'
import { type Candidate, reasons } from './candidates.ts'
import styles from './compare.module.css'
import { useCandidates } from './use-candidates.ts'

interface ChooserProps {
  open: OpenScan
  scan: ScanRef
  among: readonly ScanRef[]
  onChoose: (ref: ScanRef) => void
}

/** What A can be compared with, where B will stand. */
export function Chooser({ open, scan, among, onChoose }: ChooserProps) {
  const { t } = useTranslation('viewer')
  const { candidates, state, error } = useCandidates(open, scan, among)
  const list = useRef<HTMLDivElement>(null)
  const any = candidates.length > 0
  // The best candidate has the focus, so that Enter is enough; once it is known which that is, and never away from where a person went.
  const best = candidates[0]?.reason === reasons[0] || (any && state === 'listed')
  useEffect(() => {
    if (best && !list.current?.contains(document.activeElement)) list.current?.querySelector('button')?.focus({ preventScroll: true })
  }, [best])

  return (
    <section className={styles.chooser} data-scrolls aria-label={t('compare.with')} aria-busy={state === 'listing'}>
      <header>
        <h2>{t('compare.with')}</h2>
        {state === 'listing' && <Spinner />}
      </header>
      {error && <Problem error={error} />}
      {!any && state === 'listed' && !error && <Notice icon={Info}>{t('compare.none')}</Notice>}
      <div ref={list}>
        {reasons.map((reason) => {
          // The other visits come one by one, each below the last; what stands below them waits, so that nothing moves away from under a hand.
          if (state === 'listing' && reason !== reasons[0]) return null
          const those = candidates.filter((one) => one.reason === reason)
          if (those.length === 0) return null
          return (
            <section key={reason} aria-label={t(`compare.reason.${reason}`)}>
              <h3 className="label">{t(`compare.reason.${reason}`)}</h3>
              <ul>
                {those.map((one) => (
                  <li key={JSON.stringify(one.ref)}>
                    <Row candidate={one} among={among} onChoose={onChoose} />
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </div>
    </section>
  )
}

function Row({ candidate, among, onChoose }: { candidate: Candidate; among: readonly ScanRef[]; onChoose: (ref: ScanRef) => void }) {
  const { t, i18n } = useTranslation('viewer')
  const { ref, type, session, date, verdict } = candidate
  const local = ref.kind === 'local'
  const number = among.findIndex((one) => one.kind === 'local' && local && one.local === ref.local) + 1
  const name = local ? t('compare.droppedNumber', { number }) : type || t('compare.scan', { id: ref.scan })
  const day = date && new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`))
  return (
    <button type="button" className={styles.candidate} onClick={() => onChoose(ref)}>
      <VerdictMark verdict={verdict ?? 'none'} />
      <span className="strong">{name}</span>
      <span className="soft">{session}</span>
      <span className="faint">{day}</span>
    </button>
  )
}
