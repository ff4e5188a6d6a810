/** Tokens for runs against the demo's archive over HTTPS: issued, withdrawn with proof, and found again after a crash. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOwed } from '../store/owed.ts'
import { createVault } from '../vault/keyring-vault.ts'
import { startLab, type TestLab } from './lab.fixture.ts'
import { createRunTokens, type KeptToken } from './run-tokens-session.ts'

let lab: TestLab
let owed: ReturnType<typeof openOwed>
const { signal } = new AbortController()

beforeEach(async () => {
  lab = await startLab()
  owed = openOwed(null)
  await lab.signIn()
})
afterEach(async () => {
  owed.close()
  await lab.stop()
})

/** A life of the application: secrets in memory end with it. */
const life = (keyring = true, user = 'jk', session = lab.session) => {
  const address = lab.archive.urls.https
  const vault = createVault({ load: async () => (keyring ? lab.keyring.keytar : Promise.reject(new Error('none'))), service: 'org.scanside' })
  const archive = { id: 'lab', address, ca: [lab.archive.ca] }
  const secrets = new Map<string, KeptToken>()
  return createRunTokens({
    http: lab.http,
    vault,
    session,
    archive,
    shown: new URL(address).host,
    user,
    secrets,
    notes: owed.tokens,
    now: () => lab.clock.ms,
  })
}
const statusOf = async (token: { alias: string; secret: string }) => {
  const url = `${lab.archive.urls.https}/data/auth`
  const reply = await lab.http.request({ method: 'GET', url, auth: { user: token.alias, password: token.secret } })
  await reply.discard()
  return reply.status
}
const owe = (alias: string) => owed.incur({ runId: 'r', engine: 'nova:1', kind: 'token', name: alias })

describe('a token for one run', () => {
  it('is taken by the archive, kept in the vault, and refused once withdrawn', async () => {
    const tokens = life()
    const token = await tokens.issue(signal)
    expect(await statusOf(token)).toBe(200)
    expect(lab.keyring.entries.get(`run-token.${token.alias}`)).toContain(token.secret)
    expect(await tokens.secretOf(token.alias)).toBe(token.secret)
    expect(await tokens.withdraw(token.alias)).toBe('the archive refuses it (401)')
    expect(await statusOf(token)).toBe(401)
    expect([await tokens.secretOf(token.alias), [...lab.keyring.entries.keys()]]).toEqual([null, ['archive-token']])
    expect(owed.tokens.originOf(token.alias)).toBeNull()
  })

  it('is withdrawn by a later life with its secret, also where the machine has done so itself', async () => {
    for (const already of [false, true]) {
      const token = await life().issue(signal)
      if (already) lab.archive.gate.tokens.delete(token.alias)
      expect(await life().withdraw(token.alias)).toBe('the archive refuses it (401)')
      expect(await statusOf(token)).toBe(401)
    }
  })

  it('is withdrawn as the signed-in person where a crash took the secret', async () => {
    const token = await life(false).issue(signal)
    const later = life(false)
    expect(await later.secretOf(token.alias)).toBeNull()
    expect(await later.withdraw(token.alias)).toBe('the archive does not list it any more')
    expect(await statusOf(token)).toBe(401)
    expect(await later.withdraw(token.alias)).toBe('the archive does not list it any more')
  })

  it('of another person is not called gone because it is not listed', async () => {
    const token = await life(false).issue(signal)
    await lab.signIn('colon', 'ge:heim')
    const other = life(false, 'colon')
    await expect(other.withdraw(token.alias)).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'other-origin' } })
    expect(await statusOf(token)).toBe(200)
    await lab.signIn()
    await life(false).withdraw(token.alias)
    expect(await statusOf(token)).toBe(401)
  })

  it('stays owed where the archive is away', async () => {
    const token = await life().issue(signal)
    await lab.archive.stop()
    await expect(life().withdraw(token.alias)).rejects.toMatchObject({ code: 'unreachable' })
    expect(lab.keyring.entries.has(`run-token.${token.alias}`)).toBe(true)
  })

  it('does not outlive a run that was cancelled meanwhile', async () => {
    const abort = new AbortController()
    const vaultSet = lab.keyring.keytar.setPassword
    lab.keyring.keytar.setPassword = async (...input) => {
      abort.abort()
      return vaultSet(...input)
    }
    const before = lab.archive.gate.tokens.size
    await expect(life().issue(abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(lab.archive.gate.tokens.size).toBe(before)
  })
})

describe('after a crash between issuing and writing down', () => {
  it('finds what was issued in that time and nothing that is known', async () => {
    const before = life()
    const from = before.serverNow()
    lab.clock.ms += 1_000
    const noted = await before.issue(signal)
    owe(noted.alias)
    const lost = await before.issue(signal)
    lab.clock.ms += 120_000
    const late = await before.issue(signal)

    const after = life()
    expect(await after.unknownSince(from - 2_000, from + 60_000)).toEqual([lost.alias])
    expect(await after.withdraw(lost.alias)).toBe('the archive refuses it (401)')
    expect(await after.unknownSince(from - 2_000, from + 60_000)).toEqual([])
    expect([await statusOf(noted), await statusOf(late)]).toEqual([200, 200])
  })

  it('leaves its own sign-in alone, and tokens of runs of this life', async () => {
    const tokens = life()
    const under = tokens.issue(signal).then(({ alias }) => owe(alias))
    expect(await tokens.unknownSince(0, Number.MAX_SAFE_INTEGER)).toEqual([])
    await under
    expect(await tokens.unknownSince(0, Number.MAX_SAFE_INTEGER)).toEqual([])
    expect(lab.session.status().state).toBe('signed-in')
  })

  it('finds one of this life that could not be written down', async () => {
    const tokens = life()
    const from = tokens.serverNow()
    const { alias } = await tokens.issue(signal)
    expect(await tokens.unknownSince(from - 2_000, from + 60_000)).toEqual([alias])
    expect(await tokens.withdraw(alias)).toBe('the archive refuses it (401)')
    expect(owed.tokens.noted('')).toEqual([])
  })

  it('says nothing of it while another person is signed in', async () => {
    const from = life().serverNow()
    const { requestAt } = lab.session
    const cut: typeof requestAt = (at) => async (request) => {
      const reply = await requestAt(at)(request)
      if (!request.path.endsWith('/issue')) return reply
      await reply.discard()
      throw new Error('cut off')
    }
    await expect(life(true, 'jk', { ...lab.session, requestAt: cut }).issue(signal)).rejects.toThrow('cut off')
    await lab.signIn('colon', 'ge:heim')
    await expect(life(true, 'colon').unknownSince(from - 2_000, from + 60_000)).rejects.toMatchObject({ details: { reason: 'other-origin' } })
    await lab.signIn()
    const found = await life().unknownSince(from - 2_000, from + 60_000)
    expect(found.length).toBeGreaterThan(0)
    // Found, and not withdrawn yet: whose it is stays known.
    await lab.signIn('colon', 'ge:heim')
    await expect(life(true, 'colon').withdraw(found[0] ?? '')).rejects.toMatchObject({ details: { reason: 'other-origin' } })
  })

  it('is asked for by the archive’s clock, however wrong this one is', async () => {
    await lab.session.request({ method: 'GET', path: '/data/auth' }).then((reply) => reply.discard())
    expect(life().serverNow()).toBe(lab.clock.ms)
  })
})
