import { describe, expect, it } from 'vitest'
import { createVault, type KeytarLike } from './keyring-vault.ts'

const fakeKeyring = () => {
  const entries = new Map<string, string>()
  const switches = { broken: false }
  const check = () => {
    if (switches.broken) throw new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')
  }
  const keytar: KeytarLike = {
    async getPassword(service, account) {
      check()
      return entries.get(`${service} ${account}`) ?? null
    },
    async setPassword(service, account, password) {
      check()
      entries.set(`${service} ${account}`, password)
    },
    async deletePassword(service, account) {
      check()
      return entries.delete(`${service} ${account}`)
    },
  }
  return { entries, switches, keytar }
}

const service = 'org.scanside'

describe('a vault over a keyring that answers', () => {
  it('keeps, gives back and deletes', async () => {
    const { entries, keytar } = fakeKeyring()
    const vault = createVault({ load: async () => keytar, service })
    expect(await vault.set('token', 'gehüm')).toEqual({ kept: true })
    expect([...entries]).toEqual([['org.scanside token', 'gehüm']])
    expect(await vault.get('token')).toBe('gehüm')
    await vault.delete('token')
    expect(await vault.get('token')).toBeNull()
    expect(vault.status().available).toBe(true)
  })

  it('leaves nothing of its probe behind', async () => {
    const { entries, keytar } = fakeKeyring()
    const vault = createVault({ load: async () => keytar, service })
    expect(vault.status().available).toBe(false)
    await vault.recheck()
    expect(vault.status()).toEqual({ available: true, message: 'Secrets are kept in this computer’s keyring.' })
    expect(entries.size).toBe(0)
  })

  it('refuses a secret that Windows could not take', async () => {
    const { keytar } = fakeKeyring()
    const vault = createVault({ load: async () => keytar, service })
    await expect(vault.set('token', 'ü'.repeat(1_001))).rejects.toMatchObject({ code: 'keyring-unavailable' })
    expect(await vault.set('token', 'x'.repeat(2_000))).toEqual({ kept: true })
  })
})

describe('a vault without a keyring', () => {
  it('keeps for this session only and says so', async () => {
    const vault = createVault({
      load: async () => {
        throw new Error('libsecret-1.so.0: cannot open shared object file')
      },
      service,
    })
    await vault.recheck()
    expect(vault.status().available).toBe(false)
    expect(vault.status().message).toContain('sign in again at the next start')
    expect(await vault.set('token', 'secret')).toEqual({ kept: false })
    expect(await vault.get('token')).toBe('secret')
    await vault.delete('token')
    expect(await vault.get('token')).toBeNull()
  })

  it('does not bring back what was deleted while the keyring was away', async () => {
    const { entries, switches, keytar } = fakeKeyring()
    const vault = createVault({ load: async () => keytar, service })
    await vault.set('token', 'old')
    switches.broken = true
    await vault.delete('token')
    switches.broken = false
    expect(await vault.get('token')).toBeNull()
    await vault.recheck()
    expect(entries.size).toBe(0)
  })

  it('does not wait for ever for a keyring that does not answer', async () => {
    const silent: KeytarLike = {
      getPassword: () => new Promise(() => {}),
      setPassword: () => new Promise(() => {}),
      deletePassword: () => new Promise(() => {}),
    }
    const vault = createVault({ load: async () => silent, service, patienceMs: 1 })
    expect(await vault.set('token', 's')).toEqual({ kept: false })
    expect(vault.status().available).toBe(false)
  })
})
