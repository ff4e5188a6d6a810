/** What a pipeline becomes once its image, wrapper and values are known: everything a run needs but the scans' bytes. */
import type { RunLimits } from '../engines/engine.ts'

export interface RunPlan {
  /** Which engine runs it: the application itself, or the container engine of this desk. */
  engine: 'builtin' | 'container'
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
  /** `context` decides whether `runs.start` makes one run per scan or per session. */
  plan(pipelineId: string, values: Record<string, string>): Promise<RunPlan & { context: 'session' | 'scan' }>
}
