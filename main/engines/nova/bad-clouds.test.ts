import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import type { InputRef, LogLine } from '../engine.ts'
import { away, given, outcomeOf, run, specOf, type World, world } from '../remote/cloud.fixture.ts'
import { objectNames, remoteName } from '../remote/job.ts'
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

let w: World
let lines: Omit<LogLine, 'seq'>[]
beforeEach(() => {
  w = world()
  lines = []
})
const texts = () => lines.map(({ text }) => text)
const onLine = (line: Omit<LogLine, 'seq'>) => lines.push(line)
const open = (change: Partial<RemoteEngineParts> = {}) => createNovaEngine(w.parts(change)).open(specOf())
const begun = async (change: Partial<RemoteEngineParts> = {}) => {
  const workspace = await open(change)
  await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
  await workspace.start(signal, onLine)
  return workspace
}

describe('bad clouds', () => {
  it.each([
    ['a fault', () => w.set('ERROR', { code: 500, message: 'No valid host was found. ' }), 'engine-unavailable', /no room for a machine/],
    ['a quota after all', () => w.set('ERROR', { code: 413, message: 'Quota exceeded for instances' }), 'quota', /quota/],
    ['power-off without a word', () => w.set('SHUTOFF'), 'engine-unavailable', /switched itself off/],
    ['somebody else’s DELETE', () => w.servers.clear(), 'not-found', /removed by somebody else/],
  ])('%s is told', async (_what, happens, code, sentence) => {
    const workspace = await begun()
    happens()
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) })
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('the console is a hint: what the script said and nothing else', async () => {
    const workspace = await begun()
    w.set('SHUTOFF')
    await expect(workspace.wait(signal)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/switched itself off.*By its console.*clock is more than five minutes wrong/),
      details: { console: 'problem clock' },
    })
  })

  it('a machine that never starts', async () => {
    const workspace = await begun({ times: { start: 5_000 } })
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('not started') })
  })

  it('a machine that never reports', async () => {
    const workspace = await begun({ times: { start: 5_000, transfer: 1_000, longestPause: 20_000 } })
    w.set('ACTIVE')
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('did not report') })
  })

  it.each([
    ['clock', 'integrity'],
    ['token-refused', 'unauthorized'],
    ['no-engine', 'engine-unavailable'],
    ['image-differs', 'image-refused'],
    ['input-differs', 'integrity'],
    ['upload-refused', 'forbidden'],
    ['disk-full', 'disk-full'],
    ['deadline', 'timeout'],
  ] as const)('a machine that gave up for %s', async (problem, code) => {
    const workspace = await begun()
    w.set('SHUTOFF')
    w.put(objectNames.outcome, outcomeOf({ problem, exitCode: null }))
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code, details: { problem } })
  })

  it('a cloud that is away in the middle is asked again', async () => {
    const workspace = await begun()
    w.set('ACTIVE')
    w.happens.push(
      () => w.fail('objects', away(), 5),
      ...Array.from({ length: 5 }, () => () => {}),
      () => w.succeed(),
    )
    expect((await workspace.wait(signal)).exitCode).toBe(0)
    expect(texts().filter((text) => /does not answer|answers again/.test(text))).toHaveLength(2)
  })

  it('a desk that slept through the deadline asks first', async () => {
    const workspace = await begun()
    w.set('ACTIVE')
    w.happens.push(() => {
      w.clock.ms += 3 * 86_400_000
      w.succeed()
    })
    expect((await workspace.wait(signal)).exitCode).toBe(0)
  })

  it('a cloud that is still away then is no verdict on the machine', async () => {
    const workspace = await begun()
    w.set('ACTIVE')
    w.happens.push(() => {
      w.clock.ms += 3 * 86_400_000
      w.fail('objects', away(), 1_000)
    })
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('machines that are kept for a while after their DELETE', async () => {
    const workspace = await begun()
    const { compute } = w.cloud
    let deleted = 0
    const kept = compute && {
      ...compute,
      delete: async (id: string) => {
        deleted += 1
        if (deleted === 1) w.set('SOFT_DELETED')
        else await compute.delete(id)
      },
    }
    const other = await createNovaEngine(w.parts({ cloud: { ...w.cloud, compute: kept } })).open(specOf())
    expect(await other.wipe()).toMatchObject({ complete: true })
    expect([deleted, w.servers.size]).toEqual([2, 0])
    await workspace.wipe()
  })

  it('a sign-in that ended is not asked for ever', async () => {
    const workspace = await begun()
    w.fail('server', new ScansideError('unauthorized', 'Sign in again.'), 1_000)
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('results of another digest, or none', async () => {
    const workspace = await begun()
    w.set('ACTIVE')
    w.succeed()
    await workspace.wait(signal)
    w.home.files.set(`judge/1/${run}/results.json`, Buffer.from('{"a":2}'))
    await expect(workspace.collect('out', signal)).rejects.toMatchObject({ code: 'integrity' })
    w.home.files.clear()
    await expect(workspace.collect('out', signal)).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['another run', { run: 'run-7' }],
    ['nothing that is an outcome', { given: 'x' }],
  ])('an outcome of %s is none', async (_what, change) => {
    const workspace = await begun()
    w.set('SHUTOFF')
    w.put(objectNames.outcome, { ...outcomeOf(), ...change })
    await expect(workspace.wait(signal)).rejects.toMatchObject({ message: expect.stringContaining('switched itself off') })
  })

  it('files the machine was not given', async () => {
    const workspace = await begun()
    w.set('ACTIVE')
    w.put(objectNames.outcome, outcomeOf({ given: [{ ...given, size: 4 }] }))
    await expect(workspace.wait(signal)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('an answer that was lost: the machine is found by its name', async () => {
    w.fail('create', away(), 1, true)
    const workspace = await begun()
    expect([w.counts.create, w.servers.size]).toEqual([1, 1])
    expect((await workspace.wipe()).items[0]).toMatchObject({ kind: 'server', removedAt: expect.any(String) })
    expect(w.servers.size).toBe(0)
  })

  it('an order that was refused is none', async () => {
    w.fail('create', new ScansideError('quota', 'The quota is used up.', { service: 'compute' }))
    const workspace = await open()
    await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    await expect(workspace.start(signal, onLine)).rejects.toMatchObject({ code: 'quota' })
    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: true })
    expect(report.items.map(({ kind }) => kind)).toEqual(['object-container', 'token'])
  })

  it('a DELETE that is refused at first', async () => {
    const workspace = await begun()
    w.fail('delete', new ScansideError('conflict', 'busy', { service: 'compute' }), 3)
    expect(await workspace.wipe()).toMatchObject({ complete: true })
    expect(w.servers.size).toBe(0)
  })

  it('a DELETE that is always refused stays owed, and is paid later', async () => {
    const parts = w.parts({ times: { removal: 3_000 } })
    const engine = createNovaEngine(parts)
    const workspace = await engine.open(specOf())
    await workspace.stage([{ mount: 'in', ref: fetched }], signal, () => {})
    await workspace.start(signal, onLine)
    w.fail('delete', new ScansideError('conflict', 'busy', { service: 'compute' }), 1_000)
    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: false, owed: [expect.stringContaining(name)] })
    expect(report.items.find(({ kind }) => kind === 'server')).toMatchObject({ removedAt: null, check: null })
    expect(w.owed.debts.list().map(({ kind }) => kind)).toEqual(['server'])
    w.fail('delete', null, 0)
    expect(await engine.reap()).toMatchObject({ complete: true })
    expect(w.owed.debts.list()).toEqual([])
  })

  it('a machine that leaves a port behind', async () => {
    const workspace = await begun({ times: { removal: 3_000 } })
    const portsOf = async () => ['port']
    const stuck = await createNovaEngine(
      w.parts({ times: { removal: 3_000 }, cloud: { ...w.cloud, networks: { list: async () => [], portsOf } } }),
    ).open(specOf())
    expect(await stuck.wipe()).toMatchObject({ complete: false, owed: [expect.stringContaining('port')] })
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('an object store without links that this account may not even look at', async () => {
    const objects = w.cloud.objects && { ...w.cloud.objects, tempUrl: null }
    const workspace = await begun({ cloud: { ...w.cloud, objects } })
    w.fail('container', new ScansideError('forbidden', 'no role', { service: 'object-store' }), 1_000)
    expect(await workspace.wipe()).toMatchObject({ complete: true, cannotProve: expect.arrayContaining([expect.stringContaining('user data')]) })
  })

  it('reports that are written into the archive until the machine is gone', async () => {
    const { compute, objects } = w.cloud
    const wordy = compute && {
      ...compute,
      delete: async (id: string) => {
        w.home.files.set(`judge/1/${run}/outcome.json`, Buffer.from('{}'))
        await compute.delete(id)
      },
    }
    const workspace = await begun({ cloud: { ...w.cloud, compute: wordy, objects: objects && { ...objects, tempUrl: null } } })
    w.home.files.set(`judge/1/${run}/progress.json`, Buffer.from('{}'))
    expect(await workspace.wipe()).toMatchObject({ complete: true })
    expect([...w.home.files.keys()]).toEqual([])
  })
  it('objects that are written while they are removed', async () => {
    const workspace = await begun()
    const remove = w.cloud.objects?.deleteContainer
    let late = 2
    const cloud = {
      ...w.cloud,
      objects: w.cloud.objects && {
        ...w.cloud.objects,
        deleteContainer: async (of: string) => {
          if (late-- > 0) w.put(objectNames.log, 'late')
          await remove?.(of)
        },
      },
    }
    expect(await (await open({ cloud })).wipe()).toMatchObject({ complete: true })
    expect(w.containers.size).toBe(0)
    await workspace.wipe()
  })

  it('a run that is cancelled while it is staged', async () => {
    const abort = new AbortController()
    const workspace = await open()
    const slow: InputRef = {
      kind: 'archive',
      uri: '/data/x.xml',
      path: 'x.xml',
      size: 3,
      read: async () => {
        abort.abort()
        return read()
      },
    }
    await expect(workspace.stage([{ mount: 'in', ref: slow }], abort.signal, () => {})).rejects.toMatchObject({ code: 'cancelled' })
    await expect(workspace.start(abort.signal, onLine)).rejects.toMatchObject({ code: 'cancelled' })
    expect(await workspace.wipe()).toMatchObject({ complete: true })
    expect([w.servers.size, w.containers.size, w.home.tokens.size, w.owed.debts.list()]).toEqual([0, 0, 0, []])
  })

  it('a run that is cancelled while it waits', async () => {
    const abort = new AbortController()
    const workspace = await begun()
    w.set('ACTIVE')
    w.happens.push(() => abort.abort())
    await expect(workspace.wait(abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })
})
