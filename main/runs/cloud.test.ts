/** Runs whose machine fetches, judges and sends home by itself, and outlives the desk. */
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { runDetailSchema } from '../../preload/contract.ts'
import { fakeCloudDesk } from './fakes-remote.ts'
import { createRuns } from './runs.ts'

const start = { pipeline: 'p', values: {}, subject: 's', place: 'cloud' as const }
const unreachable = new ScansideError('unreachable', 'The cloud does not answer.')
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

describe('a run in the cloud', () => {
  it('is published by its machine, read back here, and leaves nothing', async () => {
    const made = fakeCloudDesk()
    const { runs, id } = await one(made)
    await runs.idle()
    const detail = runDetailSchema.parse(runs.get(id))
    expect(detail.summary).toMatchObject({ state: 'done', home: 'read-back', place: 'cloud', verdicts: ['usable'], message: null })
    expect(detail.steps.map(({ state }) => state)).toEqual(['queued', 'staging', 'running', 'collecting', 'publishing', 'wiping', 'done'])
    expect([...made.desk.archive.home.keys()]).toEqual([`XNAT_E1/oct-quality/0.1.0/${id}/results.json`])
    expect(made.desk.archive.publishes, 'the machine has sent it').toBe(0)
    expect(detail.receipt).toMatchObject({ complete: true, engine: 'nova at cloud.example', published: [{ check: 'bytes read back' }] })
    expect(detail.receipt?.items.map(({ kind }) => kind).sort()).toEqual(['object-container', 'server', 'token'])
    expect(detail.receipt?.cannotProve).toContain('What the hosts keep.')
    expect(runs.verdictFor('xnat.example', 'XNAT_E1', '1')).toEqual({ verdict: 'usable', pipeline: 'oct-quality 0.1.0' })
    expect(made.desk.lab.runs.inputs(id)[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(made.desk.faults).toEqual([])
    nothingLeft(made)
  })

  it('has its machine take out what says whose the scan is', async () => {
    const made = fakeCloudDesk()
    const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 32, height: 32 })
    vol.set(new TextEncoder().encode('PAT-4711'), 140)
    const { createHash } = await import('node:crypto')
    const md5 = createHash('md5').update(vol).digest('hex')
    made.desk.archive.files.set('1', [{ uri: '/data/v', name: 'Mustermann.vol', resource: 'VOL', size: vol.length, md5, bytes: vol }])
    const { runs, id } = await one(made)
    await runs.idle()
    expect(runs.get(id).summary.state).toBe('done')
    const [given] = [...made.cloud.given]
    expect(given?.[0]).toMatch(/^VOL\/scan-[0-9a-f-]{36}\.vol$/)
    expect(Buffer.from(given?.[1] ?? []).includes('PAT-4711')).toBe(false)
    expect(Buffer.from(given?.[1].subarray(2_048) ?? []).equals(Buffer.from(vol.subarray(2_048)))).toBe(true)
  })

  it('keeps to the number of machines, and to its own queue', async () => {
    const made = fakeCloudDesk()
    made.state.machines = 3
    const runs = createRuns(made.life().options)
    const many = Array.from({ length: 12 }, (_, i) => made.scan(String(i)))
    await runs.start({ ...start, refs: many })
    await runs.start({ ...start, place: 'here', refs: many.slice(0, 4) })
    expect(runs.inCloud()).toBe(12)
    await runs.idle()
    expect([made.cloud.created, made.cloud.most, made.desk.engine.most]).toEqual([12, 3, 2])
    nothingLeft(made)
  })

  it('is refused with a sentence for dropped scans and while the cloud is away', async () => {
    const made = fakeCloudDesk()
    const runs = createRuns(made.life().options)
    await expect(runs.start({ ...start, refs: [{ kind: 'local', local: 'l' }] })).rejects.toMatchObject({ code: 'not-supported' })
    made.state.signedIn = false
    await expect(runs.start({ ...start, refs: [made.scan('1')] })).rejects.toMatchObject({ code: 'engine-unavailable' })
    expect(made.desk.lab.runs.total()).toBe(0)
    const { runs: ids } = await runs.start({ ...start, place: 'auto', refs: [made.scan('1')] })
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(runs.get(ids[0] ?? '').summary.place).toBeUndefined()
  })
})

describe('what a machine sent and may not stay', () => {
  const text = (value: string) => () => new TextEncoder().encode(value)
  it('is taken back where it breaks a rule, and the sentence says so', async () => {
    const made = fakeCloudDesk()
    made.cloud.output = text('{"schema":"9"}')
    const { runs, id } = await one(made)
    await runs.idle()
    const { summary } = runs.get(id)
    expect(summary).toMatchObject({ state: 'failed', verdicts: [] })
    expect(summary.message).toMatch(/^The pipeline ended, but .*No scan was judged.*taken back\.$/)
    expect(summary.message).not.toMatch(/Nothing was sent/)
    expect(made.desk.archive.home.size).toBe(0)
    nothingLeft(made)
  })

  it('is named where the archive does not let go of it', async () => {
    const made = fakeCloudDesk()
    made.cloud.output = (good) => new TextEncoder().encode(JSON.stringify({ ...good, scans: [] }))
    made.desk.archive.retract = async () => false
    const { runs, id } = await one(made)
    await runs.idle()
    expect(runs.get(id).summary.message).toContain(`look for SCANSIDE/oct-quality/0.1.0/${id}/results.json`)
  })

  it('is taken back where nobody knows which eye it is, and kept here', async () => {
    const made = fakeCloudDesk()
    made.cloud.output = (good) =>
      new TextEncoder().encode(
        JSON.stringify({
          ...good,
          scans: good.scans.map((scan) => ({
            ...scan,
            criteria: [...scan.criteria, { ...scan.criteria[0], id: 'L', status: 'unknown', reason: 'The file does not say.' }],
          })),
        }),
      )
    const { runs, id } = await one(made)
    await runs.idle()
    expect(runs.get(id)).toMatchObject({
      summary: { state: 'done', home: 'local', message: expect.stringMatching(/which eye.*taken back/) },
      results: { scans: [{}] },
    })
    expect(made.desk.archive.home.size).toBe(0)
  })

  it('is taken back of a run that was cancelled too late', async () => {
    const made = fakeCloudDesk()
    made.cloud.hangAt = null
    made.cloud.hold = true
    const { runs, id } = await one(made)
    await settled(() => made.cloud.machines.size === 1)
    made.desk.archive.home.set(`XNAT_E1/oct-quality/0.1.0/${id}/results.json`, new Uint8Array([1]))
    runs.cancel(id)
    await runs.idle()
    expect(runs.get(id).summary).toMatchObject({ state: 'cancelled', message: expect.stringMatching(/taken back/) })
    expect(made.desk.archive.home.size).toBe(0)
    nothingLeft(made)
  })
})

it('what a machine sends after its run was cancelled, because the cloud was away, is taken back once it is gone', async () => {
  const made = fakeCloudDesk()
  made.cloud.hold = true
  made.cloud.leaves = true
  const { runs, id } = await one(made)
  await settled(() => made.cloud.machines.size === 1)
  runs.cancel(id)
  await runs.idle()
  expect(runs.get(id)).toMatchObject({ summary: { state: 'cancelled', message: null }, receipt: { complete: false } })
  made.cloud.release()
  await settled(() => made.desk.archive.home.size === 1)
  expect(await runs.payOwed()).toEqual({ left: 0 })
  expect(made.desk.archive.home.size).toBe(0)
  expect(runs.get(id)).toMatchObject({ summary: { message: expect.stringMatching(/taken back/) }, receipt: { complete: true } })
})

describe('the network goes while a machine works', () => {
  it('nothing is lost: the run waits and is taken up again', async () => {
    for (const step of ['stage', 'wait', 'collect'] as const) {
      const made = fakeCloudDesk()
      made.cloud.failAt = { step, error: unreachable, times: 2 }
      const { runs, id } = await one(made)
      await runs.idle()
      expect(runs.get(id).summary.message).toMatch(/^Waits and tries again/)
      expect(made.cloud.machines.size).toBe(step === 'stage' ? 0 : 1)
      runs.takeUp()
      await runs.idle()
      runs.takeUp()
      await runs.idle()
      expect(runs.get(id).summary).toMatchObject({ state: 'done', home: 'read-back', message: null })
      expect(made.cloud.created).toBe(1)
      nothingLeft(made)
    }
  })

  it('does not begin anew for ever', async () => {
    const made = fakeCloudDesk()
    made.cloud.failAt = { step: 'stage', error: unreachable, times: 1_000 }
    const { runs, id } = await one(made)
    for (let tries = 0; tries < 40; tries++) {
      await runs.idle()
      runs.takeUp()
    }
    await runs.idle()
    expect(runs.get(id).summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/^The cloud does not answer\./) })
    expect(made.cloud.created).toBe(0)
    nothingLeft(made)
  })

  it('ends when it leads nowhere, and with what the machine itself gave up for', async () => {
    const made = fakeCloudDesk()
    made.cloud.failAt = { step: 'wait', error: unreachable, times: 1_000 }
    const { runs, id } = await one(made)
    for (let tries = 0; tries < 40; tries++) {
      await runs.idle()
      runs.takeUp()
    }
    await runs.idle()
    expect(runs.get(id).summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/^The cloud does not answer\./) })
    nothingLeft(made)
    made.cloud.failAt = { step: 'wait', error: new ScansideError('unreachable', 'It could not reach the archive.', { problem: 'x' }), times: 1 }
    const other = await one(made)
    await other.runs.idle()
    expect(other.runs.get(other.id).summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/could not reach/) })
  })

  it('its log says nothing twice', async () => {
    const made = fakeCloudDesk()
    made.cloud.failAt = { step: 'wait', error: unreachable, times: 2 }
    const { runs, id } = await one(made)
    for (let tries = 0; tries < 4; tries++) {
      await runs.idle()
      runs.takeUp()
    }
    await runs.idle()
    expect(runs.get(id).summary.state).toBe('done')
    expect(runs.log(id, 0).lines.filter(({ text }) => text === 'progress 1/2')).toHaveLength(1)
  })

  it('waits and says so where the quota leaves no machine at all', async () => {
    const made = fakeCloudDesk()
    made.state.machines = 0
    const { runs, id } = await one(made)
    expect(runs.get(id).summary).toMatchObject({ state: 'queued', message: expect.stringMatching(/room in the cloud/) })
    made.state.machines = 1
    runs.takeUp()
    await runs.idle()
    expect(runs.get(id).summary).toMatchObject({ state: 'done', message: null })
  })

  it('waits for room where the quota is used up by another machine', async () => {
    const made = fakeCloudDesk()
    made.cloud.hold = true
    const runs = createRuns(made.life().options)
    const first = await runs.start({ ...start, refs: [made.scan('1')] })
    await settled(() => made.cloud.machines.size === 1)
    made.cloud.failAt = { step: 'start', error: new ScansideError('quota', 'The quota is used up.'), times: 1 }
    const second = await runs.start({ ...start, refs: [made.scan('2')] })
    const id = second.runs[0] ?? ''
    await settled(() => runs.get(id).summary.message !== null)
    expect(runs.get(id).summary).toMatchObject({ state: 'queued', message: expect.stringMatching(/room in the cloud/) })
    made.cloud.release()
    await runs.idle()
    expect([...first.runs, id].map((run) => runs.get(run).summary.state)).toEqual(['done', 'done'])
    nothingLeft(made)
  })
})

it('what is left of a machine and on no list of debts is tried again, and given up in the end', async () => {
  for (const times of [2, 1_000]) {
    const made = fakeCloudDesk()
    const { options } = made.life()
    const engine = options.cloud.engine()
    if (!engine) throw new Error('no engine')
    let left = times
    const open: typeof engine.open = async (spec) => {
      const workspace = await engine.open(spec)
      const wipe = async () => {
        const report = await workspace.wipe()
        return left-- > 0 ? { ...report, complete: false, owed: ['Its reports are still in the archive.'] } : report
      }
      return { ...workspace, wipe }
    }
    const runs = createRuns({ ...options, cloud: { ...options.cloud, engine: () => ({ ...engine, open }) } })
    const [id = ''] = (await runs.start({ ...start, refs: [made.scan('1')] })).runs
    await runs.idle()
    expect(runs.get(id).summary).toMatchObject({ state: 'wiping', message: expect.stringMatching(/tried again/) })
    for (let tries = 0; tries < 5; tries++) {
      runs.takeUp()
      await runs.idle()
    }
    expect(runs.get(id).summary).toMatchObject({ state: 'done', home: 'read-back' })
    expect(runs.get(id).receipt).toMatchObject({ complete: times === 2, published: [{}] })
    expect(runs.get(id).receipt?.items.map(({ check }) => check)).toEqual(['404', '404', '404'])
    nothingLeft(made)
  }
})

it('runs none of which gets a machine do not wait for each other for ever', async () => {
  const made = fakeCloudDesk()
  made.cloud.failAt = { step: 'start', error: new ScansideError('quota', 'No flavor is large enough.'), times: 1_000 }
  const { runs, ids } = await one(made, ['1', '2', '3'])
  for (let tries = 0; tries < 10; tries++) {
    await runs.idle()
    runs.takeUp()
  }
  await runs.idle()
  expect(ids.map((id) => runs.get(id).summary)).toMatchObject(ids.map(() => ({ state: 'failed', message: 'No flavor is large enough.' })))
  nothingLeft(made)
})

it('cancelled in the moment in which it is put off, a run ends at once', async () => {
  const made = fakeCloudDesk()
  made.cloud.hold = true
  const { options } = made.life()
  const engine = options.cloud.engine()
  if (!engine) throw new Error('no engine')
  let wiping = () => {}
  const begun = new Promise<void>((resolve) => {
    wiping = resolve
  })
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const open: typeof engine.open = async (spec) => {
    const workspace = await engine.open(spec)
    const wipe = async () => {
      wiping()
      await gate
      return workspace.wipe()
    }
    return { ...workspace, wipe }
  }
  const runs = createRuns({ ...options, cloud: { ...options.cloud, engine: () => ({ ...engine, open }) } })
  await runs.start({ ...start, refs: [made.scan('1')] })
  await settled(() => made.cloud.machines.size === 1)
  made.cloud.failAt = { step: 'start', error: new ScansideError('quota', 'The quota is used up.'), times: 1 }
  const [id = ''] = (await runs.start({ ...start, refs: [made.scan('2')] })).runs
  await begun
  runs.cancel(id)
  goOn()
  await settled(() => runs.get(id).summary.state === 'cancelled')
  made.cloud.release()
  await runs.idle()
  nothingLeft(made)
})

it('what ended runs still owe in the cloud is removed, here and there in one report', async () => {
  const made = fakeCloudDesk()
  const thing = { runId: 'old', engine: 'nova:0123456789abcdef', kind: 'server', name: 'scanside-old' } as const
  made.desk.debts.incur(thing)
  const runs = createRuns(made.life().options)
  expect(await runs.payOwed()).toEqual({ left: 0 })
  made.state.signedIn = false
  made.desk.debts.incur(thing)
  expect(await runs.payOwed()).toEqual({ left: 1 })
})

it('estimates from what has run, and says what is a guess', async () => {
  const made = fakeCloudDesk()
  const runs = createRuns(made.life().options)
  const asked = { pipeline: 'p', scans: 3, bytes: 60e6, local: false }
  expect(await runs.estimate(asked)).toMatchObject({
    here: { seconds: expect.any(Number), why: expect.stringMatching(/guess/) },
    cloud: { seconds: expect.any(Number), why: expect.stringMatching(/guess/) },
    auto: { place: 'here' },
  })
  made.state.signedIn = false
  expect(await runs.estimate(asked)).toMatchObject({ cloud: { seconds: null }, auto: { place: 'here' } })
  expect((await createRuns({ ...made.life().options, cloud: undefined as never }).estimate(asked)).cloud.why).toMatch(/No cloud is set up/)
})
