/** How much of the desk a run may take. */
import type { RunLimits } from '../engines/engine.ts'
import type { Command } from './command.ts'
import type { RunPlace } from './plan.ts'

const megabyte = 1024 * 1024

/** What a run gets where its command says nothing. */
export const defaultLimits: RunLimits = {
  memoryBytes: 1024 * megabyte,
  cpus: 2,
  pids: 256,
  deadlineMs: 10 * 60_000,
  outputBytes: 256 * megabyte,
  outputFiles: 1_000,
  outputDepth: 8,
  logBytes: 2 * megabyte,
}

/** What the engine has; a run is never given more. */
export interface Capacity {
  cpus: number
  memoryBytes: number
}

/**
 * `limit-memory` and `reserve-memory` are in MB, `limit-cpu` in CPUs. Null capacity: not known.
 * @param place in the cloud a command that says only what it needs at least gets a machine with that much
 */
export function limitsOf(
  command: Pick<Command, 'limit-memory' | 'reserve-memory' | 'limit-cpu'>,
  capacity: Capacity | null,
  place: RunPlace = 'here',
): RunLimits {
  const reserved = place === 'cloud' ? Math.max(defaultLimits.memoryBytes, (command['reserve-memory'] ?? 0) * megabyte) : defaultLimits.memoryBytes
  const memory = command['limit-memory'] === undefined ? reserved : command['limit-memory'] * megabyte
  const cpus = command['limit-cpu'] ?? defaultLimits.cpus
  return {
    ...defaultLimits,
    // Docker does not start anything in less than 6 MB.
    memoryBytes: Math.floor(Math.max(16 * megabyte, Math.min(memory, capacity?.memoryBytes ?? memory))),
    cpus: Math.max(0.01, Math.min(cpus, capacity?.cpus ?? cpus)),
  }
}
