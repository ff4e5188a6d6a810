/** The container engine this desk works with: found, watched, and replaced where another is set. */
import { access, readFile } from 'node:fs/promises'
import { ScansideError } from '../oct/errors.ts'
import type { AppStore } from '../preload/contract.ts'
import { discover } from './engines/docker/discovery.ts'
import { createDockerEngine, type DockerEngine } from './engines/docker/engine.ts'
import { probeEndpoint } from './engines/docker/health.ts'
import type { ProcessWatch } from './engines/docker/process-start.ts'
import type { Debts, EngineHealth } from './engines/engine.ts'
import type { Capacity } from './pipelines/limits.ts'

export interface Found {
  health: EngineHealth
  /** Null where none is ready. */
  engine: DockerEngine | null
}

export interface LocalEngine {
  /** Null until the first look has ended. */
  health(): EngineHealth | null
  engine(): DockerEngine | null
  /** What the engine has, as it last said; null where that is not known. */
  capacity(): Capacity | null
  /** The engine, or `engine-unavailable` with what to do. */
  needed(): DockerEngine
  /** Looks again; looks that overlap are one. */
  refresh(): Promise<void>
}

/** `find` looks for an engine (with the person's setting in mind); `changed` is told when what is known has changed. */
export function createLocalEngine(find: () => Promise<Found>, changed: () => void): LocalEngine {
  let found: Found | null = null
  let capacity: Capacity | null = null
  let looking: Promise<void> | null = null
  const look = async () => {
    const next = await find()
    // The same engine stays the same object: it knows which workspaces are open.
    const same = found?.engine && next.engine && found.engine.id === next.engine.id
    const before = JSON.stringify(found?.health)
    found = { health: next.health, engine: same ? (found?.engine ?? null) : next.engine }
    const moved = JSON.stringify(found.health) !== before
    // One in a virtual machine may have been given more while it was off.
    if (moved || capacity === null) capacity = (await found.engine?.capacity()) ?? null
    if (moved) changed()
  }
  return {
    health: () => found?.health ?? null,
    engine: () => found?.engine ?? null,
    capacity: () => capacity,
    needed() {
      if (found?.engine) return found.engine
      throw new ScansideError(
        'engine-unavailable',
        found?.health.message ?? 'Scanside is still looking for a container engine. Try again in a moment.',
      )
    },
    refresh() {
      looking ??= look().finally(() => {
        looking = null
      })
      return looking
    },
  }
}

export interface FinderParts {
  around: { platform: 'linux' | 'darwin' | 'win32'; env: Record<string, string | undefined>; home: string; uid: number | null }
  /** What a person has set by hand; empty for none. */
  endpoint(): string
  debts: Debts
  /** Opaque id of this installation. */
  install: string
  process: ProcessWatch
  now(): Date
}

/** How an engine is found on this machine: the endpoint set by hand, else wherever one answers. */
export const deskEngineFinder =
  ({ around, endpoint, ...parts }: FinderParts): (() => Promise<Found>) =>
  async () => {
    const effects = {
      readFile: (path: string) => readFile(path, 'utf8'),
      exists: (path: string) => access(path).then(() => true),
      probe: probeEndpoint,
    }
    const found = await discover(endpoint(), around, effects)
    return { health: found.health, engine: found.endpoint ? createDockerEngine({ ...parts, endpoint: found.endpoint }) : null }
  }

/** The engine's health as the window sees it; `looking` until the first look has ended. */
export function engineStatus(health: EngineHealth | null): AppStore['engine'] {
  if (!health) {
    return {
      state: 'looking',
      message: 'Looking for a container engine …',
      kind: null,
      version: null,
      remote: false,
      endpoint: null,
      dataRoot: 'not-known',
    }
  }
  const { state, message, kind, version, remote, endpoint, dataRoot } = health
  return { state, message, kind: kind === 'docker' || kind === 'podman' ? kind : null, version, remote, endpoint, dataRoot }
}
