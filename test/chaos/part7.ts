/** Part 7: the soak. `npm run test:soak [-- --runs N] [--seed N]` makes it as long as one likes; here it is short. */
import assert from 'node:assert/strict'
import type { ChaosPart } from './part.ts'
import { openSoakWorld, type SoakOutcome, soak } from './soak-world.ts'
import type { ChaosWorld } from './world.ts'

const runs = Number(process.env.SCANSIDE_SOAK_RUNS ?? (process.argv.includes('--short') ? 20 : 60))
const seed = Number(process.env.SCANSIDE_SOAK_SEED ?? 1)

/** How much more may be held at the end than after the fiftieth run; after fewer than a hundred there is nothing to compare with. */
const growth = runs < 100 ? Number.POSITIVE_INFINITY : 1.2

let world: ChaosWorld | null = null
let outcome: SoakOutcome | null = null

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

export const part: ChaosPart = {
  number: 7,
  // Of memory it says only what it has judged.
  title: `soak: runs of a second, 8 at once, faults of archive and engine, cancelled and failing ones: nothing lost, nothing left${growth < 2 ? ', memory level' : ''}`,
  short: 1,
  async open() {
    world = await openSoakWorld()
  },
  cases: async () => [
    {
      name: `${runs} runs`,
      patienceMs: 120_000 + runs * 10_000,
      async run() {
        if (!world) throw new Error('There is no world yet.')
        outcome = await soak(world, runs, seed)
        const { early, late } = outcome
        assert.ok(late.held <= early.held * growth, `held ${megabytes(early.held)}, then ${megabytes(late.held)}`)
        assert.ok(late.resident <= early.resident * growth, `resident ${megabytes(early.resident)}, then ${megabytes(late.resident)}`)
      },
    },
  ],
  async close() {
    await world?.stop()
    if (!outcome) return ''
    const { done, failed, cancelled, faults, early, late } = outcome
    const struck = [...faults.values()].reduce((sum, times) => sum + times, 0)
    return `${done} done and home once, ${failed} failed, ${cancelled} cancelled; ${struck} faults; held ${megabytes(early.held)} then ${megabytes(late.held)}, resident ${megabytes(early.resident)} then ${megabytes(late.resident)}`
  },
}
