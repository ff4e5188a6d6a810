/** Hundreds of short runs, eight under way at once, while everything around them fails now and then. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Input, RunSummary } from '../../preload/contract.ts'
import { loadPipeline } from '../openstack/pipeline.ts'
import { doneOnce, nothingLeft, tellsPlainly } from './aftermath.ts'
import { hostileArchive, piecesOf } from './hostile/image.ts'
import { type Memory, measurable, memoryOf } from './memory.ts'
import { randomOf } from './random.ts'
import { type ChaosWorld, openChaosWorld, settled } from './world.ts'

const atOnce = 8
const badImage = 'scanside-test/bad:1.0'
const bad = [
  { name: 'bad-end', script: 'exit 3' },
  { name: 'bad-results', script: 'echo "<html>" >/output/results.json' },
  { name: 'bad-link', script: 'ln -s / /output/results.json' },
  { name: 'bad-silence', script: 'exit 0' },
]

/** What is meant to become of a run. */
type Meant = 'home' | 'failed' | 'cancelled'

export interface SoakOutcome {
  runs: number
  done: number
  failed: number
  cancelled: number
  /** By kind, how often it struck. */
  faults: Map<string, number>
  /** After the fiftieth run (or a third of fewer), and at the end. */
  early: Memory
  late: Memory
}

export async function openSoakWorld(): Promise<ChaosWorld> {
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = [before, measurable].filter(Boolean).join(' ')
  try {
    const world = await openChaosWorld()
    await loadPipeline(world.engine.docker, 'soak', 1)
    for await (const _ of await world.engine.docker.loadImage(piecesOf(await hostileArchive(badImage, bad))));
    return world
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  }
}

/** Orders by what is meant; each over one ring scan of the demo's first session. */
async function ordersOf(world: ChaosWorld) {
  const desk = world.desk()
  const base = await world.order('docker')
  let all = await desk.call('pipelines.list', undefined)
  for (let waited = 0; waited < 100 && !all.some(({ name }) => name === 'bad-link'); waited++) {
    await pause(100)
    all = await desk.call('pipelines.list', undefined)
  }
  const find = (which: (one: (typeof all)[number]) => boolean): string => all.find(which)?.id ?? ''
  const second = find(({ image }) => image === 'scanside-test/look-soak:1.0')
  const builtin = find((one) => one.builtin === true)
  const broken = bad.map(({ name }) => find((one) => one.name === name))
  assert.ok([second, builtin, ...broken].every(Boolean), 'a pipeline of the soak is missing')
  const scans = ['1', '3']
  return (random: () => number): { order: Input<'runs.start'>; meant: Meant } => {
    const scan = scans[Math.floor(random() * scans.length)] ?? '1'
    const refs = base.refs.map((ref) => (ref.kind === 'archive' ? { ...ref, scan } : ref))
    const which = random()
    if (which < 0.6) return { order: { ...base, refs, pipeline: second }, meant: 'home' }
    if (which < 0.75) return { order: { ...base, refs, pipeline: builtin }, meant: 'home' }
    if (which < 0.87) return { order: { ...base, refs, pipeline: broken[Math.floor(random() * broken.length)] ?? '' }, meant: 'failed' }
    return { order: { ...base, refs, pipeline: second }, meant: 'cancelled' }
  }
}

/** What goes wrong around the runs; each mends itself after a while. */
function faultsOf(world: ChaosWorld, random: () => number): Record<string, () => Promise<void>> {
  const { faults } = world.side
  const forAWhile = async (change: Parameters<typeof faults.set>[0]) => {
    faults.set(change)
    await pause(200 + random() * 800)
    faults.clear()
  }
  return {
    'archive answers 500': () => forAWhile({ failNext: 1 + Math.floor(random() * 5) }),
    'archive breaks answers off': () => forAWhile({ resetAfter: Math.floor(random() * 400_000), resets: 3 }),
    'archive breaks uploads off': () => forAWhile({ resetUploadAfter: Math.floor(random() * 800), resets: 2 }),
    'archive is slow': () => forAWhile({ latency: 200 }),
    'archive sends pages for JSON': () => forAWhile({ htmlForJson: true }),
    'archive refuses everybody': () => forAWhile({ unauthorized: true }),
    async 'engine is cut off'() {
      await world.cable.cut()
      await pause(200 + random() * 1_500)
      await world.cable.mend()
    },
  }
}

const allRuns = async (world: ChaosWorld): Promise<RunSummary[]> => {
  const rows: RunSummary[] = []
  for (;;) {
    const page = await world.desk().call('runs.list', { offset: rows.length, limit: 200 })
    rows.push(...page.rows)
    if (page.rows.length === 0 || rows.length >= page.total) return rows
  }
}

const measured = (world: ChaosWorld): Promise<Memory> => memoryOf(world.desk().pid, world.desk().output())

/** Lets so many runs happen. @throws AssertionError where anything is lost or left */
export async function soak(world: ChaosWorld, runs: number, seed: number): Promise<SoakOutcome> {
  const random = randomOf(seed)
  const known = new Set((await allRuns(world)).map(({ id }) => id))
  const next = await ordersOf(world)
  const faults = faultsOf(world, random)
  const names = Object.keys(faults)
  const struck = new Map<string, number>()
  const meant = new Map<string, Meant>()
  const measuredAt = Math.min(50, Math.floor(runs / 3))
  let early: Memory | null = null
  let fault: Promise<void> = Promise.resolve()
  let faulty = false
  const strike = () => {
    if (faulty) return
    faulty = true
    const name = names[Math.floor(random() * names.length)] ?? ''
    struck.set(name, (struck.get(name) ?? 0) + 1)
    fault = (faults[name] ?? (async () => {}))().finally(() => {
      faulty = false
    })
  }
  const cancelSoon = async (run: string) => {
    await pause(random() * 2_000)
    // It may have ended by itself.
    await world
      .desk()
      .call('runs.cancel', { run })
      .catch(() => undefined)
  }
  const cancels: Promise<void>[] = []
  const active = async (): Promise<number> => {
    const { app } = await world.desk().call('app.snapshot', undefined)
    // A refusal of everybody ends the sign-in; whoever sits there signs in again.
    if (app.session.state !== 'signed-in' && !faulty) await world.signIn().catch(() => undefined)
    return app.counts.active
  }
  for (let begun = 0; begun < runs; ) {
    if ((await active()) >= atOnce) {
      await pause(50)
      continue
    }
    if (begun === measuredAt && !early) {
      await fault
      await settled(world, 240)
      early = await measured(world)
    }
    if (random() < 0.1) strike()
    const one = next(random)
    const started = await world
      .desk()
      .call('runs.start', one.order)
      .catch(() => null)
    const run = started?.runs[0]
    if (run === undefined) {
      await pause(200)
      continue
    }
    meant.set(run, one.meant)
    if (one.meant === 'cancelled') cancels.push(cancelSoon(run))
    begun++
    if (begun % 50 === 0) console.log(`    ${begun} begun`)
  }
  await Promise.all(cancels)
  await fault
  world.side.faults.clear()
  for (let tries = 0; tries < 3; tries++) await active()
  await settled(world, 240)
  const late = await measured(world)
  console.log(`    held ${early?.held} then ${late.held}, resident ${early?.resident} then ${late.resident} bytes`)
  const ended = (await allRuns(world)).filter(({ id }) => !known.has(id))
  assert.equal(ended.length, runs, 'runs the desk knows')
  for (const run of ended) await judged(world, run, meant.get(run.id) ?? 'home')
  await nothingLeft(world)
  const count = (state: RunSummary['state']) => ended.filter((run) => run.state === state).length
  assert.ok(early)
  // A fault may end a run with a sentence; where most end so, nothing is carried home any more.
  const toGoHome = [...meant.values()].filter((one) => one === 'home').length
  assert.ok(count('done') * 2 > toGoHome, `${count('done')} of ${toGoHome} runs that were meant to are done`)
  return { runs, done: count('done'), failed: count('failed'), cancelled: count('cancelled'), faults: struck, early, late }
}

/** A run ends as it was meant, or with a sentence; a result is home once, and where there is none nothing is. */
async function judged(world: ChaosWorld, run: RunSummary, meant: Meant): Promise<void> {
  if (run.state === 'done') {
    assert.notEqual(meant, 'failed', 'a run of a bad pipeline is done')
    await doneOnce(world, run)
    return
  }
  if (run.state === 'cancelled') assert.equal(meant, 'cancelled')
  else {
    assert.equal(run.state, 'failed')
    tellsPlainly(run.message)
  }
  assert.equal(world.side.stored(run.id), 0, 'a run that is not done has published something')
}
