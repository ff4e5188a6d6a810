/** The archive fails in every way it can, at each stage of what is asked of it; once it is well again every result is home once. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultState } from '../../demo/faults.ts'
import { doneOnce, runsSince, tellsPlainly } from './aftermath.ts'
import type { Ordeal } from './ordeal.ts'
import type { ChaosCase } from './part.ts'
import { type ChaosWorld, type Place, settled, shown } from './world.ts'

export interface ArchiveFigures {
  faults: number
  /** Results that waited while the archive was ill. */
  waited: number
  /** Runs that failed before they had a result, and were started again. */
  begunAnew: number
  home: number
}

interface Fault {
  name: string
  switches: Partial<FaultState>
  /** What the person is told, where they are told anything. */
  says: RegExp
  /** For uploads, for downloads, or for any request. */
  of: 'any' | 'upload' | 'download' | 'list'
}

const fault = (name: string, switches: Partial<FaultState>, says: RegExp, of: Fault['of'] = 'any'): Fault => ({ name, switches, says, of })
const signInAgain = /sign(?:ed)? ?-?in|password|token/i
const ill = /fault of its own|does not answer|cannot be reached|in time|busy/i
const broken = /cut|broke|cannot be reached|connection|less of the file|arrive/i
const noRight = /right|does not let|may not|owner|let this account/i

const faults: Fault[] = [
  fault('401', { unauthorized: true }, signInAgain),
  fault('401 once', { unauthorized: true, hits: 1 }, signInAgain),
  fault('403', { forbidden: true }, noRight),
  fault('500', { failNext: 1_000_000 }, ill),
  fault('500 once', { failNext: 1 }, ill),
  fault('503 with Retry-After', { retryAfter: 1 }, ill),
  fault('503 once', { retryAfter: 1, hits: 1 }, ill),
  fault('reset before a byte', { resetAfter: 0 }, broken),
  fault('reset once', { resetAfter: 0, resets: 1 }, broken),
  fault('reset after 100,000 bytes', { resetAfter: 100_000 }, broken, 'download'),
  fault('reset after 100,000 bytes, once', { resetAfter: 100_000, resets: 1 }, broken, 'download'),
  fault('reset after 100 bytes of the upload', { resetUploadAfter: 100 }, broken, 'upload'),
  fault('reset after 100 bytes of the upload, once', { resetUploadAfter: 100, resets: 1 }, broken, 'upload'),
  fault('200 with duplicates', { duplicates: true }, /of this name|did not replace|again/i, 'upload'),
  fault('200 and nothing stored', { swallow: true }, noRight, 'upload'),
  fault('disk full', { room: 0 }, /no space/i, 'upload'),
  fault('HTML for JSON', { htmlForJson: true }, /web page|not an XNAT|page|sign/i, 'list'),
  // 30 s in the world.
  fault('no answer for 3 s', { latency: 3_000, hits: 1 }, ill),
]

/** What is there may be no archive at all: nobody was signed in to it yet. */
const strange = /not an XNAT archive/

interface Stage {
  name: string
  path: string
  method: string
  takes: Fault['of'][]
  /** `upload`: from the moment at which the archive has stored the file. */
  from: 'begin' | 'upload'
}

const scanFiles = '/scans/1/'
/** Of the session alone: the project has a resource of that name too. */
const results = 'XNAT_E00001/resources/SCANSIDE/files'
const stages: Record<'files' | 'download' | 'publishing' | 'reading back', Stage> = {
  files: { name: 'the scan’s files', path: `${scanFiles}files?`, method: 'GET', takes: ['any', 'list'], from: 'begin' },
  download: { name: 'the download', path: `${scanFiles}resources/`, method: 'GET', takes: ['any', 'download'], from: 'begin' },
  publishing: { name: 'publishing', path: `${results}/`, method: 'PUT', takes: ['any', 'upload'], from: 'begin' },
  'reading back': { name: 'reading back', path: results, method: 'GET', takes: ['any', 'list'], from: 'upload' },
}
const fits = ({ takes }: Pick<Stage, 'takes'>) => faults.filter(({ of }) => takes.includes(of))

/** Falls ill now, or when the archive has stored the next file. */
function fallIll(there: ChaosWorld, { switches }: Fault, { path, method, from }: Pick<Stage, 'path' | 'method' | 'from'>): void {
  const set = () => there.side.faults.set({ path, method, ...switches })
  if (from === 'begin') {
    set()
    return
  }
  there.side.middle.onAnswered((asked) => {
    if (asked.method === 'PUT' && asked.path.includes(results)) set()
  })
}

/** Waits until it was ill to somebody: a fault that nobody meets shows nothing. */
async function met(there: ChaosWorld, { switches }: Fault): Promise<void> {
  const untouched = () => there.side.faults.state.hits === (switches.hits ?? Number.MAX_SAFE_INTEGER)
  for (let waited = 0; waited < 600 && untouched(); waited++) await pause(100)
  assert.ok(!untouched(), 'nobody met the fault')
}

/** Well again: whoever must sign in does, and what waits for a person's word gets it. */
async function getWell(there: ChaosWorld): Promise<void> {
  there.side.middle.onAnswered(null)
  there.side.middle.meddle(null)
  there.side.faults.clear()
  const desk = there.desk()
  const { app } = await desk.call('app.snapshot', undefined)
  if (app.session.state === 'offline') await desk.call('archive.projects', undefined).catch(() => undefined)
  if (app.session.state === 'expired' || app.session.state === 'signed-out') await there.signIn()
  const { items } = await desk.call('outbox.list', undefined)
  for (const item of items) {
    if (item.state === 'waiting' || item.state === 'sending') continue
    assert.ok(item.choices.includes('retry'), `an item that is ${item.state} cannot be tried again`)
    await desk.call('outbox.decide', { item: item.id, choice: 'retry' })
  }
  await desk.call('outbox.send', undefined)
}

/** Waits until the runs have ended or wait, or for so long. */
async function quiet(there: ChaosWorld, ms: number): Promise<void> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    const { app } = await there.desk().call('app.snapshot', undefined)
    if (app.counts.active === 0) return
    await pause(50)
  }
}

/** What waits says why, in plain words; what is called home is in the archive. Answers how many wait. */
async function toldMeanwhile(there: ChaosWorld, says: RegExp, known: ReadonlySet<string>): Promise<number> {
  const { items } = await there.desk().call('outbox.list', undefined)
  for (const { message, state } of items) {
    if (state === 'sending') continue
    tellsPlainly(message)
    assert.match(message ?? '', says)
  }
  for (const run of await runsSince(there, known)) {
    if (run.home === 'read-back') assert.equal(there.side.stored(run.id), 1, 'called home, and not stored once')
    if (run.state !== 'failed') continue
    tellsPlainly(run.message)
    assert.match(run.message ?? '', says)
  }
  return items.length
}

export function archiveCases(ordeal: Ordeal, figures: ArchiveFigures): ChaosCase[] {
  /** Everything is home once; whoever failed before there was a result is started again. */
  const judge = async (there: ChaosWorld, known: ReadonlySet<string>, place: Place) => {
    await settled(there)
    const ended = await runsSince(there, known)
    const failed = ended.filter(({ state }) => state === 'failed')
    if (failed.length > 0) {
      for (const run of failed) assert.equal(there.side.stored(run.id), 0, 'a failed run published something')
      figures.begunAnew++
      await there.desk().call('runs.start', await there.order(place))
      await settled(there)
    }
    const all = (await runsSince(there, known)).filter(({ state }) => state !== 'failed')
    assert.equal(all.length, 1, 'runs that are not failed')
    for (const run of all) await doneOnce(there, run)
    figures.home += all.length
    await ordeal.end()
  }

  const ofRun = (place: Place, stage: Stage, one: Fault) => async () => {
    const { there, known } = await ordeal.begin()
    const order = await there.order(place)
    fallIll(there, one, stage)
    figures.faults++
    await there.desk().call('runs.start', order)
    await met(there, one)
    await quiet(there, 6_000)
    figures.waited += await toldMeanwhile(there, one.says, known)
    await getWell(there)
    await judge(there, known, place)
  }

  /** A result waits because the archive was away; then it is there again, and ill. */
  const ofSending = (place: Place, one: Fault) => async () => {
    const { there, known } = await ordeal.begin()
    const order = await there.order(place)
    there.side.middle.meddle(({ path }) => (path.includes(results) ? { kind: 'cut-before' } : null))
    await there.desk().call('runs.start', order)
    await quiet(there, 6_000)
    there.side.middle.meddle(null)
    const told = (await runsSince(there, known)).map(shown)
    assert.equal((await there.desk().call('outbox.list', undefined)).total, 1, `results that wait: ${JSON.stringify(told)}`)
    fallIll(there, one, { path: results, method: '', from: 'begin' })
    figures.faults++
    if ((await there.desk().call('app.snapshot', undefined)).app.session.state === 'offline')
      await there
        .desk()
        .call('archive.projects', undefined)
        .catch(() => undefined)
    await there
      .desk()
      .call('outbox.send', undefined)
      .catch(() => undefined)
    await met(there, one)
    figures.waited += await toldMeanwhile(there, one.says, known)
    await getWell(there)
    await judge(there, known, place)
  }

  /** Asks, is refused in plain words or gets the right answer, and gets it once the archive is well. */
  const ofAsking = (one: Fault, path: string, ask: (there: ChaosWorld) => Promise<unknown>) => async () => {
    const { there } = await ordeal.begin()
    const right = JSON.stringify(await ask(there))
    fallIll(there, one, { path, method: 'GET', from: 'begin' })
    figures.faults++
    const told = await ask(there).then(JSON.stringify, (error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    if (told instanceof Error) {
      if (!strange.test(told.message)) assert.match(told.message, one.says)
      assert.doesNotMatch(told.message, /ECONN|undici|undefined|TypeError/)
    } else assert.equal(told, right, 'an answer that is not whole')
    await getWell(there)
    assert.equal(JSON.stringify(await ask(there)), right, 'the answer of an archive that is well')
    await settled(there)
    // A token whose issue nobody heard of is known to nobody; the archive forgets it after two days.
    await ordeal.end(path === '' && one.switches.resetAfter !== undefined ? 2 : undefined)
  }
  const sessions = (there: ChaosWorld) => there.desk().call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 })

  const all: ChaosCase[] = []
  for (const one of fits({ takes: ['any'] }))
    all.push({ name: `archive: ${one.name} at the sign-in`, run: ofAsking(one, '', (there) => there.signIn()) })
  for (const one of fits({ takes: ['any', 'list'] }))
    all.push({ name: `archive: ${one.name} at a listing`, run: ofAsking(one, '/experiments', sessions) })
  let turn = 0
  for (const stage of Object.values(stages))
    for (const one of fits(stage)) {
      const place = turn++ % 2 === 0 ? 'docker' : 'built in'
      all.push({ name: `archive: ${one.name} at ${stage.name} (${place})`, run: ofRun(place, stage, one) })
    }
  for (const one of fits({ takes: ['any', 'list', 'upload'] }))
    all.push({ name: `archive: ${one.name} when what waits is sent`, run: ofSending('built in', one) })
  return all
}
