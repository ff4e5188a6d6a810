/** Names and labels of everything a run creates. Opaque ids only: no file name and no identity ever gets here. */

const prefix = 'org.scanside.'

/** Which installation and which of its processes owns a thing. */
export interface Owner {
  install: string
  pid: number
  /** The process's own start, so that a reused pid is not taken for its owner. */
  pidStart: string
}

export const labelNames = {
  managed: `${prefix}managed`,
  run: `${prefix}run`,
  install: `${prefix}install`,
  pid: `${prefix}pid`,
  pidStart: `${prefix}pid-start`,
  created: `${prefix}created`,
} as const

/** `created` is ISO 8601, UTC. */
export function labelsOf(run: string, owner: Owner, created: string): Record<string, string> {
  return {
    [labelNames.managed]: '1',
    [labelNames.run]: run,
    [labelNames.install]: owner.install,
    [labelNames.pid]: String(owner.pid),
    [labelNames.pidStart]: owner.pidStart,
    [labelNames.created]: created,
  }
}

export interface RunNames {
  stager: string
  container: string
  /** Volume per mount, in the spec's order. */
  volumes: string[]
  /** Of a volume for a note, where the run has one. */
  note: string
}

/** Names a run's things before they exist, so that they can be written down first. */
export function namesOf(run: string, mounts: number): RunNames {
  const base = `scanside-${run}`
  return {
    stager: `${base}-stage`,
    container: `${base}-run`,
    volumes: Array.from({ length: mounts }, (_, i) => `${base}-v${i}`),
    note: `${base}-note`,
  }
}

/** `{"label":["a=b"]}`, as the engine's listings want it. */
export function labelFilter(...pairs: [string, string][]): string {
  return JSON.stringify({ label: pairs.map(([name, value]) => `${name}=${value}`) })
}
