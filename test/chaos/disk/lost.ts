/** What a damaged file must not cost: things on the engine that only it knew of, and results that wait. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runsSince } from '../aftermath.ts'
import type { ChaosCase } from '../part.ts'
import { runsOf, settled } from '../world.ts'
import { worksAgain } from './full.ts'
import type { TightWorld } from './tight-world.ts'

const knownRuns = async (world: TightWorld) => new Set((await runsOf(world)).map(({ id }) => id))

/** Killed while a container runs, and then these files are damaged: the next life removes what it cannot know of. */
async function owedAndLost(world: TightWorld, files: string[]): Promise<void> {
  const known = await knownRuns(world)
  await world.desk().call('runs.start', await world.order('docker, slowly'))
  for (let waited = 0; waited < 200; waited++) {
    if ((await runsSince(world, known)).some(({ state }) => state === 'running')) break
    await pause(50)
  }
  await pause(300)
  const install = world.install()
  await world.desk().kill()
  assert.notDeepEqual(world.engine.things(install), [], 'nothing was there to be lost')
  const home = join(world.disk.folder, 'home')
  for (const name of files) {
    writeFileSync(join(home, name), Buffer.alloc(9_000, 0x5a))
    for (const end of ['-wal', '-shm']) rmSync(join(home, `${name}${end}`), { force: true })
  }
  await world.live()
  assert.equal(world.install(), install, 'it is another installation now')
  await world.signIn()
  for (let waited = 0; waited < 300 && world.engine.things(install).length > 0; waited++) await pause(100)
  await settled(world)
  assert.deepEqual(world.engine.things(install), [], 'left on the engine')
  await worksAgain(world, known)
}

const itemsIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.item')) : [])

/** A run whose result is packed and waits, for the archive does not take it until nobody meddles any more. */
async function resultWaits(world: TightWorld) {
  const known = await knownRuns(world)
  const order = await world.order('built in')
  world.side.middle.meddle((asked) => (asked.method === 'PUT' ? { kind: 'cut-before' } : null))
  await world.desk().call('runs.start', order)
  const outbox = join(world.desk().home, 'outbox')
  for (let waited = 0; waited < 400; waited++) {
    const { app } = await world.desk().call('app.snapshot', undefined)
    if (app.counts.active === 0 && itemsIn(outbox).length > 0) break
    await pause(50)
  }
  const [run] = await runsSince(world, known)
  return { run, outbox }
}

/** A result waits for an archive that does not take it, and its packed copy or the records are damaged meanwhile. */
async function waitingAndDamaged(world: TightWorld, damage: 'records' | 'records and list', kill: boolean): Promise<void> {
  const { run, outbox } = await resultWaits(world)
  assert.ok(run)
  assert.equal(itemsIn(outbox).length, 1, 'the result is not packed')
  if (kill) await world.desk().kill()
  else await world.rest()
  const home = join(world.disk.folder, 'home')
  for (const name of damage === 'records' ? ['lab.db'] : ['lab.db', 'owed.db']) {
    writeFileSync(join(home, name), Buffer.alloc(9_000, 0x5a))
    for (const end of ['-wal', '-shm']) rmSync(join(home, `${name}${end}`), { force: true })
  }
  world.side.middle.meddle(null)
  await world.live()
  await world.signIn()
  for (let waited = 0; waited < 300 && itemsIn(outbox).length > 0; waited++) {
    if (waited % 20 === 10)
      await world
        .desk()
        .call('outbox.send', undefined)
        .catch(() => undefined)
    await pause(100)
  }
  assert.equal(world.side.stored(run.id), 1, 'times the archive stored what waited')
  assert.equal((await world.side.filesOf(run.id)).length, 1)
  await worksAgain(world, new Set())
}

/** The packed copy itself is damaged: it is kept with its bytes and shown, and what the records hold still goes home once. */
async function itemDamaged(world: TightWorld, how: 'header' | 'midst' | 'half' | 'empty'): Promise<void> {
  const { run, outbox } = await resultWaits(world)
  const [name] = itemsIn(outbox)
  assert.ok(run && name)
  await world.rest()
  const file = join(outbox, name)
  const whole = readFileSync(file)
  const bytes = Buffer.from(how === 'half' ? whole.subarray(0, whole.length / 2) : how === 'empty' ? Buffer.alloc(0) : whole)
  if (how === 'header') bytes.fill(0x5a, 0, 40)
  if (how === 'midst') bytes.fill(0x5a, bytes.length - 200, bytes.length - 100)
  writeFileSync(file, bytes)
  world.side.middle.meddle(null)
  await world.live()
  await world.signIn()
  for (let waited = 0; waited < 200 && world.side.stored(run.id) === 0; waited++) {
    if (waited % 20 === 10)
      await world
        .desk()
        .call('outbox.send', undefined)
        .catch(() => undefined)
    await pause(100)
  }
  assert.equal(world.side.stored(run.id), 1, 'times the archive stored what waited')
  await pause(500)
  const kept = readdirSync(outbox).some((other) => bytes.length === 0 || readFileSync(join(outbox, other)).equals(bytes))
  assert.ok(kept || itemsIn(outbox).length === 0, 'the damaged item was written over')
  // What cannot be opened is somebody's to decide on; here it is put away.
  await world.rest()
  for (const other of readdirSync(outbox)) rmSync(join(outbox, other))
  await world.live()
  await world.signIn()
  await worksAgain(world, new Set())
}

export function lostCases(theWorld: () => Promise<TightWorld>): ChaosCase[] {
  const all: ChaosCase[] = []
  const add = (name: string, run: (world: TightWorld) => Promise<void>) => all.push({ name, run: async () => run(await theWorld()) })
  for (const files of [['owed.db'], ['lab.db'], ['lab.db', 'owed.db'], ['installation'], ['lab.db', 'installation']])
    add(`killed while a container runs, then ${files.join(' and ')} damaged`, (world) => owedAndLost(world, files))
  add('a result waits, and the records are damaged', (world) => waitingAndDamaged(world, 'records', false))
  add('a result waits, the application is killed and its records and its list are damaged', (world) =>
    waitingAndDamaged(world, 'records and list', true),
  )
  for (const how of ['header', 'midst', 'half', 'empty'] as const)
    add(`a result waits, and its packed copy is damaged: ${how}`, (world) => itemDamaged(world, how))
  return all
}
