/** Finding the engine: where it may listen (pure), and which of them answers (by the capabilities it is given). */
import { createHash } from 'node:crypto'
import { posix, win32 } from 'node:path'
import type { EngineHealth, EngineState } from '../engine.ts'
import { type Endpoint, parseEndpoint, type TlsFiles } from './endpoint.ts'
import { unavailable } from './health.ts'

/** What is known of this computer and its user. */
export interface Surroundings {
  platform: 'linux' | 'darwin' | 'win32'
  env: Record<string, string | undefined>
  home: string
  /** Null on Windows. */
  uid: number | null
}

export interface DiscoveryEffects {
  /** A file's text; rejects where there is none. */
  readFile(path: string): Promise<string>
  exists(path: string): Promise<boolean>
  /** Never rejects; answers within about a second where nothing is there. */
  probe(endpoint: Endpoint): Promise<EngineHealth>
}

export interface Discovered {
  health: EngineHealth
  /** What to open an engine with; null unless `health.state` is `ready`. */
  endpoint: Endpoint | null
}

const pathsOf = (platform: Surroundings['platform']) => (platform === 'win32' ? win32 : posix)

/** The folder of the docker CLI's own settings. */
export function dockerFolder({ platform, env, home }: Surroundings): string {
  return env.DOCKER_CONFIG || pathsOf(platform).join(home, '.docker')
}

/** Files of a docker context: its metadata and its certificates. The folder is named by the SHA-256 of the context's name. */
export function contextFiles(around: Surroundings, name: string): { meta: string; tls: string } {
  const { join } = pathsOf(around.platform)
  const hash = createHash('sha256').update(name).digest('hex')
  const folder = join(dockerFolder(around), 'contexts')
  return { meta: join(folder, 'meta', hash, 'meta.json'), tls: join(folder, 'tls', hash, 'docker') }
}

/** Sockets and pipes engines are known to make, most usual first. */
export function knownEndpoints({ platform, env, home, uid }: Surroundings): Endpoint[] {
  const socket = (path: string): Endpoint => ({ kind: 'socket', path })
  if (platform === 'win32') {
    return ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default'].map((pipe) => socket(`//./pipe/${pipe}`))
  }
  const runtime = env.XDG_RUNTIME_DIR ? [env.XDG_RUNTIME_DIR] : []
  const users = uid === null ? [] : [`/run/user/${uid}`]
  const folders = [...new Set([...runtime, ...users])]
  const paths = [
    '/var/run/docker.sock',
    ...folders.map((folder) => posix.join(folder, 'docker.sock')),
    posix.join(home, '.docker/run/docker.sock'),
    posix.join(home, '.docker/desktop/docker.sock'),
    posix.join(home, '.colima/default/docker.sock'),
    posix.join(home, '.rd/docker.sock'),
    ...folders.map((folder) => posix.join(folder, 'podman/podman.sock')),
    '/run/podman/podman.sock',
    ...(platform === 'darwin' ? [posix.join(home, '.local/share/containers/podman/machine/podman.sock')] : []),
  ]
  return paths.map(socket)
}

/** Programs whose presence tells an engine that is off from one that was never installed. */
export function knownPrograms({ platform, home }: Pick<Surroundings, 'platform' | 'home'>): string[] {
  if (platform === 'win32') {
    return ['C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe', 'C:\\Program Files\\RedHat\\Podman\\podman.exe']
  }
  if (platform === 'darwin')
    return ['/Applications/Docker.app', '/Applications/Podman Desktop.app', posix.join(home, '.rd/bin/docker'), '/opt/homebrew/bin/colima']
  return ['/usr/bin/dockerd', '/usr/local/bin/dockerd', '/opt/docker-desktop/bin/docker-desktop', '/usr/bin/podman']
}

async function readTls(folder: string, around: Surroundings, effects: DiscoveryEffects): Promise<TlsFiles | null> {
  const { join } = pathsOf(around.platform)
  try {
    const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => effects.readFile(join(folder, name))))
    return ca && cert && key ? { ca, cert, key } : null
  } catch {
    return null
  }
}

const withTls = (endpoint: Endpoint, tls: TlsFiles | null): Endpoint => (endpoint.kind === 'tcp' ? { ...endpoint, tls } : endpoint)

/** The certificates that belong to endpoints of the environment: DOCKER_CERT_PATH, or the CLI's folder where DOCKER_TLS_VERIFY is set. */
async function environmentTls(around: Surroundings, effects: DiscoveryEffects): Promise<TlsFiles | null> {
  const folder = around.env.DOCKER_CERT_PATH || (around.env.DOCKER_TLS_VERIFY ? dockerFolder(around) : '')
  return folder === '' ? null : await readTls(folder, around, effects)
}

function hostOfContext(text: string): string | null {
  const meta = JSON.parse(text) as { Endpoints?: { docker?: { Host?: unknown } } } | null
  const host = meta?.Endpoints?.docker?.Host
  return typeof host === 'string' ? host : null
}

/** The endpoint of the current docker context, or null where it is the default one or cannot be read. */
export async function contextEndpoint(around: Surroundings, effects: DiscoveryEffects): Promise<Endpoint | null> {
  const { join } = pathsOf(around.platform)
  try {
    let name = around.env.DOCKER_CONTEXT
    if (!name) {
      const config = JSON.parse(await effects.readFile(join(dockerFolder(around), 'config.json'))) as { currentContext?: unknown } | null
      name = typeof config?.currentContext === 'string' ? config.currentContext : ''
    }
    if (name === '' || name === 'default') return null
    const files = contextFiles(around, name)
    const host = hostOfContext(await effects.readFile(files.meta))
    const endpoint = host === null ? null : parseEndpoint(host)
    return endpoint?.kind === 'tcp' ? withTls(endpoint, await readTls(files.tls, around, effects)) : endpoint
  } catch {
    return null
  }
}

/** Which of several failures says most to a person; first is best. */
const telling: EngineState[] = ['ready', 'no-permission', 'windows-containers', 'too-old', 'refused', 'not-running', 'unknown', 'not-installed']

/** The first that is ready, in the order given; else the one that says most. Null for none. */
export function choose<T extends { health: EngineHealth }>(found: T[]): T | null {
  const rank = ({ health }: T): number => telling.indexOf(health.state)
  return found.reduce<T | null>((best, next) => (best === null || rank(next) < rank(best) ? next : best), null)
}

const unreadableSetting =
  'The engine address in the settings cannot be read. It looks like unix:///var/run/docker.sock or npipe:////./pipe/docker_engine. Leave it empty to let Scanside look.'

/**
 * Looks for an engine. A setting stands alone: what a person chose is not replaced by something else that happens to answer.
 * Otherwise DOCKER_HOST, the current docker context and the known sockets are asked at once. Never rejects.
 */
export async function discover(setting: string, around: Surroundings, effects: DiscoveryEffects): Promise<Discovered> {
  const ask = async (endpoint: Endpoint) => ({ endpoint, health: await effects.probe(endpoint) })
  const ready = ({ endpoint, health }: Awaited<ReturnType<typeof ask>>): Discovered => ({
    health,
    endpoint: health.state === 'ready' ? endpoint : null,
  })
  const tls = await environmentTls(around, effects)
  if (setting.trim() !== '') {
    const endpoint = parseEndpoint(setting)
    return endpoint === null ? { health: unavailable(null, 'unknown', unreadableSetting), endpoint: null } : ready(await ask(withTls(endpoint, tls)))
  }
  const fromEnv = around.env.DOCKER_HOST ? parseEndpoint(around.env.DOCKER_HOST) : null
  const context = fromEnv === null ? await contextEndpoint(around, effects) : null
  const chosen = [...(fromEnv === null ? [] : [withTls(fromEnv, tls)]), ...(context === null ? [] : [context])]
  const seen = new Set<string>()
  const all = [...chosen, ...knownEndpoints(around)].filter((endpoint) => {
    const key = JSON.stringify(endpoint)
    return !seen.has(key) && seen.add(key)
  })
  const best = choose(await Promise.all(all.map(ask)))
  if (best === null || best.health.state === 'not-installed') {
    const installed = await Promise.all(knownPrograms(around).map((path) => effects.exists(path).catch(() => false)))
    if (installed.includes(true)) {
      return {
        health: unavailable(null, 'not-running', 'A container engine is installed but not running. Start Docker (or Podman), then look again.'),
        endpoint: null,
      }
    }
    return { health: { ...(best?.health ?? unavailable(null, 'not-installed', '')), endpoint: null }, endpoint: null }
  }
  return ready(best)
}
