/** Runs on the application itself beside those on containers: their queues, their words, their profile, and the eye nobody told. */
import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../oct/quality/collection.ts'
import { defaultProfile, parseProfile } from '../../oct/quality/judge.ts'
import { receiptSchema } from '../../preload/contract.ts'
import type { RunSpec } from '../engines/engine.ts'
import { type FakeEngine, fakeDesk, fakeEngine, fakePlan, health, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

const start = { values: {}, subject: 'DEMO-MS / P-0142 / V02' }
const ownHealth = { ...health, kind: 'builtin' as const, version: '0.1.0', dataRoot: 'in-memory' as const }

/** A desk whose pipeline `own` the application runs, and `boxed` a container. */
function desk(profile = defaultProfile, problem: string | null = null) {
  const made = fakeDesk()
  const builtin: FakeEngine & { health: typeof ownHealth } = Object.assign(fakeEngine(made.desk.debts), { id: 'builtin', health: ownHealth })
  const specs: RunSpec[] = []
  const { open } = builtin
  builtin.open = (spec) => {
    specs.push(spec)
    return open(spec)
  }
  const plan = (engine: 'builtin' | 'container') => ({ ...fakePlan(), engine, takesProfile: true, argv: ['/node', '/app.mjs'] })
  const runs = createRuns({
    ...made.options,
    concurrency: 1,
    builtin,
    pipelines: { plan: async (id) => plan(id === 'own' ? 'builtin' : 'container') },
    profileFor: async () => ({ profile, problem }),
  })
  return { ...made.desk, builtin, specs, runs }
}
const one = async (made: ReturnType<typeof desk>, pipeline: 'own' | 'boxed', scan = '1') =>
  (await made.runs.start({ ...start, pipeline, refs: [ref(scan)] })).runs[0] ?? ''

describe('the application as an engine', () => {
  it('runs without any container engine, and is named in run and receipt', async () => {
    const made = desk()
    made.engineThere = false
    const bare = createRuns({ ...fakeDesk().options, engine: () => null, pipelines: { plan: async () => ({ ...fakePlan(), engine: 'container' }) } })
    await expect(bare.start({ ...start, pipeline: 'boxed', refs: [ref('1')] })).rejects.toMatchObject({ code: 'engine-unavailable' })
    const id = await one(made, 'own')
    await made.runs.idle()
    const detail = made.runs.get(id)
    expect(detail.summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(detail.engine).toBe('this application 0.1.0')
    expect(detail.receipt).toMatchObject({ engine: 'this application 0.1.0', complete: true })
    expect(detail.receipt?.cannotProve.join()).toMatch(/swap/)
    expect(detail.receipt?.cannotProve.join()).not.toMatch(/engine's data/)
    receiptSchema.parse(detail.receipt)
  })

  it('does not wait behind containers, nor they behind it', async () => {
    const made = desk()
    made.engine.hold = true
    const boxed = [await one(made, 'boxed', '1'), await one(made, 'boxed', '2')]
    const own = await one(made, 'own', '3')
    await expect.poll(() => made.runs.get(own).summary.state).toBe('done')
    expect(boxed.map((id) => made.runs.get(id).summary.state)).toEqual(['running', 'queued'])
    made.engine.hold = false
    made.engine.release()
    await made.runs.idle()
    expect(boxed.map((id) => made.runs.get(id).summary.state)).toEqual(['done', 'done'])
  })
})

describe('the profile of the project', () => {
  const own = parseProfile({ name: 'ms-2026', title: 'MS', limits: { 'S.snr': { warn: 20, fail: 18 } } })

  it('goes along as an argument where it is not the default', async () => {
    for (const [profile, extra] of [
      [defaultProfile, 0],
      [own, 1],
    ] as const) {
      const made = desk(profile)
      await one(made, 'own')
      await made.runs.idle()
      const argv = made.specs[0]?.argv ?? []
      expect(argv).toHaveLength(2 + extra)
      expect(parseArguments(argv.slice(2)).profile).toEqual(profile)
    }
  })

  it('with a mistake in it ends the run before anything is copied', async () => {
    const made = desk(defaultProfile, 'This project brings its own profile, which cannot be used.')
    const id = await one(made, 'own')
    await made.runs.idle()
    expect(made.runs.get(id).summary).toMatchObject({ state: 'failed', message: 'This project brings its own profile, which cannot be used.' })
    expect(made.builtin.staged.size).toBe(0)
  })
})

describe('a scan whose eye is not known', () => {
  const told =
    (status: 'pass' | 'unknown', name = 'oct-quality') =>
    (made: ReturnType<typeof desk>) => {
      made.builtin.output = (good) => {
        const scans = good.scans.map((scan) => ({
          ...scan,
          criteria: [...scan.criteria, { id: 'L', status, value: null, unit: '', threshold: '', evidence: 'own' as const, reason: 'Not known.' }],
        }))
        return new TextEncoder().encode(JSON.stringify({ ...good, pipeline: { ...good.pipeline, name }, scans }))
      }
      return made
    }

  it('keeps its results at this desk, with what to do, and they are never sent', async () => {
    const made = told('unknown')(desk())
    const id = await one(made, 'own')
    await made.runs.idle()
    expect(made.runs.get(id).summary).toMatchObject({
      state: 'done',
      home: 'local',
      verdicts: ['usable'],
      message: expect.stringMatching(/which eye.*Set the eye/),
    })
    await made.runs.sendWaiting()
    expect([made.archive.publishes, made.runs.counts().waiting]).toEqual([0, 0])
    expect(made.runs.get(id).results?.scans).toHaveLength(1)
  })

  it('is told by its facts, too, where the criterion is missing', async () => {
    const made = desk()
    const facts = { device: 'D', pattern: 'ring', laterality: 'unknown' as const, protocol: null, frames: 1, width: 1, height: 1 }
    made.engine.output = (good) => new TextEncoder().encode(JSON.stringify({ ...good, scans: good.scans.map((scan) => ({ ...scan, facts })) }))
    const id = await one(made, 'boxed')
    await made.runs.idle()
    expect(made.runs.get(id).summary.home).toBe('local')
    expect(made.archive.publishes).toBe(0)
  })

  it('is not sent either where an earlier version let its results wait', async () => {
    const made = told('unknown')(desk())
    const id = await one(made, 'own')
    await made.runs.idle()
    const record = made.lab.runs.get(id)
    if (record) made.lab.runs.save({ ...record, home: 'waiting', message: null })
    await made.runs.sendWaiting()
    expect([made.archive.publishes, made.runs.counts().waiting]).toEqual([0, 0])
    expect(made.runs.get(id).summary).toMatchObject({ home: 'local', message: expect.stringMatching(/Set the eye/) })
  })

  it('is no matter where the eye is known, or another pipeline means something else by L', async () => {
    for (const prepare of [told('pass'), told('unknown', 'another')]) {
      const made = prepare(desk())
      const id = await one(made, 'own')
      await made.runs.idle()
      expect(made.runs.get(id).summary).toMatchObject({ home: 'read-back', message: null })
    }
  })
})
