import { Check, CircleAlert, Clock, Cloud, Cpu, type LucideIcon, X } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { RunState, RunSummary } from '../../../preload/contract.ts'
import { chooseRun } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress, Spinner } from '../../ui/progress.tsx'
import { isActive, type RunGroup, waitsForCloud, waitsHere } from './grouping.ts'
import styles from './run-list.module.css'
import { endOfPath } from './short-name.ts'
import { formatDuration } from './steps.ts'
import { useNow } from './use-run.ts'

interface RunListProps {
  groups: RunGroup[]
  open: string | null
  older: (() => void) | null
  reading: boolean
  error: ScansideError | null
  empty: string
}

/** The runs in their groups. Arrow keys go through them. */
export function RunList({ groups, open, older, reading, error, empty }: RunListProps) {
  const { t } = useTranslation('runs')
  const list = useRef<HTMLElement>(null)
  const now = useNow(groups[0]?.kind === 'active')

  const step = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button[data-run]') ?? [])]
    const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + (event.key === 'ArrowDown' ? 1 : -1)]
    event.preventDefault()
    next?.focus()
    if (next?.dataset.run) chooseRun(next.dataset.run)
  }

  return (
    <nav ref={list} className={styles.list} aria-label={t('list')} onKeyDown={step}>
      {groups.length === 0 && <p className={styles.none}>{empty}</p>}
      {groups.map((group) => (
        <section key={group.kind} aria-label={t(`group.${group.kind}`)}>
          <h2 className="label">{t(`group.${group.kind}`)}</h2>
          <ul>
            {group.runs.map((run) => (
              <Row key={run.id} run={run} open={run.id === open} now={now} dated={group.kind === 'earlier'} />
            ))}
          </ul>
        </section>
      ))}
      {error && <Problem error={error} />}
      {older && (
        <div className={styles.more}>
          <Button kind="quiet" disabled={reading} onClick={older}>
            {t('older')}
          </Button>
          {reading && <Spinner />}
        </div>
      )}
    </nav>
  )
}

const icons: Partial<Record<RunState | 'waits', LucideIcon>> = { waits: Clock, queued: Clock, done: Check, failed: CircleAlert, cancelled: X }

function Row({ run, open, now, dated }: { run: RunSummary; open: boolean; now: number; dated: boolean }) {
  const { t, i18n } = useTranslation('runs')
  const away = run.place === 'cloud'
  const forCloud = waitsForCloud(run, useApp().cloud)
  const waits = forCloud || waitsHere(run)
  const Icon = icons[waits ? 'waits' : run.state] ?? (away ? Cloud : Cpu)
  const state = t(forCloud ? 'waitsForCloud' : waits ? 'waits' : `state.${run.state}`)
  const begun = new Date(run.createdAt)
  const lasted = (run.endedAt ? Date.parse(run.endedAt) : now) - begun.getTime()
  const when = new Intl.DateTimeFormat(
    i18n.language,
    dated ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hour12: false },
  )
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        data-run={run.id}
        data-state={run.state}
        aria-current={open || undefined}
        onClick={() => chooseRun(run.id)}
      >
        <Icon className="icon" size={16} aria-hidden />
        <span className={styles.rowMain}>
          <span className={styles.rowName}>
            <b className="strong name">{run.pipeline.name}</b>
            {run.demo && <span className="tag">DEMO</span>}
            {away && (
              <span className={`tag ${styles.place}`}>
                <Cloud className="icon" size={12} aria-hidden />
                {t('inCloud')}
              </span>
            )}
          </span>
          <span className="name small soft ellipsis" title={run.subject}>
            {endOfPath(run.subject)}
          </span>
        </span>
        <span className={styles.rowSide}>
          <span>{state}</span>
          <span className="small faint">{`${when.format(begun)}, ${formatDuration(Math.max(0, lasted), i18n.language)}`}</span>
        </span>
      </button>
      {isActive(run) && run.state !== 'queued' && (
        <div className={styles.rowProgress}>
          <Progress value={run.progress} label={t('progress', { state })} />
        </div>
      )}
    </li>
  )
}
