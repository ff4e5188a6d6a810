/** Builds the cloud's room. */
import { ScansideError } from '../../oct/errors.ts'
import type { CloudChoices, CloudStatus } from '../../preload/cloud.ts'
import type { Engine } from '../engines/engine.ts'
import type { Http } from '../http/http.ts'
import type { Cloud } from '../openstack/openstack.ts'
import type { Site } from '../site/site-file.ts'
import type { Lab } from '../store/lab.ts'
import type { Vault } from '../vault/vault.ts'
import type { CloudRoom } from './cloud.ts'

export interface CloudRoomParts {
  /** HTTP that trusts these certificates (PEM) beside the system's. */
  http(roots: string[]): Http
  site: Site
  vault: Vault
  /** Where config and choices are kept: no secret. */
  settings: Lab['settings']
  /** The engine over a cloud with these choices. */
  engineFor(cloud: Cloud, choices: CloudChoices): Engine
  /** Text of a file, null where there is none; for clouds.yaml and its certificates. */
  readFile(path: string): Promise<string | null>
  platform: 'linux' | 'darwin' | 'win32'
  env: Record<string, string | undefined>
  home: string
  now(): number
}

export const usualChoices: CloudChoices = { engine: 'nova', image: null, flavor: null, network: { kind: 'auto' }, zone: null, maxMachines: 10 }

const none: CloudStatus = {
  state: 'none',
  message: 'No cloud is set up at this desk.',
  name: null,
  host: null,
  project: null,
  user: null,
  means: null,
  expiresAt: null,
  kept: false,
  has: { machines: false, objects: false, containers: false },
  warnings: [],
  limits: null,
  choices: usualChoices,
  runs: false,
  fixed: false,
}

/** Nothing is asked of any cloud before `restore` or a sign-in. */
export function createCloudRoom(_parts: CloudRoomParts): CloudRoom {
  const refuse = (): never => {
    throw new ScansideError('not-supported', 'No cloud is set up at this desk.')
  }
  return {
    status: () => none,
    onChange: () => () => undefined,
    cloud: () => null,
    engine: () => null,
    health: () => null,
    concurrency: () => none.choices.maxMachines,
    found: async () => ({ clouds: [], problem: null }),
    read: async () => ({ clouds: [] }),
    use: async () => refuse(),
    signIn: async () => refuse(),
    signOut: async () => undefined,
    refresh: async () => undefined,
    offers: async () => refuse(),
    choose: async () => refuse(),
    left: async () => ({ things: [] }),
    sendImage: async () => refuse(),
    restore: async () => undefined,
    tick: async () => undefined,
    close: async () => undefined,
  }
}
