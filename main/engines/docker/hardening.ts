/** What an untrusted container gets: nothing it does not need. Pure. */
import type { ContainerCreateOptions } from 'dockerode'
import type { RunLimits, RunSpec } from '../engine.ts'

/** nobody:nogroup on every Linux. */
export const runUser = 65_534

/** Bytes of /tmp, which is memory. */
const scratchBytes = 128 * 1024 * 1024

export type Flavour = 'docker' | 'podman'

/** What a container's settings depend on. `cpus`: how many the engine has, null where it does not say. */
export interface EngineTraits {
  flavour: Flavour
  cpus: number | null
}

/** Bounded on disk too. Docker's `local` must not compress where there is one file only; Podman does not know it. */
const logConfig = {
  docker: { Type: 'local', Config: { 'max-size': '10m', 'max-file': '1', compress: 'false' } },
  podman: { Type: 'k8s-file', Config: { 'max-size': '10m' } },
} as const

const ulimit = (name: string, most: number) => ({ Name: name, Soft: most, Hard: most })

const ulimits = ({ outputBytes }: RunLimits, flavour: Flavour) => [
  // One file at most as large as all that is taken of a run: the kernel keeps to it, however fast it is written.
  ulimit('fsize', outputBytes),
  // A memory image of a crash would lie wherever the machine collects them. 1, not 0: the kernel's word for no program that takes it either.
  ulimit('core', 1),
  // Who names any to Podman names all: it asks for more of the others than it may be allowed to give.
  ...(flavour === 'podman' ? [ulimit('nofile', 1024), ulimit('nproc', 4096)] : []),
]

const hardened = (limits: RunLimits, { flavour, cpus }: EngineTraits) => ({
  NetworkMode: 'none',
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  PidsLimit: limits.pids,
  Ulimits: ulimits(limits, flavour),
  Memory: limits.memoryBytes,
  // Equal to Memory: no swap, where patient data would outlive the run.
  MemorySwap: limits.memoryBytes,
  // Docker refuses to create a container with more CPUs than there are.
  NanoCpus: Math.round(Math.min(limits.cpus, cpus ?? limits.cpus) * 1e9),
  Tmpfs: { '/tmp': `rw,noexec,nosuid,nodev,size=${scratchBytes}` },
  IpcMode: 'private',
  Init: true,
  LogConfig: logConfig[flavour],
  AutoRemove: false,
})

/** Where mount `i` lies in the stager; never the pipeline's own path, which may lie inside another. */
export const stagePath = (i: number): string => `scanside-${i}`

/** NoCopy: else the engine would copy the image's files into an empty volume. */
const volumeMount = (source: string, target: string, readOnly: boolean) => ({
  Type: 'volume' as const,
  Source: source,
  Target: target,
  ReadOnly: readOnly,
  VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
})

/** The container that does the work: inputs read-only, outputs writable, everything else shut. */
export function runContainer(
  spec: RunSpec,
  name: string,
  volumes: string[],
  labels: Record<string, string>,
  traits: EngineTraits,
): ContainerCreateOptions {
  return {
    name,
    Image: spec.imageId,
    User: `${runUser}:${runUser}`,
    Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
    Labels: labels,
    Tty: false,
    OpenStdin: false,
    ...(spec.workingDir === null ? {} : { WorkingDir: spec.workingDir }),
    ...(spec.argv === null ? {} : { Entrypoint: spec.argv.slice(0, 1), Cmd: spec.argv.slice(1) }),
    HostConfig: {
      ...hardened(spec.limits, traits),
      Mounts: spec.mounts.map((mount, i) => volumeMount(volumes[i] ?? '', mount.path, !mount.writable)),
    },
  }
}

/**
 * The container through which files go in and out. It is never started: an engine refuses to write into a container with a
 * read-only root, and a started one would be another process to watch.
 */
export function stageContainer(spec: RunSpec, name: string, volumes: string[], labels: Record<string, string>): ContainerCreateOptions {
  return {
    name,
    Image: spec.imageId,
    User: `${runUser}:${runUser}`,
    Entrypoint: ['/never-started'],
    Cmd: [],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Mounts: volumes.map((volume, i) => volumeMount(volume, `/${stagePath(i)}`, false)),
    },
  }
}
