import { describe, expect, it } from 'vitest'
import { type FaultyCloud, faultyCloud, service } from './faults.fixture.ts'
import type { NewServer } from './openstack.ts'
import { clockWarning } from './refusal.ts'

const limits = { json: { limits: { absolute: { maxTotalInstances: 10, maxTotalCores: 20, maxTotalRAMSize: 1_000 } } } }
const limitsPath = 'GET /compute/v2.1/limits'
const signIns = (at: FaultyCloud) => at.count('POST /v3/auth/tokens')
const server: NewServer = {
  name: 'scanside-1',
  imageId: 'i',
  flavorId: 'f',
  network: { kind: 'auto' },
  zone: null,
  userData: '#cloud-config\n',
  metadata: {},
}

describe('a sign-in', () => {
  it('of a cloud without compute is none the worse', async () => {
    const at = await faultyCloud()
    at.catalog = []
    expect(await at.connect()).toMatchObject({ compute: null, images: null, networks: null, objects: null, capsules: null, project: { id: 'p1' } })
  })

  it.each([
    ['too old', { status: 200, json: { versions: [{ id: 'v1', max_version: '1.1', min_version: '1.1' }] } }],
    ['closed to this account', { status: 403 }],
  ])('of a cloud whose Zun is %s has its machines', async (_what, answer) => {
    const at = await faultyCloud()
    at.catalog.push(service('container', `${at.url}/zun/v1`))
    for (const path of ['/zun', '/zun/', '/zun/v1', '/zun/v1/']) at.on(`GET ${path}`, answer)
    const cloud = await at.connect()
    expect(cloud.capsules).toBeNull()
    expect(cloud.compute).not.toBeNull()
  })

  it('asks for the region where there are several, and knows them by name', async () => {
    const at = await faultyCloud()
    at.catalog = [service('compute', `${at.url}/compute/v2.1`), service('compute', `${at.url}/elsewhere/v2.1`, 'two')]
    await expect(at.connect()).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('one, two') })
    await expect(at.connect({ region: 'three' })).rejects.toMatchObject({ message: expect.stringMatching(/“three”.*one, two/) })
    const cloud = await at.connect({ region: 'one' })
    expect(cloud.compute).not.toBeNull()
    await expect(at.connect({ region: 'one', interface: 'internal' })).rejects.toMatchObject({ message: expect.stringContaining('public') })
    expect(at.tokens.size - at.count('DELETE /v3/auth/tokens')).toBe(1)
  })

  it.each([
    ['older than is needed', { version: { version: '2.36', min_version: '2.1' } }, /2\.37.*2\.36/],
    ['without microversions', { version: { version: '', min_version: '' } }, /2\.37.*none/],
  ])('to a Nova %s says so', async (_what, json, words) => {
    const at = await faultyCloud()
    at.on('GET /compute/v2.1/', { json })
    await expect(at.connect()).rejects.toMatchObject({ code: 'not-supported', message: expect.stringMatching(words) })
    expect(at.count('DELETE /v3/auth/tokens')).toBe(1)
  })

  it('speaks the oldest microversion that will do, and each request says which', async () => {
    const at = await faultyCloud()
    at.on('GET /compute/v2.1/', { json: { version: { version: '2.120', min_version: '2.60' } } })
    at.on(limitsPath, limits)
    const cloud = await at.connect()
    expect(cloud.compute?.microversion).toBe('2.60')
    await cloud.compute?.limits()
    expect(at.heard.at(-1)?.headers['openstack-api-version']).toBe('compute 2.60')
  })

  it.each([
    ['with the project in its address', '/nova/v2.1/p1', 'GET /nova/v2.1/', '/nova/v2.1/p1/limits'],
    ['without a version in its address', '/nova', 'GET /nova/', '/nova/v2.1/limits'],
  ])('finds a Nova %s', async (_what, path, root, asked) => {
    const at = await faultyCloud()
    at.catalog = [service('compute', `${at.url}${path}`)]
    const one = { id: 'v2.1', version: '2.93', min_version: '2.1' }
    at.on(root, {
      status: path === '/nova' ? 300 : 200,
      json: path === '/nova' ? { versions: [{ id: 'v2.0', version: '' }, one] } : { version: one },
    })
    at.on(`GET ${asked}`, limits)
    const cloud = await at.connect()
    expect((await cloud.compute?.limits())?.instances.max).toBe(10)
  })

  it('never goes to a service in the clear', async () => {
    const at = await faultyCloud()
    at.catalog = [service('compute', 'http://nova.example.org:8774/v2.1')]
    await expect(at.connect()).rejects.toMatchObject({
      code: 'untrusted-certificate',
      details: { reason: 'plain-http', host: 'nova.example.org:8774' },
    })
  })

  it.each<[number, string, object]>([
    [
      401,
      '{"error":{"message":"The password is expired and needs to be changed"}}',
      { code: 'unauthorized', details: { reason: 'password-expired' } },
    ],
    [401, '{"error":{"message":"The account is locked for user"}}', { code: 'unauthorized', details: { reason: 'locked' } }],
    [403, '{"error":{"message":"no"}}', { code: 'forbidden' }],
    [404, '<html>nginx</html>', { code: 'invalid-argument', details: { reason: 'no-keystone' } }],
    [302, '', { code: 'invalid-argument', details: { reason: 'no-keystone' } }],
    [200, '<!doctype html><html><body>Log in</body></html>', { code: 'not-supported', details: { reason: 'web-page' } }],
    [503, 'down', { code: 'unreachable', details: { reason: 'busy' } }],
    [500, '{"error":{"message":"boom"}}', { code: 'unreachable', details: { reason: 'service-failed' } }],
  ])('refused by %i is told', async (status, text, expected) => {
    const at = await faultyCloud()
    at.on('POST /v3/auth/tokens', { status, text, headers: { location: 'https://elsewhere.example.org/' } })
    const error: unknown = await at.connect().catch((one: unknown) => one)
    expect(error).toMatchObject(expected)
    expect(JSON.stringify([error, error instanceof Error ? error.message : ''])).not.toContain('the-secret')
    expect(signIns(at)).toBe(1)
  })
})

describe('a token', () => {
  it('withdrawn in the middle is replaced once, for all who ask at the same time, and the order is sent again', async () => {
    const at = await faultyCloud()
    at.on(limitsPath, limits)
    at.on('POST /compute/v2.1/servers', { status: 202, json: { server: { id: 's1' } } })
    const cloud = await at.connect()
    at.tokens.clear()
    await Promise.all([cloud.compute?.limits(), cloud.compute?.limits(), cloud.compute?.limits()])
    expect(signIns(at)).toBe(2)
    at.tokens.clear()
    expect(await cloud.compute?.create(server)).toEqual({ id: 's1' })
    expect(signIns(at)).toBe(3)
  })

  it('that is good and yet refused is told, not tried for ever', async () => {
    const at = await faultyCloud()
    at.on(limitsPath, { status: 401 })
    const cloud = await at.connect()
    await expect(cloud.compute?.limits()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'token-refused' } })
    expect(signIns(at)).toBe(2)
  })

  it('that Keystone is slow to renew is not waited for by who has stopped', async () => {
    const at = await faultyCloud()
    at.on(limitsPath, limits)
    const cloud = await at.connect()
    at.tokens.clear()
    const stop = new AbortController()
    const answer = at.says('POST /v3/auth/tokens')
    at.on('POST /v3/auth/tokens', (heard) => {
      stop.abort()
      return typeof answer === 'function' ? answer(heard) : answer
    })
    const others = cloud.compute?.limits()
    await expect(cloud.compute?.limits(stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect((await others)?.instances.max).toBe(10)
  })

  it('whose account was closed meanwhile says so', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    at.tokens.clear()
    at.on('POST /v3/auth/tokens', { status: 401, json: { error: { message: 'The request you have made requires authentication.' } } })
    await expect(cloud.compute?.limits()).rejects.toMatchObject({ code: 'unauthorized', details: { reason: 'wrong-secret' } })
  })

  it('is renewed before it ends', async () => {
    const at = await faultyCloud()
    at.on(limitsPath, limits)
    const cloud = await at.connect()
    at.desk.now += at.tokenLifeMs - 11 * 60_000
    await cloud.compute?.limits()
    expect(signIns(at)).toBe(1)
    at.desk.now += 2 * 60_000
    at.clock.now = at.desk.now
    await cloud.compute?.limits()
    expect(signIns(at)).toBe(2)
    expect(at.heard.at(-1)?.headers['x-auth-token']).toBe('token-2')
  })

  it('is used on while it is good and Keystone is away, and Keystone asked again after a while', async () => {
    const at = await faultyCloud()
    at.on(limitsPath, limits)
    const cloud = await at.connect()
    at.on('POST /v3/auth/tokens', { status: 503 })
    at.desk.now += at.tokenLifeMs - 5 * 60_000
    for (let turn = 0; turn < 5; turn += 1) await cloud.compute?.limits()
    expect(signIns(at)).toBe(2)
    at.desk.now += 31_000
    await cloud.compute?.limits()
    expect(signIns(at)).toBe(3)
    at.desk.now += 5 * 60_000
    await expect(cloud.compute?.limits()).rejects.toMatchObject({ code: 'unreachable', details: { service: 'identity' } })
  })

  it('lives as long as it says also where the clocks differ by years', async () => {
    const at = await faultyCloud()
    at.desk.now = Date.parse('2024-01-01T00:00:00Z')
    at.on(limitsPath, limits)
    const cloud = await at.connect()
    expect(clockWarning(cloud.clockSkewMs())).toMatch(/behind the cloud’s/)
    await cloud.compute?.limits()
    expect(signIns(at)).toBe(1)
    at.desk.now += at.tokenLifeMs
    await cloud.compute?.limits()
    expect(signIns(at)).toBe(2)
  })
})

describe('patience', () => {
  it('with a busy cloud: reading and deleting are asked again, creating is not', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    const busy = (then: object) => {
      let asked = 0
      return () => {
        asked += 1
        return asked < 3 ? { status: 503, headers: { 'retry-after': '2' } } : then
      }
    }
    at.on(limitsPath, busy(limits))
    await cloud.compute?.limits()
    expect(at.waits).toEqual([2_250, 2_500])
    at.on('DELETE /compute/v2.1/servers/s1', busy({ status: 204 }))
    await cloud.compute?.delete('s1')
    expect(at.waits).toEqual([2_250, 2_500, 2_250, 2_500])
    at.on('POST /compute/v2.1/servers', busy({ status: 202, json: { server: { id: 's1' } } }))
    await expect(cloud.compute?.create(server)).rejects.toMatchObject({ code: 'unreachable', details: { reason: 'busy', retryAfterMs: 2_000 } })
    expect(at.count('POST /compute/v2.1/servers')).toBe(1)
  })

  it.each<[number, string, object]>([
    [429, '{"overLimit":{"message":"slow"}}', { code: 'unreachable', message: expect.stringContaining('300 s'), details: { retryAfterMs: 300_000 } }],
    [413, '{"overLimit":{"message":"Quota exceeded"}}', { code: 'quota' }],
    [403, '{"forbidden":{"message":"Quota exceeded for cores: Requested 8, but already used 20 of 20 cores"}}', { code: 'quota' }],
    [403, '{"forbidden":{"message":"Policy does not allow"}}', { code: 'forbidden', message: expect.stringContaining('“reader”') }],
    [406, '{"computeFault":{"message":"Version 2.37 is not supported by the API."}}', { code: 'not-supported' }],
    [409, '{"conflictingRequest":{"message":"task_state deleting"}}', { code: 'conflict' }],
    [
      500,
      '<html><head><title>x</title></head><body>Unexpected</body></html>',
      { code: 'unreachable', message: expect.stringContaining('“Unexpected.”') },
    ],
  ])('an order refused by %i %s', async (status, text, expected) => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    at.on('POST /compute/v2.1/servers', { status, text, headers: { 'retry-after': '300' } })
    await expect(cloud.compute?.create(server)).rejects.toMatchObject(expected)
  })

  it('has an end: a locked machine stays, and says why', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    at.on('DELETE /compute/v2.1/servers/s1', { status: 409, json: { conflictingRequest: { message: 'Instance s1 is locked' } } })
    at.on('POST /compute/v2.1/servers/s1/action', { status: 409 })
    await expect(cloud.compute?.delete('s1')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('locked') })
    at.on('POST /compute/v2.1/servers/s1/action', { status: 202 })
    await cloud.compute?.delete('s1')
    expect(at.heard.at(-1)?.body).toBe('{"forceDelete":null}')
  })
})

describe('what a refusal repeats', () => {
  it('is never what the machine was to be told', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    at.on('POST /compute/v2.1/servers', (heard) => ({
      status: 400,
      json: { badRequest: { message: `Invalid input for field/attribute user_data. Value: ${heard.body}. 'x' is too long` } },
    }))
    const error: unknown = await cloud.compute?.create({ ...server, userData: 'secret-inside' }).catch((one: unknown) => one)
    const sent = Buffer.from('secret-inside').toString('base64')
    expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('user_data') })
    expect(String(error)).not.toContain(sent)
  })
})

describe('listings', () => {
  it('go on by markers, whatever address the cloud’s links name', async () => {
    const at = await faultyCloud()
    at.catalog = [service('compute', `${at.url}/compute/v2.1`), service('image', `${at.url}/image`), service('network', `${at.url}/net`)]
    const next = [{ rel: 'next', href: 'http://internal.example.org/next' }]
    const page = <T>(heard: { path: string }, first: T, second: T) => (heard.path.includes('marker=a') ? second : first)
    const one = (id: string, name: string) => ({ id, name, status: 'WEIRD', created: '', metadata: {} })
    at.on('GET /compute/v2.1/servers/detail', (heard) => ({
      json: page(heard, { servers: [one('a', 'scanside-1')], servers_links: next }, { servers: [one('b', 'scanside-10')] }),
    }))
    at.on('GET /image/v2/images', (heard) => ({
      json: page(
        heard,
        { images: [{ id: 'a', name: 'x', os_distro: 'debian' }], next: '/v2/images?marker=a' },
        { images: [{ id: 'b', name: null }] },
      ),
    }))
    at.on('GET /net/v2.0/ports', (heard) => ({ json: page(heard, { ports: [{ id: 'a' }], ports_links: next }, { ports: [{ id: 'b' }] }) }))
    const cloud = await at.connect()
    expect((await cloud.compute?.serversOf('scanside-'))?.map((found) => found.id)).toEqual(['a', 'b'])
    expect(await cloud.compute?.serversNamed('scanside-1')).toMatchObject([{ id: 'a', status: 'OTHER' }])
    expect(new URL(at.heard.at(-1)?.path ?? '', at.url).searchParams.get('name')).toBe('scanside-1')
    expect(await cloud.images?.list()).toMatchObject([
      { name: 'x', properties: { os_distro: 'debian' } },
      { name: 'b', properties: {} },
    ])
    expect(await cloud.networks?.portsOf('s1')).toEqual(['a', 'b'])
    expect(at.heard.filter((heard) => heard.path.includes('internal.example.org'))).toEqual([])
  })

  it('that turn in a circle are not taken for whole', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    const one = { id: 'a', name: 'scanside-1', status: 'ACTIVE' }
    at.on('GET /compute/v2.1/servers/detail', { json: { servers: [one], servers_links: [{ rel: 'next' }] } })
    await expect(cloud.compute?.serversOf('scanside-')).rejects.toMatchObject({ details: { reason: 'endless-listing' } })
  })

  it('in a form nobody knows are told', async () => {
    const at = await faultyCloud()
    const cloud = await at.connect()
    at.on(limitsPath, { json: { limits: 'many' } })
    await expect(cloud.compute?.limits()).rejects.toMatchObject({ code: 'not-supported', details: { reason: 'unknown-form' } })
  })
})
