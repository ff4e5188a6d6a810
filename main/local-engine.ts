/** The container engine this desk works with: found, watched, and replaced where another is set. */
import { ScansideError } from '../oct/errors.ts'
import type { AppStore } from '../preload/contract.ts'
import type { DockerEngine } from './engines/docker/engine.ts'
import type { EngineHealth } from './engines/engine.ts'

export interface Found {
  health: EngineHealth
  /** Null where none is ready. */
  engine: DockerEngine | null
}

export interface LocalEngine {
  /** Null until the first look has ended. */
  health(): EngineHealth | null
  engine(): DockerEngine | null
  /** The engine, or `engine-unavailable` with what to do. */
  needed(): DockerEngine
  /** Looks again; looks that overlap are one. */
  refresh(): Promise<void>
}

/** `find` looks for an engine (with the person's setting in mind); `changed` is told when what is known has changed. */
export function createLocalEngine(find: () => Promise<Found>, changed: () => void): LocalEngine {
  let found: Found | null = null
  let looking: Promise<void> | null = null
  const look = async () => {
    const next = await find()
    // The same engine stays the same object: it knows which workspaces are open.
    const same = found?.engine && next.engine && found.engine.id === next.engine.id
    const before = JSON.stringify(found?.health)
    found = { health: next.health, engine: same ? (found?.engine ?? null) : next.engine }
    if (JSON.stringify(found.health) !== before) changed()
  }
  return {
    health: () => found?.health ?? null,
    engine: () => found?.engine ?? null,
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
