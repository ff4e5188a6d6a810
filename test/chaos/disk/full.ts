/** No room: the disk is full at a stage; a sentence, nothing lost; once there is room again all ends well. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunState } from '../../../preload/contract.ts'
import { doneOnce, nothingLeft, runsSince, tellsPlainly } from '../aftermath.ts'
import type { ChaosCase } from '../part.ts'
import { type Place, runsOf, settled } from '../world.ts'
import type { TightWorld } from './tight-world.ts'

/** Every failure so far must be a sentence; answers it. */
async function sentence(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    const { message } = error as Error
    tellsPlainly(message)
    return message
  }
}

/** With room again, the application does its work, and owes nothing. */
export async function worksAgain(world: TightWorld, known: ReadonlySet<string>): Promise<void> {
  // Somebody presses "send": sooner than it would look by itself.
  await world
    .desk()
    .call('outbox.send', undefined)
    .catch(() => undefined)
  await settled(world)
  for (const run of await runsSince(world, known)) {
    if (run.state === 'done') await doneOnce(world, run)
    else {
      assert.equal(run.state, 'failed', `${run.state}: ${run.message}`)
      tellsPlainly(run.message)
      assert.equal(world.side.stored(run.id), 0, 'a failed run published something')
    }
  }
  const before = new Set((await runsOf(world)).map(({ id }) => id))
  await world.desk().call('runs.start', await world.order('docker'))
  await settled(world)
  const [run] = await runsSince(world, before)
  assert.ok(run)
  await doneOnce(world, run)
  await nothingLeft(world)
}

const knownRuns = async (world: TightWorld) => new Set((await runsOf(world)).map(({ id }) => id))

/** Starts, or says in one sentence why not: no stack, no path. */
export async function startsOrSays(world: TightWorld): Promise<'started' | 'said'> {
  try {
    await world.live()
    return 'started'
  } catch (error) {
    const said = (error as Error).message.replace(/^The application did not start:\n/, '').trim()
    assert.doesNotMatch(said, /\n\s+at |Error:|node:|SQLITE|ENOSPC|\/tmp\//, said)
    assert.equal(said.split('\n').filter(Boolean).length, 1, said)
    tellsPlainly(said)
    return 'said'
  }
}

async function fullAtStart(world: TightWorld, leaveKb: number, known: boolean): Promise<void> {
  if (known) await world.rest()
  else {
    await world.renew()
    await world.rest()
    world.disk.clear()
  }
  world.disk.fill(leaveKb)
  if ((await startsOrSays(world)) === 'started') {
    await world.desk().call('app.snapshot', undefined)
    await world.rest()
  }
  world.disk.makeRoom()
  await world.live()
  await world.signIn()
  await worksAgain(world, await knownRuns(world))
}

/** Fills the disk as soon as the run is seen in this state. */
async function fullIn(world: TightWorld, place: Place, state: RunState, leaveKb: number): Promise<void> {
  const known = await knownRuns(world)
  const order = await world.order(place)
  let filled = false
  const fill = () => {
    if (filled) return
    filled = true
    world.disk.fill(leaveKb)
  }
  const deaf = world.desk().on('store.runs', ({ runs }) => {
    if (runs.some((run) => !known.has(run.id) && run.state === state)) fill()
  })
  if (state === 'queued') fill()
  try {
    await sentence(() => world.desk().call('runs.start', order))
    // Long enough for whatever it tries meanwhile.
    for (let waited = 0; waited < 80; waited++) {
      const { app } = await world.desk().call('app.snapshot', undefined)
      if (app.counts.active === 0) break
      await pause(50)
    }
  } finally {
    deaf()
  }
  world.disk.makeRoom()
  await worksAgain(world, known)
}

/** Full, then the power goes: the next life finds what it finds. */
async function fullAndKilled(world: TightWorld, place: Place, state: RunState): Promise<void> {
  const known = await knownRuns(world)
  const order = await world.order(place)
  let filled = false
  const deaf = world.desk().on('store.runs', ({ runs }) => {
    if (filled || !runs.some((run) => !known.has(run.id) && run.state === state)) return
    filled = true
    world.disk.fill(0)
  })
  await sentence(() => world.desk().call('runs.start', order))
  for (let waited = 0; waited < 60 && !filled; waited++) await pause(25)
  await pause(300)
  deaf()
  await world.desk().kill()
  await startsOrSays(world)
  world.disk.makeRoom()
  await world.nextLife().catch(() => world.live())
  await worksAgain(world, known)
}

async function fullWhileAway(world: TightWorld, leaveKb: number): Promise<void> {
  const known = await knownRuns(world)
  const order = await world.order('built in')
  world.side.middle.meddle((asked) => (asked.method === 'PUT' ? { kind: 'cut-before' } : null))
  const deaf = world.desk().on('store.runs', ({ runs }) => {
    if (runs.some((run) => !known.has(run.id) && run.state === 'collecting')) world.disk.fill(leaveKb)
  })
  await sentence(() => world.desk().call('runs.start', order))
  for (let waited = 0; waited < 200; waited++) {
    const { app } = await world.desk().call('app.snapshot', undefined)
    if (app.counts.active === 0) break
    await pause(50)
  }
  deaf()
  world.side.middle.meddle(null)
  world.disk.makeRoom()
  await worksAgain(world, known)
}

async function fullWhile(world: TightWorld, leaveKb: number, work: () => Promise<unknown>): Promise<void> {
  const known = await knownRuns(world)
  world.disk.fill(leaveKb)
  await sentence(work)
  // It still answers.
  await world.desk().call('app.snapshot', undefined)
  world.disk.makeRoom()
  await work()
  await worksAgain(world, known)
}

async function engineFull(world: TightWorld, place: Place, state: RunState | 'before', leaveKb: number): Promise<void> {
  const known = await knownRuns(world)
  const order = await world.order(place)
  if (state === 'before') world.engineDisk.fill(leaveKb)
  const deaf = world.desk().on('store.runs', ({ runs }) => {
    if (runs.some((run) => !known.has(run.id) && run.state === state)) world.engineDisk.fill(leaveKb)
  })
  await sentence(() => world.desk().call('runs.start', order))
  for (let waited = 0; waited < 160; waited++) {
    const { app } = await world.desk().call('app.snapshot', undefined)
    if (app.counts.active === 0) break
    await pause(50)
  }
  deaf()
  world.engineDisk.makeRoom()
  await worksAgain(world, known)
}

export function fullCases(theWorld: () => Promise<TightWorld>): ChaosCase[] {
  const all: ChaosCase[] = []
  const add = (name: string, run: (world: TightWorld) => Promise<void>) => all.push({ name, run: async () => run(await theWorld()) })
  for (const kb of [0, 16, 256]) {
    add(`full at the first start, ${kb} kB left`, (world) => fullAtStart(world, kb, false))
    add(`full at a later start, ${kb} kB left`, (world) => fullAtStart(world, kb, true))
  }
  for (const place of ['docker', 'built in'] as const) {
    for (const state of ['queued', 'staging', 'running', 'collecting', 'publishing', 'wiping'] as const) {
      add(`full when ${state}, ${place}, 0 kB left`, (world) => fullIn(world, place, state, 0))
    }
    add(`full when running, ${place}, 16 kB left`, (world) => fullIn(world, place, 'running', 16))
    add(`full when running, ${place}, then killed`, (world) => fullAndKilled(world, place, 'running'))
  }
  add('full when running for two seconds, 0 kB left', (world) => fullIn(world, 'docker, slowly', 'running', 0))
  add('full when results are to wait, 0 kB left', (world) => fullWhileAway(world, 0))
  add('full when results are to wait, 8 kB left', (world) => fullWhileAway(world, 8))
  add('full at a sign-in', (world) => fullWhile(world, 0, () => world.signIn()))
  add('full when a setting is kept', (world) => fullWhile(world, 0, () => world.desk().call('engine.setEndpoint', { endpoint: world.cable.address })))
  for (const kb of [0, 100])
    add(`full while a scan is opened, ${kb} kB left`, (world) =>
      fullWhile(world, kb, async () => {
        const { refs } = await world.order('built in')
        const ref = refs[0]
        if (!ref) throw new Error('no scan')
        const { bulk } = await world.desk().call('scans.open', { ref, operation: 'opening' })
        await world.desk().call('scans.close', { bulk })
      }),
    )
  for (const kb of [0, 100])
    add(`full while a scan is kept for offline, ${kb} kB left`, (world) =>
      fullWhile(world, kb, async () => {
        const { refs } = await world.order('built in')
        const kept = refs.flatMap((ref) => (ref.kind === 'archive' ? [ref] : []))
        await world.desk().call('offline.keep', { refs: kept })
        await pause(1_500)
        await world.desk().call('offline.list', undefined)
        await world.desk().call('offline.forget', { refs: null })
      }),
    )
  add('engine full before a run', (world) => engineFull(world, 'docker', 'before', 100))
  add('engine full to the last block before a run', (world) => engineFull(world, 'docker', 'before', 0))
  add('engine full while files flow in', (world) => engineFull(world, 'docker', 'staging', 300))
  add('engine full while it runs', (world) => engineFull(world, 'docker, slowly', 'running', 0))
  return all
}
