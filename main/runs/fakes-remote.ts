/** A cloud that lives in memory and outlives the desk: its machines fetch from the archive, judge, and send home by themselves. */
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { ScansideError } from '../../oct/errors.ts'
import type { Results } from '../../oct/results.ts'
import type { Debts, Engine, EngineHealth, ExitReport, InputRef, OwedThing, RunSpec, StagedFile, WipeReport } from '../engines/engine.ts'
import { applyChanges } from './changes.ts'
import { type FakeArchive, fakeDesk, fakePlan, health, judge, ref } from './fakes.ts'

export const cloudHealth: EngineHealth = {
  ...health,
  kind: 'nova',
  remote: true,
  endpoint: 'cloud.example',
  version: '2.93',
  inputKinds: ['archive'],
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Machine {
  spec: RunSpec
  inputs: InputRef[]
  outcome: (ExitReport & { given: StagedFile[] }) | null
}
type Step = 'open' | 'stage' | 'start' | 'wait' | 'collect' | 'wipe'

export interface FakeCloud {
  /** By run: what was staged, and what runs. Both stay when the desk dies. */
  drops: Map<string, { spec: RunSpec; inputs: InputRef[] }>
  machines: Map<string, Machine>
  /** What every container was given, by its path. */
  given: Map<string, Uint8Array>
  created: number
  most: number
  /** Machines work, but do not end, while it is true. */
  hold: boolean
  release(): void
  exit: Partial<ExitReport>
  /** What the machine sends instead; null: nothing. */
  output: ((good: Results) => Uint8Array | null) | null
  /** A wipe removes nothing, as when the cloud is away. */
  leaves: boolean
  /** The desk hears nothing more at this step, as if it had died in it. */
  hangAt: Step | null
  /** Thrown there, once. */
  failAt: { step: Step; error: ScansideError; times: number } | null
  engineFor(debts: Debts, openRuns: Set<string>): Engine
}

const never = <T>() => new Promise<T>(() => {})

export const fakeCloud = (archive: FakeArchive): FakeCloud => {
  const ended = new Set<() => void>()
  const work = async (machine: Machine) => {
    const given: StagedFile[] = []
    for (const input of machine.inputs) {
      const original = input.kind === 'archive' ? input.original : undefined
      const fetched = new Uint8Array(
        await buffer(
          input.kind === 'archive' && original
            ? await archive.read({ uri: input.uri, size: original.size }, new AbortController().signal)
            : await input.read(new AbortController().signal),
        ),
      )
      if (original && original.md5 !== createHash('md5').update(fetched).digest('hex')) throw new Error('the original is another')
      const bytes = original ? applyChanges(fetched, original.changes) : fetched
      cloud.given.set(input.path, bytes)
      given.push({ path: input.path, size: bytes.length, sha256: sha256(bytes) })
    }
    const exit = { exitCode: 0, outOfMemory: false, timedOut: false, ...cloud.exit }
    const good = judge(given.map((file) => ({ ...file, sha256: file.sha256 ?? '' })))
    const bytes = cloud.output ? cloud.output(good) : new TextEncoder().encode(JSON.stringify(good))
    const { home } = machine.spec
    if (exit.exitCode === 0 && bytes && home) archive.home.set(`${home.session.session}/${home.name}`, bytes)
    machine.outcome = { ...exit, given }
    for (const tell of ended) tell()
  }
  const cloud: FakeCloud = {
    drops: new Map(),
    machines: new Map(),
    given: new Map(),
    created: 0,
    most: 0,
    hold: false,
    release: () => {
      cloud.hold = false
      for (const machine of cloud.machines.values()) if (!machine.outcome) void work(machine)
    },
    exit: {},
    output: null,
    leaves: false,
    hangAt: null,
    failAt: null,
    engineFor: (debts, openRuns) => {
      const id = 'nova:0123456789abcdef'
      const step = async (name: Step) => {
        if (cloud.hangAt === name) await never()
        if (cloud.failAt?.step === name && cloud.failAt.times-- > 0) throw cloud.failAt.error
      }
      const remove = (run: string): WipeReport => {
        const mine = debts.list(id).filter((thing) => thing.runId === run)
        cloud.machines.delete(run)
        cloud.drops.delete(run)
        for (const thing of mine) debts.settle(thing)
        const at = '2026-01-01T00:00:00.000Z'
        const items = mine.flatMap(({ kind, name }) => (kind === 'token-intent' ? [] : [{ kind, name, createdAt: at, removedAt: at, check: '404' }]))
        return { items, complete: true, owed: [], cannotProve: ['What the hosts keep.'] }
      }
      return {
        id,
        probe: async () => cloudHealth,
        reap: async () => {
          const runs = new Set([...debts.list(id).map(({ runId }) => runId), ...cloud.machines.keys(), ...cloud.drops.keys()])
          const reports = [...runs].filter((run) => !openRuns.has(run)).map(remove)
          return { items: reports.flatMap(({ items }) => items), complete: true, owed: [] }
        },
        open: async (spec) => {
          openRuns.add(spec.runId)
          await step('open')
          const thing = (kind: OwedThing['kind'], name = `scanside-${spec.runId}`): OwedThing => ({ runId: spec.runId, engine: id, kind, name })
          return {
            stage: async (inputs) => {
              debts.incur(thing('server'), thing('object-container'), thing('token', `alias-${spec.runId}`))
              cloud.drops.set(spec.runId, { spec, inputs: inputs.map((input) => input.ref) })
              await step('stage')
              return inputs.map(({ ref: input }) => ({ path: input.path, size: input.size, sha256: null }))
            },
            start: async (_signal, onLine) => {
              const drop = cloud.drops.get(spec.runId)
              if (!cloud.machines.has(spec.runId)) {
                await step('start')
                if (!drop) throw new ScansideError('not-found', 'The machine was not made before Scanside ended.')
                const machine: Machine = { ...drop, outcome: null }
                cloud.machines.set(spec.runId, machine)
                cloud.created++
                cloud.most = Math.max(cloud.most, cloud.machines.size)
                if (!cloud.hold) void work(machine)
              }
              onLine({ stream: 'stdout', text: 'progress 1/2', at: '2026-01-01T00:00:00.000Z' })
            },
            wait: async (signal) => {
              await step('wait')
              for (;;) {
                if (signal.aborted) throw new ScansideError('cancelled', 'The run was cancelled.')
                const outcome = cloud.machines.get(spec.runId)?.outcome
                if (outcome) return outcome
                await new Promise<void>((resolve) => {
                  ended.add(resolve)
                  signal.addEventListener('abort', () => resolve(), { once: true })
                })
              }
            },
            collect: async () => {
              await step('collect')
              const { home } = spec
              const bytes = home ? archive.home.get(`${home.session.session}/${home.name}`) : undefined
              if (!bytes) throw new ScansideError('not-found', 'The archive does not list the results the machine sent.')
              return [{ kind: 'archived', path: 'results.json', size: bytes.length, bytes, sha256: sha256(bytes) }]
            },
            wipe: async () => {
              await step('wipe')
              openRuns.delete(spec.runId)
              if (cloud.leaves) return { items: [], complete: false, owed: ['The cloud does not answer.'] }
              return remove(spec.runId)
            },
          }
        },
      }
    },
  }
  return cloud
}

/** A desk with a cloud; `life` is one start of the application over what stays: lab.db, owed.db, the archive and the cloud. */
export const fakeCloudDesk = () => {
  const made = fakeDesk()
  const cloud = fakeCloud(made.desk.archive)
  const state = { signedIn: true, archiveReady: true, machines: 10, kept: true }
  const life = () => {
    const openRuns = new Set<string>()
    const engine = cloud.engineFor(made.desk.debts, openRuns)
    const options = {
      ...made.options,
      lab: { ...made.desk.lab, kept: state.kept },
      cloud: {
        engine: () => (state.signedIn ? engine : null),
        health: () => (state.signedIn ? cloudHealth : null),
        concurrency: () => state.machines,
      },
      openRuns,
      archive: () => (made.desk.home ? { ...made.desk.home, ready: state.archiveReady, archive: made.desk.archive } : null),
      pipelines: {
        plan: async (_pipeline: string, _values: Record<string, string>, place: 'here' | 'cloud' = 'here') => ({
          ...fakePlan(made.desk.context),
          engine: place === 'cloud' ? ('cloud' as const) : ('container' as const),
          mounts: [
            { name: 'in', path: '/input', writable: false },
            { name: 'out', path: '/output', writable: true },
          ],
        }),
      },
    }
    return { options, openRuns }
  }
  return { desk: made.desk, cloud, state, life, scan: ref }
}
