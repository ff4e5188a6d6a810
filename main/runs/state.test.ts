import { describe, expect, it } from 'vitest'
import { runStates } from '../../preload/contract.ts'
import { hasEnded, next, type Outcome, runEvents } from './state.ts'

/** Every arrow there is: `state event` -> `state outcome`. Every other pair is refused. */
const arrows: Record<string, string> = {
  'queued begin': 'staging -',
  'queued fail': 'failed failed',
  'queued cancel': 'cancelled cancelled',
  'queued interrupted': 'failed failed',
  'queued again': 'queued -',
  'staging again': 'queued -',
  'running again': 'queued -',
  'collecting again': 'queued -',
  'running taken-up': 'running -',
  'collecting taken-up': 'collecting -',
  'publishing taken-up': 'publishing -',
  'staging staged': 'running -',
  'staging fail': 'wiping failed',
  'staging cancel': 'wiping cancelled',
  'staging interrupted': 'wiping failed',
  'running exited': 'collecting -',
  'running fail': 'wiping failed',
  'running cancel': 'wiping cancelled',
  'running interrupted': 'wiping failed',
  'collecting collected': 'publishing -',
  'collecting fail': 'wiping failed',
  'collecting cancel': 'wiping cancelled',
  'collecting interrupted': 'wiping failed',
  'publishing homed': 'wiping done',
  'publishing interrupted': 'wiping done',
}
const outcomes: (Outcome | null)[] = [null, 'done', 'failed', 'cancelled']

describe('the course of a run', () => {
  for (const state of runStates) {
    for (const event of runEvents) {
      const wanted = arrows[`${state} ${event}`]
      it(`${state}, ${event}: ${wanted ?? (state === 'wiping' ? 'as its outcome says' : 'refused')}`, () => {
        for (const outcome of outcomes) {
          const found = next({ state, outcome }, event)
          if (wanted !== undefined) expect('refused' in found ? found : `${found.state} ${found.outcome ?? '-'}`).toBe(wanted)
          else if (state === 'wiping' && (event === 'interrupted' || event === 'taken-up')) expect(found).toEqual({ state, outcome })
          else if (state === 'wiping' && event === 'wiped' && outcome !== null) expect(found).toEqual({ state: outcome, outcome })
          else expect(found).toEqual({ refused: expect.stringMatching(/\.$/) })
        }
      })
    }
  }

  it('leads every begun run to its end through the wipe alone', () => {
    for (const [from, to] of Object.entries(arrows)) {
      const [state = '', event] = from.split(' ')
      if (state !== 'queued' && ['fail', 'cancel', 'interrupted'].includes(event ?? '')) expect(to).toMatch(/^wiping /)
      if (hasEnded(to.split(' ')[0] as (typeof runStates)[number])) expect(state).toBe('queued')
    }
  })
})
