import { describe, expect, it } from 'vitest'
import { closeQuestion, keepOpen, quitStep } from './quit.ts'

describe('ending', () => {
  it.each([
    ['open', 0, false, 'stop'],
    ['open', 0, true, 'stop'],
    ['open', 2, false, 'ask'],
    ['open', 2, true, 'stop'],
    ['stopping', 0, false, 'wait'],
    ['stopping', 2, false, 'wait'],
    ['stopping', 2, true, 'wait'],
    ['stopped', 2, false, 'go'],
    ['stopped', 0, true, 'go'],
  ] as const)('%s with %i unsaved, agreed %s: %s', (phase, unsaved, agreed, step) => {
    expect(quitStep(phase, unsaved, agreed)).toBe(step)
  })

  it('asks in the number there is, and keeps open where nothing is chosen', () => {
    expect(closeQuestion(1).message).toBe('One result has not reached the archive yet.')
    expect(closeQuestion(3).message).toBe('3 results have not reached the archive yet.')
    expect(closeQuestion(3).detail).toContain('they are kept in memory only and lost when Scanside closes')
    expect(closeQuestion(1).buttons[keepOpen]).toBe('Keep Scanside open')
  })
})
