import { Ban, Clock, FileCheck, Files, KeyRound, type LucideIcon, PencilLine } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OutboxChoice, OutboxItem } from '../../../preload/outbox.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openRun } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatMoment } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { endOfPath } from '../runs/short-name.ts'
import { type Destroying, destroys, isBlocked, nameOf } from './items.ts'
import { sayOf } from './known-sentences.ts'
import styles from './outbox.module.css'

const kinds: Record<OutboxItem['kind'], LucideIcon> = { grading: PencilLine, results: FileCheck }
/** Every state has a shape of its own beside its word. */
const shapes: Record<Exclude<OutboxItem['state'], 'sending'>, LucideIcon> = { waiting: Clock, conflict: Files, refused: Ban, locked: KeyRound }

interface OutboxRowProps {
  item: OutboxItem
  /** Its turn, for what goes by itself; null for what must be decided first. */
  turn: number | null
  onChanged: () => void
}

/** One thing that waits: what it is, since when, why, and what a person may do about it. */
export function OutboxRow({ item, turn, onChanged }: OutboxRowProps) {
  const { t, i18n } = useTranslation('outbox')
  const Kind = kinds[item.kind]
  const Shape = item.state === 'sending' ? null : shapes[item.state]
  const kind = t(`kind.${item.kind}`)
  return (
    <li className={styles.item} data-blocked={isBlocked(item) || undefined} aria-label={nameOf(item, kind)}>
      <span className={styles.turn}>{turn ?? ''}</span>
      <Kind className="icon" size={16} aria-hidden />
      <span className={styles.what}>
        <b className="strong">{kind}</b>{' '}
        <span className="name" title={item.title}>
          {item.title === '' ? t(item.state === 'locked' ? 'unnamed.locked' : 'unnamed.other') : endOfPath(item.title)}
        </span>
      </span>
      <span className={`${styles.since} soft small`}>{t('since', { when: formatMoment(item.createdAt, i18n.language) })}</span>
      <span className={`${styles.size} soft small`}>{formatBytes(item.size, i18n.language)}</span>
      <span className={styles.state} data-state={item.state}>
        {Shape ? <Shape className="icon" size={14} aria-hidden /> : <Spinner />}
        {t(`state.${item.state}`)}
      </span>
      <div className={styles.more}>
        <Why item={item} />
        <Choices item={item} onChanged={onChanged} />
      </div>
    </li>
  )
}

/** Why it waits; in a conflict, what lies where. */
function Why({ item }: { item: OutboxItem }) {
  const { t, i18n } = useTranslation('outbox')
  const say = sayOf(item, useApp().session.state)
  const size = (bytes: number) => formatBytes(bytes, i18n.language)
  return (
    <div className="soft">
      <p>{say ? t(`say.${say}`) : <span lang="en">{item.message}</span>}</p>
      {item.theirs && (
        <p className="small faint">{t('compare', { ours: size(item.size), theirs: size(item.theirs.size), md5: item.theirs.md5 || '–' })}</p>
      )}
    </div>
  )
}

function Choices({ item, onChanged }: { item: OutboxItem; onChanged: () => void }) {
  const { t } = useTranslation('outbox')
  const [asking, setAsking] = useState<Destroying | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ScansideError | null>(null)
  const what = nameOf(item, t(`kind.${item.kind}`))
  const alive = useRef(true)
  useEffect(() => {
    alive.current = true
    return () => {
      alive.current = false
    }
  }, [])

  const decide = async (choice: OutboxChoice) => {
    setAsking(null)
    setBusy(true)
    setError(null)
    try {
      await lab.outbox.decide({ item: item.id, choice })
    } catch (cause) {
      if (alive.current) setError(asScansideError(cause))
    } finally {
      if (alive.current) setBusy(false)
      onChanged()
    }
  }
  const press = (choice: OutboxChoice) => {
    if (destroys(choice)) setAsking(choice)
    else void decide(choice)
  }
  // Only while the choice still stands: main may have found out something new meanwhile.
  const asked = asking && item.choices.includes(asking) ? asking : null
  return (
    <>
      {error && <Problem error={error} />}
      {asked ? (
        <Ask question={t(`ask.${asked}`, { what })} yes={t(`yes.${asked}`)} onYes={() => void decide(asked)} onNo={() => setAsking(null)} />
      ) : (
        <div className={styles.choices}>
          {item.choices.map((choice) => (
            <Button
              key={choice}
              kind={isBlocked(item) ? 'plain' : 'quiet'}
              disabled={busy}
              aria-label={`${t(`choice.${choice}`)}: ${what}`}
              onClick={() => press(choice)}
            >
              {t(`choice.${choice}`)}
            </Button>
          ))}
          {busy && <Spinner />}
          <RunLink item={item} what={what} />
        </div>
      )}
    </>
  )
}

function RunLink({ item: { run, state }, what }: { item: OutboxItem; what: string }) {
  const { t } = useTranslation('outbox')
  if (run === null || state === 'locked') return null
  return (
    <button type="button" className="link small" aria-label={`${t('openRun')}: ${what}`} onClick={() => openRun(run)}>
      {t('openRun')}
    </button>
  )
}

interface AskProps {
  question: string
  yes: string
  onYes: () => void
  onNo: () => void
}

/** Asks once, in place. The keyboard is put on what changes nothing. */
function Ask({ question, yes, onYes, onNo }: AskProps) {
  const { t } = useTranslation('outbox')
  const no = useRef<HTMLButtonElement>(null)
  useEffect(() => no.current?.focus(), [])
  return (
    <div className={styles.choices}>
      <span className="strong name">{question}</span>
      <Button kind="primary" onClick={onYes}>
        {yes}
      </Button>
      <Button ref={no} kind="quiet" onClick={onNo}>
        {t('no')}
      </Button>
    </div>
  )
}
