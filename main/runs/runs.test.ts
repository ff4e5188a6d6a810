import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { runDetailSchema, runsStoreSchema } from '../../preload/contract.ts'
import type { LocalScanFile } from './desk.ts'
import { fakeDesk, fakePlan, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

const start = { pipeline: 'p', values: {}, subject: 'DEMO-MS / P-0142 / V02' }
const unreachable = new ScansideError('unreachable', 'The archive does not answer.')

const runOne = async (prepare: (made: ReturnType<typeof fakeDesk>['desk']) => void = () => {}) => {
  const { desk, options } = fakeDesk()
  prepare(desk)
  const runs = createRuns(options)
  const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
  await runs.idle()
  const id = ids[0] ?? ''
  return { desk, runs, id, detail: runs.get(id) }
}

describe('a run', () => {
  it('goes through every state, home and back, and leaves nothing', async () => {
    const { desk, detail, runs, id } = await runOne()
    expect(detail.steps.map((step) => step.state)).toEqual(['queued', 'staging', 'running', 'collecting', 'publishing', 'wiping', 'done'])
    expect(detail.summary).toMatchObject({ state: 'done', home: 'read-back', verdicts: ['usable'], message: null, startedBy: 'erna' })
    expect([...desk.archive.home.keys()]).toEqual([`XNAT_E1/oct-quality/0.1.0/${id}/results.json`])
    expect(desk.engine.things.size).toBe(0)
    expect(desk.debts.list()).toEqual([])
    expect(detail.receipt).toMatchObject({ complete: true, by: 'erna', run: id, owed: [], engine: 'docker 28.2.2' })
    expect(detail.receipt?.items).toHaveLength(2)
    expect(detail.receipt?.published).toHaveLength(1)
    expect(desk.lab.chain.broken()).toBeNull()
    expect(detail.results?.scans).toHaveLength(1)
    expect(runs.verdictFor('xnat.example', 'XNAT_E1', '1')).toEqual({ verdict: 'usable', pipeline: 'oct-quality 0.1.0' })
    expect(runs.verdictFor('other.example', 'XNAT_E1', '1')).toBeNull()
    expect(desk.faults).toEqual([])
    runDetailSchema.parse(detail)
    for (const pushed of desk.pushed) runsStoreSchema.parse({ rev: 1, runs: pushed })
  })

  it('gives the container, the log and the receipt opaque names alone', async () => {
    const { desk, detail, runs, id } = await runOne()
    expect([...desk.engine.staged.keys()]).toEqual([expect.stringMatching(/^VOLb\/scan-[0-9a-f-]{36}\.vol$/)])
    expect(JSON.stringify([detail, runs.log(id, 0), desk.lab.chain.lines(), [...desk.archive.home]])).not.toMatch(/mustermann/i)
  })

  it('keeps the log with numbers, and after the run too', async () => {
    const { desk, runs, id } = await runOne()
    const { lines, dropped } = runs.log(id, 0)
    expect(lines.map((line) => line.seq)).toEqual(lines.map((_, index) => index + 1))
    expect(lines.some((line) => line.text === 'reading 1 scan' && line.stream === 'stdout')).toBe(true)
    expect(dropped).toBe(0)
    expect(runs.log(id, lines.length - 1).lines).toHaveLength(1)
    expect(desk.lab.runs.log(id)?.lines.length).toBe(lines.length)
    expect(desk.announced.at(-1)).toEqual([id, lines.length])
  })

  for (const failAt of ['open', 'stage', 'start', 'wait', 'collect'] as const) {
    it(`is wiped and keeps its sentence when the engine fails at ${failAt}`, async () => {
      const { desk, detail } = await runOne((made) => {
        made.engine.failAt = failAt
      })
      expect(detail.summary).toMatchObject({ state: 'failed', message: `The engine could not go on at ${failAt}.`, verdicts: [], home: 'none' })
      expect(desk.engine.things.size).toBe(0)
      expect(detail.receipt).toMatchObject({ complete: true })
      expect(desk.archive.publishes).toBe(0)
    })
  }

  const text = (value: string) => () => new TextEncoder().encode(value)
  for (const [what, output] of [
    ['missing', () => null],
    ['not JSON', text('{"schema"')],
    ['NaN', text('{"schema": NaN}')],
    ['too deep', text('['.repeat(100_000))],
    ['of another schema', text('{"schema":"9","scans":[]}')],
  ] as const) {
    it(`fails with a sentence and judges nothing when results.json is ${what}`, async () => {
      const { desk, detail, runs } = await runOne((made) => {
        made.engine.output = output
      })
      expect(detail.summary).toMatchObject({ state: 'failed', verdicts: [], home: 'none' })
      expect(detail.summary.message).toMatch(/^The pipeline ended, but .*Nothing was sent/)
      expect(detail.results).toBeNull()
      expect(runs.verdictFor('xnat.example', 'XNAT_E1', '1')).toBeNull()
      expect(desk.engine.things.size).toBe(0)
    })
  }

  for (const [exit, message] of [
    [{ exitCode: 137, outOfMemory: true, timedOut: false }, /more memory/],
    [{ exitCode: 137, outOfMemory: false, timedOut: true }, /in its time/],
    [{ exitCode: 3, outOfMemory: false, timedOut: false }, /exit code 3/],
  ] as const) {
    it(`fails when the container ends with ${JSON.stringify(exit)}`, async () => {
      const { detail } = await runOne((made) => {
        made.engine.exit = exit
      })
      expect(detail.summary.state).toBe('failed')
      expect(detail.summary.message).toMatch(message)
    })
  }

  it('says so when a scan holds nothing the pipeline reads', async () => {
    const { detail } = await runOne((made) => {
      made.archive.files.set('1', [])
    })
    expect(detail.summary.message).toMatch(/holds no file that this pipeline reads/)
    expect(detail.receipt?.complete).toBe(true)
  })

  it('waits in the lab when the archive is away, and is sent once it is back, once', async () => {
    const { desk, runs, id, detail } = await runOne((made) => {
      made.archive.fault = unreachable
    })
    expect(detail.summary).toMatchObject({ state: 'done', home: 'waiting', verdicts: ['usable'] })
    expect(detail.summary.message).toMatch(/kept here/)
    expect(runs.counts()).toEqual({ active: 0, waiting: 1, owed: 0 })
    expect(await runs.sendWaiting()).toEqual({ sent: 0, waiting: 1 })
    desk.archive.fault = null
    desk.home = { id: 'other.example', demo: false }
    expect(await runs.sendWaiting()).toEqual({ sent: 0, waiting: 1 })
    desk.home = { id: 'xnat.example', demo: false }
    await Promise.all([runs.sendWaiting(), runs.sendWaiting()])
    expect(desk.archive.publishes).toBe(1)
    expect(runs.get(id).summary).toMatchObject({ home: 'read-back', message: null })
    expect(runs.get(id).receipt?.published).toHaveLength(1)
    expect(desk.lab.chain.broken()).toBeNull()
    expect(desk.pushed.at(-1)?.[0]).toMatchObject({ id, home: 'read-back' })
  })

  it('keeps results of dropped files here', async () => {
    const bytes = new TextEncoder().encode('HSF-OCT-103')
    const { desk, options } = fakeDesk()
    desk.home = null
    desk.locals.set('l1', {
      files: [{ kind: 'heidelberg-vol', extension: '.vol', size: bytes.length, sha256: '', read: async () => Readable.from([bytes]) }],
    })
    const runs = createRuns(options)
    const { runs: ids } = await runs.start({ ...start, refs: [{ kind: 'local', local: 'l1' }] })
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'done', home: 'local', verdicts: ['usable'], message: null })
    await expect(runs.start({ ...start, refs: [{ kind: 'local', local: 'gone' }] })).rejects.toMatchObject({ code: 'not-found' })
    await expect(runs.start({ ...start, refs: [ref('1')] })).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('a dropped scan of several files', () => {
  const file = (kind: LocalScanFile['kind'], extension: string): LocalScanFile => ({
    kind,
    extension,
    size: 4,
    sha256: '',
    read: async () => Readable.from([Buffer.from('DICM')]),
  })

  it('is staged whole under opaque names where it is DICOM', async () => {
    const { desk, options } = fakeDesk()
    desk.locals.set('l1', { files: [file('dicom-opt', '.dcm'), file('dicom-opt', '.dcm')] })
    const runs = createRuns(options)
    await runs.start({ ...start, refs: [{ kind: 'local', local: 'l1' }] })
    await runs.idle()
    const paths = [...desk.engine.staged.keys()]
    expect(paths).toHaveLength(2)
    for (const path of paths) expect(path).toMatch(/^DICOM\/scan-[0-9a-f-]{36}\.dcm$/)
  })

  it.each([
    ['an XML export', [file('heidelberg-xml', '.xml'), file('picture', '.tif')]],
    ['an .e2e file', [file('heidelberg-e2e', '.e2e')]],
  ])('is not given to an engine where it is %s: it holds a name', async (_what, files) => {
    const { desk, options } = fakeDesk()
    desk.locals.set('l1', { files })
    const runs = createRuns(options)
    await expect(runs.start({ ...start, refs: [{ kind: 'local', local: 'l1' }] })).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(/patient’s name.*RAW/),
    })
    expect(desk.engine.staged.size).toBe(0)
  })
})

describe('the queue', () => {
  it('runs two at once and takes one run per scan, or one per session', async () => {
    const { desk, options } = fakeDesk()
    const runs = createRuns(options)
    const many = ['1', '2', '3', '4', '5'].map((scan) => ref(scan))
    expect((await runs.start({ ...start, refs: [...many, ...many] })).runs).toHaveLength(5)
    await runs.idle()
    expect(desk.engine.most).toBe(2)
    desk.context = 'session'
    const { runs: ids } = await runs.start({ ...start, refs: [...many, ref('1', 'XNAT_E2')] })
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary.scans)).toEqual([5, 1])
    expect([...desk.engine.staged.keys()].some((path) => /^SCANS\/5\/VOLb\/scan-/.test(path))).toBe(true)
    expect(runs.list(0, 3)).toMatchObject({ total: 7, rows: [{ scans: 1 }, { scans: 5 }, { scans: 1 }] })
  })

  it('begins as many on the container engine as it has memory for, the largest in its turn', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.hold = true
    let memory = 1
    const plan = async () => ({ ...fakePlan(), limits: { ...fakePlan().limits, cpus: 0.1, memoryBytes: memory } })
    const runs = createRuns({ ...options, pipelines: { plan }, capacity: () => ({ cpus: 4, memoryBytes: 10 }) })
    const begin = async (bytes: number, scan: string) => {
      memory = bytes
      return (await runs.start({ ...start, refs: [ref(scan)] })).runs[0] ?? ''
    }
    const ids = [await begin(3, '1'), await begin(3, '2'), await begin(6, '3'), await begin(1, '4')]
    await expect.poll(() => ids.map((id) => runs.get(id).summary.state)).toEqual(['running', 'running', 'queued', 'queued'])
    desk.engine.hold = false
    desk.engine.release()
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary.state)).toEqual(ids.map(() => 'done'))
  })

  it('creates nothing where the disks have no room, and says which', async () => {
    for (const [own, there, sentence] of [
      [0, null, /Scanside keeps its records/],
      [null, 1_000, /of the container engine/],
    ] as const) {
      const { desk, options } = fakeDesk()
      desk.engine.freeBytes = async () => there
      const incurred: string[] = []
      const runs = createRuns({
        ...options,
        freeBytes: async () => own,
        debts: { ...desk.debts, incur: (...things) => incurred.push(...things.map(({ name }) => name)) },
      })
      const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
      await runs.idle()
      expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'failed', message: expect.stringMatching(sentence) })
      expect([desk.engine.boxes.size, desk.engine.staged.size, incurred]).toEqual([0, 0, []])
    }
  })

  it('cancels what waits and what runs, and refuses what has ended', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.hold = true
    const runs = createRuns({ ...options, concurrency: 1 })
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1'), ref('2')] })
    const [first = '', second = ''] = ids
    runs.cancel(second)
    expect(runs.get(second).summary.state).toBe('cancelled')
    runs.cancel(first)
    await runs.idle()
    expect(runs.get(first).summary).toMatchObject({ state: 'cancelled', message: null })
    expect(runs.get(first).receipt?.complete).toBe(true)
    expect(desk.engine.things.size).toBe(0)
    expect(() => runs.cancel(first)).toThrow('already ended')
    expect(() => runs.cancel('nobody')).toThrow('not known')
  })

  it('is emptied and wiped on close', async () => {
    const { desk, options } = fakeDesk()
    desk.engine.hold = true
    const runs = createRuns({ ...options, concurrency: 1 })
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1'), ref('2')] })
    await runs.close()
    expect(ids.map((id) => runs.get(id).summary.state)).toEqual(['cancelled', 'cancelled'])
    expect(desk.engine.things.size).toBe(0)
    await expect(runs.start({ ...start, refs: [ref('1')] })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('what goes wrong around a run', () => {
  it('goes on to its end and is wiped where the window cannot be told', async () => {
    const { desk, options } = fakeDesk()
    const runs = createRuns({
      ...options,
      onRuns: () => {
        throw new Error('the window is gone')
      },
    })
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(desk.engine.things.size).toBe(0)
    expect(runs.counts().active).toBe(0)
  })

  it('begins the runs that could be written down where a later one could not', async () => {
    const { desk, options } = fakeDesk()
    const runs = createRuns(options)
    const { save } = desk.lab.runs
    let saved = 0
    desk.lab.runs.save = (record, step) => {
      if (step?.state === 'queued' && ++saved === 2) throw new Error('disk full')
      save(record, step)
    }
    await expect(runs.start({ ...start, refs: [ref('1'), ref('2')] })).rejects.toThrow('disk full')
    await runs.idle()
    expect(runs.list(0, 10).rows.map((run) => run.state)).toEqual(['done'])
    expect(runs.counts().active).toBe(0)
  })

  for (const kept of [false, true]) {
    it(`${kept ? 'leaves results waiting' : 'lets results arrive'} when closed while they are on their way and records ${kept ? 'stay' : 'end with the window'}`, async () => {
      const { desk, options } = fakeDesk()
      const runs = createRuns({ ...options, lab: { ...options.lab, kept } })
      const { publish } = desk.archive
      let arrive = () => {}
      let sending = () => {}
      const begun = new Promise<void>((resolve) => {
        sending = resolve
      })
      desk.archive.publish = async (path, name, bytes, signal) => {
        sending()
        await new Promise<void>((resolve, reject) => {
          arrive = resolve
          signal.addEventListener('abort', () => reject(new ScansideError('cancelled', 'Cancelled.')))
        })
        return publish(path, name, bytes, signal)
      }
      const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
      await begun
      const closed = runs.close()
      if (!kept) arrive()
      await closed
      expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'done', home: kept ? 'waiting' : 'read-back' })
      expect(desk.engine.things.size).toBe(0)
    })
  }
})
