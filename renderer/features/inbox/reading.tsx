import { CircleCheck } from 'lucide-react'
import { type ReactNode, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxScan } from '../../../preload/inbox.ts'
import { formatTime } from '../../ui/format.ts'
import { Hyphened } from '../../ui/hyphened.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { CriteriaStrip } from './criteria-strip.tsx'
import { firstWord, inLanguage, type Place } from './model.ts'
import { Pictures } from './pictures.tsx'
import styles from './reading.module.css'
import { screenClock } from './screen.ts'

interface ReadingProps {
  scan: InboxScan
  place: Place | null
  /** What can be done, and why something could not. */
  children: ReactNode
}

/** The verdict in the middle: its shape and word, the sentence, what to do, the pictures, the numbers. */
export function Reading({ scan, place, children }: ReadingProps) {
  const [screenMs, setScreenMs] = useState<number | null>(null)
  const painted = useCallback((ms: number | null) => setScreenMs(ms), [])
  return (
    <>
      <Which scan={scan} place={place} />
      <Word scan={scan} />
      <Todo scan={scan} place={place} />
      {scan.state !== 'refused' && <Pictures key={scan.id} scan={scan} onPainted={painted} />}
      {scan.state !== 'refused' && <Times scan={scan} screenMs={screenMs ?? screenClock.of(scan.id)} />}
      {scan.criteria.length > 0 && <CriteriaStrip scan={scan} />}
      <span className="grow" />
      {children}
    </>
  )
}

function Which({ scan, place }: Pick<ReadingProps, 'scan' | 'place'>) {
  const { t, i18n } = useTranslation('inbox')
  const parts = [
    place?.visit.visit && { key: 'visit', text: <Hyphened text={place.visit.visit} /> },
    { key: 'eye', text: t(`eye.${scan.laterality}`) },
    place && { key: 'slot', text: inLanguage(place.slot.label, i18n.language) },
    { key: 'attempt', text: t('attempt', { count: scan.attempt }) },
    { key: 'time', text: scan.takenAt === '' ? formatTime(scan.arrivedAt, i18n.language) : scan.takenAt },
  ].filter((part) => typeof part === 'object' && part !== null)
  return (
    <p className={styles.which}>
      <b>{place && place.visit.patient !== '' ? <Hyphened text={place.visit.patient} /> : t('noPatient')}</b>
      {parts.map(({ key, text }) => (
        <span key={key}>{text}</span>
      ))}
    </p>
  )
}

/** One word that is read from a metre away, and the sentence below it. */
function Word({ scan }: { scan: InboxScan }) {
  const { t, i18n } = useTranslation('inbox')
  const { state, verdict, sentence } = scan
  if (state === 'refused')
    return (
      <Big mark={<VerdictMark verdict="unknown" size={72} />} verdict="unknown" word={t('refused')}>
        <p className={styles.sentence}>{scan.problem ?? t('unreadable')}</p>
      </Big>
    )
  if (state === 'judged' || verdict !== null) {
    const told = verdict ?? 'unknown'
    return (
      <Big mark={<VerdictMark verdict={told} size={72} />} verdict={told} word={t(`word.${told}`)}>
        {sentence && <p className={styles.sentence}>{inLanguage(sentence.what, i18n.language)}</p>}
        {sentence?.where && <p className={styles.where}>{inLanguage(sentence.where, i18n.language)}</p>}
      </Big>
    )
  }
  const first = firstWord(scan)
  return (
    <Big
      mark={first && first !== 'unknown' ? <VerdictMark verdict={first} size={44} /> : <Spinner size={44} />}
      verdict={first ?? 'unknown'}
      word={first ? t(first === 'unknown' ? 'soFar' : `word.${first}`) : t(state === 'arriving' ? 'arriving' : 'judging')}
      first
    >
      <p className={styles.sentence}>
        {first && <span className="tag">{t('firstWord')}</span>} {t(first ? 'firstWordBody' : state === 'arriving' ? 'arrivingBody' : 'judgingBody')}
      </p>
    </Big>
  )
}

interface BigProps {
  mark: ReactNode
  verdict: 'usable' | 'ambiguous' | 'unusable' | 'unknown'
  word: string
  /** A first word, smaller than a verdict. */
  first?: boolean
  children: ReactNode
}

function Big({ mark, verdict, word, first = false, children }: BigProps) {
  return (
    <div className={styles.big} data-first={first || undefined}>
      <span className={styles.shape}>{mark}</span>
      <div>
        <h2 className={styles.word} data-verdict={verdict}>
          {word}
        </h2>
        {children}
      </div>
    </div>
  )
}

/** The one instruction; that the patient may go, where nothing is left to do. */
function Todo({ scan, place }: Pick<ReadingProps, 'scan' | 'place'>) {
  const { t, i18n } = useTranslation('inbox')
  const { sentence } = scan
  if (place?.visit.complete && scan.state === 'judged')
    return (
      <div className={styles.complete} role="status">
        <CircleCheck className="icon" size={32} strokeWidth={1.5} aria-hidden />
        <p>
          <b>{inLanguage(place.visit.sentence, i18n.language)}</b>
          <span className="soft">{t('completeBody', { good: place.visit.good, wanted: place.visit.wanted })}</span>
        </p>
      </div>
    )
  if (!sentence || scan.state !== 'judged') return null
  return (
    <div className={styles.todo}>
      <span className="label">{t('doThis')}</span>
      <p>{inLanguage(sentence.todo, i18n.language)}</p>
      {sentence.reviewer && (
        <span className={styles.reviewer} {...(sentence.source ? { title: t('source', { source: sentence.source }) } : {})}>
          {t('reviewedBy', { reviewer: sentence.reviewer })}
        </span>
      )}
    </div>
  )
}

/** Copy, analysis, screen: small, and for tests to read. */
function Times({ scan, screenMs }: { scan: InboxScan; screenMs: number | null }) {
  const { t, i18n } = useTranslation('inbox')
  const { copyMs, analysisMs } = scan.times
  const told = (ms: number | null) => {
    if (ms === null) return t('times.unknown')
    if (ms < 950) return t('times.ms', { value: Math.round(ms) })
    return t('times.seconds', { value: new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(ms / 1000) })
  }
  return (
    <p
      className={styles.times}
      title={t('times.label')}
      data-copy-ms={copyMs ?? undefined}
      data-analysis-ms={analysisMs ?? undefined}
      data-screen-ms={screenMs === null ? undefined : Math.round(screenMs)}
      data-verdict-ms={scan.verdictMs ?? undefined}
    >
      <span>{t('times.copy', { time: told(copyMs) })}</span>
      <span>{t('times.analysis', { time: told(analysisMs) })}</span>
      <span>{t('times.screen', { time: told(screenMs) })}</span>
    </p>
  )
}
