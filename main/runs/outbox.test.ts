/** Runs and what waits to go home: each keeps its word to the other, over crashes and lost records. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { type Disk, openDisk } from '../outbox/disk.ts'
import { type Outbox, openOutbox } from '../outbox/outbox.ts'
import { openLab } from '../store/lab.ts'
import { fakeDesk, ref } from './fakes.ts'
import { createRuns, type Runs } from './runs.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-runs-outbox-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const start = { pipeline: 'p', values: {}, subject: 'DEMO-MS / P-0142 / V02' }
const unreachable = new ScansideError('unreachable', 'The archive does not answer.')
const memoryLab = () => openLab({ path: null, key: null, chainKey: '11'.repeat(32), now: () => new Date(0) })

type Made = ReturnType<typeof fakeDesk>
/** A life of the application over this folder and these records. */
const live = async ({ desk, options }: Made, change: (disk: Disk) => Disk = (disk) => disk): Promise<{ runs: Runs; outbox: Outbox }> => {
  const outbox = await openOutbox({
    disk: change(await openDisk(folder)),
    key: async () => 'ab'.repeat(32),
    recovery: null,
    archive: options.archive,
    now: options.now,
    report: (error) => desk.faults.push(error),
  })
  return { outbox, runs: createRuns({ ...options, outbox }) }
}
const runOne = async (made: Made, runs: Runs) => {
  const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
  await runs.idle()
  expect(made.desk.engine.things.size).toBe(0)
  return ids[0] ?? ''
}
const waiting = async () => {
  const made = fakeDesk()
  made.desk.archive.fault = unreachable
  const { runs } = await live(made)
  const id = await runOne(made, runs)
  made.desk.archive.fault = null
  return { made, id }
}

describe('results of a run', () => {
  it('are packed before they are sent, and gone from the outbox once the run says they are home', async () => {
    const made = fakeDesk()
    const { runs, outbox } = await live(made)
    const seen: string[][] = []
    const { publish } = made.desk.archive
    made.desk.archive.publish = async (...input) => {
      seen.push(await readdir(folder))
      return publish(...input)
    }
    const id = await runOne(made, runs)
    expect(seen).toEqual([[`${id}.item`]])
    expect(await readdir(folder)).toEqual([])
    expect(runs.get(id).summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(outbox.counts()).toEqual({ waiting: 0, blocked: 0 })
    expect(made.desk.faults).toEqual([])
  })

  it('wait sealed, and go home in the next life', async () => {
    const { made, id } = await waiting()
    expect(await readdir(folder)).toEqual([`${id}.item`])
    const { runs } = await live(made)
    expect(runs.counts()).toMatchObject({ active: 0, waiting: 1 })
    expect(await runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
    expect(runs.get(id)).toMatchObject({ summary: { home: 'read-back', message: null }, receipt: { published: [{}] } })
    expect([await readdir(folder), made.desk.archive.publishes]).toEqual([[], 1])
  })

  it('are on their receipt also where it could not be written at once', async () => {
    const { made, id } = await waiting()
    const { chain } = made.desk.lab
    let full = true
    const addReceipt: typeof chain.addReceipt = (receipt) => {
      if (full) throw new ScansideError('disk-full', 'The disk is full.')
      return chain.addReceipt(receipt)
    }
    const lab = { ...made.desk.lab, chain: { ...chain, addReceipt } }
    const { runs } = await live({ ...made, options: { ...made.options, lab } })
    expect(await runs.sendWaiting()).toEqual({ sent: 0, waiting: 1 })
    full = false
    expect(await runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
    expect(runs.get(id)).toMatchObject({ summary: { home: 'read-back' }, receipt: { published: [{}] } })
    expect([await readdir(folder), made.desk.archive.publishes]).toEqual([[], 1])
  })

  it('get an item at start where an earlier version let them wait without', async () => {
    const { made, id } = await waiting()
    await rm(join(folder, `${id}.item`))
    const { runs, outbox } = await live(made)
    expect(outbox.has(id)).toBe(false)
    made.desk.archive.fault = unreachable
    await runs.sendWaiting()
    expect(await readdir(folder)).toEqual([`${id}.item`])
    made.desk.archive.fault = null
    expect(await runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
  })

  it('go home although their records are lost, and mark the run where they come back', async () => {
    const { made, id } = await waiting()
    const lost: Made = fakeDesk(memoryLab())
    lost.desk.archive.home = made.desk.archive.home
    const { runs, outbox } = await live(lost)
    expect(runs.counts().waiting).toBe(1)
    expect(outbox.list()[0]?.content?.title).toBe('DEMO-MS / P-0142 / V02')
    expect(await runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
    expect([...lost.desk.archive.home.keys()]).toEqual([`XNAT_E1/oct-quality/0.1.0/${id}/results.json`])
    const back = await live(made)
    expect(await back.runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
    expect(made.desk.archive.publishes).toBe(0)
    expect(back.runs.get(id).summary.home).toBe('read-back')
    expect(await readdir(folder)).toEqual([])
  })

  it('stay in the records where the disk is full, and the run says so', async () => {
    const made = fakeDesk()
    made.desk.archive.fault = unreachable
    const full = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
    const { runs } = await live(made, (disk) => ({ ...disk, write: full }))
    const id = await runOne(made, runs)
    expect(runs.get(id).summary).toMatchObject({ state: 'done', home: 'waiting', message: expect.stringMatching(/disk of this computer is full/) })
    expect(made.desk.lab.runs.results(id)).not.toBeNull()
    expect(await readdir(folder)).toEqual([])
    const { runs: again } = await live(made)
    made.desk.archive.fault = null
    expect(await again.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
  })

  it.each([
    ['keep-theirs', 'local', /archive keeps its own file/],
    ['send-beside', 'read-back', null],
    ['replace', 'read-back', null],
  ] as const)('in conflict: %s', async (choice, home, message) => {
    const { made, id } = await waiting()
    const path = `XNAT_E1/oct-quality/0.1.0/${id}/results.json`
    made.desk.archive.home.set(path, Buffer.from('theirs'))
    const { runs, outbox } = await live(made)
    expect(await runs.sendWaiting()).toEqual({ sent: 0, waiting: 1 })
    expect(runs.get(id).summary).toMatchObject({ home: 'waiting', message: expect.stringMatching(/another file/) })
    expect(outbox.counts()).toEqual({ waiting: 0, blocked: 1 })
    await outbox.decide(id, choice)
    expect(runs.get(id).summary.home).toBe(home)
    if (message) expect(runs.get(id).summary.message).toMatch(message)
    expect(Buffer.from(made.desk.archive.home.get(path) ?? []).toString() === 'theirs').toBe(choice !== 'replace')
    expect(made.desk.archive.home.size).toBe(choice === 'send-beside' ? 2 : 1)
    expect([runs.counts().waiting, await readdir(folder)]).toEqual([0, []])
    expect(made.desk.lab.runs.results(id)).not.toBeNull()
    expect(made.desk.lab.chain.broken()).toBeNull()
    await runs.idle()
  })

  it('are tried again on a person’s word also where others are being sent just then', async () => {
    const { made, id } = await waiting()
    made.desk.archive.fault = new ScansideError('forbidden', 'The archive does not let this account write there.')
    const { runs, outbox } = await live(made)
    await runs.sendWaiting()
    expect(outbox.counts()).toEqual({ waiting: 0, blocked: 1 })
    made.desk.archive.fault = null
    const [, word] = await Promise.all([runs.sendWaiting(), runs.sendWaiting('again')])
    expect(word).toMatchObject({ waiting: 0 })
    expect(runs.get(id).summary.home).toBe('read-back')
  })

  it('of two runs that end while the archive is away go home in their order', async () => {
    const made = fakeDesk()
    made.desk.archive.fault = unreachable
    const { runs } = await live(made)
    const first = await runOne(made, runs)
    const second = await runOne(made, runs)
    made.desk.archive.fault = null
    const third = await runOne(made, runs)
    expect([...made.desk.archive.home.keys()].map((key) => key.split('/')[3])).toEqual([first, second, third])
    expect([first, second, third].map((id) => runs.get(id).summary.home)).toEqual(['read-back', 'read-back', 'read-back'])
    expect(runs.counts()).toEqual({ active: 0, waiting: 0, owed: 0 })
  })
})
