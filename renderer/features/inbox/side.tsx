import { useTranslation } from 'react-i18next'
import type { InboxScan, InboxStore } from '../../../preload/inbox.ts'
import { Button } from '../../ui/button.tsx'
import { formatTime } from '../../ui/format.ts'
import { Hyphened } from '../../ui/hyphened.tsx'
import { Keys } from '../../ui/keys.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { sayFirst } from './first-word.ts'
import { keySheet } from './keys.ts'
import { firstWord, inLanguage, isJudged, type Place, placeOf, slotKey } from './model.ts'
import styles from './side.module.css'
import { Mark } from './slot-mark.tsx'
import { Thumb } from './thumb.tsx'

interface SideProps {
  inbox: InboxStore
  scan: InboxScan | null
  place: Place | null
  person: boolean
  onRead: (scan: string) => void
  onChoose: (scan: string) => void
}

/** Beside the verdict: the last visit, the attempts, what waits, the keys. */
export function Side({ inbox, scan, place, person, onRead, onChoose }: SideProps) {
  const { t } = useTranslation('inbox')
  return (
    <aside className={styles.side} aria-label={t('region.beside')}>
      {place && <Last place={place} />}
      {scan && place && <Attempts inbox={inbox} scan={scan} place={place} person={person} onRead={onRead} onChoose={onChoose} />}
      <Queue inbox={inbox} onRead={onRead} />
      <span className="grow" />
      <section className={styles.keys} aria-label={t('keys')}>
        {keySheet
          .filter(({ does }) => ['next', 'row', 'open', 'attempt', 'keep', 'keys'].includes(does))
          .map(({ keys, does }) => (
            <span key={does}>
              <Keys keys={[...keys]} /> {t(`key.${does}`)}
            </span>
          ))}
      </section>
    </aside>
  )
}

/** Every key of the Inbox, in the side's place. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['inbox', 'translation'])
  return (
    <aside className={styles.side} aria-label={t('inbox:keys')}>
      <section>
        <h2 className="label">{t('inbox:keys')}</h2>
        <dl className={styles.sheet}>
          {keySheet.map(({ keys, does }) => (
            <div key={does}>
              <dt>
                <span className="sr-only">{keys.join(' ')}</span>
                <Keys keys={[...keys]} />
              </dt>
              <dd>{t(`inbox:key.${does}`)}</dd>
            </div>
          ))}
        </dl>
        <Button keys={['Esc']} onClick={onClose}>
          {t('translation:action.close')}
        </Button>
      </section>
    </aside>
  )
}

/** The same slot at the visit before: how the retina should lie. */
function Last({ place: { visit, slot } }: { place: Place }) {
  const { t, i18n } = useTranslation('inbox')
  const last = visit.last[slotKey(slot)]
  if (!last) return null
  const name = `${inLanguage(slot.label, i18n.language)} ${slot.eye === 'unknown' ? '' : slot.eye}`.trim()
  const verdict = last.verdict ?? 'unknown'
  return (
    <section>
      <h2 className="label">{t('last', { date: shortDate(last.date, i18n.language) })}</h2>
      <div className={styles.large}>
        <Thumb scan={last.scan} state={null} label={t('lastBody', { scan: name, verdict: t(`mark.${verdict}`) })} />
      </div>
      <p className={styles.lastLine}>
        <VerdictMark verdict={verdict} />
        <span>{t('lastBody', { scan: name, verdict: t(`mark.${verdict}`) })}</span>
      </p>
    </section>
  )
}

function Attempts({ inbox, scan, place, person, onRead, onChoose }: Omit<SideProps, 'scan' | 'place'> & { scan: InboxScan; place: Place }) {
  const { t, i18n } = useTranslation('inbox')
  const attempts = place.slot.attempts.flatMap((id) => inbox.scans.find((one) => one.id === id) ?? [])
  return (
    <section>
      <h2 className="label">{t('attempts')}</h2>
      <ul className={styles.attempts}>
        {attempts.map((one) => {
          // What nobody has read is not told in passing.
          const told = isJudged(one) && (one.read || one.id === scan.id)
          const mark = told ? (one.verdict ?? 'unknown') : 'wait'
          return (
            <li key={one.id}>
              <button
                type="button"
                className={styles.attempt}
                data-scan={one.id}
                aria-current={one.id === scan.id || undefined}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onRead(one.id)}
              >
                <span className={styles.small}>
                  <Thumb scan={one.id} state={one.state} label="" />
                </span>
                <span className={styles.attemptText}>
                  <span className={styles.attemptHead}>
                    <b>{one.attempt}</b>
                    <Mark mark={mark} />
                    <span className="faint">{one.takenAt === '' ? formatTime(one.arrivedAt, i18n.language) : one.takenAt}</span>
                  </span>
                  <span className="soft small ellipsis">
                    {one.study && told ? <b className="strong">{t('study')}</b> : !told && isJudged(one) ? t('slot.unread') : t(`mark.${mark}`)}
                    {one.study && told && <span className="sr-only">{`, ${t(`mark.${mark}`)}`}</span>}
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {attempts.length > 1 && !scan.study && scan.state === 'judged' ? (
        <Button keys={['S']} disabled={!person} onClick={() => onChoose(scan.id)}>
          {t('action.choose')}
        </Button>
      ) : (
        (place.slot.state === 'again' || place.slot.state === 'unread') && <p className="faint small">{t('willAppear')}</p>
      )}
    </section>
  )
}

/** How many more are named than this are only counted. */
const named = 6

function Queue({ inbox, onRead }: Pick<SideProps, 'inbox' | 'onRead'>) {
  const { t, i18n } = useTranslation('inbox')
  const judging = inbox.scans.filter(({ state }) => state === 'judging').slice(0, 3)
  const line = (id: string) => {
    const scan = inbox.scans.find((one) => one.id === id)
    const place = placeOf(inbox.visits, id)
    if (!scan || !place) return null
    const time = scan.takenAt === '' ? formatTime(scan.arrivedAt, i18n.language) : scan.takenAt
    const eye = scan.laterality === 'unknown' ? '' : scan.laterality
    return { scan, time, name: `${inLanguage(place.slot.label, i18n.language)} ${eye}`.trim(), patient: place.visit.patient || t('noPatient') }
  }
  const waiting = inbox.queue.slice(0, named).flatMap((id) => line(id) ?? [])
  return (
    <section className={styles.queue}>
      <h2 className="label">
        {t('waits')} {inbox.queue.length > 0 && <b className="strong">{inbox.queue.length}</b>}
      </h2>
      <p className="sr-only" aria-live="polite">
        {inbox.queue.length > 0 ? t('newVerdicts', { count: inbox.queue.length }) : ''}
      </p>
      <ul>
        {waiting.map(({ scan, name, patient, time }) => (
          <li key={scan.id}>
            <button type="button" className={styles.queued} onMouseDown={(event) => event.preventDefault()} onClick={() => onRead(scan.id)}>
              <Mark mark="wait" />
              <span>{name}</span>
              <span className="faint ellipsis">
                <Hyphened text={patient} />
              </span>
              <span className={styles.time}>{time}</span>
            </button>
          </li>
        ))}
        {inbox.queue.length > waiting.length && waiting.length > 0 && (
          <li className="faint small">{t('more', { count: inbox.queue.length - waiting.length })}</li>
        )}
        {judging
          .flatMap(({ id }) => line(id) ?? [])
          .map(({ scan, name }) => ({ id: scan.id, name, first: firstWord(scan) }))
          .map(({ id, name, first }) => (
            <li key={id} className={styles.judging} data-first={first ?? undefined}>
              <span>{name}</span>
              <span className="faint ellipsis">{sayFirst(first, t)}</span>
            </li>
          ))}
      </ul>
      {waiting.length === 0 && judging.length === 0 && <p className="faint small">{t('nothingWaits')}</p>}
    </section>
  )
}

/** A local date as day and month. */
export function shortDate(date: string, language: string): string {
  const at = new Date(`${date}T12:00:00`)
  return Number.isNaN(at.getTime()) ? date : new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}
