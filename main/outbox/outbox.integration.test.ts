/** The outbox against the demo's archive over HTTPS, with XNAT's traps and the network's. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startLab, type TestLab } from '../archive/lab.fixture.ts'
import { shownItem } from './answers.ts'
import { openDisk } from './disk.ts'
import { keepRecords } from './fakes.ts'
import { type NewItem, type Outbox, openOutbox } from './outbox.ts'

let lab: TestLab
let folder = ''
let faults: unknown[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-outbox-'))
  faults = []
  lab = await startLab()
  await lab.signIn()
})
afterEach(async () => {
  await lab.stop()
  await rm(folder, { recursive: true, force: true })
})

const never = new AbortController().signal
const bytes = Buffer.from(JSON.stringify({ schema: '1.0', text: 'µ'.repeat(60_000) }))
const digest = createHash('md5').update(bytes).digest('hex')
const name = (id: string) => `oct-quality/0.1.0/${id}/results.json`

const opened = async (): Promise<Outbox> =>
  openOutbox({
    disk: await openDisk(folder),
    key: async () => 'ab'.repeat(32),
    recovery: null,
    archive: () => ({ id: 'xnat', demo: false, archive: lab.xnat }),
    now: () => new Date(lab.clock.ms),
    report: (error) => faults.push(error),
  })
const item = async (id: string, project = 'P'): Promise<NewItem> => {
  const [row] = (await lab.xnat.sessions(project, 0, 1)).rows
  const session = { project, subject: row?.subjectId ?? '', session: row?.id ?? '' }
  return {
    id,
    kind: 'results',
    createdAt: '2026-11-23T04:00:00.000Z',
    content: { archive: 'xnat', session, name: name(id), run: id, title: 'P-0142', machine: false },
    bytes,
    demo: false,
  }
}
/** What the archive holds of a project's results: paths and digests. */
const stored = (project: string) =>
  Promise.all(
    [...lab.archive.lab.experiments.values()]
      .filter((one) => one.project === project)
      .flatMap((one) => one.resources.flatMap((resource) => [...resource.files.values()]))
      .filter(({ catalogued }) => catalogued)
      .map(async (file) => [file.path, await file.bytes.digest()]),
  )
const shown = (outbox: Outbox) => outbox.list().map((entry) => shownItem(entry, true))

it('brings items home over a restart, once, and leaves nothing', async () => {
  const first = await opened()
  for (const id of ['run-1', 'run-2']) await first.put(await item(id))
  lab.faults.set({ path: '/files', stall: false, failNext: 1 })
  expect(await first.send(never)).toEqual({ sent: 1, tried: 2 })
  const outbox = await opened()
  const home = new Set<string>()
  keepRecords(outbox, home)
  expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
  expect((await stored('P')).sort()).toEqual(['run-1', 'run-2'].map((id) => [name(id), digest]))
  expect(await readdir(folder)).toEqual([])
  expect(faults).toEqual([])
})

it.each([
  ['an upload that breaks off and leaves a piece', { path: '/files/', resetUploadAfter: 50_000, resets: 1 }, 'waiting'],
  ['a full disk', { room: 0 }, 'waiting'],
  ['web pages for lists', { htmlForJson: true }, 'waiting'],
])('waits over %s, then arrives', async (_what, fault, state) => {
  const outbox = await opened()
  await outbox.put(await item('run-1'))
  lab.faults.set(fault)
  await outbox.send(never)
  expect(shown(outbox)).toMatchObject([{ state, message: expect.stringMatching(/kept here/) }])
  lab.faults.clear()
  // What broke may have left a connection that is noticed as dead only when it is used.
  const { sent } = await outbox.send(never)
  expect(sent + (await outbox.send(never)).sent).toBe(1)
  expect(await stored('P')).toEqual([[name('run-1'), digest]])
  expect(await readdir(folder)).toEqual([])
})

it('is refused where the account may only look, and goes home once it may write', async () => {
  const outbox = await opened()
  await outbox.put(await item('run-1', 'READ'))
  await outbox.send(never)
  expect(shown(outbox)).toMatchObject([{ state: 'refused', choices: ['retry', 'discard'], message: expect.stringMatching(/right to edit/) }])
  expect(await stored('READ')).toEqual([])
  lab.archive.lab.projects.get('READ')?.roles.set('jk', 'member')
  await outbox.decide('run-1', 'retry')
  expect(await stored('READ')).toEqual([[name('run-1'), digest]])
  expect(await readdir(folder)).toEqual([])
})

it('renews the session in the middle, and shows a conflict with its choices', async () => {
  const outbox = await opened()
  const one = await item('run-1')
  await lab.xnat.publish(one.content.session, name('run-1'), Buffer.from('other'), never)
  lab.archive.gate.sessions.clear()
  await outbox.put(one)
  await outbox.send(never)
  expect(shown(outbox)).toMatchObject([{ state: 'conflict', theirs: { size: 5 } }])
  await outbox.decide('run-1', 'send-beside')
  const found = (await stored('P')).sort()
  expect(found).toEqual([
    [`oct-quality/0.1.0/run-1/beside-${digest.slice(0, 8)}/results.json`, digest],
    [name('run-1'), createHash('md5').update('other').digest('hex')],
  ])
  expect(await readdir(folder)).toEqual([])
})
