/** Runs at the desk outlive it: killed at every step, the next start goes on with them, and so it does when an engine comes back. */
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { RunState } from '../../preload/contract.ts'
import type { Engine, EngineHealth } from '../engines/engine.ts'
import type { RunsOptions } from './desk.ts'
import { type FakeEngine, fakeDesk, fakePlan, health, ref } from './fakes.ts'
import { createRuns } from './runs.ts'
import { endedByEngine } from './waiting.ts'

const start = { pipeline: 'p', values: {}, subject: 's' }
const away = new ScansideError('engine-unavailable', 'The container engine does not answer.')
type Kind = 'container' | 'builtin'

const settled = async (until: () => boolean) => {
  for (let turns = 0; turns < 500 && !until(); turns++) await new Promise((resolve) => setImmediate(resolve))
  expect(until()).toBe(true)
}
const quiet = async () => {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
}

/** A desk with one engine of either kind; `life` is one start of the application. What the application holds itself is gone with each. */
const made = (kind: Kind = 'container') => {
  const { desk, life } = fakeDesk()
  const builtinHealth: EngineHealth = { ...health, kind: 'builtin', version: '0.1.0' }
  desk.engine.hangAt = null
  const plan: RunsOptions['pipelines']['plan'] = async () => ({
    ...fakePlan(desk.context),
    engine: kind,
    mounts: [
      { name: 'in', path: '/input', writable: false },
      { name: 'out', path: '/output', writable: true },
    ],
  })
  return {
    desk,
    life: () => {
      const options = life()
      if (kind === 'builtin') desk.engine.boxes.clear()
      const builtin: (Engine & { health: EngineHealth }) | null = kind === 'builtin' ? { ...desk.engine, health: builtinHealth } : null
      return createRuns({ ...options, pipelines: { plan }, builtin })
    },
  }
}
type Made = ReturnType<typeof made>

const begin = async ({ desk, life }: Made, step: FakeEngine['hangAt'], state: RunState) => {
  desk.engine.hangAt = step
  const runs = life()
  const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
  const id = ids[0] ?? ''
  await settled(() => desk.lab.runs.get(id)?.state === state)
  await quiet()
  desk.engine.hangAt = null
  return { id, runs }
}
const nothingLeft = ({ desk }: Made) => expect([[...desk.engine.things.keys()], desk.debts.list()]).toEqual([[], []])

describe.each<Kind>(['container', 'builtin'])('the desk dies with a run of the engine %s', (kind) => {
  const steps: [NonNullable<FakeEngine['hangAt']>, RunState][] = [
    ['open', 'staging'],
    ['stage', 'staging'],
    ['start', 'running'],
    ['wait', 'running'],
    ['collect', 'collecting'],
    ['wipe', 'wiping'],
  ]
  for (const [step, state] of steps) {
    it(`at ${step}: it goes on to its end, is published once, and leaves nothing`, async () => {
      const all = made(kind)
      const { id } = await begin(all, step, state)
      const { desk } = all
      const published = desk.archive.publishes
      const again = all.life()
      expect([...desk.engine.openRuns]).toEqual([id])
      expect(again.get(id).summary.message).toMatch(/goes on in a moment/)
      await again.recover()
      await again.idle()
      expect(again.get(id)).toMatchObject({
        summary: { state: 'done', home: 'read-back', verdicts: ['usable'], message: null },
        receipt: { complete: true, owed: [] },
      })
      expect(again.get(id).receipt?.items).toHaveLength(2)
      expect(desk.archive.home.size).toBe(1)
      if (step !== 'wipe') expect(published).toBe(0)
      // What runs in a container goes on without the desk; what the application ran has ended with it.
      expect(desk.engine.starts).toBe(kind === 'builtin' && ['wait', 'collect'].includes(step) ? 2 : 1)
      nothingLeft(all)
      expect(desk.lab.chain.broken()).toBeNull()
      expect(desk.faults).toEqual([])
    })
  }

  it('while it is queued: it begins as soon as somebody signs in to its archive', async () => {
    const all = made(kind)
    const { desk } = all
    desk.engine.hangAt = 'open'
    const runs = all.life()
    const { runs: ids } = await runs.start({ ...start, refs: ['1', '2', '3'].map((scan) => ref(scan)) })
    await settled(() => desk.lab.runs.get(ids[1] ?? '')?.state === 'staging')
    desk.engine.hangAt = null
    desk.home = null
    const again = all.life()
    await again.recover()
    await again.idle()
    expect(ids.map((id) => again.get(id).summary.message)).toEqual(Array(3).fill(expect.stringMatching(/^Waits until somebody signs in/)))
    expect(again.counts().active).toBe(3)
    desk.home = { id: 'xnat.example', demo: false }
    await again.sendWaiting()
    await again.idle()
    expect(ids.map((id) => again.get(id).summary)).toMatchObject(ids.map(() => ({ state: 'done', home: 'read-back' })))
    nothingLeft(all)
  })

  it('and a dropped scan that is not known any more: it fails with what to do, and leaves nothing', async () => {
    const all = made(kind)
    const { desk } = all
    const bytes = new TextEncoder().encode('HSF-OCT-103')
    const { Readable } = await import('node:stream')
    const read = async () => Readable.from([bytes])
    desk.locals.set('l', { files: [{ kind: 'heidelberg-vol', extension: '.vol', size: bytes.length, sha256: '', read }] })
    desk.engine.hangAt = 'stage'
    const { runs: ids } = await all.life().start({ ...start, refs: [{ kind: 'local', local: 'l' }] })
    const id = ids[0] ?? ''
    await settled(() => desk.engine.boxes.has(id))
    desk.engine.hangAt = null
    desk.locals.clear()
    const again = all.life()
    await again.recover()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/Drop it again/) })
    expect(again.get(id).receipt).toMatchObject({ complete: true, owed: [] })
    nothingLeft(all)
  })

  it('and is cancelled before it goes on', async () => {
    const all = made(kind)
    const { id } = await begin(all, 'wait', 'running')
    const again = all.life()
    again.cancel(id)
    await again.recover()
    await again.idle()
    expect(again.get(id).summary.state).toBe('cancelled')
    nothingLeft(all)
  })
})

describe('the container engine goes away', () => {
  for (const [step, state] of [
    ['stage', 'staging'],
    ['start', 'running'],
    ['wait', 'running'],
    ['collect', 'collecting'],
  ] as const) {
    it(`at ${step}: the run waits with a sentence, and goes on when it is back`, async () => {
      const all = made()
      const { desk } = all
      desk.engine.failAt = step
      desk.engine.fault = away
      desk.engine.leaves = true
      const runs = all.life()
      const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
      const id = ids[0] ?? ''
      await runs.idle()
      desk.engineThere = false
      runs.takeUp()
      expect(runs.get(id).summary).toMatchObject({ state, message: expect.stringMatching(/^Waits for the container engine.*Nothing is lost/) })
      expect(runs.counts()).toMatchObject({ active: 1, owed: 2 })
      desk.engine.failAt = null
      desk.engine.leaves = false
      desk.engineThere = true
      await runs.payOwed()
      await runs.idle()
      expect(runs.get(id)).toMatchObject({ summary: { state: 'done', home: 'read-back', message: null }, receipt: { complete: true } })
      expect(desk.archive.publishes).toBe(1)
      nothingLeft(all)
    })
  }

  it('for good: a run that does not get any further is given up', async () => {
    const all = made()
    all.desk.engine.failAt = 'wait'
    all.desk.engine.fault = away
    const runs = all.life()
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
    await runs.idle()
    for (let times = 0; times < 30; times++) {
      runs.takeUp()
      await runs.idle()
    }
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'failed', message: away.message })
    nothingLeft(all)
  })

  it('and another is used now: what was begun on it waits for it, and its things are owed', async () => {
    const all = made()
    const { id } = await begin(all, 'wait', 'running')
    const { desk } = all
    const first = desk.engine.id
    Object.assign(desk.engine, { id: 'another' })
    const again = all.life()
    await again.recover()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'running', message: expect.stringMatching(/another one is in use/) })
    again.cancel(id)
    await again.idle()
    expect(again.get(id)).toMatchObject({ summary: { state: 'cancelled' }, receipt: { complete: false } })
    expect(desk.debts.list()).toHaveLength(2)
    Object.assign(desk.engine, { id: first })
    expect(await again.payOwed()).toEqual({ left: 0 })
    expect(again.get(id).receipt).toMatchObject({ complete: true, owed: [] })
  })

  it('and ends the container: the run begins anew, but not for ever', async () => {
    const all = made()
    all.desk.engine.exit = { exitCode: 143, outOfMemory: false, timedOut: false }
    const runs = all.life()
    const { runs: ids } = await runs.start({ ...start, refs: [ref('1')] })
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/engine ended the analysis/) })
    expect(all.desk.engine.starts).toBe(4)
    nothingLeft(all)
  })

  it('and what it held is gone: the run begins anew', async () => {
    const all = made()
    const { id } = await begin(all, 'wait', 'running')
    all.desk.engine.boxes.clear()
    const again = all.life()
    await again.recover()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(all.desk.engine.starts).toBe(2)
    nothingLeft(all)
  })
})

describe('the archive goes away before the scans are copied', () => {
  it('and the run waits, begins anew when it is back, and no more begin together than may', async () => {
    const all = made()
    const { desk } = all
    const { scanFiles } = desk.archive
    desk.archive.scanFiles = () => Promise.reject(new ScansideError('unreachable', 'The archive does not answer.'))
    const runs = all.life()
    const { runs: ids } = await runs.start({ ...start, refs: ['1', '2', '3', '4', '5'].map((scan) => ref(scan)) })
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary)).toMatchObject(
      ids.map(() => ({ state: 'queued', message: expect.stringMatching(/^Waits and tries/) })),
    )
    nothingLeft(all)
    desk.archive.scanFiles = scanFiles
    desk.engine.most = 0
    runs.takeUp()
    await runs.idle()
    expect(ids.map((id) => runs.get(id).summary.state)).toEqual(ids.map(() => 'done'))
    expect(desk.engine.most).toBe(2)
  })
})

describe('who ended a container', () => {
  const exit = (exitCode: number, change = {}) => ({ exitCode, outOfMemory: false, timedOut: false, ...change })
  it.each([
    ['its program, well', exit(0), true, false],
    ['its program, with an error', exit(1), true, false],
    ['its program, by a fault of memory access', exit(139), true, false],
    ['an engine that was stopped in order', exit(143), false, true],
    ['an engine that was killed, and found it', exit(137), true, true],
    ['whoever killed it while the engine was there', exit(137), false, false],
    ['an engine that does not know', exit(255), true, true],
    ['its program, with a code of its own', exit(255), false, false],
    ['want of memory', exit(137, { outOfMemory: true }), true, false],
    ['its deadline', exit(143, { timedOut: true }), true, false],
  ])('%s', (_, ended, takenUp, byEngine) => {
    expect(endedByEngine(ended, takenUp)).toBe(byEngine)
  })
})
