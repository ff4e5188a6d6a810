import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, startBench } from './archive.fixture.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.archive.stop())

const electron = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Electron/45 Safari/537.36'
const minutes = 60_000

const sessionCookie = (cookies: string[]) => cookies.find((one) => one.startsWith('JSESSIONID='))?.split(';')[0] ?? ''

describe('passwords', () => {
  it('takes Basic and says who is logged in', async () => {
    expect((await bench.call('/data/auth')).body).toBe("User 'owner' is logged in")
    expect((await bench.call('/xapi/users/username')).body).toBe('owner')
  })

  it('refuses a wrong password with 401 and a Tomcat page', async () => {
    const answer = await bench.call('/data/auth', { password: 'wrong' })
    expect(answer.status).toBe(401)
    expect(answer.body).toMatch(/^<!doctype html>.*HTTP Status 401/)
    expect(answer.headers['www-authenticate']).toContain('Basic')
  })

  it('refuses a password with a colon', async () => {
    Object.assign(bench.archive.gate.users.get('owner') ?? {}, { password: 'a:b' })
    expect((await bench.call('/data/auth', { password: 'a:b' })).status).toBe(401)
  })

  it('answers 403 where the password has expired', async () => {
    const answer = await bench.call('/data/auth', { user: 'expired' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('Your password has expired')
  })

  it('locks an account after twenty failures, for an hour', async () => {
    for (let i = 0; i < 20; i++) await bench.call('/data/auth', { user: 'member', password: 'no' })
    const locked = await bench.call('/data/auth', { user: 'member' })
    expect(locked.status).toBe(401)
    expect(locked.body).toContain('User account is locked')
    bench.archive.advance(60 * minutes)
    expect((await bench.call('/data/auth', { user: 'member' })).status).toBe(200)
  })

  it('picks the sign-in by provider/username', async () => {
    expect((await bench.call('/data/auth', { user: 'ldap/institute' })).status).toBe(200)
    expect((await bench.call('/data/auth', { user: 'localdb/institute' })).status).toBe(401)
  })
})

describe('sessions', () => {
  it('opens one per Basic request without a cookie, and reuses one with it', async () => {
    const first = await bench.call('/data/JSESSION')
    const cookie = sessionCookie(first.cookies)
    expect(cookie).toBe(`JSESSIONID=${first.body}`)
    const again = await bench.call('/data/JSESSION', { user: '', headers: { Cookie: cookie } })
    expect(again.body).toBe(first.body)
    expect((await bench.call('/data/JSESSION')).body).not.toBe(first.body)
  })

  it('sets SESSION_EXPIRATION_TIME, quoted, on every response, refused ones too', async () => {
    for (const answer of [await bench.call('/data/projects'), await bench.call('/data/projects', { user: '' })]) {
      expect(answer.cookies.some((one) => /^SESSION_EXPIRATION_TIME="\d{13},900000"/.test(one))).toBe(true)
    }
  })

  it('ends after fifteen minutes without use', async () => {
    const cookie = sessionCookie((await bench.call('/data/JSESSION')).cookies)
    bench.archive.advance(14 * minutes)
    expect((await bench.call('/data/auth', { user: '', headers: { Cookie: cookie } })).status).toBe(200)
    bench.archive.advance(14 * minutes)
    expect((await bench.call('/data/auth', { user: '', headers: { Cookie: cookie } })).status).toBe(200)
    bench.archive.advance(15 * minutes)
    expect((await bench.call('/data/auth', { user: '', headers: { Cookie: cookie } })).status).toBe(401)
  })

  it('ends on DELETE', async () => {
    const cookie = sessionCookie((await bench.call('/data/JSESSION')).cookies)
    await bench.call('/data/JSESSION', { method: 'DELETE', user: '', headers: { Cookie: cookie } })
    expect((await bench.call('/data/auth', { user: '', headers: { Cookie: cookie } })).status).toBe(401)
  })

  it('opens by a form at the unsecured route, too', async () => {
    const answer = await bench.call('/data/services/auth', { method: 'PUT', user: '', body: 'username=owner&password=pw' })
    expect(answer.body).toMatch(/^[0-9A-F]{32}$/)
    expect((await bench.call('/data/auth', { user: '', headers: { Cookie: `JSESSIONID=${answer.body}` } })).status).toBe(200)
    expect((await bench.call('/data/services/auth', { method: 'PUT', user: '', body: 'username=owner&password=no' })).status).toBe(401)
  })

  it('leads to the page for a new password once the old one has expired', async () => {
    const cookie = sessionCookie((await bench.call('/data/JSESSION')).cookies)
    Object.assign(bench.archive.gate.users.get('owner') ?? {}, { passwordExpired: true })
    const answer = await bench.call('/data/auth', { user: '', headers: { Cookie: cookie } })
    expect([answer.status, answer.headers.location]).toEqual([302, '/app/template/XDATScreen_UpdateUser.vm'])
  })

  it('refuses the thousand-and-first', async () => {
    for (let i = 0; i < 1000; i++) bench.archive.gate.sessions.set(`s${i}`, { id: `s${i}`, login: 'owner', csrf: '', lastUsed: Date.UTC(2024, 5, 1) })
    const answer = await bench.call('/data/auth')
    expect(answer.status).toBe(401)
    expect(answer.body).toContain('Maximum sessions')
  })
})

describe('alias tokens', () => {
  it('stand for their user, for two days, until invalidated', async () => {
    const issued = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string; estimatedExpirationTime: number }
    expect(issued.secret).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(issued.estimatedExpirationTime).toBe(Date.UTC(2024, 5, 3))
    const token = { user: issued.alias, password: issued.secret }
    expect((await bench.call('/xapi/users/username', token)).body).toBe('owner')
    expect((await bench.call(`/data/services/tokens/validate/${issued.alias}/${issued.secret}`)).json()).toEqual({ valid: 'owner' })
    expect((await bench.call(`/data/services/tokens/invalidate/${issued.alias}`)).json()).toEqual({ result: 'OK' })
    expect((await bench.call('/data/auth', token)).status).toBe(401)
  })

  it('end with the clock', async () => {
    const issued = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string }
    bench.archive.advance(2 * 24 * 60 * minutes)
    expect((await bench.call('/data/auth', { user: issued.alias, password: issued.secret })).status).toBe(401)
    expect((await bench.call(`/data/services/tokens/validate/${issued.alias}/${issued.secret}`)).json()).not.toHaveProperty('valid')
  })

  it('are listed for their own user alone, with when they were issued and when they end', async () => {
    const issue = async (user: string) => (await bench.call('/data/services/tokens/issue', { user })).json() as { alias: string; secret: string }
    const mine = await issue('owner')
    await issue('member')
    const listed = async () => (await bench.call('/data/services/tokens/show')).json()
    expect(await listed()).toMatchObject([
      { ...mine, xdatUserId: 'owner', created: Date.UTC(2024, 5, 1), estimatedExpirationTime: Date.UTC(2024, 5, 3), enabled: true },
    ])
    await bench.call(`/data/services/tokens/invalidate/${mine.alias}`)
    expect(await listed()).toEqual([])
  })

  it('withdraw themselves, as curl does it, and are refused afterwards whatever cookie comes with them', async () => {
    const issued = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string }
    const token = { user: issued.alias, password: issued.secret, headers: { 'User-Agent': 'curl/7.88.1', Accept: '*/*' } }
    const cookie = sessionCookie((await bench.call('/data/JSESSION', token)).cookies)
    expect((await bench.call(`/data/services/tokens/invalidate/${issued.alias}`, token)).json()).toEqual({ result: 'OK' })
    expect((await bench.call('/data/auth', token)).status).toBe(401)
    expect((await bench.call('/data/auth', { ...token, headers: { ...token.headers, Cookie: cookie } })).status).toBe(401)
    expect((await bench.call(`/data/services/tokens/invalidate/${issued.alias}`, token)).status).toBe(401)
    expect((await bench.call(`/data/services/tokens/validate/${issued.alias}/${issued.secret}`)).json()).not.toHaveProperty('valid')
  })

  it('are issued for others by administrators alone', async () => {
    expect((await bench.call('/data/services/tokens/issue/user/member')).status).toBe(403)
    expect((await bench.call('/data/services/tokens/issue/user/member', { user: 'admin' })).json()).toMatchObject({ xdatUserId: 'member' })
  })
})

describe('browsers', () => {
  it('are sent to the login page instead of being told 401', async () => {
    const answer = await bench.call('/data/projects', { user: '', headers: { 'User-Agent': electron } })
    expect([answer.status, answer.headers.location]).toEqual([302, '/app/template/Login.vm'])
    expect((await bench.call('/data/projects', { user: '', headers: { 'User-Agent': 'Scanside/1' } })).status).toBe(401)
  })

  it('need the CSRF parameter to change anything; programs do not', async () => {
    const agent = { 'User-Agent': electron }
    const got = (await bench.call('/data/JSESSION?CSRF=true', { headers: agent })).body
    const [id, token] = got.split('; XNAT_CSRF=')
    const headers = { ...agent, Cookie: `JSESSIONID=${id}` }
    const without = await bench.call('/data/projects/P/subjects/NEW', { method: 'PUT', headers })
    expect(without.status).toBe(500)
    expect((await bench.call(`/data/projects/P/subjects/NEW?XNAT_CSRF=${token}`, { method: 'PUT', headers })).status).toBe(201)
    expect((await bench.call('/data/projects/P/subjects/NEW2', { method: 'PUT' })).status).toBe(201)
  })
})

describe('version', () => {
  it('is in buildInfo; the old address is gone', async () => {
    expect((await bench.call('/data/version')).status).toBe(404)
    const info = (await bench.call('/xapi/siteConfig/buildInfo')).json() as Record<string, unknown>
    expect(Object.values(info).every((value) => typeof value === 'string')).toBe(true)
    expect((await bench.call('/xapi/siteConfig/buildInfo/version')).body).toBe(info.version)
  })
})
