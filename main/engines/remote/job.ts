/** What a cloud's machine is told of one run, and what it tells. Shared by Nova's machines and Zun's containers. */
import { z } from 'zod'
import type { SessionPath } from '../../archive/archive.ts'
import type { ByteChange, RunLimits, RunSpec } from '../engine.ts'

/** A token of the archive for one run. */
export interface RunToken {
  alias: string
  secret: string
}

/** A link to one object that needs no credential (Swift TempURL). */
export type Link = string

/** Where the machine has the analysis image from. It looks for the digest among its own images first, whatever this says. */
export type ImageSource =
  | { kind: 'present' }
  /** `registry.example.org/lab/pipeline:1.0` */
  | { kind: 'registry'; reference: string }
  /** An archive as `docker save` writes it, maybe gzipped. `sha256` of the file, hex. */
  | { kind: 'link'; url: Link; sha256: string }

export interface JobInput {
  /** Name of a mount, and the path below it; opaque. */
  mount: string
  path: string
  /** Of the original, as it is fetched; `md5` is empty where the archive has none. */
  size: number
  md5: string
  /** From the archive by its URI, or from Swift where the desk had to write it anew (an XML export without identity). */
  from: { kind: 'archive'; uri: string } | { kind: 'link'; url: Link }
  changes: ByteChange[]
}

/** Everything a machine needs for one run, and nothing else. */
export interface RemoteJob {
  run: string
  /** Opaque id of the installation, for labels of what the machine creates on its own engine. */
  install: string
  /** The archive's address without a slash at its end, and PEM certificates to trust beside the system's. */
  archive: { address: string; ca: string[] }
  /** A link to `{"alias","secret"}`, or the token itself where there is no Swift. */
  token: { kind: 'link'; url: Link } | ({ kind: 'inline' } & RunToken)
  image: { name: string; digest: string; source: ImageSource }
  inputs: JobInput[]
  argv: RunSpec['argv']
  env: RunSpec['env']
  workingDir: RunSpec['workingDir']
  mounts: RunSpec['mounts']
  outputMount: string
  limits: RunLimits
  /** Where results.json goes: resource SCANSIDE of this session, under this name. */
  home: { session: SessionPath; name: string }
  /**
   * Where it reports: objects by link, each PUT whole and anew; or files beside the results (`progress.json`, `log.txt`, `outcome.json`) where
   * there is no Swift.
   */
  report: { kind: 'link'; progress: Link; log: Link; outcome: Link; deleteAfter: number } | { kind: 'archive'; folder: string }
  /** Milliseconds from its first line to the forced power-off: everything, not the pipeline alone. */
  wholeDeadlineMs: number
}

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
export const objectNames = { token: 'token.json', progress: 'progress.json', log: 'log.txt', outcome: 'outcome.json' } as const

/** The name of a run's server, container of Zun and container of Swift alike: known before anything is created. */
export const remoteName = (run: string): string => `scanside-${run}`
