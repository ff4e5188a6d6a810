/** The OS keyring, through keytar. What fails there is kept in this session's memory, and said: never in a file. */
import { ScansideError } from '../../oct/errors.ts'
import type { Vault } from './vault.ts'

/** The part of keytar's API that is used. */
export interface KeytarLike {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

export interface VaultOptions {
  /** Loads the native module; it is asked only when the vault is first used, so that the window need not wait for it. */
  load(): Promise<KeytarLike>
  /** `org.scanside` */
  service: string
  /** How long one answer of the keyring is waited for, ms. A locked one may ask the person first. Default 60 s. */
  patienceMs?: number
}

/** Windows allows 2,560 bytes a secret, and stores UTF-16 in some versions' tools; 2,000 leaves room. */
const maxBytes = 2_000

const present = 'Secrets are kept in this computer’s keyring.'
const absent =
  'This desk has no keyring that answers. You can work, but nothing is remembered: secrets stay in memory until Scanside is closed, and you sign in again at the next start.'

/** keytar itself, as CommonJS seen from a module: its functions may lie on `default`. */
export const loadKeytar = async (): Promise<KeytarLike> => {
  const module: typeof import('keytar') & { default?: typeof import('keytar') } = await import('keytar')
  return module.default ?? module
}

/** A keyring that asks on a screen nobody sees would never answer. */
const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the keyring does not answer')), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

export const createVault = ({ load, service, patienceMs = 60_000 }: VaultOptions): Vault => {
  const memory = new Map<string, string>()
  /** Names deleted while the keyring was away; a later answer of the keyring for them is not believed. */
  const deleted = new Set<string>()
  let keytar: KeytarLike | null = null
  let available: boolean | null = null

  const attempt = async <T>(action: (keyring: KeytarLike) => Promise<T>): Promise<{ ok: true; value: T } | { ok: false }> => {
    try {
      keytar ??= await load()
      const value = await within(patienceMs, action(keytar))
      available = true
      return { ok: true, value }
    } catch {
      // Why it failed does not help the person: no D-Bus, no collection, locked and refused all mean the same to them.
      available = false
      return { ok: false }
    }
  }

  const probe = 'probe'
  const recheck = async () => {
    const wrote = await attempt((keyring) => keyring.setPassword(service, probe, 'x'))
    if (!wrote.ok) return
    await attempt(async (keyring) => {
      if ((await keyring.getPassword(service, probe)) !== 'x') throw new Error('the keyring does not give back what it took')
      await keyring.deletePassword(service, probe)
    })
    for (const name of [...deleted]) {
      if ((await attempt((keyring) => keyring.deletePassword(service, name))).ok) deleted.delete(name)
    }
  }

  return {
    status: () => (available === true ? { available: true, message: present } : { available: false, message: absent }),
    recheck,
    async get(name) {
      const remembered = memory.get(name)
      if (remembered !== undefined) return remembered
      if (deleted.has(name)) return null
      const found = await attempt((keyring) => keyring.getPassword(service, name))
      return found.ok ? found.value : null
    },
    async set(name, secret) {
      if (Buffer.byteLength(secret, 'utf8') > maxBytes) {
        throw new ScansideError('keyring-unavailable', 'This secret is too long for the keyring. It was not kept.', { limit: maxBytes })
      }
      const wrote = await attempt((keyring) => keyring.setPassword(service, name, secret))
      if (wrote.ok) {
        memory.delete(name)
        deleted.delete(name)
      } else memory.set(name, secret)
      return { kept: wrote.ok }
    },
    async delete(name) {
      memory.delete(name)
      const gone = await attempt((keyring) => keyring.deletePassword(service, name))
      if (gone.ok) deleted.delete(name)
      else deleted.add(name)
    },
  }
}
