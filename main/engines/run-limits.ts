/** A run's limits as they are written down and read back: in the journal, and in what a machine is told. */
import { z } from 'zod'
import type { RunLimits } from './engine.ts'

export const runLimitsSchema = z.object({
  memoryBytes: z.number(),
  cpus: z.number(),
  pids: z.number(),
  deadlineMs: z.number(),
  outputBytes: z.number(),
  outputFiles: z.number(),
  outputDepth: z.number(),
  logBytes: z.number(),
}) satisfies z.ZodType<RunLimits>
