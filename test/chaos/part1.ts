/**
 * Part 1: the application is killed with -9 at every transition of a run, in every state it is seen in, and again while it recovers;
 * on the container engine and on the built-in one. After its next life has settled the run is done, published once, and nothing is left.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { type RunState, runStates } from '../../preload/contract.ts'
import { doneOnce, runsSince } from './aftermath.ts'
import { createOrdeal, startAndWait } from './ordeal.ts'
import type { ChaosCase, ChaosPart } from './part.ts'
import { nameOf, type Point, pointsOf, strikeAt } from './points.ts'
import { type ChaosWorld, type Place, settled } from './world.ts'

const ordeal = createOrdeal()
let kills = 0
let runs = 0

/** The next life settles, and everything holds. */
async function judge(there: ChaosWorld, known: ReadonlySet<string>): Promise<void> {
  await settled(there)
  const began = await runsSince(there, known)
  // Every point lies after the first line of the journal: a run nobody knows of any more is lost.
  assert.ok(began.length > 0, 'the run that was struck is not known any more')
  for (const run of began) await doneOnce(there, run)
  runs += began.length
  await ordeal.end()
}

async function killedAt(place: Place, point: Point): Promise<void> {
  const { there, known } = await ordeal.begin()
  const dying = there.desk()
  const strike = strikeAt(there, point, () => dying.kill())
  try {
    await startAndWait(there, place, strike.struck)
    // How often lists are asked for differs a little from run to run.
    if (!strike.struck()) await startAndWait(there, place, strike.struck)
  } finally {
    strike.away()
  }
  if (!strike.struck()) throw new Error('Two runs never came there.')
  kills++
  await there.nextLife()
  await judge(there, known)
}

async function killedIn(place: Place, state: RunState): Promise<void> {
  const { there, known } = await ordeal.begin()
  const dying = there.desk()
  let struck = false
  const deaf = dying.on('store.runs', ({ runs: seen }) => {
    if (struck || !seen.some((run) => !known.has(run.id) && run.state === state)) return
    struck = true
    void dying.kill()
  })
  try {
    await startAndWait(there, place, () => struck)
  } finally {
    deaf()
  }
  if (!struck) throw new Error(`The run was never seen ${state}.`)
  kills++
  await there.nextLife()
  await judge(there, known)
}

/** Killed at `point`, and again when the next life has asked so much of its engine and the archive. */
async function killedAgain(place: Place, point: Point, after: number): Promise<void> {
  const { there, known } = await ordeal.begin()
  const dying = there.desk()
  const first = strikeAt(there, point, () => dying.kill())
  try {
    await startAndWait(there, place, first.struck)
  } finally {
    first.away()
  }
  if (!first.struck()) throw new Error('The run never came there.')
  kills++
  let child: ChildProcess | null = null
  let asked = 0
  let struck = false
  const count = () => {
    asked++
    if (asked < after || struck) return
    struck = true
    child?.kill('SIGKILL')
  }
  there.cable.watch({ before: count })
  there.side.middle.meddle(() => {
    count()
    return null
  })
  try {
    await there.nextLife((born) => {
      child = born
    })
    for (let waited = 0; waited < 100 && !struck; waited++) await pause(20)
  } catch {
    // It died before it was ready.
  } finally {
    there.cable.watch(null)
    there.side.middle.meddle(null)
  }
  ;(child as ChildProcess | null)?.kill('SIGKILL')
  kills++
  await there.nextLife()
  await judge(there, known)
}

/**
 * Without a keyring nothing but the engine and the list of what is owed outlives the application. What its container has ended well is
 * collected again and sent once somebody signs in; anything else is removed.
 */
async function killedWithoutKeyring(point: Point, collected: boolean): Promise<void> {
  const { there } = await ordeal.begin({ keyring: false })
  const dying = there.desk()
  const before = there.side.tokens()
  const strike = strikeAt(there, point, () => dying.kill())
  try {
    await startAndWait(there, 'docker', strike.struck)
  } finally {
    strike.away()
  }
  if (!strike.struck()) throw new Error('The run never came there.')
  kills++
  await there.nextLife()
  await there.signIn()
  await settled(there)
  const again = await runsSince(there, new Set())
  assert.equal(again.filter(({ state }) => state === 'done').length, collected ? 1 : 0, `runs that are done: ${JSON.stringify(again)}`)
  for (const run of again) if (run.state === 'done') await doneOnce(there, run)
  runs += again.length
  // The killed life's own sign-in was in its memory alone.
  await ordeal.end(before + 1)
}

const places: Place[] = ['docker', 'built in']
/** `queued` and what ends a run are over before anybody sees them. */
const seenStates = runStates.filter((state) => !['failed', 'cancelled'].includes(state))
/** Requests of the second life before it is killed as well. */
const again = [1, 4, 8, 14, 20]

async function cases(): Promise<ChaosCase[]> {
  const there = ordeal.world()
  const all: ChaosCase[] = []
  for (const place of places) {
    const points = await pointsOf(there, place)
    for (const point of points) all.push({ name: `${place}: ${nameOf(point)}`, run: () => killedAt(place, point) })
    for (const state of seenStates) all.push({ name: `${place}: seen ${state}`, run: () => killedIn(place, state) })
    const telling = points.filter(
      ({ kind, when }) => when === 'after' && /start$|stage$|PUT .*(results|archive)|DELETE .*v=|DELETE .*-run/.test(kind),
    )
    for (const [index, point] of telling.entries()) {
      for (const after of again.filter((_, turn) => (turn + index) % 2 === 0))
        all.push({ name: `${place}: ${nameOf(point)}, and again at request ${after} of the next life`, run: () => killedAgain(place, point, after) })
    }
  }
  const stageArchive = 'GET /containers/scanside-<run>-stage/archive?path=/scanside-1/.'
  const keyless = (kind: string, when: Point['when'], collected: boolean) =>
    all.push({
      name: `no keyring: ${when} ${kind}`,
      run: () => killedWithoutKeyring({ at: kind.includes('/data/') ? 'archive' : 'engine', kind, when, nth: 1 }, collected),
    })
  keyless('POST /containers/create?name=scanside-<run>-stage', 'after', false)
  keyless('PUT /containers/scanside-<run>-stage/archive?path=/', 'sending', false)
  keyless(stageArchive, 'before', true)
  keyless(stageArchive, 'receiving', true)
  const upload = all.find(({ name }) => name.includes('before PUT /data/'))?.name.split('before ')[1]
  if (upload) keyless(upload, 'before', true)
  all.push({ name: 'docker, slowly: seen running', run: () => killedIn('docker, slowly', 'running') })
  return all
}

export const part: ChaosPart = {
  number: 1,
  title: 'kill -9 of the application at every transition, then another life: done, published once, nothing left, a receipt each, the chain whole',
  short: 4,
  open: ordeal.open,
  cases,
  async close() {
    await ordeal.close()
    return `${kills} kills, ${runs} runs, each home once`
  },
}
