/** The keys of lab.db and of the chain of receipts: random, in the OS keyring, and nowhere else at rest. */
import { randomBytes } from 'node:crypto'
import type { Vault } from '../vault/vault.ts'

const hex32 = /^[0-9a-f]{64}$/

/** The key kept under `name`, 32 bytes as hex, made at first use. Null where it cannot be kept: there is no keyring. */
export const keptKey = async (vault: Vault, name: string): Promise<string | null> => {
  if (!vault.status().available) return null
  const known = await vault.get(name)
  if (known !== null && hex32.test(known)) return known
  // No answer is not the answer that there is none: a key made now would take the place of the one the records are written with.
  if (!vault.status().available) return null
  const made = randomBytes(32).toString('hex')
  const { kept } = await vault.set(name, made)
  if (!kept) await vault.delete(name)
  return kept ? made : null
}

/** 32 bytes as hex for `openLab`; null where there is no keyring, and lab.db then stays in memory. */
export const labKey = (vault: Vault): Promise<string | null> => keptKey(vault, 'lab-key')

/** 32 bytes as hex for the chain of receipts; of this session only where there is no keyring, like the receipts themselves. */
export const chainKey = async (vault: Vault): Promise<string> => (await keptKey(vault, 'chain-key')) ?? randomBytes(32).toString('hex')

/** 32 bytes as hex, the seed of the Ed25519 key that exports are signed with; of this session only where there is no keyring. */
export const signKey = async (vault: Vault): Promise<string> => (await keptKey(vault, 'sign-key')) ?? randomBytes(32).toString('hex')
