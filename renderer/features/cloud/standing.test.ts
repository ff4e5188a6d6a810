import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../preload/contract.ts'
import { isSignedIn, machinesAtWork, mostMachines, standingOf } from './standing.ts'
import { cloudStatus } from './status.fixture.ts'

const { choices } = cloudStatus()
const limited = (max: number) => cloudStatus({ limits: { instances: { used: 0, max }, cores: { used: 0, max: -1 }, ramMiB: { used: 0, max: -1 } } })

describe('standingOf', () => {
  it.each([
    [cloudStatus(), 'ready'],
    [cloudStatus({ runs: false, choices: { ...choices, image: null } }), 'no-image'],
    [cloudStatus({ runs: false }), 'ready'],
    [cloudStatus({ runs: false, choices: { ...choices, image: null, engine: 'zun' } }), 'ready'],
    [cloudStatus({ state: 'away', runs: false, choices: { ...choices, image: null } }), 'away'],
    [cloudStatus({ state: 'none', runs: false }), 'none'],
  ])('%#', (status, standing) => expect(standingOf(status)).toBe(standing))
  it('is signed in to a cloud that is away, not to one that refuses', () => {
    expect((['ready', 'away', 'refused', 'signing-in', 'signed-out', 'none'] as const).map((state) => isSignedIn({ state }))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('machines of this desk', () => {
  const run = (state: RunSummary['state'], place?: 'here' | 'cloud') => ({ state, place }) as RunSummary
  it('are those of runs in the cloud that have left the queue and not ended', () => {
    expect(machinesAtWork([run('running', 'cloud'), run('wiping', 'cloud'), run('queued', 'cloud'), run('done', 'cloud'), run('running')])).toBe(2)
  })
  it('are at most what was chosen and what the project may have', () => {
    expect([mostMachines(cloudStatus()), mostMachines(limited(4)), mostMachines(limited(40)), mostMachines(limited(-1))]).toEqual([10, 4, 10, 10])
  })
})
