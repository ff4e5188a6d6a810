/** The local container engine, Docker or Podman alike. */
import { statfs } from 'node:fs/promises'
import { hostname } from 'node:os'
import type Docker from 'dockerode'
import type { Debts, Engine, EngineHealth, WipeReport } from '../engine.ts'
import { bounded, type Patience, patience } from './bounded.ts'
import { connect } from './client.ts'
import { freeAt } from './data-root.ts'
import { describeEndpoint, type Endpoint, isRemote } from './endpoint.ts'
import type { EngineTraits } from './hardening.ts'
import { isPodman, probeEndpoint } from './health.ts'
import { createImages, type EngineImages } from './images.ts'
import { labelNames, type Owner } from './labels.ts'
import { readNotes } from './notes.ts'
import { createVolumeSizes } from './output-watch.ts'
import type { ProcessWatch } from './process-start.ts'
import { heldByEngine, listThings, removeThings, settleGone, type Thing } from './removal.ts'
import { openWorkspace } from './workspace.ts'

export interface DockerEngineParts {
  endpoint: Endpoint
  debts: Debts
  /** Opaque id of this installation. */
  install: string
  /** This process; the same object for every engine it opens. */
  process: ProcessWatch
  now(): Date
  /** How long it may be silent; as long as a slow one needs where left out. */
  patience?: Patience
}

export interface DockerEngine extends Engine {
  images: EngineImages
  /** What all its runs share; null where it does not say. Never rejects. */
  capacity(): Promise<{ cpus: number; memoryBytes: number } | null>
}

/** Which things of this installation nobody alive works with. `mine`: runs this process has open, or takes up from an earlier life. Pure. */
export function abandoned(things: Thing[], owner: Owner, mine: ReadonlySet<string>, isAlive: (pid: number, pidStart: string) => boolean): Thing[] {
  return things.filter(({ labels }) => {
    if (labels[labelNames.install] !== owner.install || mine.has(labels[labelNames.run] ?? '')) return false
    const pid = Number(labels[labelNames.pid])
    const pidStart = labels[labelNames.pidStart] ?? ''
    if (pid === owner.pid && pidStart === owner.pidStart) return true
    return !(Number.isInteger(pid) && pid > 0 && isAlive(pid, pidStart))
  })
}

/** One engine at one endpoint. Nothing is sent before the first call. Throws `engine-unavailable` for an endpoint that must not be used. */
export function createDockerEngine(parts: DockerEngineParts): DockerEngine {
  const { endpoint, debts, now } = parts
  const within = parts.patience ?? patience
  const docker: Docker = bounded(connect(endpoint), within)
  const id = describeEndpoint(endpoint)
  const owner: Owner = { install: parts.install, pid: parts.process.pid, pidStart: parts.process.pidStart }
  const open = parts.process.openRuns
  const sizes = createVolumeSizes(docker)
  let traits: Promise<EngineTraits> | null = null
  /** Asked once; a failure is not remembered. */
  const askTraits = (): Promise<EngineTraits> => {
    traits ??= Promise.all([docker.version(), docker.info()]).then(
      ([version, { NCPU }]): EngineTraits => ({ flavour: isPodman(version) ? 'podman' : 'docker', cpus: NCPU > 0 ? NCPU : null }),
      (fault: unknown) => {
        traits = null
        throw fault
      },
    )
    return traits
  }

  return {
    id,
    images: createImages(docker, async () => (await askTraits()).flavour),
    probe: (): Promise<EngineHealth> => probeEndpoint(endpoint),

    async capacity() {
      try {
        const { NCPU, MemTotal } = await docker.info()
        return NCPU > 0 && MemTotal > 0 ? { cpus: NCPU, memoryBytes: MemTotal } : null
      } catch {
        return null
      }
    },

    async freeBytes() {
      if (isRemote(endpoint)) return null
      try {
        const { Name, DockerRootDir } = await docker.info()
        return await freeAt(DockerRootDir, Name === hostname(), (path) => statfs(path))
      } catch {
        return null
      }
    },

    async open(spec) {
      open.add(spec.runId)
      return openWorkspace(spec, {
        docker,
        engine: id,
        debts,
        owner,
        traits: askTraits,
        sizes,
        patience: within,
        now,
        onWiped: (run) => open.delete(run),
      })
    },

    async noted() {
      const listed = await listThings(docker, [labelNames.managed, '1'], [labelNames.install, owner.install])
      return await readNotes(docker, abandoned(listed, owner, open, parts.process.isAlive), within)
    },

    async reap(): Promise<WipeReport> {
      const debtsNow = () => heldByEngine(debts.list(id)).filter(({ runId }) => !open.has(runId))
      let listed: Thing[]
      try {
        listed = await listThings(docker, [labelNames.managed, '1'], [labelNames.install, owner.install])
      } catch {
        const owed = debtsNow().map(({ kind, name }) => `The engine does not answer, so it is not known whether the ${kind} ${name} is gone.`)
        // Also where nothing is noted: the notes may have been lost, and then this look was to stand for them.
        return { items: [], complete: false, owed }
      }
      const dead = abandoned(listed, owner, open, parts.process.isAlive)
      const key = ({ kind, name }: Pick<Thing, 'kind' | 'name'>): string => `${kind} ${name}`
      const deadKeys = new Set(dead.map(key))
      const createdAt = new Map(listed.map((thing) => [thing.name, thing.labels[labelNames.created] ?? '']))
      const { gone, ...report } = await removeThings(docker, {
        things: dead,
        labels: [
          [labelNames.managed, '1'],
          [labelNames.install, owner.install],
        ],
        concerns: (thing) => deadKeys.has(key(thing)),
        createdAt: (name) => createdAt.get(name) || null,
        now,
      })
      const there = new Set(listed.map(key))
      // Debts of things that are neither dead nor absent belong to a living process.
      settleGone(debts, debtsNow(), (debt) => (deadKeys.has(key(debt)) ? gone(debt) : !there.has(key(debt))))
      return report
    },
  }
}
