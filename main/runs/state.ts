/**
 * The course of a run as one pure function. `queued -> staging -> running -> collecting -> publishing -> wiping -> done | failed | cancelled`.
 * Whatever went wrong, the way to the end leads through `wiping`; only a run that created nothing ends without it.
 */
import type { RunState } from '../../preload/contract.ts'

export type Outcome = 'done' | 'failed' | 'cancelled'

/** Where a run is, and how it will end once it is wiped. */
export interface Course {
  state: RunState
  outcome: Outcome | null
}

export const runEvents = ['begin', 'staged', 'exited', 'collected', 'homed', 'fail', 'cancel', 'interrupted', 'wiped', 'again', 'taken-up'] as const
/**
 * `homed`: results were read back from the archive, or are kept to be sent later. `interrupted`: Scanside ended while the run was
 * under way and it cannot go on, found at the next start. `again`: what had been made of it is gone or was never started, and it begins anew
 * under its own id. `taken-up`: it went on without this desk, or lies ready; the desk goes on where it was.
 */
export type RunEvent = (typeof runEvents)[number]

/** Why an event does not apply; the sentence is for the person who asked for it. */
export interface Refusal {
  refused: string
}

const ended: readonly RunState[] = ['done', 'failed', 'cancelled']
const to = (state: RunState, outcome: Outcome | null = null): Course => ({ state, outcome })
const arrows: Partial<Record<RunState, Partial<Record<RunEvent, Course>>>> = {
  queued: {
    begin: to('staging'),
    fail: to('failed', 'failed'),
    cancel: to('cancelled', 'cancelled'),
    interrupted: to('failed', 'failed'),
    again: to('queued'),
  },
  staging: {
    again: to('queued'),
    staged: to('running'),
    fail: to('wiping', 'failed'),
    cancel: to('wiping', 'cancelled'),
    interrupted: to('wiping', 'failed'),
  },
  running: {
    again: to('queued'),
    'taken-up': to('running'),
    exited: to('collecting'),
    fail: to('wiping', 'failed'),
    cancel: to('wiping', 'cancelled'),
    interrupted: to('wiping', 'failed'),
  },
  collecting: {
    again: to('queued'),
    'taken-up': to('collecting'),
    collected: to('publishing'),
    fail: to('wiping', 'failed'),
    cancel: to('wiping', 'cancelled'),
    interrupted: to('wiping', 'failed'),
  },
  // Results are safe in lab.db from here on: a failure or a crash leaves them waiting, it does not make the run a failed one.
  publishing: { 'taken-up': to('publishing'), homed: to('wiping', 'done'), interrupted: to('wiping', 'done') },
}

/** Where `event` leads from `course`, or why it does not. */
export const next = (course: Course, event: RunEvent): Course | Refusal => {
  const arrow = arrows[course.state]?.[event]
  if (arrow) return arrow
  if (course.state === 'wiping') {
    if (event === 'wiped' && course.outcome !== null) return to(course.outcome, course.outcome)
    if (event === 'interrupted' || event === 'taken-up') return course
  }
  if (event === 'cancel') {
    if (ended.includes(course.state)) return { refused: 'This run has already ended.' }
    if (course.state === 'publishing') return { refused: 'The results are already being sent home; the run ends in a moment.' }
    return { refused: 'This run is already being cleaned up; it ends in a moment.' }
  }
  return { refused: `A run that is ${course.state} cannot take '${event}'.` }
}

/** Whether nothing more will happen to a run. */
export const hasEnded = (state: RunState): boolean => ended.includes(state)
