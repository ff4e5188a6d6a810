/**
 * What every place that can run a pipeline offers: the container engine of this desk, the application itself, and the institute's cloud.
 * One contract suite runs against each of them.
 */
import type { Readable } from 'node:stream'
import type { SessionPath } from '../archive/archive.ts'

/** Bytes of a file that are replaced by one value, so that a machine that fetches the original can take out what says whose it is. */
export interface ByteChange {
  /** bytes from the beginning, and how many */
  offset: number
  length: number
  /** 0 to 255 */
  fill: number
}

/** An input of a run. `path` is relative to its mount, made of opaque names that Scanside gives (`scan-<uuid>.vol`). */
export type InputRef =
  | {
      kind: 'archive'
      uri: string
      path: string
      size: number
      /** Of what `read` gives; left out where that is other than what the archive has. */
      md5?: string
      read(signal: AbortSignal): Promise<Readable>
      /** For engines whose machine fetches by itself: the original as the archive lists it, and what is taken out of it. */
      original?: { size: number; md5: string; changes: ByteChange[] }
    }
  | { kind: 'local'; path: string; size: number; sha256?: string; read(signal: AbortSignal): Promise<Readable> }

/**
 * A file a run left in an output mount. `path` is relative to the mount, checked: no `..`, no absolute path, regular files only.
 * `archived`: the machine has sent it home already, and these bytes were read back from there.
 */
export interface OutputRef {
  kind: 'stream' | 'archived'
  path: string
  /** bytes */
  size: number
  /** The whole file; outputs are capped by size and count before this is handed out. */
  bytes: Uint8Array
  sha256: string
}

/** Upper bounds of one run. A run that exceeds one ends with an error that names it. */
export interface RunLimits {
  memoryBytes: number
  cpus: number
  pids: number
  /** Milliseconds from start to the forced end. */
  deadlineMs: number
  /** Sum of output bytes, count of output files, and depth of folders. */
  outputBytes: number
  outputFiles: number
  outputDepth: number
  /** Bytes of log kept; what comes after is counted and dropped. */
  logBytes: number
}

/** What a workspace is opened for. Holds opaque ids only: labels of containers and volumes are made from it. */
export interface RunSpec {
  runId: string
  /** The engine's own id of the image, resolved before. */
  imageId: string
  argv: string[] | null
  env: Record<string, string>
  workingDir: string | null
  mounts: { name: string; path: string; writable: boolean }[]
  limits: RunLimits
  /** Its workspace holds a note (`Workspace.note`). */
  noted?: boolean
  /** For engines whose machine has the image from elsewhere: its name for people and registries, and the digest over `RootFS.Layers`. */
  image?: { name: string; digest: string }
  /** Where a machine that sends results home itself puts them: `<pipeline>/<version>/<run id>/results.json` of the resource SCANSIDE. */
  home?: { archive: string; session: SessionPath; name: string }
}

/** A file as a run was given it. */
export interface StagedFile {
  path: string
  /** bytes */
  size: number
  /** hex; null where only the machine that fetches it will know (`ExitReport.given`) */
  sha256: string | null
}

export type EngineState = 'ready' | 'not-installed' | 'not-running' | 'no-permission' | 'windows-containers' | 'too-old' | 'refused' | 'unknown'

export interface EngineHealth {
  state: EngineState
  /** A sentence for a person: what it is, or what to do. */
  message: string
  kind: 'docker' | 'podman' | 'builtin' | 'nova' | 'zun' | null
  version: string | null
  /** True where the engine is on another machine. */
  remote: boolean
  /** The endpoint as a person knows it, without secrets (`unix:///var/run/docker.sock`). */
  endpoint: string | null
  /** Whether the engine's data root is encrypted, in memory, or not known. */
  dataRoot: 'encrypted' | 'in-memory' | 'not-known'
  inputKinds: InputRef['kind'][]
}

/** A thing a run creates and must remove. Written to owed.db before it is created, by its name, which Scanside chooses. */
export interface OwedThing {
  runId: string
  engine: string
  /**
   * `object-container`: one of Swift, with all its objects. `token`: an alias token of the archive, by its alias. `token-intent`: one that may
   * have been issued (`<run>.<server's clock, ms>`). `server`, and Zun's `container`: by name, which is known before its id.
   */
  kind: 'container' | 'volume' | 'server' | 'object-container' | 'token' | 'token-intent'
  /** Name on the engine; opaque (`scanside-<run>-run`). */
  name: string
}

/** Where owed things are written down; `main/store` implements it. */
export interface Debts {
  /** Must be on disk before it returns. Several at once cost one write. */
  incur(...things: OwedThing[]): void
  /** Takes a thing off the list, once its removal has been checked. */
  settle(thing: OwedThing): void
  list(engine?: string): OwedThing[]
}

export interface ReceiptItem {
  kind: 'container' | 'volume' | 'token' | 'file' | 'object' | 'object-container' | 'server'
  name: string
  createdAt: string
  removedAt: string | null
  /** How the removal was checked: `listing by label is empty`. */
  check: string | null
}

/** What the engine can say of a wipe. The run adds who, which run, and the chain's HMAC. */
export interface WipeReport {
  items: ReceiptItem[]
  /** True only when every item is gone and the listing by label is empty. */
  complete: boolean
  /** What is still there, as a sentence, when not complete. */
  owed: string[]
  /** What this engine's removal cannot prove, as sentences for the receipt; the engine's health says the rest. */
  cannotProve?: string[]
}

export interface LogLine {
  /** Grows by one from 1. */
  seq: number
  stream: 'stdout' | 'stderr' | 'scanside'
  text: string
  /** ISO 8601, UTC */
  at: string
}

export interface ExitReport {
  exitCode: number
  outOfMemory: boolean
  /** True where the deadline ended it. */
  timedOut: boolean
  /** What a machine that fetched by itself was given, as it reports; every staged file, with its digest. */
  given?: StagedFile[]
}

/** One run's place on an engine. Each step may be called again after a crash; wipe always may. */
export interface Workspace {
  /**
   * Streams inputs in. `mount` is the name of a mount of the spec. Verifies size and, where given, MD5 or SHA-256 on the way; an engine whose
   * machine fetches tells in `wait` what did not match.
   */
  stage(inputs: { mount: string; ref: InputRef }[], signal: AbortSignal, onProgress: (bytes: number) => void): Promise<StagedFile[]>
  /** Leaves the note of a run that is `noted`, after it was staged: for desks whose records end with them. Only `Engine.noted` reads it. */
  note?(text: Uint8Array): Promise<void>
  /**
   * What is there already, from before a crash, is taken up again: a cloud's machine, a container that runs or has ended, with its log from the
   * beginning and the deadline of its own start. Rejects with `not-found` where nothing was staged or started.
   */
  start(signal: AbortSignal, onLine: (line: Omit<LogLine, 'seq'>) => void): Promise<void>
  /** Resolves at exit, at the deadline, or rejects with `cancelled` when the signal aborts; the container is stopped either way. */
  wait(signal: AbortSignal): Promise<ExitReport>
  /** Every file of a writable mount, checked and capped. Rejects with `output-refused` at the first that breaks a rule. */
  collect(mount: string, signal: AbortSignal): Promise<OutputRef[]>
  /** Removes containers, then volumes, then lists by label. Never rejects for what it cannot remove: it says so. */
  wipe(): Promise<WipeReport>
}

/** A run of an earlier life whose records ended with it. */
export interface LeftRun {
  runId: string
  note: Uint8Array
  /** How its container is. */
  state: 'running' | 'ended-well' | 'failed'
}

export interface Engine {
  readonly id: string
  /** bytes free where it keeps what runs are given and write; null where that is not known. Never rejects. */
  freeBytes?(): Promise<number | null>
  probe(): Promise<EngineHealth>
  open(spec: RunSpec): Promise<Workspace>
  /** The notes that earlier lives of this installation left, never those of a living process. Rejects where the engine does not answer. */
  noted?(): Promise<LeftRun[]>
  /** Removes what an earlier life of this installation left (by label and by debts), never what a living process owns. */
  reap(): Promise<WipeReport>
}
