/** An engine, an archive and a pipeline that live in memory, for tests of runs: each can be told to fail at a step. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ScansideError } from '../../oct/errors.ts'
import type { Results } from '../../oct/results.ts'
import type { RunSummary } from '../../preload/contract.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import type { Debts, Engine, EngineHealth, ExitReport, OutputRef, OwedThing, WipeReport } from '../engines/engine.ts'
import type { RunPlan } from '../pipelines/plan.ts'
import { type Lab, openLab } from '../store/lab.ts'
import { openOwed } from '../store/owed.ts'
import type { HomeArchive, LocalScan, RunsOptions } from './desk.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export const health: EngineHealth = {
  state: 'ready',
  message: '',
  kind: 'docker',
  version: '28.2.2',
  remote: false,
  endpoint: null,
  dataRoot: 'not-known',
  inputKinds: ['archive', 'local'],
}

/** What a good image says of the files it was given. */
export const judge = (staged: { path: string; size: number; sha256: string }[], verdict: 'usable' | 'unusable' = 'usable'): Results => ({
  schema: '1.0',
  pipeline: { name: 'oct-quality', version: '0.1.0', profile: 'default' },
  scans: staged.map(({ path, size, sha256 }) => ({
    inputs: [{ name: path.slice(path.lastIndexOf('/') + 1), size, sha256 }],
    verdict,
    action: verdict === 'usable' ? 'keep' : 'retake',
    decidedBy: verdict === 'usable' ? [] : ['S'],
    criteria: [
      {
        id: 'S',
        status: verdict === 'usable' ? 'pass' : 'fail',
        value: 21,
        unit: 'dB',
        threshold: '>= 15',
        evidence: 'published',
        reason: 'Signal is strong.',
      },
    ],
    series: [],
    intervals: [],
    files: [],
  })),
})

interface StagedBytes {
  path: string
  size: number
  sha256: string
}

type Step = 'open' | 'stage' | 'start' | 'wait' | 'collect' | 'wipe'

export interface FakeEngine extends Engine {
  /** What the engine holds, by name. */
  things: Map<string, OwedThing>
  /** Paths and contents of every staged file. */
  staged: Map<string, Uint8Array>
  open_: number
  most: number
  /** What was given to each run and whether its container was started: outlives the desk, but for an engine that is the application itself. */
  boxes: Map<string, { staged: StagedBytes[]; started: boolean; note: Uint8Array | null }>
  /** Throws there, once set. */
  failAt: Step | null
  /** What is thrown there: by default a fault of the run's own. */
  fault: ScansideError | null
  /** The desk hears nothing more at this step, as if it had died in it. */
  hangAt: Step | null
  /** Runs that are worked with or taken up; another life has another set. */
  openRuns: Set<string>
  /** Containers started, over all lives. */
  starts: number
  exit: ExitReport
  /** Whether `wait` waits for the signal or for `release`. */
  hold: boolean
  release(): void
  /** Whether a wipe removes nothing, as when the engine goes away before it. */
  leaves: boolean
  /** Replaces results.json. */
  output: ((good: Results) => Uint8Array | null) | null
  lines: string[]
}

export const fakeEngine = (debts: Debts): FakeEngine => {
  const things = new Map<string, OwedThing>()
  const waiting = new Set<() => void>()
  const remove = (mine: (thing: OwedThing) => boolean): WipeReport => {
    const gone = [...things.values()].filter(mine)
    for (const thing of gone) {
      things.delete(thing.name)
      engine.boxes.delete(thing.runId)
      debts.settle(thing)
    }
    const at = '2026-01-01T00:00:00.000Z'
    const items = gone.flatMap((thing) =>
      thing.kind === 'token-intent' ? [] : [{ kind: thing.kind, name: thing.name, createdAt: at, removedAt: at, check: 'listing by label is empty' }],
    )
    return { items, complete: true, owed: [] }
  }
  const engine: FakeEngine = {
    id: 'docker',
    things,
    staged: new Map(),
    open_: 0,
    most: 0,
    boxes: new Map(),
    failAt: null,
    fault: null,
    hangAt: null,
    openRuns: new Set(),
    starts: 0,
    exit: { exitCode: 0, outOfMemory: false, timedOut: false },
    hold: false,
    release: () => {
      for (const go of waiting) go()
    },
    leaves: false,
    output: null,
    lines: ['reading 1 scan', 'progress 1/2'],
    probe: async () => health,
    reap: async () => remove((thing) => thing.engine === engine.id && !engine.openRuns.has(thing.runId)),
    open: async (spec) => {
      let made = false
      const step = async (name: Step) => {
        if (engine.hangAt === name) await new Promise(() => {})
        if (engine.failAt === name) throw engine.fault ?? new ScansideError('internal', `The engine could not go on at ${name}.`)
      }
      const box = () => {
        const found = engine.boxes.get(spec.runId)
        if (!found) throw new ScansideError('not-found', 'Nothing of this run is on the engine.')
        return found
      }
      await step('open')
      engine.openRuns.add(spec.runId)
      engine.open_++
      engine.most = Math.max(engine.most, engine.open_)
      return {
        stage: async (inputs, signal, onProgress) => {
          made = true
          for (const kind of ['container', 'volume'] as const) {
            const thing: OwedThing = { runId: spec.runId, engine: engine.id, kind, name: `scanside-${spec.runId}-${kind}` }
            debts.incur(thing)
            things.set(thing.name, thing)
          }
          const staged: StagedBytes[] = []
          engine.boxes.set(spec.runId, { staged, started: false, note: null })
          await step('stage')
          let bytes = 0
          for (const { ref } of inputs) {
            const content = new Uint8Array(await buffer(await ref.read(signal)))
            engine.staged.set(ref.path, content)
            staged.push({ path: ref.path, size: content.length, sha256: sha256(content) })
            bytes += content.length
            onProgress(bytes)
          }
          return staged
        },
        note: async (text) => {
          box().note = text
        },
        start: async (_signal, onLine) => {
          if (made) await step('start')
          if (!made && !box().started) throw new ScansideError('not-found', 'Nothing of this run was started.')
          if (!box().started) engine.starts++
          box().started = true
          for (const text of engine.lines) onLine({ stream: 'stdout', text, at: '2026-01-01T00:00:00.000Z' })
        },
        wait: async (signal) => {
          await step('wait')
          if (engine.hold && !signal.aborted) {
            await new Promise<void>((resolve) => {
              waiting.add(resolve)
              signal.addEventListener('abort', () => resolve(), { once: true })
            })
          }
          if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
          return engine.exit
        },
        collect: async () => {
          await step('collect')
          const good = judge(box().staged)
          const bytes = engine.output ? engine.output(good) : new TextEncoder().encode(JSON.stringify(good))
          const refs: OutputRef[] = bytes ? [{ kind: 'stream', path: 'results.json', size: bytes.length, bytes, sha256: sha256(bytes) }] : []
          return refs
        },
        wipe: async () => {
          engine.open_--
          await step('wipe')
          engine.openRuns.delete(spec.runId)
          if (engine.leaves) return { items: [], complete: false, owed: ['The engine does not answer.'] }
          return remove((thing) => thing.runId === spec.runId)
        },
      }
    },
  }
  return engine
}

export interface FakeArchive extends Archive {
  home: Map<string, Uint8Array>
  publishes: number
  fault: ScansideError | null
  files: Map<string, (ArchiveFile & { bytes: Uint8Array })[]>
  /** Files of projects, by `project/resource/name`. */
  projectFiles: Map<string, Uint8Array>
}

/** An archive of sessions whose scans hold one `.vol` each, called after a person. */
export const fakeArchive = (bytesOf: (scan: string) => Uint8Array = (scan) => new TextEncoder().encode(`HSF-OCT-103 ${scan}`)): FakeArchive => {
  const archive: FakeArchive = {
    home: new Map(),
    publishes: 0,
    fault: null,
    files: new Map(),
    projectFiles: new Map(),
    projectFile: async (project, resource, name) => archive.projectFiles.get(`${project}/${resource}/${name}`) ?? null,
    projects: async () => [],
    sessions: async () => ({ rows: [], more: false }),
    projectScans: async () => ({ rows: [], more: false }),
    scans: async () => [],
    scanFiles: async (_path, scan) => {
      const known = archive.files.get(scan)
      if (known) return known
      const bytes = bytesOf(scan)
      const md5 = createHash('md5').update(bytes).digest('hex')
      return [{ uri: `/data/${scan}`, name: 'Mustermann_Erika_716.VOL', resource: 'VOL<b>', size: bytes.length, md5 }]
    },
    read: async ({ uri }) => {
      for (const files of archive.files.values()) {
        const file = files.find((candidate) => candidate.uri === uri)
        if (file) return Readable.from([file.bytes])
      }
      const published = archive.home.get(uri)
      return Readable.from([published ?? bytesOf(uri.slice('/data/'.length))])
    },
    publish: async (path, name, bytes, _signal, replaces = () => false) => {
      if (archive.fault) throw archive.fault
      const there = archive.home.get(`${path.session}/${name}`)
      if (there) {
        const theirs = { size: there.length, md5: createHash('md5').update(there).digest('hex') }
        if (Buffer.from(there).equals(bytes))
          return { path: `SCANSIDE/${name}`, ...theirs, check: 'there already: size and MD5 equal in the listing' }
        if (!replaces(theirs)) throw new ScansideError('conflict', 'The archive holds another file.', { reason: 'other-content', ...theirs })
      }
      archive.publishes++
      archive.home.set(`${path.session}/${name}`, bytes)
      const md5 = createHash('md5').update(bytes).digest('hex')
      return { path: `SCANSIDE/${name}`, size: bytes.length, md5, check: 'size and MD5 equal in the listing' }
    },
    publishedFile: async (path, name) => {
      const bytes = archive.home.get(`${path.session}/${name}`)
      if (!bytes) return null
      const md5 = createHash('md5').update(bytes).digest('hex')
      return { bytes, published: { path: `SCANSIDE/${name}`, size: bytes.length, md5, check: 'bytes read back' } }
    },
    retract: async (path, name) => archive.home.delete(`${path.session}/${name}`),
    published: async (path) =>
      [...archive.home]
        .filter(([key]) => key.startsWith(`${path.session}/`))
        .map(([key, bytes]) => ({ uri: key, name: key.slice(path.session.length + 1), resource: 'SCANSIDE', size: bytes.length, md5: '' })),
  }
  return archive
}

export const fakePlan = (context: 'session' | 'scan' = 'scan'): RunPlan & { context: 'session' | 'scan' } => ({
  engine: 'container',
  takesProfile: false,
  pipeline: { name: 'oct-quality', version: '0.1.0' },
  image: { id: 'sha256:1', name: 'scanside/oct-quality', digest: 'abcdef012345' },
  argv: null,
  env: {},
  workingDir: null,
  mounts: [],
  limits: { memoryBytes: 1, cpus: 1, pids: 1, deadlineMs: 1, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 },
  inputs: [{ mount: 'in', layout: context, accepts: ({ label }) => label.startsWith('VOL') }],
  outputMount: 'out',
  context,
})

/** A desk in memory; `options` goes to `createRuns`, and every part can be moved. */
export const fakeDesk = (lab: Lab = openLab({ path: null, key: null, chainKey: '11'.repeat(32), now: () => new Date(0) })) => {
  const debts = openOwed(null)
  const desk = {
    lab,
    debts,
    engine: fakeEngine(debts),
    engineThere: true,
    archive: fakeArchive(),
    home: { id: 'xnat.example', demo: false } as { id: string; demo: boolean } | null,
    context: 'scan' as 'session' | 'scan',
    locals: new Map<string, LocalScan>(),
    pushed: [] as RunSummary[][],
    announced: [] as [string, number][],
    faults: [] as unknown[],
    clock: Date.UTC(2026, 0, 1),
  }
  const options: RunsOptions = {
    engine: () => (desk.engineThere ? desk.engine : null),
    engineHealth: () => health,
    pipelines: { plan: async () => fakePlan(desk.context) },
    archive: (): HomeArchive | null => (desk.home ? { ...desk.home, archive: desk.archive } : null),
    local: (id) => desk.locals.get(id) ?? null,
    lab,
    debts,
    now: () => new Date(desk.clock++),
    by: () => 'erna',
    onRuns: (runs) => desk.pushed.push(runs),
    openRuns: desk.engine.openRuns,
    onLog: (run, seq) => desk.announced.push([run, seq]),
    report: (error) => desk.faults.push(error),
    newId: randomUUID,
    schedule: (work) => queueMicrotask(work),
  }
  /** The next start of the application over what stays: lab.db, owed.db, the archive and the engine. */
  const life = (): RunsOptions => {
    desk.engine.openRuns = new Set()
    return { ...options, openRuns: desk.engine.openRuns }
  }
  return { desk, options, life }
}

/** A scan of the fake archive. */
export const ref = (scan: string, session = 'XNAT_E1') => ({ kind: 'archive' as const, project: 'P', subject: 'S', session, scan })
