import { describe, expect, it } from 'vitest'
import type { RunDetail, RunState } from '../../../preload/contract.ts'
import { formatDuration, stepsOf } from './steps.ts'

const at = (second: number) => new Date(Date.UTC(2026, 2, 14, 10, 0, second)).toISOString()
const detail = (state: RunState, endedAt: string | null, ...states: [RunState, number][]): Pick<RunDetail, 'steps' | 'summary'> => ({
  summary: {
    id: 'r',
    pipeline: { name: 'p', version: '1' },
    state,
    subject: '',
    scans: 1,
    startedBy: 'mr',
    createdAt: at(0),
    endedAt,
    progress: null,
    verdicts: [],
    message: null,
    home: 'none',
    demo: false,
  },
  steps: states.map(([name, second]) => ({ state: name, at: at(second), note: '' })),
})
const phases = (run: Parameters<typeof stepsOf>[0]) => stepsOf(run, Date.parse(at(30))).map((step) => step.phase)

describe('stepsOf', () => {
  it('times what is over and what goes on', () => {
    const steps = stepsOf(detail('running', null, ['queued', 0], ['staging', 1], ['running', 4]), Date.parse(at(30)))
    expect(steps.map((step) => step.milliseconds)).toEqual([1_000, 3_000, 26_000, null, null, null])
    expect(steps.map((step) => step.phase)).toEqual(['done', 'done', 'now', 'todo', 'todo', 'todo'])
  })
  it('ends with every step done', () => {
    const run = detail('done', at(9), ['queued', 0], ['staging', 1], ['running', 2], ['collecting', 5], ['publishing', 6], ['wiping', 8], ['done', 9])
    expect(phases(run)).toEqual(['done', 'done', 'done', 'done', 'done', 'done'])
  })
  it('shows where a failed run broke, and that it was wiped', () => {
    const run = detail('failed', at(9), ['queued', 0], ['staging', 1], ['running', 2], ['wiping', 5], ['failed', 9])
    expect(phases(run)).toEqual(['done', 'done', 'stopped', 'left-out', 'left-out', 'done'])
  })
  it('leaves out what a run cancelled in the queue never entered', () => {
    expect(phases(detail('cancelled', at(3), ['queued', 0], ['cancelled', 3]))).toEqual([
      'stopped',
      'left-out',
      'left-out',
      'left-out',
      'left-out',
      'left-out',
    ])
  })
  it('tells with each step what it came to', () => {
    const run = detail('running', null, ['queued', 0], ['staging', 1], ['running', 4])
    const steps = run.steps.map((step, i) => ({ ...step, note: ['', 'copying files', '1 file, 2 MB'][i] ?? '' }))
    expect(stepsOf({ ...run, steps }, Date.parse(at(30))).map((step) => step.note)).toEqual(['', '1 file, 2 MB', '', '', '', ''])
    const staging = detail('staging', null, ['queued', 0], ['staging', 1])
    const begun = staging.steps.map((step, i) => ({ ...step, note: ['', 'copying files'][i] ?? '' }))
    expect(stepsOf({ ...staging, steps: begun }, Date.parse(at(30)))[1]?.note).toBe('copying files')
  })
  it('shows the newest attempt of a run that began anew, and one step where it was taken up', () => {
    const again = stepsOf(detail('staging', null, ['queued', 0], ['staging', 1], ['queued', 10], ['staging', 12]), Date.parse(at(30)))
    expect(again.map((step) => step.milliseconds)).toEqual([2_000, 18_000, null, null, null, null])
    const up = stepsOf(detail('running', null, ['queued', 0], ['staging', 1], ['running', 4], ['running', 20]), Date.parse(at(30)))
    expect(up.map((step) => step.milliseconds)).toEqual([1_000, 3_000, 26_000, null, null, null])
  })
  it('tells with a step how the run came back to it', () => {
    const noted = (run: ReturnType<typeof detail>, notes: string[]) => ({
      ...run,
      steps: run.steps.map((step, i) => ({ ...step, note: notes[i] ?? '' })),
    })
    const up = noted(detail('running', null, ['queued', 0], ['staging', 1], ['running', 4], ['running', 20]), [
      '',
      '',
      '1 file, 2 MB',
      'taken up again where it was',
    ])
    expect(stepsOf(up, Date.parse(at(30))).map((step) => step.note)).toEqual(['', '1 file, 2 MB', 'taken up again where it was', '', '', ''])
    const why = 'begun anew: nothing of it runs any more'
    const anew = noted(detail('staging', null, ['queued', 0], ['staging', 1], ['queued', 10], ['staging', 12]), ['', '', why, 'copying files'])
    expect(stepsOf(anew, Date.parse(at(30))).map((step) => step.note)).toEqual([why, 'copying files', '', '', '', ''])
  })
  it('has nothing to show before the first transition', () => expect(phases(detail('queued', null))).toEqual(Array(6).fill('todo')))
})

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [420, '0.4 s'],
    [12_300, '12 s'],
    [59_600, '1:00'],
    [185_000, '3:05'],
    [3_727_000, '1:02:07'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms, 'en')).toBe(text))
})
