/** Runs in the cloud outlive the desk: killed at every step, or closed, the next start goes on with them. */
import { describe, expect, it } from 'vitest'
import type { RunState } from '../../preload/contract.ts'
import { fakeCloudDesk } from './fakes-remote.ts'
import { createRuns } from './runs.ts'

const start = { pipeline: 'p', values: {}, subject: 's', place: 'cloud' as const }
type Made = ReturnType<typeof fakeCloudDesk>

const settled = async (until: () => boolean) => {
  for (let turns = 0; turns < 500 && !until(); turns++) await new Promise((resolve) => setImmediate(resolve))
  expect(until()).toBe(true)
}
const one = async (made: Made, scans = ['1']) => {
  const runs = createRuns(made.life().options)
  const { runs: ids } = await runs.start({ ...start, refs: scans.map((scan) => made.scan(scan)) })
  return { runs, ids, id: ids[0] ?? '' }
}
const nothingLeft = ({ cloud, desk }: Made) => {
  expect([cloud.machines.size, cloud.drops.size, desk.debts.list()]).toEqual([0, 0, []])
}

describe('the desk dies and is started again', () => {
  it('between the removal and its receipt: the receipt names everything', async () => {
    const made = fakeCloudDesk()
    const { addReceipt } = made.desk.lab.chain
    made.desk.lab.chain.addReceipt = () => {
      throw new Error('dead')
    }
    const { save } = made.desk.lab.runs
    made.desk.lab.runs.save = (record, step) => {
      if (step?.state === 'done') throw new Error('dead')
      save(record, step)
    }
    const { runs, id } = await one(made)
    await runs.idle()
    expect(made.desk.lab.runs.get(id)?.state).toBe('wiping')
    made.desk.lab.chain.addReceipt = addReceipt
    made.desk.lab.runs.save = save
    const again = createRuns(made.life().options)
    await again.recover()
    await again.idle()
    expect(again.get(id)).toMatchObject({ summary: { state: 'done', home: 'read-back' }, receipt: { complete: true, published: [{}] } })
    expect(again.get(id).receipt?.items.map(({ check }) => check)).toEqual(Array(3).fill('removed and checked before Scanside was interrupted'))
  })

  it('while results are read back: they are not sent a second time', async () => {
    const made = fakeCloudDesk()
    const { publishedFile } = made.desk.archive
    made.desk.archive.publishedFile = () => new Promise(() => {})
    const { id } = await one(made)
    await settled(() => made.desk.lab.runs.get(id)?.state === 'publishing')
    made.desk.archive.publishedFile = publishedFile
    const again = createRuns(made.life().options)
    await again.recover()
    await again.idle()
    expect(again.get(id)).toMatchObject({ summary: { state: 'done', home: 'read-back' }, receipt: { complete: true, published: [{}] } })
    expect([made.desk.archive.publishes, made.cloud.created]).toEqual([0, 1])
    nothingLeft(made)
  })

  const steps = ['open', 'stage', 'start', 'wait', 'collect', 'wipe'] as const
  const stateAt: Record<(typeof steps)[number], RunState> = {
    open: 'staging',
    stage: 'staging',
    start: 'running',
    wait: 'running',
    collect: 'collecting',
    wipe: 'wiping',
  }
  for (const step of steps) {
    it(`at ${step}: the run goes on to its end, is published once, and leaves nothing`, async () => {
      const made = fakeCloudDesk()
      made.cloud.hangAt = step
      const { id } = await one(made)
      await settled(() => made.desk.lab.runs.get(id)?.state === stateAt[step] && (step !== 'stage' || made.cloud.drops.size > 0))
      for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
      made.cloud.hangAt = null

      const { options, openRuns } = made.life()
      const again = createRuns(options)
      expect([...openRuns]).toEqual([id])
      expect(again.get(id).summary.message).toMatch(/^Waits for the cloud/)
      await again.recover()
      await again.idle()
      expect(again.get(id)).toMatchObject({
        summary: { state: 'done', home: 'read-back', verdicts: ['usable'], message: null },
        receipt: { complete: true, published: [{ path: `SCANSIDE/oct-quality/0.1.0/${id}/results.json` }] },
      })
      expect(
        again
          .get(id)
          .receipt?.items.map(({ kind, removedAt }) => [kind, removedAt !== null])
          .sort(),
      ).toEqual([
        ['object-container', true],
        ['server', true],
        ['token', true],
      ])
      expect([made.desk.archive.home.size, made.desk.archive.publishes, made.cloud.created]).toEqual([1, 0, 1])
      nothingLeft(made)
      expect(made.desk.lab.chain.broken()).toBeNull()
      expect(made.desk.faults).toEqual([])
    })
  }

  it('waits until cloud and archive are there, and no engine takes its things for abandoned meanwhile', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    const { id } = await one(made)
    await settled(() => made.cloud.machines.size === 1)
    made.state.signedIn = false
    const again = createRuns(made.life().options)
    await again.recover()
    expect(again.get(id).summary).toMatchObject({ state: 'running', message: expect.stringMatching(/signed in/) })
    expect([again.counts().active, again.inCloud()]).toEqual([1, 1])
    made.state.signedIn = true
    made.state.archiveReady = false
    await again.payOwed()
    expect(again.get(id).summary.message).toMatch(/archive/)
    expect(made.cloud.machines.size).toBe(1)
    made.state.archiveReady = true
    again.takeUp()
    made.cloud.release()
    await again.idle()
    expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'read-back', message: null })
    nothingLeft(made)
  })

  it('can be cancelled while it waits; what it has there goes when the cloud is back', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    const { id } = await one(made)
    await settled(() => made.cloud.machines.size === 1)
    made.state.signedIn = false
    const again = createRuns(made.life().options)
    await again.recover()
    again.cancel(id)
    expect(again.get(id).summary.state).toBe('wiping')
    expect(() => again.cancel(id)).toThrow('cleaned up')
    made.state.signedIn = true
    again.takeUp()
    await again.idle()
    expect(again.get(id).summary.state).toBe('cancelled')
    nothingLeft(made)
  })

  it('a queued one begins in the next life; one of a demo lab that is gone does not', async () => {
    const made = fakeCloudDesk()
    made.state.machines = 0
    const { id } = await one(made)
    const demo = { ...made.desk.lab.runs.get(id), id: 'demo', demo: true }
    made.desk.lab.runs.save(demo as never)
    made.state.machines = 5
    const again = createRuns(made.life().options)
    await again.recover()
    await again.idle()
    expect([again.get(id).summary.state, again.get('demo').summary.state]).toEqual(['done', 'failed'])
  })
})

describe('the cloud comes back at its own time', () => {
  it('before the start has looked at what was left: a run that has come to its end meanwhile stays ended', async () => {
    const made = fakeCloudDesk()
    made.cloud.hangAt = 'collect'
    const { id } = await one(made)
    await settled(() => made.desk.lab.runs.get(id)?.state === 'collecting')
    made.cloud.hangAt = null
    const again = createRuns(made.life().options)
    again.takeUp()
    await again.idle()
    expect(again.get(id).summary.state).toBe('done')
    await again.recover()
    expect(again.get(id).summary).toMatchObject({ state: 'done', home: 'read-back', verdicts: ['usable'] })
  })

  it('nothing of a run that begins anew is taken for abandoned in between', async () => {
    const made = fakeCloudDesk()
    made.cloud.hangAt = 'stage'
    const { id } = await one(made)
    await settled(() => made.cloud.drops.size > 0)
    made.cloud.hangAt = null
    const { options, openRuns } = made.life()
    const { plan } = options.pipelines
    const known: boolean[] = []
    const again = createRuns({
      ...options,
      pipelines: {
        plan: async (...input) => {
          known.push(openRuns.has(id))
          return plan(...input)
        },
      },
    })
    await again.recover()
    await again.idle()
    expect([known, again.get(id).summary.state, [...openRuns]]).toEqual([[true], 'done', []])
  })

  it('a file only a newer Scanside may write to: what that one goes on with is not removed', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    const { id } = await one(made)
    await settled(() => made.cloud.machines.size === 1)
    const { options } = made.life()
    const older = createRuns({ ...options, lab: { ...options.lab, readOnly: true } })
    await older.recover()
    await older.payOwed()
    expect([...made.cloud.machines.keys()]).toEqual([id])
  })
})

describe('closing Scanside', () => {
  it('leaves machines at work where the next start knows of them', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    made.state.machines = 2
    const { runs, ids } = await one(made, ['1', '2', '3'])
    await settled(() => made.cloud.machines.size === 2)
    await runs.close()
    expect(ids.map((id) => made.desk.lab.runs.get(id)?.state)).toEqual(['running', 'running', 'queued'])
    made.cloud.release()
    const again = createRuns(made.life().options)
    await again.recover()
    await again.idle()
    expect(ids.map((id) => again.get(id).summary)).toMatchObject(ids.map(() => ({ state: 'done', home: 'read-back' })))
    expect(made.cloud.created).toBe(3)
    nothingLeft(made)
  })

  it('cancels them where its records end with it', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    made.state.kept = false
    const { runs, id } = await one(made)
    await settled(() => made.cloud.machines.size === 1)
    await runs.close()
    expect(runs.get(id).summary.state).toBe('cancelled')
    nothingLeft(made)
  })
})
