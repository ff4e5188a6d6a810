/** One world for many cases: each finds the application sound, and what a failed one has left is not the next one's. */
import { setTimeout as pause } from 'node:timers/promises'
import { nothingLeft } from './aftermath.ts'
import { type ChaosWorld, openChaosWorld, type Place, runsOf, settled } from './world.ts'

export interface Ordeal {
  open(): Promise<void>
  world(): ChaosWorld
  /** For a case: the application as it must be found, and the runs there were before. `keyring` false: a new one, without a keyring. */
  begin(options?: { keyring: boolean }): Promise<{ there: ChaosWorld; known: ReadonlySet<string> }>
  /** The end of a case: nothing is left but so many tokens of the desk's own. */
  end(tokens?: number): Promise<void>
  close(): Promise<void>
}

export function createOrdeal(): Ordeal {
  let world: ChaosWorld | null = null
  let spoilt = false
  const there = (): ChaosWorld => {
    if (!world) throw new Error('There is no world yet.')
    return world
  }
  return {
    world: there,
    async open() {
      world = await openChaosWorld()
      await settled(world)
    },
    async begin({ keyring } = { keyring: true }) {
      if (spoilt || !keyring) await there().renew({ keyring })
      spoilt = true
      return { there: there(), known: new Set((await runsOf(there())).map(({ id }) => id)) }
    },
    async end(tokens) {
      await nothingLeft(there(), tokens)
      // A desk without a keyring is nobody else's to go on with.
      spoilt = tokens !== undefined
    },
    close: async () => world?.stop(),
  }
}

/** Starts a run and waits until it has been struck, or has ended with nothing left to do. Whatever is asked of a dead application ends with an error. */
export async function startAndWait(there: ChaosWorld, place: Place, struck: () => boolean): Promise<void> {
  const order = await there.order(place)
  const desk = there.desk()
  await desk.call('runs.start', order).catch(() => null)
  while (!struck()) {
    const alive = await desk.call('app.snapshot', undefined).catch(() => null)
    if (!alive || alive.app.counts.active + alive.app.counts.waiting + alive.app.counts.owed === 0) break
    await pause(25)
  }
}
