import { CircleCheck, Info } from 'lucide-react'
import { Fragment, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxScan, InboxStore } from '../../../preload/inbox.ts'
import { lab } from '../../lab.ts'
import { Hyphened } from '../../ui/hyphened.tsx'
import { sayFirst } from './first-word.ts'
import { byEye, firstWord, type InboxVisit, identified, inLanguage, opener, openVisit, type SlotView, scansById, slotKey, slotMark } from './model.ts'
import { Mark } from './slot-mark.tsx'
import { Thumb } from './thumb.tsx'
import styles from './visits.module.css'

interface VisitListProps {
  inbox: InboxStore
  /** The scan in the middle. */
  middle: InboxScan | null
  onRead: (scan: string) => void
}

/** Today's patients: the open visit with its checklist, the others as one line of shapes. */
export function VisitList({ inbox, middle, onRead }: VisitListProps) {
  const { t, i18n } = useTranslation('inbox')
  const scans = useMemo(() => scansById(inbox.scans), [inbox.scans])
  const open = openVisit(inbox, middle)
  const unfinished = inbox.visits.filter((visit) => !visit.complete).length
  const patients = new Set(inbox.visits.flatMap(({ patient }) => (patient === '' ? [] : [patient]))).size
  const today = new Intl.DateTimeFormat(i18n.language, { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date())
  return (
    <section className={styles.visits} aria-label={t('region.visits')}>
      <div className={styles.head}>
        <span>{today}</span>
        <span>{`${t('patients', { count: patients })}, ${t('open', { count: unfinished })}`}</span>
      </div>
      <div className={styles.scroll}>
        {inbox.visits.map((visit) =>
          visit.id === open?.id ? (
            <OpenVisit key={visit.id} visit={visit} scans={scans} middle={middle} onRead={onRead} />
          ) : (
            <VisitLine key={visit.id} visit={visit} scans={scans} onRead={onRead} />
          ),
        )}
      </div>
      <Hints inbox={inbox} />
    </section>
  )
}

function Patient({ visit }: { visit: InboxVisit }) {
  const { t } = useTranslation('inbox')
  return <Hyphened text={visit.patient || t('noPatient')} />
}

function OpenVisit({ visit, scans, middle, onRead }: Omit<VisitListProps, 'inbox'> & { visit: InboxVisit; scans: Map<string, InboxScan> }) {
  const { t, i18n } = useTranslation('inbox')
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    // It answers a promise in newer engines, which an effect must not.
    void card.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <article ref={card} className={styles.visit} aria-label={visit.patient || t('noPatient')} data-visit={visit.id}>
      <header>
        <b className={styles.patient}>
          <Patient visit={visit} />
        </b>
        {visit.visit !== '' && <span className="soft">{t('visit', { visit: visit.visit })}</span>}
        {visit.since !== '' && <span className={styles.time}>{t('since', { time: visit.since.slice(0, 5) })}</span>}
      </header>
      {byEye(visit, scans).map(({ eye, slots }) => (
        <Fragment key={eye}>
          <h3>
            {t(`eyeShort.${eye}`)} {eye !== 'unknown' && <span className="faint">{eye}</span>}
          </h3>
          <ul>
            {slots.map((view) => (
              <SlotRow key={slotKey(view.slot)} view={view} middle={middle} onRead={onRead} />
            ))}
          </ul>
        </Fragment>
      ))}
      <footer data-complete={visit.complete || undefined}>
        {visit.wanted > 0 &&
          (visit.complete ? (
            <CircleCheck className="icon" size={16} aria-hidden />
          ) : (
            <span className={styles.meter} aria-hidden="true">
              {Array.from({ length: Math.min(12, visit.wanted) }, (_, i) => String(i)).map((key, i) => (
                <i key={key} data-on={i < visit.good || undefined} />
              ))}
            </span>
          ))}
        <span>
          {visit.wanted > 0 && !visit.complete && <b>{t('good', { good: visit.good, wanted: visit.wanted })} </b>}
          {inLanguage(visit.sentence, i18n.language)}
        </span>
      </footer>
    </article>
  )
}

function SlotRow({ view, middle, onRead }: { view: SlotView; middle: InboxScan | null; onRead: (scan: string) => void }) {
  const { t, i18n } = useTranslation('inbox')
  const { slot, attempts, front } = view
  const current = middle !== null && slot.attempts.includes(middle.id)
  const mark = slotMark(view)
  const name = inLanguage(slot.label, i18n.language)
  const note = useNote(view)
  if (!front)
    return (
      <li className={styles.slot} data-state={slot.state} data-slot={slotKey(slot)}>
        <Mark mark={mark} />
        <span className={styles.name}>{name}</span>
        <span className={styles.note}>{note}</span>
      </li>
    )
  return (
    <li>
      <button
        type="button"
        className={styles.slot}
        data-state={slot.state}
        data-slot={slotKey(slot)}
        data-scan={front.id}
        aria-current={current || undefined}
        aria-label={`${name}, ${t(`eye.${slot.eye}`)}, ${note}, ${t(`mark.${mark}`)}`}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onRead(front.id)}
      >
        <Mark mark={mark} />
        <span className={styles.name}>{name}</span>
        <span className={styles.note}>{note}</span>
        {attempts.length > 1 && front.state === 'judged' && (
          <span className={styles.stack} aria-hidden="true">
            <Thumb scan={front.id} state={front.state} label="" />
          </span>
        )}
      </button>
    </li>
  )
}

/** What a slot's row says beside its name. */
function useNote({ slot, attempts, front }: SlotView): string {
  const { t } = useTranslation('inbox')
  const tries = t('slot.attempts', { count: attempts.length })
  if (slot.state === 'missing' || !front) return t('slot.missing')
  const first = firstWord(front)
  if (slot.state === 'judging') return sayFirst(first, t)
  if (slot.state === 'unread') return t('slot.unread')
  const word = t(slot.state === 'good' && front.decision ? 'slot.kept' : `slot.${slot.state}`)
  return attempts.length > 1 ? `${word}, ${tries}` : word
}

function VisitLine({ visit, scans, onRead }: { visit: InboxVisit; scans: Map<string, InboxScan>; onRead: (scan: string) => void }) {
  const { t } = useTranslation('inbox')
  const first = opener(visit, scans)
  const views = byEye(visit, scans).flatMap(({ slots }) => slots)
  const words = views.map((view) => t(`mark.${slotMark(view)}`)).join(', ')
  return (
    <button
      type="button"
      className={styles.line}
      disabled={first === null}
      data-visit={visit.id}
      aria-label={`${visit.patient || t('noPatient')} ${visit.visit}: ${words}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => first !== null && onRead(first)}
    >
      <span className={styles.ticks}>
        {views.slice(0, 8).map((view) => (
          <Mark key={slotKey(view.slot)} mark={slotMark(view)} size={10} />
        ))}
      </span>
      <b className="ellipsis">
        <Patient visit={visit} />
      </b>
      <span className="faint">{visit.visit}</span>
      <span className={styles.time}>{visit.since.slice(0, 5)}</span>
    </button>
  )
}

/** What else lies in the folders: files without a patient, older ones, those that name patients. */
function Hints({ inbox }: { inbox: InboxStore }) {
  const { t } = useTranslation('inbox')
  const { files, oldestDays } = identified(inbox.folders)
  const older = inbox.folders.filter((folder) => folder.older > 0)
  if (inbox.nameless === 0 && files === 0 && older.length === 0) return null
  return (
    <ul className={styles.hints}>
      {inbox.nameless > 0 && (
        <li>
          <Info className="icon" size={14} aria-hidden />
          {t('nameless', { count: inbox.nameless })}
        </li>
      )}
      {files > 0 && (
        <li>
          <Info className="icon" size={14} aria-hidden />
          {t('identified', { count: files, days: t('days', { count: oldestDays }) })}
        </li>
      )}
      {older.map((folder) => (
        <li key={folder.id}>
          <Info className="icon" size={14} aria-hidden />
          <span>
            {t('older', { count: folder.older })}{' '}
            <button type="button" className="link" onClick={() => void lab.inbox.takeOlder({ folder: folder.id }).catch(() => undefined)}>
              {t('takeOlder')}
            </button>
          </span>
        </li>
      ))}
    </ul>
  )
}
