/**
 * Part 3: no room on the disk at each stage of a run and of the application's life, and its files damaged, held or strange: always a sentence,
 * nothing lost, nothing written over; with room and order again all ends well.
 */
import { damageCases } from './disk/damage.ts'
import { fullCases } from './disk/full.ts'
import { lostCases } from './disk/lost.ts'
import { openTightWorld, type TightWorld } from './disk/tight-world.ts'
import type { ChaosPart } from './part.ts'

let world: TightWorld | null = null
/** A case has failed: what it has left is not the next one's. */
let spoilt = false
let held = 0

const theWorld = async (): Promise<TightWorld> => {
  if (!world) throw new Error('There is no world yet.')
  if (spoilt) await world.renew()
  spoilt = true
  return world
}

export const part: ChaosPart = {
  number: 3,
  title: 'disk full at each stage, store files damaged, cut, held, newer, read-only, replaced: a sentence, nothing lost, nothing written over',
  short: 7,
  async open() {
    world = await openTightWorld()
  },
  cases: async () =>
    [...fullCases(theWorld), ...damageCases(theWorld), ...lostCases(theWorld)].map(({ name, run }) => ({
      name,
      async run() {
        await run()
        spoilt = false
        held++
      },
    })),
  async close() {
    await world?.stop()
    return `${held} held; a run done and home once after each`
  },
}
