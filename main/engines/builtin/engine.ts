/** The built-in engine: our own analysis in this application's workers, over memory alone. It needs no container, no network and no disk. */
import type { Engine, EngineHealth } from '../engine.ts'
import type { Judging, SetFinder } from './judging.ts'
import { openWorkspace } from './workspace.ts'

export const builtinId = 'builtin'

export interface BuiltinOptions {
  judging: Pick<Judging, 'judge'> & SetFinder
  /** Of the application. */
  version: string
  now: () => Date
  /** bytes one run may hold in memory; 1 GiB unless told */
  mostBytes?: number
}

export function createBuiltinEngine({ judging, version, now, mostBytes = 1024 * 1024 * 1024 }: BuiltinOptions): Engine & { health: EngineHealth } {
  const health: EngineHealth = {
    state: 'ready',
    message: 'This application judges scans itself: no container and no network is needed.',
    kind: 'builtin',
    version,
    remote: false,
    endpoint: null,
    dataRoot: 'in-memory',
    inputKinds: ['archive', 'local'],
  }
  return {
    id: builtinId,
    health,
    probe: async () => health,
    open: async (spec) => openWorkspace(spec, { judging, now, mostBytes }),
    // What was in memory went with the life that held it.
    reap: async () => ({ items: [], complete: true, owed: [] }),
  }
}
