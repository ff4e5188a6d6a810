import { beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import type { Capsule, Cloud, NewCapsule } from '../../openstack/openstack.ts'
import { labelNames } from '../docker/labels.ts'
import { type RemoteJob, remoteName } from '../remote/job.ts'
import { type RemoteEngineParts, usualTimes } from '../remote/parts.ts'
import { imageOrder, zunCarrier } from './carrier.ts'

const never = new AbortController().signal
const name = remoteName('run-1')
const labels = { [labelNames.install]: 'here', [labelNames.run]: 'run-1', [labelNames.created]: '2026-11-23T00:00:00Z' }

/** Zun in memory, and what stands around it. */
function cloudInMemory() {
  const there = new Map<string, Capsule>()
  const ordered: NewCapsule[] = []
  const trouble: { create: ScansideError | null; keeps: boolean; refusals: number; stays: number } = {
    create: null,
    keeps: true,
    refusals: 0,
    stays: 0,
  }
  let time = 0
  const capsule = (name: string, more: Partial<Capsule> = {}): Capsule => {
    const made: Capsule = { uuid: `u-${there.size + 1}`, name, status: 'Running', statusDetail: 'Up 1 s', statusReason: '', labels, ...more }
    there.set(made.uuid, made)
    return made
  }
  const cloud: Pick<Cloud, 'capsules' | 'objects' | 'images'> = {
    images: { list: async () => [{ id: 'glance-1', name: 'lab/in-glance:1', minRamMiB: 0, minDiskGiB: 0, size: 1, properties: {} }] },
    objects: {
      tempUrl: { digests: ['sha256'], levels: ['container'] },
      container: async () => ({ tempUrlKey: 'key', metadata: {}, objects: 1 }),
      link: (method: string, container: string, object: string) => `https://swift.example.org/${method}/${container}/${object}`,
    } as unknown as NonNullable<Cloud['objects']>,
    capsules: {
      microversion: '1.20',
      async create(order) {
        ordered.push(order)
        if (trouble.keeps) capsule(order.name, { labels: order.labels })
        if (trouble.create !== null) throw trouble.create
        return { uuid: [...there.keys()].at(-1) ?? '' }
      },
      capsule: async (uuid) => there.get(uuid) ?? null,
      capsulesNamed: async (wanted) => [...there.values()].filter((each) => each.name === wanted),
      capsulesOf: async (prefix) => [...there.values()].filter((each) => each.name.startsWith(prefix)),
      logs: async () => 'scanside run-1 running 0/0\n',
      async delete(uuid) {
        if (trouble.refusals-- > 0) throw new ScansideError('conflict', 'It is being created.')
        if (trouble.stays-- <= 0) there.delete(uuid)
      },
    },
  }
  const parts = {
    cloud,
    install: 'here',
    choices: { network: { kind: 'auto' } },
    now: () => new Date(time),
    sleep: async (ms: number) => {
      time += ms
    },
  } as unknown as RemoteEngineParts
  return { carrier: zunCarrier(parts, usualTimes), there, ordered, trouble, capsule, parts }
}

const job: RemoteJob = {
  run: 'run-1',
  install: 'here',
  archive: { address: 'https://xnat.example.org', ca: ['A', 'B'] },
  token: { kind: 'link', url: 'https://swift.example.org/token' },
  image: { name: 'lab/pipeline:1', digest: '0'.repeat(64), source: { kind: 'present' } },
  inputs: [],
  argv: null,
  env: {},
  workingDir: null,
  mounts: [],
  outputMount: 'out',
  limits: { memoryBytes: 512 * 1024 * 1024, cpus: 2, pids: 9, deadlineMs: 1, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 },
  home: { session: 'E', name: 'p/1/run-1/results.json' },
  report: { kind: 'link', progress: 'p', log: 'l', outcome: 'o', deleteAfter: 60 },
  wholeDeadlineMs: 1,
}
const refusal = (code: string, sentence?: RegExp) =>
  expect.objectContaining({ code, ...(sentence ? { message: expect.stringMatching(sentence) } : {}) })

describe('how Zun is told which image', () => {
  it.each<[RemoteJob['image']['source'], string | null, ReturnType<typeof imageOrder>]>([
    [
      { kind: 'registry', reference: 'reg.example.org/lab/pipeline:1' },
      'g',
      { image: 'reg.example.org/lab/pipeline:1', imageDriver: 'docker', pull: 'ifnotpresent' },
    ],
    [{ kind: 'present' }, 'g', { image: 'g', imageDriver: 'glance', pull: 'ifnotpresent' }],
    // A short name must not be looked for in a public registry, where anybody may have taken it.
    [{ kind: 'present' }, null, { image: 'lab/pipeline:1', imageDriver: 'docker', pull: 'never' }],
    [{ kind: 'link', url: 'https://x', sha256: '0' }, null, { image: 'lab/pipeline:1', imageDriver: 'docker', pull: 'never' }],
  ])('%j, in Glance: %j', (source, glance, order) => expect(imageOrder({ name: 'lab/pipeline:1', source }, glance)).toEqual(order))
})

describe('a container of Zun', () => {
  let zun: ReturnType<typeof cloudInMemory>
  beforeEach(() => {
    zun = cloudInMemory()
  })

  it('is told one link and the certificates, and nothing else', async () => {
    await zun.carrier.create(name, job, labels, never)
    expect(zun.ordered).toEqual([
      {
        name,
        image: 'lab/pipeline:1',
        imageDriver: 'docker',
        pull: 'never',
        command: null,
        environment: { SCANSIDE_JOB: `https://swift.example.org/GET/${name}/job.json`, SCANSIDE_CA: 'A\nB' },
        labels,
        cpus: 2,
        memoryMiB: 640,
        network: { kind: 'auto' },
      },
    ])
  })

  it('is taken from Glance where its image lies there under its name', async () => {
    await zun.carrier.create(name, { ...job, image: { ...job.image, name: 'lab/in-glance:1' } }, labels, never)
    expect(zun.ordered[0]).toMatchObject({ image: 'glance-1', imageDriver: 'glance' })
  })

  it('is ordered once: one of its name is taken up, one whose order got no answer is found', async () => {
    zun.capsule(name)
    await zun.carrier.create(name, job, labels, never)
    expect(zun.ordered).toEqual([])
    const lost = cloudInMemory()
    lost.trouble.create = new ScansideError('unreachable', 'no answer')
    await lost.carrier.create(name, job, labels, never)
    expect(lost.ordered).toHaveLength(1)
    expect(await lost.carrier.look(name)).toEqual({ state: 'running', reason: null })
  })

  it('is not looked for where the cloud said no, and said to be missing where it never came', async () => {
    zun.trouble.keeps = false
    zun.trouble.create = new ScansideError('quota', 'used up')
    await expect(zun.carrier.create(name, job, labels, never)).rejects.toEqual(refusal('quota'))
    zun.trouble.create = new ScansideError('timeout', 'no answer')
    await expect(zun.carrier.create(name, job, labels, never)).rejects.toEqual(refusal('timeout'))
    // It may still come to light: removing looks for it again.
    const looking = zun.carrier.remove(name)
    zun.capsule(name)
    expect(await looking).toMatchObject({ removed: 1 })
    expect(zun.there.size).toBe(0)
  })

  it('is never given a token in the clear', async () => {
    const inline: RemoteJob = { ...job, token: { kind: 'inline', alias: 'a', secret: 's' }, report: { kind: 'archive', folder: 'f' } }
    await expect(zun.carrier.create(name, inline, labels, never)).rejects.toEqual(refusal('not-supported', /no object store/))
    expect(zun.ordered).toEqual([])
  })

  it('is not started with more certificates than its environment holds', async () => {
    const many = { ...job, archive: { ...job.archive, ca: ['x'.repeat(100_001)] } }
    await expect(zun.carrier.create(name, many, labels, never)).rejects.toEqual(refusal('not-supported', /certificates/))
  })

  it.each<[Partial<Capsule>, Awaited<ReturnType<ReturnType<typeof zunCarrier>['look']>>]>([
    [{ status: 'Creating' }, { state: 'starting', reason: null }],
    [{ status: 'Created' }, { state: 'starting', reason: null }],
    [{ status: 'Running' }, { state: 'running', reason: null }],
    [{ status: 'Other' }, { state: 'running', reason: null }],
    [
      { status: 'Stopped', statusDetail: 'Exited(0) 3 seconds ago ' },
      { state: 'ended', reason: null },
    ],
    [
      { status: 'Stopped', statusDetail: 'Exited(137) 3 seconds ago ' },
      { state: 'failed', reason: expect.stringMatching(/exit code 137/) as unknown as string },
    ],
    [
      { status: 'Error', statusReason: 'No valid host was found' },
      { state: 'failed', reason: expect.stringMatching(/no room/) as unknown as string },
    ],
    [{ status: 'Deleting' }, null],
    [{ status: 'Deleted' }, null],
  ])('%j is %j', async (state, look) => {
    zun.capsule(name, state)
    expect(await zun.carrier.look(name)).toEqual(look)
  })

  it('is deleted until it is gone, twice where it stayed, and all of its name', async () => {
    zun.capsule(name)
    zun.capsule(name)
    zun.trouble.refusals = 3
    zun.trouble.stays = 1
    expect(await zun.carrier.remove(name)).toEqual({ removed: 2, check: 'GET answers 404, listing by name is empty' })
    expect(zun.there.size).toBe(0)
    expect(await zun.carrier.remove(name)).toEqual({ removed: 0, check: 'listing by name is empty' })
  })

  it('is not called gone while the cloud keeps it', async () => {
    zun.capsule(name)
    zun.trouble.stays = 1_000_000
    await expect(zun.carrier.remove(name)).rejects.toEqual(refusal('conflict'))
  })

  it('is listed where it is this installation’s alone', async () => {
    zun.capsule(name)
    zun.capsule(remoteName('run-2'), { labels: { ...labels, [labelNames.install]: 'elsewhere' } })
    zun.capsule('scanside-something', { labels: {} })
    expect(await zun.carrier.list()).toEqual([{ name, run: 'run-1', createdAt: '2026-11-23T00:00:00Z' }])
  })
})
