import { Check, Minus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { RunDetail } from '../../../preload/contract.ts'
import { Spinner } from '../../ui/progress.tsx'
import { isActive } from './grouping.ts'
import type { MachineDoing } from './machine.ts'
import styles from './runs.module.css'
import { readNote } from './step-note.ts'
import { formatDuration, type Step, stepsOf } from './steps.ts'
import { useNow } from './use-run.ts'

/** Queued to wiping, each with how long it took. `doing`: what the run's machine in the cloud told last; null for a run at this desk. */
export function Steps({ detail, doing }: { detail: RunDetail; doing: MachineDoing | null }) {
  const { t, i18n } = useTranslation('runs')
  const away = detail.summary.place === 'cloud'
  const phaseNote = (phase: Step['phase']) => (phase === 'done' || phase === 'todo' ? '' : t(`phase.${phase}`))
  const said = (note: string) => {
    const read = readNote(note)
    if (!read) return note
    if (away && read.say === 'copying') return t('note.ordering')
    if (away && read.say === 'removed') return t('note.removedCloud')
    if (read.say !== 'files' && read.say !== 'judged') return t(`note.${read.say}`)
    const size = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(Number(read.size))
    return t(`note.${read.say}`, { count: read.count, size: `${size} MB` })
  }
  const machine = ({ what, done, of }: MachineDoing) => (of > 0 ? t('machine.part', { what: t(`machine.${what}`), done, of }) : t(`machine.${what}`))
  /** What goes on in the step that goes on. */
  const going = (state: Step['state']) => {
    if (state === 'running' && doing) return machine(doing)
    return away && state === 'wiping' ? t('machine.removing') : ''
  }
  const now = useNow(isActive(detail.summary))
  return (
    <ol className={styles.steps} aria-label={t('steps')}>
      {stepsOf(detail, now).map((step) => (
        <li key={step.state} data-phase={step.phase} aria-current={step.phase === 'now' ? 'step' : undefined}>
          <span className={styles.dot}>
            <Sign phase={step.phase} />
          </span>
          <b>{t(`state.${step.state}`)}</b>
          <span className={styles.stepTime}>{step.milliseconds === null ? '' : formatDuration(step.milliseconds, i18n.language)}</span>
          <small title={step.note}>{(step.phase === 'now' && going(step.state)) || said(step.note) || phaseNote(step.phase)}</small>
        </li>
      ))}
    </ol>
  )
}

function Sign({ phase }: { phase: Step['phase'] }) {
  if (phase === 'now') return <Spinner size={16} />
  if (phase === 'done') return <Check size={11} strokeWidth={3} aria-hidden />
  if (phase === 'stopped') return <X size={11} strokeWidth={3} aria-hidden />
  return phase === 'left-out' ? <Minus size={11} strokeWidth={3} aria-hidden /> : null
}
