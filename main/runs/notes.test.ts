/** A desk without a keyring: what it was working on when it died is found again on the engine. */
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { LeftRun } from '../engines/engine.ts'
import { openLab } from '../store/lab.ts'
import { fakeDesk, fakePlan, ref } from './fakes.ts'
import { isNoted, runOf } from './notes.ts'
import { createRuns } from './runs.ts'

const start = { pipeline: 'p', values: { secret: 'word' }, subject: 'DEMO / Mustermann', refs: [ref('1')] }
const memory = () => openLab({ path: null, key: null, chainKey: '22'.repeat(32), now: () => new Date(0) })
const plan = async () => ({
  ...fakePlan(),
  argv: ['/app', '--secret=word'],
  mounts: [
    { name: 'in', path: '/input', writable: false },
    { name: 'out', path: '/output', writable: true },
  ],
})

/** A desk that dies at `hangAt` with its records, and the next start over what is on the engine. */
const died = async (hangAt: 'wait' | 'collect' | 'wipe', state: LeftRun['state'] = 'ended-well') => {
  const { desk, options, life } = fakeDesk()
  desk.engine.hangAt = hangAt
  const { runs: ids } = await createRuns({ ...options, pipelines: { plan } }).start(start)
  const id = ids[0] ?? ''
  const stateAt = { wait: 'running', collect: 'collecting', wipe: 'wiping' }[hangAt]
  await expect.poll(() => desk.lab.runs.get(id)?.state).toBe(stateAt)
  desk.engine.hangAt = null
  const note = desk.engine.boxes.get(id)?.note ?? new Uint8Array()
  desk.engine.noted = async () => (desk.engine.openRuns.has(id) || !desk.engine.boxes.has(id) ? [] : [{ runId: id, note, state }])
  const lab = memory()
  const again = createRuns({ ...life(), lab, pipelines: { plan } })
  return { desk, id, note, lab, again }
}

describe('a run whose records ended with the desk', () => {
  for (const hangAt of ['wait', 'collect', 'wipe'] as const) {
    it(`is found again (it died at ${hangAt}), goes home once somebody signs in, and leaves nothing`, async () => {
      const { desk, id, lab, again } = await died(hangAt)
      desk.home = null
      expect(again.list(0, 10).total).toBe(0)
      await again.recover()
      await again.idle()
      expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'waiting', verdicts: ['usable'], subject: '' })
      expect(again.get(id).results?.scans).toHaveLength(1)
      expect([desk.engine.things.size, desk.debts.list()]).toEqual([0, []])
      expect(again.get(id).receipt).toMatchObject({ complete: true })
      desk.home = { id: 'xnat.example', demo: false }
      await again.sendWaiting()
      expect(again.get(id).summary.home).toBe('read-back')
      expect([...desk.archive.home.keys()]).toEqual([`XNAT_E1/oct-quality/0.1.0/${id}/results.json`])
      expect(desk.engine.starts).toBe(1)
      expect(lab.chain.broken()).toBeNull()
    })
  }

  it('is found again by an engine that comes later, also where the list of debts is lost', async () => {
    const { desk, id, again } = await died('collect')
    desk.engineThere = false
    await again.recover()
    for (const thing of desk.debts.list()) desk.debts.settle(thing)
    expect(await again.takeUpNoted()).toBe(false)
    desk.engineThere = true
    expect(await again.takeUpNoted()).toBe(true)
    await desk.engine.reap()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'read-back' })
  })

  it('is noted by ids and opaque names alone', async () => {
    const { note } = await died('wait')
    expect(Buffer.from(note).toString()).not.toMatch(/mustermann|secret|erna/i)
  })

  it('is removed where its container did not end well', async () => {
    const { desk, id, again } = await died('wait', 'failed')
    await again.recover()
    await again.idle()
    expect(again.list(0, 10).total).toBe(0)
    expect([desk.engine.things.size, desk.debts.list(), id !== '']).toEqual([0, [], true])
  })

  it('is not removed before its note could be read, however often what is owed is tried', async () => {
    const { desk, id, again } = await died('wait')
    const { noted } = desk.engine
    desk.engine.noted = () => Promise.reject(new ScansideError('engine-unavailable', 'The container engine does not answer.'))
    await again.recover()
    expect(await again.payOwed()).toEqual({ left: 2 })
    Object.assign(desk.engine, { noted })
    await again.payOwed()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'read-back' })
  })
})

describe('notes', () => {
  const left = (text: string): LeftRun => ({ runId: 'r', note: new TextEncoder().encode(text), state: 'ended-well' })
  it.each(['', '{', '[]', '{"version":2}', 'null'])('that say %j are none', (text) => {
    expect(runOf(left(text), 'docker', 'this desk')).toBeNull()
  })

  it.each([
    ['a desk without a keyring', false, {}, true],
    ['a desk that keeps records', true, {}, false],
    ['the demo lab, whose archive ends with the application', false, { demo: true }, false],
    ['a machine in the cloud', false, { place: 'cloud' as const }, false],
  ])('%s', (_, kept, record, expected) => {
    expect(isNoted({ lab: { ...memory(), kept } }, { demo: false, ...record })).toBe(expected)
  })
})
