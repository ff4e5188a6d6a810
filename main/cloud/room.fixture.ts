/** A cloud's room with everything around it in memory, for tests. */
import type { CloudChoices } from '../../preload/cloud.ts'
import type { Engine, OwedThing } from '../engines/engine.ts'
import type { Cloud } from '../openstack/openstack.ts'
import { noSite, type Site } from '../site/site-file.ts'
import type { Vault } from '../vault/vault.ts'
import type { CloudRoom } from './cloud.ts'
import { type CloudRoomParts, createCloudRoom } from './room.ts'

/** What outlives a restart: keyring, settings, what is owed. */
export interface Around {
  secrets: Map<string, string>
  settings: Map<string, string>
  debts: OwedThing[]
  active: Set<string>
  files: Map<string, string>
}

export const emptyAround = (): Around => ({ secrets: new Map(), settings: new Map(), debts: [], active: new Set(), files: new Map() })

/** @param available false: a desk without a keyring, where secrets end with the session */
const vaultOver = (secrets: Map<string, string>, available: boolean): Vault => {
  const memory = new Map<string, string>()
  const place = available ? secrets : memory
  return {
    status: () => ({ available, message: '' }),
    recheck: async () => undefined,
    get: async (name) => place.get(name) ?? null,
    set: async (name, secret) => {
      place.set(name, secret)
      return { kept: available }
    },
    delete: async (name) => void place.delete(name),
  }
}

/** An engine that only knows for what it was made. */
export interface MadeEngine extends Engine {
  cloud: Cloud
  choices: CloudChoices
}

export const testInstall = 'a3a3a3a3-0000-4000-8000-000000000001'

/** A room as after a start. */
export function startRoom(
  around: Around,
  parts: Pick<CloudRoomParts, 'connect' | 'exchange' | 'withdraw'> & Partial<CloudRoomParts>,
  options: { site?: Site; keyring?: boolean } = {},
): CloudRoom {
  return createCloudRoom({
    site: options.site ?? noSite,
    vault: vaultOver(around.secrets, options.keyring ?? true),
    settings: {
      get: (name) => around.settings.get(name) ?? null,
      set: (name, value) => void (value === null ? around.settings.delete(name) : around.settings.set(name, value)),
    },
    engineFor: (cloud, choices): MadeEngine => ({
      id: `${choices.engine}:${cloud.id}`,
      cloud,
      choices,
      probe: () => Promise.reject(new Error('not asked')),
      open: () => Promise.reject(new Error('not asked')),
      reap: () => Promise.reject(new Error('not asked')),
    }),
    debts: () => around.debts,
    install: testInstall,
    activeRuns: () => around.active,
    imageOf: () => Promise.reject(new Error('not asked')),
    spool: '/nonexistent/scanside-spool',
    readFile: async (path) => around.files.get(path) ?? null,
    platform: 'linux',
    env: {},
    home: '/home/jk',
    now: Date.now,
    report: (error) => {
      throw error
    },
    ...parts,
  })
}
