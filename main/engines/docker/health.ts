/** Whether an engine is fit for a run, in words. What it answers is judged by a pure function. */
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { EngineHealth, EngineState } from '../engine.ts'
import { connect } from './client.ts'
import { dataRootKind } from './data-root.ts'
import { describeEndpoint, type Endpoint, isRemote, refusal } from './endpoint.ts'

/** Milliseconds an engine has to answer. */
export const probeMs = 1_000

/** A busy engine that lives may need longer to say what it is. */
const slowMs = 10_000

/** Docker 19.03: the oldest whose API has everything a hardened run needs. */
const oldestApi = [1, 40] as const

/** What an engine says of itself. */
export interface EngineFacts {
  version: string
  api: string
  os: string
  podman: boolean
}

/** `1.41` against the oldest that will do. An unreadable version is not held against the engine. */
export function isTooOld(api: string): boolean {
  const match = /^(\d+)\.(\d+)/.exec(api)
  if (match === null) return false
  const [major, minor] = [Number(match[1]), Number(match[2])]
  return major < oldestApi[0] || (major === oldestApi[0] && minor < oldestApi[1])
}

/** Podman names itself among its components. */
export const isPodman = (version: { Components?: { Name: string }[] }): boolean => (version.Components ?? []).some(({ Name }) => /podman/i.test(Name))

/** What an engine's own words mean for a run. */
export function judgeFacts(facts: EngineFacts, remote: boolean): { state: EngineState; message: string } {
  const name = facts.podman ? 'Podman' : 'Docker'
  if (facts.os !== 'linux') {
    return {
      state: 'windows-containers',
      message:
        'Docker is set to Windows containers, in which analyses cannot run. Choose "Switch to Linux containers" in Docker Desktop\'s menu, then look again.',
    }
  }
  if (isTooOld(facts.api)) {
    return { state: 'too-old', message: `${name} ${facts.version} is too old. Ask your administrator to install Docker 19.03 or newer.` }
  }
  return { state: 'ready', message: remote ? `${name} ${facts.version} on another machine is ready.` : `${name} ${facts.version} is ready.` }
}

/** What a failure to connect means. `code` is the system's (`ENOENT`), or `timeout`. */
export function judgeFailure(code: string): { state: EngineState; message: string } {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      state: 'not-installed',
      message: 'No container engine was found on this computer. Install Docker Desktop, Docker Engine or Podman, or start it if it is installed.',
    }
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      state: 'no-permission',
      message:
        'Docker is there, but you may not use it. Ask your administrator to add you to the group "docker", then sign out of this computer and in again.',
    }
  }
  if (code === 'ECONNREFUSED' || code === 'timeout' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'EHOSTUNREACH' || code === 'ENOTFOUND') {
    return { state: 'not-running', message: 'The container engine does not answer. Start Docker (or Podman) and look again.' }
  }
  return { state: 'unknown', message: 'The container engine answers in a way Scanside does not understand. Restart it, then look again.' }
}

/** A health that says only that there is none. */
export function unavailable(endpoint: Endpoint | null, state: EngineState, message: string): EngineHealth {
  return {
    state,
    message,
    kind: null,
    version: null,
    remote: endpoint !== null && isRemote(endpoint),
    endpoint: endpoint === null ? null : describeEndpoint(endpoint),
    dataRoot: 'not-known',
    inputKinds: [],
  }
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'timeout' })), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Asks an engine what it is. Never rejects: what is wrong is in `state` and `message`. */
export async function probeEndpoint(endpoint: Endpoint): Promise<EngineHealth> {
  const refused = refusal(endpoint)
  if (refused !== null) return unavailable(endpoint, 'refused', refused)
  const remote = isRemote(endpoint)
  try {
    const docker = connect(endpoint, slowMs)
    await within(probeMs, docker.ping())
    const [version, info] = await within(slowMs, Promise.all([docker.version(), docker.info()]))
    const podman = isPodman(version)
    const judged = judgeFacts({ version: version.Version, api: version.ApiVersion, os: info.OSType ?? version.Os, podman }, remote)
    const here = !remote && process.platform === 'linux' && info.Name === hostname()
    return {
      ...judged,
      kind: podman ? 'podman' : 'docker',
      version: version.Version,
      remote,
      endpoint: describeEndpoint(endpoint),
      dataRoot: here ? await dataRootKind(info.DockerRootDir, (path) => readFile(path, 'utf8')) : 'not-known',
      inputKinds: judged.state === 'ready' ? ['archive', 'local'] : [],
    }
  } catch (fault) {
    const code = (fault as { code?: unknown } | null)?.code
    const { state, message } = judgeFailure(typeof code === 'string' ? code : 'unreadable')
    return unavailable(endpoint, state, message)
  }
}
