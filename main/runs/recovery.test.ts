import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { RunState } from '../../preload/contract.ts'
import type { OwedThing } from '../engines/engine.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { fakeDesk, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

const at = '2026-01-01T00:00:00.000Z'
const record = (id: string, state: RunState, change: Partial<RunRecord> = {}): RunRecord => ({
  id,
  pipeline: { name: 'oct-quality', version: '0.1.0' },
  state,
  outcome: null,
  subject: 's',
  scans: 1,
  startedBy: 'erna',
  createdAt: at,
  endedAt: null,
  verdicts: [],
  message: null,
  home: 'none',
  demo: false,
  archive: 'xnat.example',
  session: { project: 'P', subject: 'S', session: 'XNAT_E1' },
  refs: [ref('1')],
  image: { name: 'i', digest: 'd' },
  engine: 'docker 28.2.2',
  ...change,
})

/** A desk as a crash left it: the record says `state`, and the engine holds the run's things. */
const crashed = (state: RunState, change: Partial<RunRecord> = {}) => {
  const made = fakeDesk()
  const { desk } = made
  const dead = record('dead', state, change)
  desk.lab.runs.save(dead, { state, at, note: '' })
  if (state !== 'queued') {
    for (const kind of ['container', 'volume'] as const) {
      const thing: OwedThing = { runId: 'dead', engine: 'docker', kind, name: `scanside-dead-${kind}` }
      desk.debts.incur(thing)
      desk.engine.things.set(thing.name, thing)
    }
  }
  return { desk, dead, options: made.options, runs: createRuns(made.options) }
}

describe('after a crash', () => {
  for (const state of ['staging', 'running', 'collecting', 'wiping'] as const) {
    it(`a run that was ${state} is removed, failed, and says what to do`, async () => {
      const { desk, runs } = crashed(state, state === 'wiping' ? { outcome: 'failed' } : {})
      await runs.recover()
      const { summary, receipt } = runs.get('dead')
      expect(summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/^Scanside ended while .* was removed; start it again\.$/) })
      expect(summary.endedAt).not.toBeNull()
      expect(receipt).toMatchObject({ complete: true, owed: [] })
      expect(receipt?.items).toHaveLength(2)
      expect(desk.engine.things.size).toBe(0)
      expect(runs.counts()).toEqual({ active: 0, waiting: 0, owed: 0 })
      expect(desk.pushed.at(-1)).toHaveLength(1)
    })
  }

  it('a run that was lost with Scanside ten times is not begun once more: it may be what ends it', async () => {
    const resume = { pipeline: 'p', values: {}, lane: 'container' as const, engine: null, workspace: null, spokeAt: null }
    const made = fakeDesk()
    const begun = record('dead', 'staging', { resume })
    const note = 'begun anew: Scanside had ended before it was started'
    for (let time = 0; time < 10; time++) made.desk.lab.runs.save(begun, { state: 'queued', at, note })
    const runs = createRuns(made.options)
    await runs.recover()
    expect(runs.get('dead').summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/start it again\.$/) })
    expect(runs.counts()).toEqual({ active: 0, waiting: 0, owed: 0 })
  })

  it('a queued run failed without a receipt: nothing of it was ever there', async () => {
    const { runs } = crashed('queued')
    await runs.recover()
    expect(runs.get('dead')).toMatchObject({ summary: { state: 'failed', message: expect.stringMatching(/before this run began/) }, receipt: null })
  })

  it('a run that was cancelled stays cancelled, one that was done stays done', async () => {
    for (const outcome of ['cancelled', 'done'] as const) {
      const { runs } = crashed('wiping', { outcome })
      await runs.recover()
      expect(runs.get('dead').summary).toMatchObject({ state: outcome, message: null })
    }
  })

  it('results that were collected are not lost: the run is done and they are sent', async () => {
    const { desk, dead, options } = crashed('collecting')
    const bytes = new TextEncoder().encode('{}')
    desk.lab.runs.saveResults({ ...dead, state: 'publishing', home: 'waiting' }, { state: 'publishing', at, note: '' }, bytes, [])
    const runs = createRuns(options)
    await runs.recover()
    expect(desk.lab.runs.get('dead')).toMatchObject({ state: 'done', home: 'waiting' })
    expect(runs.counts().waiting).toBe(1)
    expect(await runs.sendWaiting()).toEqual({ sent: 1, waiting: 0 })
    expect(desk.archive.home.get('XNAT_E1/oct-quality/0.1.0/dead/results.json')).toEqual(bytes)
  })

  it('results of a demo lab that is gone stay here', async () => {
    const { desk, runs } = crashed('publishing', { home: 'waiting', demo: true })
    await runs.recover()
    expect(desk.lab.runs.get('dead')).toMatchObject({ state: 'done', home: 'local', message: expect.stringMatching(/demo lab/) })
  })

  it('a run started meanwhile is none of its business, and recovery happens once', async () => {
    const { desk, runs } = crashed('running')
    desk.engine.hold = true
    const { runs: ids } = await runs.start({ pipeline: 'p', values: {}, subject: 's', refs: [ref('1')] })
    await Promise.all([runs.payOwed(), runs.recover(), runs.recover()])
    expect(runs.get('dead').receipt?.items).toHaveLength(2)
    expect(desk.lab.chain.lines().filter((line) => line.kind === 'receipt')).toHaveLength(1)
    desk.engine.hold = false
    desk.engine.release()
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary.state).toBe('done')
  })

  it('what cannot be removed yet stays owed, and a later receipt says when it was', async () => {
    const { desk, runs } = crashed('running')
    desk.engineThere = false
    await runs.recover()
    expect(runs.get('dead').summary.message).toMatch(/as soon as the engine answers/)
    expect(runs.get('dead').receipt).toMatchObject({ complete: false, owed: ['container scanside-dead-container', 'volume scanside-dead-volume'] })
    expect(await runs.payOwed()).toEqual({ left: 2 })
    desk.engineThere = true
    expect(await runs.payOwed()).toEqual({ left: 0 })
    const { receipt } = runs.get('dead')
    expect(receipt).toMatchObject({ complete: true, owed: [] })
    expect(receipt?.items.every((item) => item.removedAt !== null)).toBe(true)
    expect(desk.lab.chain.lines()).toHaveLength(2)
    expect(desk.lab.chain.broken()).toBeNull()
  })
})

describe('a crash between a removal and the receipt of it', () => {
  const receipt = {
    ...{ id: 'receipt', run: 'dead', by: 'erna', at, complete: false, published: [], cannotProve: [], engine: '' },
    items: [{ kind: 'volume' as const, name: 'scanside-dead-volume', createdAt: at, removedAt: null, check: null }],
    owed: ['The volume scanside-dead-volume is still on the engine.'],
  }
  const resume = { pipeline: 'p', values: {}, lane: 'container' as const, engine: 'docker', workspace: null, spokeAt: null }
  const between = (change: Partial<RunRecord> = {}) => {
    const made = fakeDesk()
    made.desk.lab.runs.save(record('dead', 'done', { outcome: 'done', endedAt: at, resume, ...change }))
    made.desk.lab.chain.addReceipt(receipt)
    return { ...made, runs: createRuns(made.options) }
  }

  it('is found at the next start, where the engine has nothing left', async () => {
    const { desk, runs } = between()
    await runs.recover()
    expect(runs.get('dead').receipt).toMatchObject({ complete: true, owed: [], items: [{ removedAt: expect.any(String), createdAt: at }] })
    expect(desk.lab.chain.broken()).toBeNull()
  })

  it('is not claimed where the engine is away, has something left, or is another one, nor for a machine of the cloud', async () => {
    const away = between()
    away.desk.engineThere = false
    const left = between()
    left.desk.engine.reap = async () => ({ items: [], complete: false, owed: ['The engine does not answer.'] })
    const other = between({ resume: { ...resume, engine: 'another' } })
    const cloud = between({ place: 'cloud', resume: { ...resume, lane: 'cloud' } })
    const owed = between()
    owed.desk.debts.incur({ runId: 'dead', engine: 'another', kind: 'volume', name: 'scanside-dead-volume' })
    for (const { runs } of [away, left, other, cloud, owed]) {
      await runs.recover()
      expect(runs.get('dead').receipt).toMatchObject({ id: 'receipt', complete: false })
    }
  })
})

describe('after a crash, on a full disk', () => {
  const onFullDisk = (state: RunState) => {
    const made = crashed(state)
    const { runs: records, chain } = made.desk.lab
    const disk = { full: true }
    const unlessFull =
      <In extends unknown[], Out>(write: (...input: In) => Out) =>
      (...input: In): Out => {
        if (disk.full) throw new ScansideError('disk-full', 'The disk is full.')
        return write(...input)
      }
    const lab = {
      ...made.desk.lab,
      runs: { ...records, save: unlessFull(records.save) },
      chain: { ...chain, addReceipt: unlessFull(chain.addReceipt) },
    }
    return { ...made, disk, runs: createRuns({ ...made.options, lab }) }
  }

  it('what was left is removed, and told once there is room', async () => {
    const { desk, disk, runs } = onFullDisk('running')
    await runs.recover()
    expect(desk.engine.things.size).toBe(0)
    disk.full = false
    runs.takeUp()
    expect(runs.get('dead')).toMatchObject({ summary: { state: 'failed' }, receipt: { complete: true, items: [{}, {}] } })
    expect(desk.lab.runs.steps('dead')).toHaveLength(2)
  })

  it('what is owed is paid all the same, and a later receipt says so', async () => {
    const { desk, disk, runs } = onFullDisk('running')
    disk.full = false
    desk.engineThere = false
    await runs.recover()
    expect(runs.get('dead').receipt).toMatchObject({ complete: false })
    disk.full = true
    desk.engineThere = true
    expect(await runs.payOwed()).toEqual({ left: 0 })
    disk.full = false
    runs.takeUp()
    expect(runs.get('dead').receipt).toMatchObject({ complete: true, owed: [] })
  })

  it('recovery that was kept from its list of debts is tried again', async () => {
    const { desk, options } = crashed('running')
    let held = true
    const list: typeof desk.debts.list = (engine) => {
      if (held) throw new Error('database is locked')
      return desk.debts.list(engine)
    }
    const runs = createRuns({ ...options, debts: { ...desk.debts, list } })
    await expect(runs.recover()).rejects.toThrow()
    held = false
    expect(await runs.payOwed()).toEqual({ left: 0 })
    expect(runs.get('dead')).toMatchObject({ summary: { state: 'failed' }, receipt: { complete: true } })
  })
})

describe('when something gives way under a run', () => {
  const start = { pipeline: 'p', values: {}, subject: 's', refs: [ref('1')] }

  it('the wipe comes although lab.db cannot be written', async () => {
    const { desk, options } = fakeDesk()
    const full = () => {
      throw new ScansideError('disk-full', 'The disk is full.')
    }
    let writes = 0
    const records = desk.lab.runs
    const save: typeof records.save = (written, step) => (++writes > 2 ? full() : records.save(written, step))
    const runs = createRuns({ ...options, lab: { ...desk.lab, runs: { ...records, save, saveLog: full } } })
    await runs.start(start)
    await runs.idle()
    expect(desk.engine.things.size).toBe(0)
    expect(desk.debts.list()).toEqual([])
    expect(desk.faults.length).toBeGreaterThan(0)
    expect(desk.pushed.at(-1)).toMatchObject([{ state: 'failed', message: 'The disk is full.' }])
  })

  it('a run can be cancelled although lab.db cannot be written', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.hold = true
    const full = () => {
      throw new ScansideError('disk-full', 'The disk is full.')
    }
    let room = true
    const { runs: records, chain } = desk.lab
    const save: typeof records.save = (written, step) => (room ? records.save(written, step) : full())
    const audit: typeof chain.audit = (...line) => (room ? chain.audit(...line) : full())
    const runs = createRuns({ ...options, concurrency: 1, lab: { ...desk.lab, runs: { ...records, save }, chain: { ...chain, audit } } })
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1'), ref('2')] })
    const [first = '', second = ''] = ids
    await expect.poll(() => runs.get(first).summary.state).toBe('running')
    room = false
    runs.cancel(second)
    runs.cancel(first)
    await runs.idle()
    expect(desk.engine.things.size).toBe(0)
    room = true
    runs.takeUp()
    expect(ids.map((id) => desk.lab.runs.get(id)?.state)).toEqual(['cancelled', 'cancelled'])
    expect(chain.lines().filter(({ body }) => body.includes('"cancelled"'))).toHaveLength(2)
  })

  it('a wipe that leaves something is told, owed, and paid later', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.leaves = true
    const runs = createRuns(options)
    const { runs: ids } = await runs.start(start)
    await runs.idle()
    const [id = ''] = ids
    expect(runs.get(id)).toMatchObject({ summary: { state: 'done', home: 'read-back' }, receipt: { complete: false } })
    expect(runs.get(id).receipt?.owed).toHaveLength(3)
    expect(runs.counts().owed).toBe(2)
    expect(await runs.payOwed()).toEqual({ left: 0 })
    expect(runs.get(id).receipt).toMatchObject({ complete: true, owed: [] })
    expect(runs.get(id).receipt?.published).toHaveLength(1)
  })

  it('a wipe that throws is a wipe that is owed', async () => {
    const { desk, options } = fakeDesk()
    const open = desk.engine.open.bind(desk.engine)
    desk.engine.open = async (spec) => ({ ...(await open(spec)), wipe: () => Promise.reject(new Error('bug')) })
    const runs = createRuns(options)
    const { runs: ids } = await runs.start(start)
    await runs.idle()
    expect(runs.get(ids[0] ?? '').receipt?.complete).toBe(false)
    expect(desk.faults).toHaveLength(1)
  })

  it('an error nobody expected is a sentence, and goes to main’s log', async () => {
    const { desk, options } = fakeDesk()
    desk.archive.scanFiles = () => Promise.reject(new TypeError('/home/erika/secret is not iterable'))
    const runs = createRuns(options)
    const { runs: ids } = await runs.start(start)
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary.message).toMatch(/^Something went wrong inside Scanside\./)
    expect(desk.faults).toHaveLength(1)
  })

  it('signing out before a run begins lets it wait with a sentence, and its results never go elsewhere', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.hold = true
    const runs = createRuns({ ...options, concurrency: 1 })
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1'), ref('2')] })
    await new Promise((resolve) => setImmediate(resolve))
    desk.home = { id: 'other.example', demo: false }
    desk.engine.hold = false
    desk.engine.release()
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary)).toMatchObject([
      { state: 'done', home: 'waiting' },
      { state: 'queued', message: expect.stringMatching(/^Waits until somebody signs in/) },
    ])
    expect(desk.archive.publishes).toBe(0)
    desk.home = { id: 'xnat.example', demo: false }
    await runs.sendWaiting()
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary)).toMatchObject(ids.map(() => ({ state: 'done' })))
  })

  it('nothing begins where no engine answers', async () => {
    const { desk, options } = fakeDesk()
    desk.engineThere = false
    await expect(createRuns(options).start(start)).rejects.toMatchObject({ code: 'engine-unavailable' })
    expect(desk.lab.runs.total()).toBe(0)
  })
})

it('keeps what a receipt says of publishing when the crash came between it and the last step', async () => {
  const { desk, dead, runs } = crashed('wiping', { outcome: 'done', home: 'read-back' })
  for (const thing of desk.debts.list()) {
    desk.debts.settle(thing)
    desk.engine.things.delete(thing.name)
  }
  const published = [{ path: 'SCANSIDE/p/1/dead/results.json', size: 3, md5: 'a'.repeat(32), check: 'size and MD5 equal in the listing' }]
  const facts = { id: 'receipt', run: dead.id, by: 'erna', at, complete: true, items: [], published, owed: [], cannotProve: [], engine: '' }
  desk.lab.chain.addReceipt(facts)
  await runs.recover()
  expect(runs.get('dead')).toMatchObject({ summary: { state: 'done', home: 'read-back' }, receipt: { id: 'receipt', published } })
})
