/** Signing in to the demo's archive over HTTPS with its own CA: every way in, every refusal, renewal, expiry, and the way out. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { createHttp } from '../http/http.ts'
import { createVault } from '../vault/keyring-vault.ts'
import { startLab, type TestLab } from './lab.fixture.ts'
import { createSession } from './session.ts'

let lab: TestLab
beforeEach(async () => {
  lab = await startLab()
})
afterEach(() => lab.stop())

const minutes = 60_000
const hours = 60 * minutes
const storedToken = () => JSON.parse(lab.keyring.entries.get('archive-token') ?? 'null') as { alias: string; secret: string } | null
const listProjects = async () => (await lab.xnat.projects()).map((project) => project.id)
/** What the archive answers to a token used by itself. */
const statusOf = async (token: { alias: string; secret: string }) => {
  const reply = await lab.http.request({
    method: 'GET',
    url: `${lab.archive.urls.https}/data/auth`,
    auth: { user: token.alias, password: token.secret },
  })
  await reply.discard()
  return reply.status
}

describe('signing in', () => {
  it('exchanges the password for a token and keeps the token only', async () => {
    const seen: string[] = []
    lab.session.onChange((status) => seen.push(status.state))
    await lab.signIn()
    expect(lab.session.status()).toEqual({ state: 'signed-in', user: 'jk', archive: new URL(lab.archive.urls.https).host, demo: false, kept: true })
    expect(seen).toEqual(['signed-in'])
    expect([...lab.archive.gate.tokens.keys()]).toEqual([storedToken()?.alias])
    expect(lab.archive.gate.sessions.size, 'sessions opened on the way are ended').toBe(0)
    expect(JSON.stringify([...lab.keyring.entries])).not.toContain('geheim')
    expect(await listProjects()).toContain('P')
    expect(lab.archive.gate.sessions.size).toBe(1)
  })

  it('keeps nothing where the person does not want it', async () => {
    await lab.session.signIn({ address: lab.archive.urls.https, user: 'jk', password: 'geheim', provider: null, remember: false })
    expect(lab.session.status()).toMatchObject({ state: 'signed-in', kept: false })
    expect(lab.keyring.entries.size).toBe(0)
  })

  it('takes a provider', async () => {
    const input = { address: lab.archive.urls.https, user: 'institute', password: 'geheim', remember: false }
    await expect(lab.session.signIn({ ...input, provider: 'localdb' })).rejects.toMatchObject({ details: { reason: 'wrong-password' } })
    await lab.session.signIn({ ...input, provider: 'ldap1' })
    expect(lab.session.status().user).toBe('institute')
  })

  it('takes a password with a colon, which XNAT’s Basic filter does not', async () => {
    await lab.signIn('colon', 'ge:heim')
    expect(lab.session.status().user).toBe('colon')
    expect(lab.archive.gate.sessions.size).toBe(0)
  })

  it('takes a pasted token, makes one of its own and withdraws the pasted one', async () => {
    const issued = await lab.http.request({
      method: 'GET',
      url: `${lab.archive.urls.https}/data/services/tokens/issue`,
      auth: { user: 'jk', password: 'geheim' },
    })
    const { alias, secret } = (await issued.json(10_000)) as { alias: string; secret: string }
    const input = { address: lab.archive.urls.https, alias: ` ${alias}\n`, secret, remember: true }
    await lab.session.signInWithToken(input)
    expect(lab.session.status()).toMatchObject({ state: 'signed-in', user: 'jk' })
    expect(storedToken()?.alias).not.toBe(alias)
    expect(await statusOf({ alias, secret })).toBe(401)
    await expect(lab.session.signInWithToken(input)).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'wrong-token' } })
  })

  it('replaces who was signed in and withdraws their token', async () => {
    await lab.signIn()
    const first = storedToken()
    await lab.signIn('colon', 'ge:heim')
    expect(lab.session.status().user).toBe('colon')
    expect(await statusOf(first ?? { alias: '', secret: '' })).toBe(401)
    expect(lab.archive.gate.tokens.size).toBe(1)
  })

  it('names the archive that answers', async () => {
    expect(await lab.session.probe(`${lab.archive.urls.https}/app/template/Login.vm`)).toMatchObject({ providers: [] })
    const below = await startLab({ contextPath: '/xnat' })
    try {
      await below.signIn()
      expect(below.session.status().archive).toMatch(/^127\.0\.0\.1:\d+\/xnat$/)
      expect((await below.xnat.projects()).length).toBeGreaterThan(0)
    } finally {
      await below.stop()
    }
  })
})

describe('refusals', () => {
  it('has a sentence for a wrong password, an expired one, and a locked account', async () => {
    await expect(lab.signIn('jk', 'falsch')).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('does not know this user'),
    })
    await expect(lab.signIn('forgot', 'old')).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('has expired') })
    for (let i = 0; i < 20; i += 1) await lab.signIn('jk', 'falsch').catch(() => undefined)
    await expect(lab.signIn('jk', 'geheim')).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('is locked') })
    expect(lab.session.status().state).toBe('signed-out')
    expect(lab.keyring.entries.size).toBe(0)
    expect(lab.archive.gate.tokens.size).toBe(0)
  })

  it('has a sentence for no XNAT, no certificate, no answer, and no encryption', async () => {
    const seen: (string | undefined)[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>It works!</html>')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const input = { user: 'jk', password: 'geheim', provider: null, remember: true }
    const at = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    await expect(lab.session.signIn({ ...input, address: at })).rejects.toMatchObject({ details: { reason: 'not-an-xnat' } })
    expect(seen, 'the password is sent to an XNAT only').toEqual([undefined])
    await new Promise((resolve) => other.close(resolve))
    await expect(lab.session.signIn({ ...input, address: at })).rejects.toMatchObject({ code: 'unreachable' })
    await expect(lab.session.signIn({ ...input, address: 'http://xnat.example.org' })).rejects.toMatchObject({ details: { reason: 'plain-http' } })
    const stranger = createHttp({ userAgent: 'Scanside/0.1.0', roots: [], system: [] })
    const vault = createVault({ load: async () => lab.keyring.keytar, service: 'org.scanside' })
    const untrusting = createSession({ http: stranger, vault })
    await expect(untrusting.signIn({ ...input, address: lab.archive.urls.https })).rejects.toMatchObject({
      code: 'untrusted-certificate',
      message: expect.stringContaining('CA certificate put into the site file'),
    })
    await stranger.close()
  })

  it('does not send a password after an archive that has moved', async () => {
    const seen: (string | undefined)[] = []
    const old = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(301, { location: `${lab.archive.urls.https}${request.url}` }).end()
    })
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(old.address() as AddressInfo).port}`
    await expect(lab.session.signIn({ address, user: 'jk', password: 'geheim', provider: null, remember: true })).rejects.toMatchObject({
      details: { reason: 'sent-on' },
      message: expect.stringContaining(new URL(lab.archive.urls.https).host),
    })
    expect(seen).toEqual([undefined])
    await new Promise((resolve) => old.close(resolve))
  })

  it('tells no secret in any of them', async () => {
    const told: unknown[] = []
    const fail = async (action: () => Promise<unknown>) => {
      try {
        await action()
        throw new Error('was not refused')
      } catch (error) {
        if (!(error instanceof ScansideError)) throw error
        told.push(error.message, error.details)
      }
    }
    await fail(() => lab.signIn('jk', 'falsch-gesagt'))
    await fail(() => lab.signIn('forgot', 'old'))
    await fail(() => lab.session.probe('https://jk:falsch-gesagt@xnat.example.org'))
    await lab.signIn()
    const token = storedToken()
    lab.archive.gate.tokens.clear()
    lab.archive.gate.sessions.clear()
    await fail(listProjects)
    lab.faults.set({ resetAfter: 0 })
    await fail(() => lab.signIn())
    const text = JSON.stringify([told, lab.session.status()])
    for (const secret of ['falsch-gesagt', 'geheim', token?.alias ?? '', token?.secret ?? '']) expect(text).not.toContain(secret)
  })

  it('asks who is signed in before it asks the archive', async () => {
    await expect(lab.xnat.projects()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'signed-out' } })
  })
})

describe('a session that lives on', () => {
  beforeEach(() => lab.signIn())

  it('goes on after the server session has ended, also in the middle', async () => {
    await listProjects()
    lab.clock.ms += 16 * minutes
    expect(await listProjects()).toContain('P')
    lab.archive.gate.sessions.clear()
    expect(await Promise.all([listProjects(), listProjects(), listProjects()])).toHaveLength(3)
    expect(lab.archive.gate.sessions.size, 'one session for all').toBe(1)
    expect(lab.session.status().state).toBe('signed-in')
  })

  it('renews the token after half of its life: the new is stored before the old is withdrawn', async () => {
    const old = storedToken() ?? { alias: '', secret: '' }
    lab.clock.ms += 23 * hours
    await lab.session.tick()
    expect(storedToken()?.alias).toBe(old.alias)
    lab.clock.ms += 2 * hours
    await lab.session.tick()
    expect(storedToken()?.alias).not.toBe(old.alias)
    expect([...lab.archive.gate.tokens.keys()]).toEqual([storedToken()?.alias])
    expect(await statusOf(old)).toBe(401)
    expect(await listProjects()).toContain('P')
  })

  it('tells a dead token, loses nothing, and goes on after a new sign-in', async () => {
    await listProjects()
    lab.archive.gate.tokens.clear()
    lab.archive.gate.sessions.clear()
    await expect(listProjects()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'token-dead' } })
    expect(lab.session.status()).toMatchObject({ state: 'expired', user: 'jk' })
    await lab.signIn()
    expect(await listProjects()).toContain('P')
  })

  it('is offline while the archive is away, and back when it is', async () => {
    lab.faults.set({ resetAfter: 0 })
    await expect(listProjects()).rejects.toMatchObject({ code: 'unreachable' })
    expect(lab.session.status().state).toBe('offline')
    lab.faults.clear()
    await lab.session.tick()
    expect(lab.session.status().state).toBe('signed-in')
  })

  it('keeps the old token where the renewal fails, and tries again after a while', async () => {
    const old = storedToken()
    lab.clock.ms += 25 * hours
    lab.faults.set({ path: '/tokens/', failNext: 1 })
    await lab.session.tick()
    expect(storedToken()?.alias).toBe(old?.alias)
    expect(lab.session.status().state).toBe('signed-in')
    await lab.session.tick()
    expect(storedToken()?.alias, 'not at once').toBe(old?.alias)
    lab.clock.ms += 6 * minutes
    await lab.session.tick()
    expect(storedToken()?.alias).not.toBe(old?.alias)
    expect(lab.archive.gate.tokens.size).toBe(1)
  })

  it('is not signed out by a fault of the archive', async () => {
    lab.faults.set({ failNext: 1 })
    await expect(listProjects()).rejects.toMatchObject({ code: 'unreachable', details: { reason: 'server-fault' } })
    expect(lab.session.status().state).toBe('signed-in')
  })
})

describe('the next start', () => {
  it('takes the token out of the keyring', async () => {
    await lab.signIn()
    const next = lab.desk()
    await next.restore()
    expect(next.status()).toMatchObject({ state: 'signed-in', user: 'jk', kept: true })
  })

  it('does not use a token of another archive than the one the site file fixes by now, and withdraws it', async () => {
    await lab.signIn()
    const vault = createVault({ load: async () => lab.keyring.keytar, service: 'org.scanside' })
    const next = createSession({ http: lab.http, vault, now: () => lab.clock.ms, fixed: 'https://another.example.org' })
    await next.restore()
    expect(next.status().state).toBe('signed-out')
    expect(storedToken()).toBeNull()
    expect(lab.archive.gate.tokens.size).toBe(0)
  })

  it('tells a token that died meanwhile, and an archive that is away', async () => {
    await lab.signIn()
    lab.faults.set({ resetAfter: 0 })
    const offline = lab.desk()
    await offline.restore()
    expect(offline.status()).toMatchObject({ state: 'offline', user: 'jk' })
    lab.faults.clear()
    lab.clock.ms += 49 * hours
    const late = lab.desk()
    await late.restore()
    expect(late.status()).toMatchObject({ state: 'expired', user: 'jk' })
  })

  it('is signed out where nothing was kept', async () => {
    const next = lab.desk()
    await next.restore()
    expect(next.status()).toMatchObject({ state: 'signed-out', user: null })
  })
})

describe('the end of the application', () => {
  it('ends the server session and keeps the token that the keyring holds', async () => {
    await lab.signIn()
    await listProjects()
    await lab.session.close()
    expect(lab.archive.gate.sessions.size).toBe(0)
    expect([...lab.archive.gate.tokens.keys()]).toEqual([storedToken()?.alias])
  })

  it('withdraws a token that is kept nowhere', async () => {
    await lab.session.signIn({ address: lab.archive.urls.https, user: 'jk', password: 'geheim', provider: null, remember: false })
    await lab.session.close()
    expect(lab.archive.gate.tokens.size).toBe(0)
    expect(lab.keyring.entries.size).toBe(0)
  })
})

describe('signing out', () => {
  it('asks first where results wait', async () => {
    await lab.signIn()
    await expect(lab.session.signOut({ force: false, waiting: 2 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('2 results have'),
    })
    expect(lab.session.status().state).toBe('signed-in')
    expect(await lab.session.signOut({ force: true, waiting: 2 })).toEqual({ withdrawn: true })
  })

  it('ends the session and proves that the token is refused', async () => {
    await lab.signIn()
    await listProjects()
    const token = storedToken() ?? { alias: '', secret: '' }
    expect(await lab.session.signOut({ force: false, waiting: 0 })).toEqual({ withdrawn: true })
    expect(lab.session.status()).toEqual({ state: 'signed-out', user: null, archive: null, demo: false, kept: false })
    expect(await statusOf(token)).toBe(401)
    expect(lab.archive.gate.sessions.size).toBe(0)
    expect(lab.keyring.entries.size).toBe(0)
    await expect(listProjects()).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('withdraws the token later where the archive is away, even at the next start', async () => {
    await lab.signIn()
    lab.faults.set({ failNext: 1_000 })
    expect(await lab.session.signOut({ force: false, waiting: 0 })).toEqual({ withdrawn: false })
    expect([...lab.keyring.entries.keys()]).toEqual(['archive-tokens-retired'])
    lab.faults.clear()
    expect(lab.archive.gate.tokens.size).toBe(1)
    await lab.desk().restore()
    expect(lab.archive.gate.tokens.size).toBe(0)
    expect(lab.keyring.entries.size).toBe(0)
  })

  it('forgets a token that died before the archive could be asked', async () => {
    await lab.signIn()
    lab.faults.set({ failNext: 1_000 })
    await lab.session.signOut({ force: false, waiting: 0 })
    lab.clock.ms += 49 * hours
    await lab.session.tick()
    expect(lab.keyring.entries.size).toBe(0)
  })
})
