/** A cloud, an archive and its tokens in memory, for tests of engines over a cloud. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ScansideError } from '../../../oct/errors.ts'
import type { Archive, ArchiveFile } from '../../archive/archive.ts'
import type { RunTokens } from '../../archive/run-tokens.ts'
import type { Cloud, NewServer, ObjectStore, Server } from '../../openstack/openstack.ts'
import type { Debts, OwedThing, RunSpec } from '../engine.ts'
import { objectNames, type RemoteOutcome, remoteName } from './job.ts'
import type { RemoteEngineParts } from './parts.ts'

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export const away = () => new ScansideError('unreachable', 'cloud.example.org cannot be reached.', { host: 'cloud.example.org' })

/** A list of debts that remembers everything that was ever on it. */
export const memoryDebts = () => {
  let list: OwedThing[] = []
  const ever: OwedThing[] = []
  const same = (a: OwedThing) => (b: OwedThing) => a.engine === b.engine && a.kind === b.kind && a.name === b.name
  const debts: Debts = {
    incur(...things) {
      for (const thing of things) list = [...list.filter((one) => !same(thing)(one)), thing]
      ever.push(...things)
    },
    settle: (thing) => {
      list = list.filter((one) => !same(thing)(one))
    },
    list: (engine) => list.filter((thing) => engine === undefined || thing.engine === engine),
  }
  return { debts, ever }
}

/** `fail`: thrown by the next so many calls of a method, by its name. */
const failing = () => {
  const faults = new Map<string, { error: unknown; times: number; after: boolean }>()
  return {
    fail: (method: string, error: unknown, times = 1, after = false) => faults.set(method, { error, times, after }),
    async call<T>(method: string, work: () => T | Promise<T>): Promise<T> {
      const fault = faults.get(method)
      const strikes = fault !== undefined && fault.times > 0
      if (strikes) fault.times -= 1
      if (strikes && !fault.after) throw fault.error
      const result = await work()
      if (strikes) throw fault.error
      return result
    },
  }
}

export const memoryCloud = () => {
  const { fail, call } = failing()
  const containers = new Map<
    string,
    { key: string | null; metadata: Record<string, string>; objects: Map<string, Buffer & { metadata?: Record<string, string> }> }
  >()
  const servers = new Map<string, Server & { order: NewServer }>()
  const ports = new Map<string, string[]>()
  let made = 0
  const counts = { create: 0 }
  const contents = (name: string) => {
    const found = containers.get(name)
    if (!found) throw new ScansideError('not-found', 'no such container', { service: 'object-store' })
    return found.objects
  }
  const objects: ObjectStore = {
    tempUrl: { digests: ['sha256'], levels: ['container'] },
    makeContainer: (name, options) =>
      call('makeContainer', () => {
        const before = containers.get(name)
        const metadata = Object.fromEntries(Object.entries(options.metadata ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
        containers.set(name, { key: options.tempUrlKey ?? before?.key ?? null, metadata, objects: before?.objects ?? new Map() })
      }),
    container: (name) =>
      call('container', () => {
        const found = containers.get(name)
        return found ? { tempUrlKey: found.key, metadata: found.metadata, objects: found.objects.size } : null
      }),
    deleteContainer: (name) =>
      call('deleteContainer', () => {
        if (containers.get(name)?.objects.size) throw new ScansideError('conflict', 'not empty', { service: 'object-store' })
        containers.delete(name)
      }),
    containersOf: (prefix) => call('containersOf', () => [...containers.keys()].filter((name) => name.startsWith(prefix))),
    objects: (name) =>
      call('objects', () =>
        [...(containers.get(name)?.objects ?? [])].map(([object, bytes]) => ({ name: object, size: bytes.length, md5: md5(bytes) })),
      ),
    put: (container, name, body, { metadata = {} }) =>
      call('put', async () => {
        const bytes = body instanceof Uint8Array ? Buffer.from(body) : await buffer(body.stream)
        contents(container).set(name, Object.assign(bytes, { metadata }))
      }),
    object: (container, name) =>
      call('object', () => {
        const bytes = containers.get(container)?.objects.get(name)
        return bytes ? { name, size: bytes.length, md5: md5(bytes), metadata: bytes.metadata ?? {} } : null
      }),
    get: (container, name) => call('get', () => containers.get(container)?.objects.get(name) ?? null),
    has: (container, name) => call('has', () => containers.get(container)?.objects.has(name) ?? false),
    deleteObject: (container, name) =>
      call('deleteObject', () => {
        containers.get(container)?.objects.delete(name)
      }),
    link: (method, container, name) => `https://swift.example.org/${container}/${name}?${method}`,
  }
  const shown = ({ order: _order, ...server }: Server & { order: NewServer }): Server => server
  const cloud: Cloud = {
    id: '0123456789abcdef',
    config: {
      name: 'lab',
      authUrl: 'https://cloud.example.org:5000/v3',
      region: null,
      interface: 'public',
      ca: ['CLOUD CA'],
      auth: { kind: 'application-credential', id: 'x' },
    },
    project: { id: 'p', name: 'lab' },
    user: { id: 'u', name: 'researcher' },
    roles: ['member', 'reader'],
    expiresAt: null,
    clockSkewMs: () => 0,
    compute: {
      microversion: '2.37',
      flavors: async () => [
        { id: 'large', name: 'large', vcpus: 8, ramMiB: 16_384, diskGiB: 40 },
        { id: 'small', name: 'small', vcpus: 1, ramMiB: 2_048, diskGiB: 10 },
      ],
      zones: async () => [],
      limits: () => call('limits', () => ({ instances: { used: 0, max: 10 }, cores: { used: 0, max: 10 }, ramMiB: { used: 0, max: 10 } })),
      create: (order) =>
        call('create', () => {
          counts.create += 1
          made += 1
          const id = `server-${made}`
          servers.set(id, { id, name: order.name, status: 'BUILD', created: '2026-01-01T00:00:00Z', metadata: order.metadata, fault: null, order })
          ports.set(id, ['port'])
          return { id }
        }),
      server: (id) =>
        call('server', () => {
          const found = servers.get(id)
          return found ? shown(found) : null
        }),
      serversNamed: (name) => call('serversNamed', () => [...servers.values()].filter((server) => server.name === name).map(shown)),
      serversOf: (prefix) => call('serversOf', () => [...servers.values()].filter((server) => server.name.startsWith(prefix)).map(shown)),
      delete: (id) =>
        call('delete', () => {
          servers.delete(id)
          ports.delete(id)
        }),
      console: () => call('console', () => 'noise\nscanside run-1 problem clock\nscanside run-1 secret https://x\n'),
    },
    images: { list: async () => [{ id: 'image', name: 'machine', minRamMiB: 0, minDiskGiB: 0, size: 1, properties: {} }] },
    networks: { list: async () => [], portsOf: async (id) => ports.get(id) ?? [] },
    objects,
    capsules: null,
    close: async () => {},
  }
  return { cloud, containers, servers, ports, counts, fail }
}

export const memoryArchive = () => {
  const { fail, call } = failing()
  const files = new Map<string, Uint8Array>()
  const tokens = new Map<string, string>()
  const state = { signedIn: true, mayDelete: true, issued: 0, unknown: [] as string[], asked: null as [number, number] | null }
  const rows = (): ArchiveFile[] =>
    [...files].map(([name, bytes]) => ({
      uri: `/data/experiments/E/resources/1/files/${name}`,
      name: name.slice(name.lastIndexOf('/') + 1),
      resource: 'SCANSIDE',
      size: bytes.length,
      md5: md5(bytes),
    }))
  const archive = {
    published: () => call('published', rows),
    read: async ({ uri }: { uri: string }) => Readable.from([Buffer.from(files.get(uri.slice(uri.indexOf('/files/') + 7)) ?? [])]),
    publishedFile: (_path: unknown, name: string) =>
      call('publishedFile', () => {
        const bytes = files.get(name)
        return bytes ? { bytes, published: { path: `SCANSIDE/${name}`, size: bytes.length, md5: md5(bytes), check: 'read' } } : null
      }),
    retract: async (_path: unknown, name: string) => state.mayDelete && files.delete(name),
  } as unknown as Archive
  const runTokens: RunTokens = {
    archive: { id: 'home', address: 'https://xnat.example.org', ca: ['XNAT CA'] },
    serverNow: () => 1_000_000,
    issue: () =>
      call('issue', () => {
        state.issued += 1
        const token = { alias: `alias-${state.issued}`, secret: `secret${state.issued}` }
        tokens.set(token.alias, token.secret)
        return token
      }),
    secretOf: async (alias) => tokens.get(alias) ?? null,
    withdraw: (alias) =>
      call('withdraw', () => {
        tokens.delete(alias)
        return 'the archive refuses it (401)' as const
      }),
    unknownSince: async (from, to) => {
      state.asked = [from, to]
      return state.unknown
    },
  }
  return { archive, files, tokens, state, fail, runTokens }
}

export const run = 'run-1'

export const specOf = (runId = run): RunSpec => ({
  runId,
  imageId: 'local',
  argv: ['/judge'],
  env: {},
  workingDir: null,
  mounts: [
    { name: 'in', path: '/input', writable: false },
    { name: 'out', path: '/output', writable: true },
  ],
  limits: { memoryBytes: 2 ** 28, cpus: 1, pids: 64, deadlineMs: 60_000, outputBytes: 1e6, outputFiles: 10, outputDepth: 2, logBytes: 10_000 },
  image: { name: 'lab/judge:1', digest: 'd'.repeat(64) },
  home: { archive: 'home', session: { project: 'P', subject: 'S', session: 'E' }, name: `judge/1/${runId}/results.json` },
})

/** A world with a clock that `sleep` moves; `onSleep` is what happens meanwhile. */
export const world = () => {
  const there = memoryCloud()
  const home = memoryArchive()
  const owed = memoryDebts()
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z'), slept: 0 }
  const happens: (() => void)[] = []
  const reported: unknown[] = []
  const parts = (change: Partial<RemoteEngineParts> = {}): RemoteEngineParts => ({
    id: 'nova:0123456789abcdef',
    kind: 'nova',
    cloud: there.cloud,
    choices: { engine: 'nova', image: 'image', flavor: null, network: { kind: 'auto' }, zone: null, maxMachines: 5 },
    tokens: () => (home.state.signedIn ? home.runTokens : null),
    archive: () => (home.state.signedIn ? { id: 'home', demo: false, archive: home.archive } : null),
    imageSource: async () => ({ kind: 'present' }),
    debts: owed.debts,
    install: 'install-1',
    process: { pid: 1, pidStart: '1', isAlive: () => false, openRuns: new Set() },
    now: () => new Date(clock.ms),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      clock.ms += ms
      clock.slept += 1
      // Real time too: streams and promises of others go on.
      await new Promise((resolve) => setImmediate(resolve))
      happens.shift()?.()
      signal?.throwIfAborted()
    },
    report: (error) => reported.push(error),
    ...change,
  })
  const put = (name: string, value: unknown, of = run) =>
    there.containers.get(remoteName(of))?.objects.set(name, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
  const server = () => [...there.servers.values()][0]
  return {
    ...there,
    home,
    owed,
    clock,
    happens,
    reported,
    parts,
    put,
    server,
    set: (status: Server['status'], fault: Server['fault'] = null) => {
      const found = server()
      if (found) Object.assign(found, { status, fault })
    },
    /** What a machine does at its best. */
    succeed: (results = '{"a":1}', change: Partial<RemoteOutcome> = {}) => {
      const bytes = Buffer.from(results)
      home.files.set(`judge/1/${run}/results.json`, bytes)
      put(objectNames.log, 'begin\nend\n')
      put(objectNames.outcome, outcomeOf({ results: { size: bytes.length, sha256: sha256(bytes), md5: md5(bytes) }, ...change }))
    },
  }
}
export type World = ReturnType<typeof world>

export const given = { path: 'scan-1.vol', size: 3, sha256: sha256(Buffer.from('abc')) }

export const outcomeOf = (change: Partial<RemoteOutcome> = {}): RemoteOutcome => ({
  run,
  given: [given],
  exitCode: 0,
  outOfMemory: false,
  timedOut: false,
  results: null,
  problem: null,
  tokenWithdrawn: true,
  ...change,
})
