/** What must hold once the application has settled, whatever happened before. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { resultsSchema } from '../../oct/results.ts'
import type { RunSummary } from '../../preload/contract.ts'
import { type ChaosWorld, runsOf, shown } from './world.ts'

/** Files below the application's folders that hold the patient's name or a row of the scan's pixels. */
export function clearFiles(world: ChaosWorld): string[] {
  return world.folders().flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const file = join(folder, name)
      // What was there while the folder was read may be gone by now.
      if (!existsSync(file) || !statSync(file).isFile()) return false
      const bytes = readFileSync(file)
      return world.side.markers.some((marker) => bytes.includes(marker))
    }),
  )
}

/** `tokens`: the desk's own. Nothing is left: on the engine, on the disk, in the archive, in the outbox, on the list of what is owed; and the chain of receipts is whole. */
export async function nothingLeft(world: ChaosWorld, tokens = 1): Promise<void> {
  assert.deepEqual(world.engine.things(world.install()), [], 'containers and volumes left on the engine')
  assert.deepEqual(clearFiles(world), [], 'files in the clear')
  assert.ok(world.side.tokens() <= tokens, `${world.side.tokens()} tokens live in the archive; the desk's own are ${tokens}`)
  const outbox = join(world.desk().home, 'outbox')
  const items = existsSync(outbox) ? readdirSync(outbox).filter((name) => name.endsWith('.item')) : []
  assert.deepEqual(items, [], 'items left in the outbox')
  const { app } = await world.desk().call('app.snapshot', undefined)
  assert.deepEqual(
    [app.counts, app.outbox],
    [
      { active: 0, waiting: 0, owed: 0 },
      { waiting: 0, blocked: 0 },
    ],
  )
  const { broken } = await world.desk().call('audit.status', undefined)
  assert.equal(broken, null, 'the chain of receipts')
}

/** A receipt that says all is removed. */
async function receiptOf(world: ChaosWorld, run: RunSummary): Promise<void> {
  const { receipt } = await world.desk().call('runs.get', { run: run.id })
  assert.ok(receipt, `no receipt for a run that is ${run.state}`)
  assert.deepEqual([receipt.complete, receipt.owed], [true, []], 'the receipt')
}

/** The run is done, its result was read back, and it lies in the archive once, with the bytes this desk knows. */
export async function doneOnce(world: ChaosWorld, run: RunSummary): Promise<void> {
  assert.deepEqual([run.state, run.home, run.message], ['done', 'read-back', null], JSON.stringify(shown(run)))
  const { results, receipt } = await world.desk().call('runs.get', { run: run.id })
  const files = await world.side.filesOf(run.id)
  assert.equal(files.length, 1, `files in the archive: ${files.map(({ name }) => name).join(', ')}`)
  const bytes = files[0]?.bytes ?? Buffer.alloc(0)
  assert.deepEqual(resultsSchema.parse(JSON.parse(bytes.toString('utf8'))), results, 'what the archive has and what the desk knows')
  assert.equal(world.side.stored(run.id), 1, 'times the archive stored it')
  assert.deepEqual(
    receipt?.published.map(({ size, md5 }) => ({ size, md5 })),
    [{ size: bytes.length, md5: createHash('md5').update(bytes).digest('hex') }],
    'what the receipt says was published',
  )
  await receiptOf(world, run)
}

/** What a run that could not be ended must say: that nothing was lost, without a technical word. */
const safe = /untouched|nothing (?:was|is) (?:lost|changed|judged|sent|analysed)|(?:is|are|was|were|it) kept|safe|still (?:in|here)|again/i
const technical = /ECONN|ENOENT|EPIPE|undici|TypeError|socket hang up|\bat \/|\/var\/run|undefined|HTTP code/

export function tellsPlainly(message: string | null): void {
  assert.ok(message, 'no sentence')
  assert.match(message, safe)
  assert.doesNotMatch(message, technical)
}

/** Failed with a sentence, nothing published; or done and home once. */
export async function endedWell(world: ChaosWorld, run: RunSummary): Promise<'done' | 'failed'> {
  if (run.state === 'done') {
    await doneOnce(world, run)
    return 'done'
  }
  assert.equal(run.state, 'failed', JSON.stringify(shown(run)))
  tellsPlainly(run.message)
  assert.equal(world.side.stored(run.id), 0, 'a failed run published something')
  return 'failed'
}

/** Runs that began since. */
export const runsSince = async (world: ChaosWorld, known: ReadonlySet<string>): Promise<RunSummary[]> =>
  (await runsOf(world)).filter(({ id }) => !known.has(id))
