/**
 * Part 4: containers that mean harm, on the machine's Docker engine through the built application. Each run ends within its limits with a
 * sentence; what it may not have it does not get; the doorway answers all the while; nothing is left, and nothing published but results that hold.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { nothingBroken, publishedOnce } from './hostile/aftermath.ts'
import type { Attack } from './hostile/attack.ts'
import { deadlineCases, lateImage } from './hostile/deadline.ts'
import { escapeAttacks } from './hostile/escapes.ts'
import { resourceAttacks } from './hostile/resources.ts'
import { resultAttacks } from './hostile/results.ts'
import { machinesEngine, openYard, type Yard } from './hostile/yard.ts'
import type { ChaosCase, ChaosPart } from './part.ts'

const attacks: Attack[] = [...resourceAttacks, ...escapeAttacks, ...resultAttacks]

let yard: Yard | null = null
let contained = 0
let ended = 0

const theYard = (): Yard => {
  if (!yard) throw new Error('There is no yard yet.')
  return yard
}

/** Lets one attack happen and judges how it ended. */
async function endure(there: Yard, attack: Attack): Promise<void> {
  const run = await there.start(attack.name)
  let cancelled = false
  const summary = await there.end(
    run,
    attack.name,
    attack.cancelled
      ? async (lines) => {
          if (cancelled || !lines.some(({ text }) => text === 'ready')) return
          cancelled = true
          await there.desk.call('runs.cancel', { run })
        }
      : undefined,
  )
  const told = `${summary.state}: ${summary.message}`
  if (attack.cancelled) assert.equal(summary.state, 'cancelled', told)
  else if (attack.ends === 'contained') assert.deepEqual([summary.state, summary.home], ['done', 'read-back'], told)
  else {
    assert.equal(summary.state, 'failed', told)
    assert.match(summary.message ?? '', attack.ends)
  }
  const published = await there.side.filesOf(run)
  if (summary.state === 'done') await publishedOnce(there, run, published)
  else assert.deepEqual([published, there.side.stored(run)], [[], 0], 'something was published')
  await nothingBroken(there, run, attack, published)
  if (summary.state === 'done') contained++
  else ended++
}

/** Several of them at once: more than the queue lets run. */
async function together(names: string[]): Promise<void> {
  const there = theYard()
  await Promise.all(names.map((name) => endure(there, attacks.find((one) => one.name === name) as Attack)))
}

async function cases(): Promise<ChaosCase[]> {
  const alone = attacks.map((attack) => ({ name: `${attack.name}: ${attack.about}`, run: () => endure(theYard(), attack) }))
  const crowd = ['fork-bomb', 'memory-bomb', 'output-10-gb', 'log-lines', 'network', 'results-nested', 'symlink', 'results-identity']
  return [...alone, { name: 'eight attacks at once', run: () => together(crowd) }, ...deadlineCases()]
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`

export const part: ChaosPart = {
  number: 4,
  title:
    'hostile containers on Docker: each ends within its limits with a sentence, gets nothing it may not have, leaves nothing, publishes nothing that does not hold',
  short: 9,
  async open() {
    yard = await openYard(attacks)
  },
  cases,
  async close() {
    const last = yard
    yard = null
    await last?.stop()
    spawnSync('docker', ['-H', machinesEngine, 'image', 'rm', '-f', lateImage], { stdio: 'ignore' })
    if (!last) return ''
    const { count, slowest, during } = last.answers
    return `${ended} ended, ${contained} contained; ${count.toLocaleString('en')} answers of the doorway meanwhile, the slowest after ${Math.round(slowest)} ms (${during}); disk at most ${megabytes(last.disk.peak)} fuller`
  },
}
