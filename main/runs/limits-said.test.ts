/** What exceeds a limit says so where the person looks: in the run's own message, or at the end of its log. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { readOutputs } from '../engines/docker/outputs.ts'
import { fakeDesk, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

type Made = ReturnType<typeof fakeDesk>['desk']

/** What the engine says of these files, as it reads them with small limits. */
const refused = async (files: Record<string, number>) => {
  const tar = pack()
  for (const [name, size] of Object.entries(files)) tar.entry({ name }, Buffer.alloc(size))
  tar.finalize()
  const limits = { outputBytes: 3_000_000, outputFiles: 2, outputDepth: 2 }
  const bytes = await buffer(tar as unknown as Readable)
  const outcome = await readOutputs(Readable.from([bytes]), limits, new AbortController().signal).catch((fault: unknown) => fault)
  if (!(outcome instanceof ScansideError)) throw new Error('it was let through')
  return outcome
}
const collecting = (files: Record<string, number>) => async (desk: Made) => {
  desk.engine.failAt = 'collect'
  desk.engine.fault = await refused(files)
}
const ending = (exit: Made['engine']['exit']) => (desk: Made) => {
  desk.engine.exit = exit
}

it.each<[string, (desk: Made) => void | Promise<void>, RegExp]>([
  ['too many bytes', collecting({ 'results.json': 3_000_001 }), /^The analysis left more than 3 MB of files\. Nothing of its output was taken/],
  ['too many files', collecting({ a: 1, b: 1, c: 1 }), /^The analysis left more than 2 files\./],
  ['too deep a folder', collecting({ 'a/b/c': 1 }), /^The analysis left folders more than 2 deep\./],
  ['too much memory', ending({ exitCode: 137, outOfMemory: true, timedOut: false }), /needed more memory than it may have/],
  ['too long', ending({ exitCode: 137, outOfMemory: false, timedOut: true }), /did not end in its time and was stopped/],
])('%s', async (_, prepare, message) => {
  const { desk, options } = fakeDesk()
  await prepare(desk)
  const runs = createRuns(options)
  const { runs: ids } = await runs.start({ pipeline: 'p', values: {}, subject: 's', refs: [ref('1')] })
  await runs.idle()
  expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'failed', message: expect.stringMatching(message) })
  expect([desk.engine.things.size, desk.archive.publishes]).toEqual([0, 0])
})
