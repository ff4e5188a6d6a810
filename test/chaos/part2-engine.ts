/** The container engine is killed with -9 at each of its steps, and comes back: with the application waiting, or starting anew meanwhile. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { endedWell, runsSince, tellsPlainly } from './aftermath.ts'
import { type Ordeal, startAndWait } from './ordeal.ts'
import type { ChaosCase } from './part.ts'
import { nameOf, type Point, pointsOf, strikeAt } from './points.ts'
import { type ChaosWorld, type Place, settled, shown } from './world.ts'

export interface EngineFigures {
  kills: number
  done: number
  failed: number
}

/** What happens while the engine is away. */
type Meanwhile = 'it waits' | 'it is started anew' | 'the engine dies once more'

const die = async (there: ChaosWorld) => {
  await there.engine.kill()
  await there.cable.cut()
}
const comeBack = async (there: ChaosWorld) => {
  await there.engine.start()
  await there.cable.mend()
}

/** With the engine away everything that is not finished is shown, and told in plain words. */
async function shownMeanwhile(there: ChaosWorld, known: ReadonlySet<string>): Promise<void> {
  await there.desk().call('engine.refresh', undefined)
  const { app } = await there.desk().call('app.snapshot', undefined)
  assert.notEqual(app.engine.state, 'ready', 'an engine that is dead is called ready')
  for (const run of await runsSince(there, known)) {
    if (run.message !== null) tellsPlainly(run.message)
    const { receipt } = await there.desk().call('runs.get', { run: run.id })
    const over = run.state === 'done' || run.state === 'failed'
    if (over && !receipt?.complete) assert.ok(app.counts.owed > 0, `not removed and not owed: ${JSON.stringify(shown(run))}`)
  }
}

export async function engineCases(ordeal: Ordeal, figures: EngineFigures): Promise<ChaosCase[]> {
  const killed = async (
    place: Place,
    strikeIt: (there: ChaosWorld, strike: () => Promise<void>) => { struck(): boolean; away(): void },
    meanwhile: Meanwhile,
  ) => {
    const { there, known } = await ordeal.begin()
    try {
      const strike = strikeIt(there, () => die(there))
      try {
        await startAndWait(there, place, strike.struck)
      } finally {
        strike.away()
      }
      if (!strike.struck()) throw new Error('The run never came there.')
      figures.kills++
      // Longer than it takes to notice.
      await pause(600)
      if (meanwhile === 'it is started anew') await there.nextLife()
      await shownMeanwhile(there, known)
      await comeBack(there)
      if (meanwhile === 'the engine dies once more') {
        await there.desk().call('engine.refresh', undefined)
        await die(there)
        figures.kills++
        await pause(300)
        await comeBack(there)
      }
    } catch (error) {
      // Without its engine no later case could tell anything.
      await die(there)
      await comeBack(there)
      throw error
    }
    await there.desk().call('engine.refresh', undefined)
    await settled(there)
    const began = await runsSince(there, known)
    assert.ok(began.length > 0, 'the run that was struck is not known any more')
    for (const run of began) figures[await endedWell(there, run)]++
    await ordeal.end()
  }
  const atPoint = (point: Point) => (there: ChaosWorld, strike: () => Promise<void>) => strikeAt(there, point, strike)
  /** So long after the pipeline was started. */
  const whileRunning = (ms: number) => (there: ChaosWorld, strike: () => Promise<void>) => {
    let struck = false
    const inner = strikeAt(there, { at: 'engine', kind: 'POST /containers/scanside-<run>-run/wait', when: 'before', nth: 1 }, async () => {
      setTimeout(() => {
        struck = true
        void strike()
      }, ms)
    })
    return { struck: () => struck, away: inner.away }
  }
  const points = (await pointsOf(ordeal.world(), 'docker')).filter(({ at }) => at === 'engine')
  const all: ChaosCase[] = points.map((point) => ({
    name: `engine killed ${nameOf(point)}`,
    run: () => killed('docker', atPoint(point), 'it waits'),
  }))
  for (const ms of [0, 500, 1_000, 1_500])
    all.push({ name: `engine killed ${ms} ms into a pipeline of two seconds`, run: () => killed('docker, slowly', whileRunning(ms), 'it waits') })
  const telling = points.filter(({ kind, when }) => when === 'after' && /stage$|PUT|start$|wait$|DELETE/.test(kind))
  for (const point of telling)
    for (const meanwhile of ['it is started anew', 'the engine dies once more'] as const)
      all.push({ name: `engine killed ${nameOf(point)}; ${meanwhile}`, run: () => killed('docker', atPoint(point), meanwhile) })
  return all
}
