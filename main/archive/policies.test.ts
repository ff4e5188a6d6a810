import { describe, expect, it } from 'vitest'
import { archiveAddress, dataPath, shownAddress } from './address.ts'
import { cookieHeader, sessionExpiration, takeCookies } from './cookies.ts'
import { readProviders } from './providers.ts'
import { checkedName } from './publish.ts'
import { dataRefusal, signInRefusal } from './refusal.ts'
import { nextState, type SignInEvent, type SignInState } from './state.ts'
import { defaultLifeMs, isDead, parseRetired, parseToken, readIssued, renewalDue } from './token.ts'

describe('archiveAddress', () => {
  it.each([
    ['xnat.example.org', 'https://xnat.example.org'],
    [' https://xnat.example.org/ ', 'https://xnat.example.org'],
    ['XNAT.example.org:8443', 'https://xnat.example.org:8443'],
    ['https://example.org/xnat/', 'https://example.org/xnat'],
    ['https://example.org/xnat/app/template/Login.vm#!', 'https://example.org/xnat'],
    ['https://xnat.example.org/data/projects/P1?format=html', 'https://xnat.example.org'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s', (typed, expected) => {
    expect(archiveAddress(typed)).toBe(expected)
  })
  it.each([
    ['', 'invalid-argument'],
    ['http://xnat.example.org', 'untrusted-certificate'],
    ['https://me:secret@xnat.example.org', 'invalid-argument'],
    ['ftp://xnat.example.org', 'invalid-argument'],
    ['https://', 'invalid-argument'],
  ])('refuses %j', (typed, code) => {
    expect(() => archiveAddress(typed)).toThrow(expect.objectContaining({ code }))
  })
  it('shows host and context path', () => {
    expect(shownAddress('https://example.org:8443/xnat')).toBe('example.org:8443/xnat')
    expect(shownAddress('https://example.org')).toBe('example.org')
  })
  it('encodes names', () => {
    expect(dataPath('projects', 'A/B ?', '..')).toBe('/data/projects/A%2FB%20%3F/..')
  })
})

describe('nextState', () => {
  const events: SignInEvent[] = ['opened', 'restored', 'refused', 'unreachable', 'reached', 'closed']
  it.each<[SignInState, SignInState[]]>([
    ['signed-out', ['signed-in', 'offline', 'signed-out', 'signed-out', 'signed-out', 'signed-out']],
    ['signed-in', ['signed-in', 'signed-in', 'expired', 'offline', 'signed-in', 'signed-out']],
    ['expired', ['signed-in', 'expired', 'expired', 'expired', 'signed-in', 'signed-out']],
    ['offline', ['signed-in', 'offline', 'expired', 'offline', 'signed-in', 'signed-out']],
  ])('from %s', (from, to) => {
    expect(events.map((event) => nextState(from, event))).toEqual(to)
  })
})

describe('tokens', () => {
  const body = { alias: 'a', secret: 's', estimatedExpirationTime: 1_000_000, created: 400_000 }
  it('counts the life from the server’s clock and the end by this machine’s', () => {
    expect(readIssued(body, 'https://x', 'jk', 50, 800_000)).toEqual({
      address: 'https://x',
      alias: 'a',
      secret: 's',
      user: 'jk',
      issuedAt: 50,
      expiresAt: 200_050,
    })
    expect(readIssued(body, 'https://x', 'jk', 50, null)).toMatchObject({ expiresAt: 600_050 })
    expect(readIssued({ ...body, estimatedExpirationTime: '1970-01-01T00:16:40Z' }, 'https://x', 'jk', 50, null)).toMatchObject({
      expiresAt: 600_050,
    })
    expect(readIssued({ alias: 'a', secret: 's' }, 'https://x', 'jk', 50, null)).toMatchObject({ expiresAt: 50 + defaultLifeMs })
    expect(readIssued({ alias: 'a' }, 'https://x', 'jk', 50, null)).toBeNull()
    expect(readIssued('<html>', 'https://x', 'jk', 50, null)).toBeNull()
  })
  it('renews from half of the life on', () => {
    const token = { address: 'https://x', alias: 'a', secret: 's', user: 'jk', issuedAt: 1_000, expiresAt: 3_000 }
    expect([1_000, 1_999, 2_000, 9_000].map((now) => renewalDue(token, now))).toEqual([false, false, true, true])
    expect([2_999, 3_000].map((now) => isDead(token, now))).toEqual([false, true])
    expect(parseToken(JSON.stringify(token))).toEqual(token)
  })
  it('fits the keyring, and takes nothing else for a token', () => {
    const token = {
      address: 'https://xnat.example.org/xnat',
      alias: 'a'.repeat(36),
      secret: 's'.repeat(64),
      user: 'u'.repeat(60),
      issuedAt: 1,
      expiresAt: 2,
    }
    expect(JSON.stringify(token).length).toBeLessThan(2_000)
    expect(
      JSON.stringify(Array(6).fill({ address: token.address, alias: token.alias, secret: token.secret, expiresAt: 1_764_000_000_000 })).length,
    ).toBeLessThan(2_000)
    expect([null, '', '{', '{}', '[]'].map(parseToken)).toEqual([null, null, null, null, null])
    expect([null, '{', '{}', '[1]'].map(parseRetired)).toEqual([[], [], [], []])
  })
})

describe('cookies', () => {
  const set = ['JSESSIONID=ABC; Path=/; HttpOnly', 'SESSION_EXPIRATION_TIME="1668081619871,900000"; Path=/', 'ROUTE=node-1']
  it('keeps the session and a load balancer’s, not the clock', () => {
    const jar = takeCookies(new Map(), set)
    expect(cookieHeader(jar)).toBe('JSESSIONID=ABC; ROUTE=node-1')
    expect(cookieHeader(takeCookies(jar, 'ROUTE=; Max-Age=0'))).toBe('JSESSIONID=ABC')
    expect(cookieHeader(new Map())).toBeNull()
  })
  it('reads how long a session lives', () => {
    expect(sessionExpiration(set)).toEqual({ serverNow: 1_668_081_619_871, maxIdleMs: 900_000 })
    expect(sessionExpiration('SESSION_EXPIRATION_TIME=%221668081619871%2C900000%22')).toEqual({ serverNow: 1_668_081_619_871, maxIdleMs: 900_000 })
    expect([undefined, 'JSESSIONID=1', 'SESSION_EXPIRATION_TIME=soon'].map((value) => sessionExpiration(value))).toEqual([null, null, null])
  })
})

describe('signInRefusal', () => {
  const tomcat = (words: string) => `<!doctype html><html><body><h1>HTTP Status</h1><p>${words}</p></body></html>`
  it.each([
    [401, '/data', tomcat('Bad credentials'), 'unauthorized', 'wrong-password'],
    [401, '/data', '', 'unauthorized', 'wrong-password'],
    [401, '/data', tomcat('User account is locked'), 'forbidden', 'locked'],
    [401, '/data', tomcat('User is disabled'), 'forbidden', 'disabled'],
    [403, '/data', tomcat('Your password has expired. Please log in.'), 'forbidden', 'password-expired'],
    [302, '/app/template/XDATScreen_UpdateUser.vm', '', 'forbidden', 'password-expired'],
    [403, '/data', tomcat('Forbidden'), 'forbidden', 'no-right'],
    [200, '/app/template/Login.vm', '<html>', 'unauthorized', 'wrong-password'],
    [404, '/data', '<html>', 'invalid-argument', 'not-an-xnat'],
    [200, '/', '<html>', 'invalid-argument', 'not-an-xnat'],
    [500, '/data', '<html>', 'unreachable', 'server-fault'],
  ])('%i %s %s', (status, path, text, code, reason) => {
    const told = signInRefusal({ status, path, text, host: 'xnat.example.org' }, 'password')
    expect(told).toMatchObject({ code, details: { reason } })
    expect(told.message).not.toContain('<')
  })
  it('has a sentence of its own for each', () => {
    const of = (status: number, text: string) => signInRefusal({ status, path: '', text, host: 'h' }, 'password').message
    const sentences = [of(401, ''), of(401, 'locked'), of(401, 'disabled'), of(403, 'expired'), of(403, ''), of(404, ''), of(500, '')]
    expect(new Set(sentences).size).toBe(sentences.length)
    expect(signInRefusal({ status: 401, path: '', text: '', host: 'h' }, 'token').message).toContain('token')
  })
})

describe('dataRefusal', () => {
  it.each([
    [403, '', 'forbidden'],
    [404, '', 'not-found'],
    [409, '', 'conflict'],
    [417, '', 'not-supported'],
    [429, '', 'unreachable'],
    [500, 'NullPointerException', 'unreachable'],
    [500, '<h3>No space left on device</h3>', 'disk-full'],
    [507, '', 'disk-full'],
  ])('%i %s', (status, text, code) => {
    expect(dataRefusal({ status, path: '', text, host: 'h' }, 'this session').code).toBe(code)
  })
})

it('keeps no cookie that could not be sent back', () => {
  expect(cookieHeader(takeCookies(new Map(), ['A=\u00e4', 'B=a\u0000b', 'C=ok', 'D=x\u20ac']))).toBe('C=ok')
})

describe('readProviders', () => {
  it.each([
    '<select '.repeat(25_000),
    `<select name="login_method">${'<option value="a'.repeat(12_000)}`,
    `<select name="login_method">${'<option '.repeat(25_000)}`,
    `<select name="login_method"><option ${'value="a" '.repeat(20_000)}`,
    `${'name '.repeat(40_000)}<select name="login_method">`,
    `<select ${'x'.repeat(3_000)} name="login_method"><option value="a">A</option><option value="b">B</option></select>`,
  ])('is not kept busy by a hostile page', (page) => {
    expect(readProviders(page)).toEqual([])
  })
  it('reads the choice of a login page', () => {
    const page = `<form><select id="m" name="login_method"><option value="localdb">Database</option>
      <option value="ldap1" selected>Institute &amp; clinic</option></select></form>`
    expect(readProviders(page)).toEqual([
      { id: 'localdb', name: 'Database' },
      { id: 'ldap1', name: 'Institute & clinic' },
    ])
  })
  it.each([
    '',
    '<html>',
    '<select name="other"><option value="a">A</option></select>',
    '<select name="login_method"><option value="a">A</option></select>',
  ])('finds no choice in %s', (page) => {
    expect(readProviders(page)).toEqual([])
  })
})

describe('checkedName', () => {
  it.each(['oct-quality/0.1.0/0f9c1d/results.json', 'a/1.0.0+b/r/series/s.json'])('takes %s', (name) => {
    expect(checkedName(name).join('/')).toBe(name)
  })
  it.each([
    'results.json',
    'a/b/c',
    'a/../b/c',
    'a/./b/c',
    '/a/b/c',
    'a//b/c',
    'a/b/c/',
    'a/b/c/d e',
    'a/b/c/ü',
    'a/b/c/d?x',
    'a\\b/c/d/e',
    'a/b/c/d%2e',
  ])('refuses %s', (name) => {
    expect(() => checkedName(name)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})
