/** A run's states as steps with times. */
import type { RunDetail, RunState } from '../../../preload/contract.ts'
import { tellsOfReturn } from './step-note.ts'

/** The way of a run that is not stopped. */
export const way = ['queued', 'staging', 'running', 'collecting', 'publishing', 'wiping'] as const
export type WayState = (typeof way)[number]

export interface Step {
  state: WayState
  /** `stopped`: the step in which a failed or cancelled run ended; `left-out`: never entered. */
  phase: 'done' | 'now' | 'todo' | 'stopped' | 'left-out'
  /** How long it took, or has taken so far; null where it was not entered. */
  milliseconds: number | null
  /** What the step came to, or what it is doing. */
  note: string
}

/**
 * The six steps from the transitions main wrote down. A transition's note tells what the step it leaves came to (`exit code 0` on the way
 * to collecting), but for staging, which tells what it begins with. A failed run is wiped like any other, so the step it failed in is
 * the last one before wiping.
 *
 * @param now ms since 1970, for the step that goes on
 */
export function stepsOf(detail: Pick<RunDetail, 'steps' | 'summary'>, now: number): Step[] {
  const { summary } = detail
  const steps = lastAttempt(detail.steps)
  const ended = isEnd(summary.state)
  const broke = summary.state === 'failed' || summary.state === 'cancelled'
  const entered = steps.filter((step) => step.state !== 'wiping' && !isEnd(step.state))
  const brokeIn = broke ? entered.at(-1)?.state : undefined

  return way.map((state) => {
    const at = steps.findIndex((step) => step.state === state)
    const step = steps[at]
    if (!step) return { state, phase: ended ? 'left-out' : 'todo', milliseconds: null, note: '' }
    const next = steps[at + 1]
    const until = next ? Date.parse(next.at) : ended ? Date.parse(summary.endedAt ?? step.at) : now
    const phase = state === brokeIn ? 'stopped' : next || ended ? 'done' : 'now'
    return { state, phase, milliseconds: Math.max(0, until - Date.parse(step.at)) || 0, note: next ? outcome(step, next) : begins(step) }
  })
}

const order: readonly RunState[] = way

/** A step with how it was come back to, where it was. */
type Entered = RunDetail['steps'][number] & { returned?: string }

/**
 * The transitions of the newest attempt: a run that begins anew under its own id leaves what it had entered before, and one that is taken up
 * where it was (its machine went on without this desk) is still in the step it had entered.
 */
function lastAttempt(steps: RunDetail['steps']): Entered[] {
  const kept: Entered[] = []
  const turn = (state: RunState) => (isEnd(state) ? way.length : order.indexOf(state))
  for (const step of steps) {
    const last = kept.at(-1)
    if (last?.state === step.state) {
      if (tellsOfReturn(step.note)) kept[kept.length - 1] = { ...last, returned: step.note }
      continue
    }
    while (kept.length > 0 && turn(kept.at(-1)?.state ?? 'queued') >= turn(step.state)) kept.pop()
    kept.push(step)
  }
  return kept
}

/** What the step before it came to. */
function outcome(step: Entered, next: Entered): string {
  if (next.state === 'staging') return tellsOfReturn(step.note) ? step.note : ''
  return next.note
}

function begins(step: Entered): string {
  if (step.returned !== undefined) return step.returned
  return step.state === 'staging' || tellsOfReturn(step.note) ? step.note : ''
}

function isEnd(state: RunState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}

/** `0.4 s`, `12 s`, `3:05`, `1:02:07`. */
export function formatDuration(milliseconds: number, language: string): string {
  const seconds = milliseconds / 1000
  if (seconds < 59.5) {
    const digits = seconds < 9.95 ? 1 : 0
    return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(seconds)} s`
  }
  const whole = Math.round(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}
