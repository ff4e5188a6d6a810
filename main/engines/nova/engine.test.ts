import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import type { InputRef, LogLine } from '../engine.ts'
import { away, given, outcomeOf, run, specOf, type World, world } from '../remote/cloud.fixture.ts'
import { objectNames, remoteJobSchema, remoteName } from '../remote/job.ts'
import type { RemoteEngineParts } from '../remote/parts.ts'
import { createNovaEngine } from './engine.ts'

const { signal } = new AbortController()
const name = remoteName(run)
const read = async () => Readable.from([Buffer.from('abc')])
const fetched: InputRef = {
  kind: 'archive',
  uri: '/data/experiments/E/scans/1/resources/2/files/x.vol',
  path: 'scan-1.vol',
  size: 3,
  read,
  original: { size: 3, md5: 'a'.repeat(32), changes: [{ offset: 0, length: 1, fill: 65 }] },
}
const carried: InputRef = { kind: 'archive', uri: '/data/x.xml', path: 'x.xml', size: 3, read }

let w: World
let lines: Omit<LogLine, 'seq'>[]
beforeEach(() => {
  w = world()
  lines = []
})
const texts = () => lines.map(({ text }) => text)
const onLine = (line: Omit<LogLine, 'seq'>) => lines.push(line)
const open = (change: Partial<RemoteEngineParts> = {}) => createNovaEngine(w.parts(change)).open(specOf())
const begun = async (change: Partial<RemoteEngineParts> = {}, inputs = [fetched]) => {
  const workspace = await open(change)
  await workspace.stage(
    inputs.map((ref) => ({ mount: 'in', ref })),
    signal,
    () => {},
  )
  await workspace.start(signal, onLine)
  return workspace
}
const withoutSwift = () => ({ cloud: { ...w.cloud, objects: null } })

describe('a run', () => {
  it('is ordered once, told of, read back and removed with proof', async () => {
    const workspace = await open()
    const progress: number[] = []
    const staged = await workspace.stage(
      [fetched, carried].map((ref) => ({ mount: 'in', ref })),
      signal,
      (bytes) => progress.push(bytes),
    )
    expect(staged).toEqual([
      { path: 'scan-1.vol', size: 3, sha256: null },
      { path: 'x.xml', size: 3, sha256: given.sha256 },
    ])
    expect(progress.at(-1)).toBe(6)
    await workspace.start(signal, onLine)
    expect(w.server()?.order).toMatchObject({ name, imageId: 'image', flavorId: 'small', network: { kind: 'auto' }, zone: null })
    expect(w.server()?.metadata).toMatchObject({ 'org.scanside.run': run, 'org.scanside.install': 'install-1' })
    w.happens.push(
      () => w.set('ACTIVE'),
      () => w.put(objectNames.progress, { run, stage: 'running', done: 0, of: 0 }),
      () => w.put(objectNames.log, 'begin\n'),
      () => w.succeed('{"a":1}', { given: [given, { ...given, path: 'x.xml' }] }),
    )
    expect(await workspace.wait(signal)).toEqual({ exitCode: 0, outOfMemory: false, timedOut: false, given: [given, { ...given, path: 'x.xml' }] })
    expect(texts()).toEqual(
      expect.arrayContaining([
        'The cloud has taken the order for a machine.',
        'The cloud machine runs.',
        'The machine runs the pipeline.',
        'begin',
        'end',
      ]),
    )
    expect(texts().filter((text) => text === 'begin')).toHaveLength(1)
    // The token's object is gone as soon as the machine had it.
    expect(w.containers.get(name)?.objects.has(objectNames.token)).toBe(false)
    const [output] = await workspace.collect('out', signal)
    expect(output).toMatchObject({ kind: 'archived', path: 'results.json', size: 7 })
    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect(report.items.map(({ kind, name: of, check }) => [kind, of, check])).toEqual([
      ['server', name, 'GET answers 404, listing by name is empty, no port is left'],
      ['object-container', name, 'each of 5 objects answers 404, then the container'],
      ['token', 'alias-1', 'the archive refuses it (401)'],
    ])
    expect(report.cannotProve?.join()).toContain('backups')
    expect([w.servers.size, w.containers.size, w.home.tokens.size, w.owed.debts.list()]).toEqual([0, 0, 0, []])
  })

  it('tells the machine what it needs by links, and no secret where there is an object store', async () => {
    await begun()
    const { objects, key } = w.containers.get(name) ?? {}
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    const job = JSON.parse(String(objects?.get(objectNames.job)))
    expect(remoteJobSchema.parse(job)).toEqual(job)
    expect(job).toMatchObject({ token: { kind: 'link' }, archive: { ca: ['XNAT CA', 'CLOUD CA'] }, report: { kind: 'link' }, outputMount: 'out' })
    expect(w.server()?.order.userData).not.toContain('secret1')
    expect(JSON.stringify(job)).not.toContain('secret1')
    expect(JSON.parse(String(objects?.get(objectNames.token)))).toEqual({ alias: 'alias-1', secret: 'secret1' })
  })

  it('tells the machine by the cloud’s clock when it was ordered', async () => {
    const ahead = 3 * 3_600_000
    const workspace = await open({ cloud: { ...w.cloud, clockSkewMs: () => ahead } })
    await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    const job = remoteJobSchema.parse(JSON.parse(String(w.containers.get(name)?.objects.get(objectNames.job))))
    const now = w.clock.ms + ahead
    expect(job.clock).toEqual({ earliest: now - 300_000, latest: now + 600_000 + 3_600_000 })
  })

  it('writes down everything before it is created', async () => {
    const order: string[] = []
    const { debts } = w.owed
    const noted = {
      ...debts,
      incur: (...things: Parameters<typeof debts.incur>) => {
        order.push(...things.map(({ kind }) => kind))
        debts.incur(...things)
      },
    }
    w.home.fail('issue', away())
    const workspace = await open({ debts: noted })
    await expect(workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})).rejects.toMatchObject({ code: 'unreachable' })
    expect(order).toEqual(['token-intent', 'server', 'object-container'])
    // What came of the order is not known: it is looked for.
    w.home.state.unknown = ['alias-9']
    w.home.tokens.set('alias-9', 'x')
    const report = await workspace.wipe()
    expect(w.home.state.asked).toEqual([998_000, 1_060_000])
    expect(report.items.map(({ kind, name: of }) => [kind, of])).toEqual([
      ['object-container', name],
      ['token', 'alias-9'],
    ])
    expect([w.home.tokens.size, debts.list()]).toEqual([0, []])
  })

  it('reports through the archive where there is no object store, and says what that means', async () => {
    const workspace = await begun(withoutSwift())
    expect(w.server()?.order.userData).toContain('gz+b64')
    w.set('ACTIVE')
    w.happens.push(() => {
      w.home.files.set(`judge/1/${run}/outcome.json`, Buffer.from(JSON.stringify(outcomeOf())))
      w.home.files.set(`judge/1/${run}/log.txt`, Buffer.from('hello\n'))
    })
    expect((await workspace.wait(signal)).exitCode).toBe(0)
    expect(texts()).toContain('hello')
    const report = await workspace.wipe()
    expect([report.complete, w.home.files.size]).toEqual([true, 0])
    expect(report.cannotProve?.join()).toContain('user data')
  })

  it('says what it may not delete there', async () => {
    const workspace = await begun(withoutSwift())
    w.home.files.set(`judge/1/${run}/log.txt`, Buffer.from('hello\n'))
    w.home.state.mayDelete = false
    expect(await workspace.wipe()).toMatchObject({ complete: false, owed: [expect.stringContaining('beside the results')] })
  })

  it('refuses what may not go there', async () => {
    const workspace = await open()
    const local: InputRef = { kind: 'local', path: 'x.vol', size: 3, read }
    await expect(workspace.stage([{ mount: 'in', ref: local }], signal, () => {})).rejects.toMatchObject({ code: 'not-supported' })
    const poor = await open(withoutSwift())
    await expect(poor.stage([{ mount: 'in', ref: carried }], signal, () => {})).rejects.toMatchObject({ code: 'not-supported' })
    w.home.state.signedIn = false
    await expect(workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})).rejects.toMatchObject({ code: 'unauthorized' })
    expect([w.owed.ever, w.servers.size, w.home.state.issued]).toEqual([[], 0, 0])
  })
})

describe('another life of the desk', () => {
  it('takes up the machine that is there', async () => {
    await begun()
    w.set('ACTIVE')
    const again = await open()
    await again.start(signal, onLine)
    w.succeed()
    expect((await again.wait(signal)).given).toEqual([given])
    expect((await again.collect('out', signal))[0]?.size).toBe(7)
    expect((await again.wipe()).items.map(({ kind }) => kind).sort()).toEqual(['object-container', 'server', 'token'])
    expect([w.counts.create, w.servers.size, w.containers.size, w.home.tokens.size, w.owed.debts.list()]).toEqual([1, 0, 0, 0, []])
  })

  it('gives the order that was staged and not given', async () => {
    const first = await open()
    await first.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    const again = await open()
    await again.start(signal, onLine)
    expect(w.counts.create).toBe(1)
    expect(w.owed.debts.list().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['server', 'token', 'object-container']))
  })

  it('does not give an order whose links may have ended', async () => {
    await (await open()).stage([{ mount: 'in', ref: fetched }], signal, () => {})
    w.clock.ms += 3_600_000
    await expect((await open()).start(signal, onLine)).rejects.toMatchObject({ code: 'not-found' })
    expect(w.counts.create).toBe(0)
  })

  it('reads the outcome of a machine that is gone, and makes none again', async () => {
    await begun()
    w.succeed()
    w.servers.clear()
    const again = await open()
    await again.start(signal, onLine)
    expect((await again.wait(signal)).exitCode).toBe(0)
    expect(w.counts.create).toBe(1)
    // Collecting alone, too: the outcome is read for its digest.
    expect(await (await open()).collect('out', signal)).toHaveLength(1)
  })

  it('says so where nothing was made', async () => {
    await expect((await open()).start(signal, onLine)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('removes by name and label what nobody works with, and nothing else', async () => {
    await begun()
    const others = { ...w.parts(), install: 'install-2' }
    const theirs = await createNovaEngine(others).open(specOf('run-2'))
    await theirs.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    await theirs.start(signal, () => {})
    for (const debt of w.owed.debts.list()) w.owed.debts.settle(debt)
    // Without any debt: what a lost list left is found by listing.
    const report = await createNovaEngine(w.parts()).reap()
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect([...w.servers.values()].map((server) => server.name)).toEqual([remoteName('run-2')])
    expect([...w.containers.keys()]).toEqual([remoteName('run-2')])
  })

  it('leaves alone what this process has open', async () => {
    const parts = w.parts()
    const engine = createNovaEngine(parts)
    const workspace = await engine.open(specOf())
    await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    await workspace.start(signal, () => {})
    expect((await engine.reap()).items).toEqual([])
    expect(w.servers.size).toBe(1)
    parts.process.openRuns.delete(run)
    expect((await engine.reap()).items).toHaveLength(3)
    expect(w.owed.debts.list()).toEqual([])
  })

  it('keeps what is owed where the cloud does not answer', async () => {
    await begun()
    w.fail('serversNamed', away(), 1_000)
    w.fail('serversOf', away(), 1_000)
    w.fail('container', away(), 1_000)
    w.fail('containersOf', away(), 1_000)
    w.home.state.signedIn = false
    const report = await createNovaEngine(w.parts()).reap()
    expect(report.complete).toBe(false)
    expect(
      w.owed.debts
        .list()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['object-container', 'server', 'token'])
  })
})

describe('health', () => {
  it('is ready, or says what is missing', async () => {
    expect(await createNovaEngine(w.parts()).probe()).toMatchObject({
      state: 'ready',
      kind: 'nova',
      version: '2.37',
      inputKinds: ['archive'],
      remote: true,
    })
    const { choices } = w.parts()
    expect(await createNovaEngine(w.parts({ choices: { ...choices, image: null } })).probe()).toMatchObject({ state: 'refused' })
    expect(await createNovaEngine(w.parts({ cloud: { ...w.cloud, compute: null } })).probe()).toMatchObject({ state: 'refused' })
    w.fail('limits', away())
    expect(await createNovaEngine(w.parts()).probe()).toMatchObject({ state: 'not-running', message: 'cloud.example.org cannot be reached.' })
  })

  it('no flavor fits', async () => {
    const workspace = await createNovaEngine(w.parts()).open({ ...specOf(), limits: { ...specOf().limits, cpus: 64 } })
    await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    await expect(workspace.start(signal, onLine)).rejects.toMatchObject({ code: 'quota', message: expect.stringContaining('flavors') })
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })
})
