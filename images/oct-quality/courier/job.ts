/** What a courier is told: the job as the desk wrote it, checked. It comes over a link; nothing of it is believed by its looks. */
import { z } from 'zod'
import type { RemoteJob, RemoteOutcome } from '../../../main/engines/remote/job.ts'

export type Word = NonNullable<RemoteOutcome['problem']>

/** Ends the work with the word the desk makes a sentence of. */
export class Trouble extends Error {
  readonly word: Word
  constructor(word: Word) {
    super(word)
    this.name = 'Trouble'
    this.word = word
  }
}

const whole = z.number().int().nonnegative()
const link = z.url().max(4_000)
const opaque = z.string().regex(/^[\w.-]{1,200}$/)
/** Names that stay in their folder. */
const path = z
  .string()
  .max(1_000)
  .regex(/^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/)

/** The part of a job a courier works by. What else a machine is told (image, install) is left where it is. */
export const jobSchema = z.object({
  run: opaque,
  archive: z.object({ address: z.url().max(500), ca: z.array(z.string().max(100_000)).max(100) }),
  token: z.object({ kind: z.literal('link'), url: link }),
  inputs: z
    .array(
      z.object({
        mount: z.string(),
        path,
        size: whole,
        md5: z.string().regex(/^([0-9a-f]{32})?$/),
        from: z.discriminatedUnion('kind', [
          z.object({
            kind: z.literal('archive'),
            list: z
              .string()
              .regex(/^\/data\/[^?#\\]+$/)
              .max(4_000),
            nameDigest: z.string().regex(/^[0-9a-f]{64}$/),
          }),
          z.object({ kind: z.literal('link'), url: link }),
        ]),
        changes: z.array(z.object({ offset: whole, length: whole, fill: whole.max(255) })).max(100_000),
      }),
    )
    .max(20_000),
  argv: z.array(z.string()).min(1).nullable(),
  env: z.record(z.string(), z.string()),
  workingDir: z.string().nullable(),
  mounts: z.array(z.object({ name: z.string(), path: z.string(), writable: z.boolean() })),
  outputMount: z.string(),
  limits: z.object({
    memoryBytes: z.number(),
    cpus: z.number(),
    pids: z.number(),
    deadlineMs: z.number().positive(),
    outputBytes: whole,
    outputFiles: whole,
    outputDepth: whole,
    logBytes: whole,
  }),
  home: z.object({ session: z.string().min(1), name: path }),
  report: z.object({ kind: z.literal('link'), progress: link, log: link, outcome: link, deleteAfter: whole }),
  wholeDeadlineMs: z.number().positive(),
}) satisfies z.ZodType<Omit<RemoteJob, 'image' | 'install'>>

export type CourierJob = z.infer<typeof jobSchema>
