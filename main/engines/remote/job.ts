/** What a cloud's machine is told of one run, and what it tells. Shared by Nova's machines and Zun's containers. */
import { z } from 'zod'
import type { ByteChange } from '../engine.ts'
import { runLimitsSchema } from '../run-limits.ts'

/** A token of the archive for one run. */
export interface RunToken {
  alias: string
  secret: string
}

/** A link to one object that needs no credential (Swift TempURL). */
export type Link = string

const text = z.string().max(10_000)
const whole = z.number().int().nonnegative()

/** Where the machine has the analysis image from. It looks for the digest among its own images first, whatever this says. */
const imageSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('present') }),
  /** `registry.example.org/lab/pipeline:1.0` */
  z.object({ kind: z.literal('registry'), reference: text }),
  /** An archive as `docker save` writes it, maybe gzipped. `sha256` of the file, hex. */
  z.object({ kind: z.literal('link'), url: text, sha256: text }),
])
export type ImageSource = z.infer<typeof imageSourceSchema>

const jobInputSchema = z.object({
  /** Name of a mount, and the path below it; opaque. */
  mount: text,
  path: text,
  /** Of the original, as it is fetched; `md5` is empty where the archive has none. */
  size: whole,
  md5: text,
  /**
   * From the archive: where it is listed (`/data/…/files`), and the SHA-256 (hex) of its name there. The name may be a person's: neither Nova nor
   * Swift is told it. Or from Swift where the desk had to write it anew (an XML export without identity).
   */
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('archive'), list: text, nameDigest: text }),
    z.object({ kind: z.literal('link'), url: text }),
  ]),
  changes: z.array(z.object({ offset: whole, length: whole, fill: whole.max(255) }) satisfies z.ZodType<ByteChange>),
})
export type JobInput = z.infer<typeof jobInputSchema>

/** Everything a machine needs for one run, and nothing else. A schema, because the desk reads its own order back after a crash. */
export const remoteJobSchema = z.object({
  run: text,
  /** Opaque id of the installation, for labels of what the machine creates on its own engine. */
  install: text,
  /** The archive's address without a slash at its end, and PEM certificates to trust beside the system's. */
  archive: z.object({ address: text, ca: z.array(z.string().max(1_000_000)) }),
  /** A link to `{"alias","secret"}`, or the token itself where there is no Swift. */
  token: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('link'), url: text }),
    z.object({ kind: z.literal('inline'), alias: text, secret: text }),
  ]),
  image: z.object({ name: text, digest: text, source: imageSourceSchema }),
  inputs: z.array(jobInputSchema),
  argv: z.array(z.string()).nullable(),
  env: z.record(z.string(), z.string()),
  workingDir: z.string().nullable(),
  mounts: z.array(z.object({ name: text, path: text, writable: z.boolean() })),
  outputMount: text,
  limits: runLimitsSchema,
  /** Where results.json goes: resource SCANSIDE of this session (its accession id alone: no label), under this name. */
  home: z.object({ session: text, name: text }),
  /**
   * Where it reports: objects by link, each PUT whole and anew; or files beside the results (`progress.json`, `log.txt`, `outcome.json`) where
   * there is no Swift.
   */
  report: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('link'), progress: text, log: text, outcome: text, deleteAfter: whole }),
    z.object({ kind: z.literal('archive'), folder: text }),
  ]),
  /**
   * Within what a machine's own clock must be when it begins, ms since 1970, by the cloud's clock: with a wrong one no certificate is valid or, worse,
   * one that has ended is. Left out where nobody reckoned it.
   */
  clock: z.object({ earliest: whole, latest: whole }).optional(),
  /** Milliseconds from its first line to the forced power-off: everything, not the pipeline alone. */
  wholeDeadlineMs: z.number(),
})
export type RemoteJob = z.infer<typeof remoteJobSchema>

export const remoteStages = ['preparing', 'fetching', 'loading-image', 'running', 'sending', 'done'] as const

/** `progress.json`: small, written anew at each step. */
export const progressSchema = z.object({
  run: z.string().max(100),
  stage: z.enum(remoteStages),
  /** Files or parts within the stage; 0 of 0 where it has none. */
  done: z.number().int().nonnegative(),
  of: z.number().int().nonnegative(),
})
export type RemoteProgress = z.infer<typeof progressSchema>

const digest = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`))

/** `outcome.json`: the last thing a machine writes. */
export const outcomeSchema = z.object({
  run: z.string().max(100),
  /** Files as the container got them, by their path. */
  given: z.array(z.object({ path: z.string().max(1_000), size: z.number().int().nonnegative(), sha256: digest(64) })).max(20_000),
  /** Null where the pipeline never began. */
  exitCode: z.number().int().nullable(),
  outOfMemory: z.boolean(),
  timedOut: z.boolean(),
  /** results.json as it was sent and listed; null where nothing was sent. */
  results: z.object({ size: z.number().int().nonnegative(), sha256: digest(64), md5: digest(32) }).nullable(),
  /** Why it ended early; a fixed word, never a text of the machine's. */
  problem: z
    .enum([
      'clock',
      'archive-unreachable',
      'token-refused',
      'input-missing',
      'input-differs',
      'no-engine',
      'image-missing',
      'image-differs',
      'image-refused',
      'no-results',
      'output-refused',
      'upload-refused',
      'upload-differs',
      'disk-full',
      'deadline',
    ])
    .nullable(),
  /** Whether the archive answered 401 after the machine had withdrawn its token. */
  tokenWithdrawn: z.boolean(),
})
export type RemoteOutcome = z.infer<typeof outcomeSchema>

/** Names in the run's own container of Swift. */
export const objectNames = { job: 'job.json', token: 'token.json', progress: 'progress.json', log: 'log.txt', outcome: 'outcome.json' } as const

/** The name of a run's server, container of Zun and container of Swift alike: known before anything is created. */
export const remoteName = (run: string): string => `scanside-${run}`
