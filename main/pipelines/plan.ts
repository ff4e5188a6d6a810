/** What a pipeline becomes once its image, wrapper and values are known: everything a run needs but the scans' bytes. */
import type { RunLimits } from '../engines/engine.ts'

/** Where a run is computed: at this desk, or on a machine of the institute's cloud. */
export type RunPlace = 'here' | 'cloud'

export interface RunPlan {
  /** Which engine runs it: the application itself, the container engine of this desk, or the institute's cloud. */
  engine: 'builtin' | 'container' | 'cloud'
  /** Whether it can be given a project's own profile (`profileArguments`). */
  takesProfile: boolean
  pipeline: { name: string; version: string }
  /** Local id to create from, the name for people, and the digest over `RootFS.Layers`. */
  image: { id: string; name: string; digest: string }
  /** One array element per argument; no shell. Null where the image's own entry runs as it is. */
  argv: string[] | null
  env: Record<string, string>
  workingDir: string | null
  mounts: { name: string; path: string; writable: boolean }[]
  limits: RunLimits
  /** Which mount receives the scans' files, laid out as XNAT's Container Service mounts that kind of object. */
  inputs: {
    mount: string
    /** session: `SCANS/<scan>/<resource>/<file>`; scan: `<resource>/<file>`; resource: `<file>` */
    layout: 'session' | 'scan' | 'resource'
    /** Whether a resource with this label and format is wanted. */
    accepts(resource: { label: string; format: string }): boolean
  }[]
  /** The writable mount whose files are results. */
  outputMount: string
  /**
   * The wrapper's filter over a scan (`{ id, type, xsiType, resources: [{ label, format }] }`), where its context is `scan`;
   * a scan it does not take must not be run on. Absent: every scan.
   */
  acceptsScan?(scan: { [key: string]: string | { label: string; format: string }[] }): boolean
}

/** Lists and prepares what can be run. `main/pipelines/pipelines.ts` implements it over an engine's images. */
export interface Pipelines {
  /**
   * `context` decides whether `runs.start` makes one run per scan or per session. Here where `place` is left out.
   * @throws ScansideError `not-supported` where the pipeline cannot run in that place
   */
  plan(pipelineId: string, values: Record<string, string>, place?: RunPlace): Promise<RunPlan & { context: 'session' | 'scan' }>
  /** What is known of a pipeline before its values are: for choosing a place. Rejects with `not-found`. */
  outlook?(pipelineId: string): Promise<Outlook>
}

export interface Outlook {
  pipeline: { name: string; version: string }
  context: 'session' | 'scan'
  /** Where it can run once engine and cloud are ready. */
  places: RunPlace[]
  /** Which of this desk's engines runs it. */
  lane: 'builtin' | 'container'
}
