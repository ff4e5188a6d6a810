import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OwedThing, RunSpec } from '../engine.ts'
import { createDockerEngine, type DockerEngine } from './engine.ts'
import { commandsLabel } from './images.ts'

/** An engine that answers as a test wants: faults a real one cannot be made to have. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void

const never = new AbortController().signal
let folder: string
let server: Server
let routes: [RegExp, Answer][]
let asked: string[]
let owed: OwedThing[]
let engine: DockerEngine

const json =
  (value: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanside-fault-'))
  routes = []
  asked = []
  owed = []
  server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`
    asked.push(line)
    const route = routes.find(([pattern]) => pattern.test(line))
    if (route === undefined) json({ message: 'no such thing' }, 404)(request, response)
    else route[1](request, response)
  })
  const path = join(folder, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  engine = createDockerEngine({
    endpoint: { kind: 'socket', path },
    install: 'desk',
    process: { pid: 1, pidStart: '1', isAlive: () => false, openRuns: new Set() },
    now: () => new Date('2026-01-01T00:00:00Z'),
    debts: {
      incur: (...things) => owed.push(...things),
      settle: (thing) => {
        owed = owed.filter(({ name }) => name !== thing.name)
      },
      list: () => owed,
    },
  })
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const image = {
  Id: 'sha256:1',
  RepoTags: ['lab/x:1'],
  Architecture: 'amd64',
  Os: 'linux',
  RootFS: { Layers: ['sha256:a'] },
  Config: { Labels: { [commandsLabel]: '[]' } },
}

describe('pull', () => {
  beforeEach(() => {
    routes.push([/^GET \/images\/json/, json([])], [/^GET \/images\/.*\/json/, json(image)])
  })

  it('tells how far it is and hands out the image', async () => {
    routes.push([
      /^POST \/images\/create\?fromImage=lab%2Fx&tag=1/,
      (_, response) => {
        response.write('{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":4}}\n')
        response.end('{"status":"Download complete","id":"a"}\n')
      },
    ])
    const parts: (number | null)[] = []
    expect((await engine.images.pull('lab/x:1', never, (part) => parts.push(part))).id).toBe('sha256:1')
    expect(parts[0]).toBe(0.25)
  })

  it.each<[string, Answer]>([
    ['an error inside a 200', (_, response) => response.end('{"error":"manifest unknown"}\n')],
    [
      'a cut connection',
      (_, response) => {
        response.write('{"status":"Pulling"}\n{"st')
        setImmediate(() => response.destroy())
      },
    ],
    ['an image that is not there', json({ message: 'not found' }, 404)],
  ])('does not take %s for success', async (_, answer) => {
    routes.push([/^POST \/images\/create/, answer])
    await expect(engine.images.pull('lab/x:1', never, () => {})).rejects.toEqual(expect.objectContaining({ name: 'ScansideError' }))
  })

  it('can be cancelled while the registry is silent', async () => {
    const cancel = new AbortController()
    routes.push([
      /^POST \/images\/create/,
      (_, response) => {
        response.write('{"status":"Pulling"}\n')
      },
    ])
    await expect(engine.images.pull('lab/x:1', cancel.signal, () => cancel.abort())).rejects.toEqual(expect.objectContaining({ code: 'cancelled' }))
  })

  it('refuses what is no name before anything is asked', async () => {
    await expect(engine.images.pull('--all', never, () => {})).rejects.toEqual(expect.objectContaining({ code: 'invalid-argument' }))
    expect(asked).toEqual([])
  })
})

describe('load', () => {
  it('does not take an error inside a 200 for success', async () => {
    routes.push(
      [/^GET \/images\/json/, json([])],
      [
        /^POST \/images\/load/,
        (request, response) => {
          request.resume()
          request.on('end', () => response.end('{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\n'))
        },
      ],
    )
    await expect(engine.images.load(Readable.from([Buffer.from('x')]), never, () => {})).rejects.toEqual(
      expect.objectContaining({ code: 'image-refused' }),
    )
  })
})

describe('wipe', () => {
  const spec: RunSpec = {
    runId: 'r',
    imageId: 'i',
    argv: null,
    env: {},
    workingDir: null,
    mounts: [{ name: 'out', path: '/output', writable: true }],
    limits: { memoryBytes: 1, cpus: 1, pids: 1, deadlineMs: 1, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 },
  }
  const labels = {
    'org.scanside.managed': '1',
    'org.scanside.install': 'desk',
    'org.scanside.run': 'r',
    'org.scanside.created': '2025-01-01T00:00:00Z',
  }
  const thing = (kind: OwedThing['kind'], name: string): OwedThing => ({ runId: 'r', engine: 'e', kind, name })

  it('says what the engine does not let go, and keeps owing that alone', async () => {
    owed = [thing('container', 'scanside-r-run'), thing('container', 'scanside-r-stage'), thing('volume', 'scanside-r-v0')]
    routes.push(
      [/^DELETE \/containers\//, json('', 204)],
      [/^DELETE \/volumes\//, json({ message: 'volume is in use' }, 409)],
      [/^GET \/containers\/json/, json([])],
      [
        /^GET \/volumes/,
        json({
          Volumes: [
            { Name: 'scanside-r-v0', Labels: labels },
            { Name: 'other', Labels: { ...labels, 'org.scanside.run': 'other' } },
          ],
        }),
      ],
    )
    const report = await (await engine.open(spec)).wipe()
    expect(report).toMatchObject({ complete: false, owed: ['The volume scanside-r-v0 is still on the engine.'] })
    expect(report.items.find(({ name }) => name === 'scanside-r-v0')).toMatchObject({
      removedAt: null,
      check: null,
      createdAt: '2025-01-01T00:00:00Z',
    })
    expect(report.items.find(({ name }) => name === 'scanside-r-run')).toMatchObject({ removedAt: expect.any(String) })
    expect(owed.map(({ name }) => name)).toEqual(['scanside-r-v0'])
    expect(asked.filter((line) => line.startsWith('DELETE /volumes')).length).toBeGreaterThan(1)
  })

  it('keeps owing everything where the listing fails', async () => {
    owed = [thing('container', 'scanside-r-run')]
    routes.push([/^DELETE/, json('', 204)], [/^GET/, json({ message: 'broken' }, 500)])
    expect((await (await engine.open(spec)).wipe()).complete).toBe(false)
    expect(owed).toHaveLength(1)
  })

  it('creates nothing where the debt could not be written down', async () => {
    const workspace = await createDockerEngine({
      endpoint: { kind: 'socket', path: join(folder, 'engine.sock') },
      install: 'desk',
      process: { pid: 1, pidStart: '1', isAlive: () => false, openRuns: new Set() },
      now: () => new Date(),
      debts: {
        incur: () => {
          throw new Error('disk full')
        },
        settle: () => {},
        list: () => [],
      },
    }).open(spec)
    await expect(workspace.stage([], never, () => {})).rejects.toThrow()
    expect(asked).toEqual([])
  })
})

describe('probe', () => {
  it.each<[string, [RegExp, Answer][], string]>([
    [
      'an old engine',
      [
        [/_ping/, json('OK')],
        [/version/, json({ Version: '17.03', ApiVersion: '1.27', Os: 'linux' })],
        [/info/, json({ OSType: 'linux' })],
      ],
      'too-old',
    ],
    [
      'Windows containers',
      [
        [/_ping/, json('OK')],
        [/version/, json({ Version: '28', ApiVersion: '1.48', Os: 'windows' })],
        [/info/, json({ OSType: 'windows' })],
      ],
      'windows-containers',
    ],
    ['an engine that is silent', [[/_ping/, () => {}]], 'not-running'],
    ['something that is no engine', [[/_ping/, json('', 418)]], 'unknown'],
  ])('names %s', async (_, answers, state) => {
    routes.push(...answers)
    expect((await engine.probe()).state).toBe(state)
  })
})

describe('an engine that hangs', () => {
  const spec: RunSpec = {
    runId: 'r',
    imageId: 'i',
    argv: null,
    env: {},
    workingDir: null,
    mounts: [{ name: 'out', path: '/output', writable: true }],
    limits: { memoryBytes: 1, cpus: 1, pids: 1, deadlineMs: 60_000, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 },
  }
  const running = { State: { Running: true, Status: 'running', StartedAt: '2026-01-01T00:00:00Z', ExitCode: 0, OOMKilled: false } }
  const hangs: Answer = () => {}
  const hasty = (): DockerEngine =>
    createDockerEngine({
      endpoint: { kind: 'socket', path: join(folder, 'engine.sock') },
      install: 'desk',
      process: { pid: 1, pidStart: '1', isAlive: () => false, openRuns: new Set() },
      now: () => new Date('2026-01-01T00:00:00Z'),
      debts: { incur: () => {}, settle: () => {}, list: () => [] },
      patience: { callMs: 50, removalMs: 50, idleMs: 50 },
    })
  const silence = expect.objectContaining({ code: 'engine-unavailable', message: expect.stringContaining('does not answer') })

  it.each<[string, [RegExp, Answer][], (engine: DockerEngine) => Promise<unknown>]>([
    ['when a run is staged', [[/./, hangs]], async (hung) => (await hung.open(spec)).stage([], never, () => {})],
    ['when a run is taken up', [[/./, hangs]], async (hung) => (await hung.open(spec)).start(never, () => {})],
    [
      'while a run is waited for',
      [
        [/^POST .*\/wait/, hangs],
        [/^GET .*\/json/, hangs],
      ],
      async (hung) => (await hung.open(spec)).wait(never),
    ],
    ['when its results are asked for', [[/archive/, hangs]], async (hung) => (await hung.open(spec)).collect('out', never)],
    [
      'when a note is left',
      [[/^PUT .*archive/, hangs]],
      async (hung) => (await hung.open({ ...spec, noted: true })).note?.(new TextEncoder().encode('{}')),
    ],
    [
      'in the midst of a note',
      [
        [/^GET \/containers\/json/, json([])],
        [
          /^GET \/volumes/,
          json({
            Volumes: [{ Name: 'scanside-r-note', Labels: { 'org.scanside.managed': '1', 'org.scanside.install': 'desk', 'org.scanside.run': 'r' } }],
          }),
        ],
        [/^GET .*\/json/, json({ ...running, Mounts: [{ Name: 'scanside-r-note', Destination: '/scanside-1' }] })],
        [/^GET .*archive/, (_, response) => response.writeHead(200).flushHeaders()],
      ],
      async (hung) => hung.noted?.(),
    ],
    [
      'when a run is cancelled',
      [
        [/^POST .*\/(wait|stop)/, hangs],
        [/^GET .*\/json/, hangs],
      ],
      async (hung) => (await hung.open(spec)).wait(AbortSignal.abort()),
    ],
    [
      'when it says that it has stopped what still runs',
      [
        [/^POST .*\/wait/, hangs],
        [/^POST .*\/(stop|kill)/, (_, response) => response.writeHead(204).end()],
        [/^GET .*\/json/, json(running)],
      ],
      async (hung) => (await hung.open(spec)).wait(AbortSignal.abort()),
    ],
  ])('is told as away %s', async (_, answers, call) => {
    routes.push(...answers)
    await expect(call(hasty())).rejects.toEqual(silence)
  })

  it('is not waited for at a wipe, at a reap, or when it is asked what it has', async () => {
    routes.push([/./, hangs])
    expect(await (await hasty().open(spec)).wipe()).toMatchObject({ complete: false })
    // Also where no list says that anything is owed: the list may have been lost.
    expect(await hasty().reap()).toMatchObject({ items: [], complete: false })
    expect(await hasty().capacity()).toBeNull()
  })

  it('may take its time over what ends by itself: a run is waited for however long it takes', async () => {
    let ended = false
    routes.push(
      [/^POST .*\/wait/, hangs],
      [
        /^GET .*\/json/,
        (request, response) => json(ended ? { State: { ...running.State, Running: false, Status: 'exited' } } : running)(request, response),
      ],
    )
    const waited = (await hasty().open(spec)).wait(never)
    await new Promise((resolve) => setTimeout(resolve, 200))
    ended = true
    expect(await waited).toMatchObject({ exitCode: 0 })
  })
})
