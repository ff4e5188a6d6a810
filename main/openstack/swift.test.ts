import { createHash, createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { faultyCloud, service } from './faults.fixture.ts'
import { linkDigests, temporaryLink } from './temp-url.ts'

describe('an object store', () => {
  const account = '/swift/v1/AUTH_p1'
  const store = async (tempurl: object | null = {}) => {
    const at = await faultyCloud()
    at.catalog = [service('object-store', `${at.url}${account}`)]
    if (tempurl) at.on('GET /swift/info', { json: { swift: {}, ...tempurl } })
    at.on(`PUT ${account}/box`, { status: 201 })
    const cloud = await at.connect()
    if (!cloud.objects) throw new Error('no objects')
    return { at, objects: cloud.objects }
  }

  it.each([
    ['that says nothing', null, { digests: ['sha1'] }],
    ['without links', {}, null],
    ['that names no digests', { tempurl: {} }, { digests: ['sha1'] }],
    ['that names some', { tempurl: { allowed_digests: ['md5', 'sha512', 'sha256'] } }, { digests: ['sha256', 'sha512'] }],
  ])('%s', async (_what, info, expected) => {
    const { objects } = await store(info)
    if (expected === null) expect(objects.tempUrl).toBeNull()
    else expect(objects.tempUrl).toMatchObject(expected)
  })

  it('makes links that end by the cloud’s clock', async () => {
    const { at, objects } = await store({ tempurl: {} })
    at.clock.now += 3 * 3_600_000
    at.on(`HEAD ${account}/box`, { status: 204 })
    await objects.container('box')
    const link = new URL(objects.link('GET', 'box', 'a', 'key', 60))
    expect(Number(link.searchParams.get('temp_url_expires'))).toBe(Math.floor(at.clock.now / 1_000) + 60)
    expect(link.pathname).toBe(`${account}/box/a`)
  })

  it('loses the account’s key an earlier life had set, and no other', async () => {
    for (const [there, left] of [
      [`scanside-${'a'.repeat(48)}`, ''],
      ['of-others', 'of-others'],
    ]) {
      const { at, objects } = await store({ tempurl: {} })
      let key = there
      at.on(`HEAD ${account}`, () => ({ status: 204, headers: key ? { 'x-account-meta-temp-url-key': key } : {} }))
      at.on(`POST ${account}`, (heard) => {
        if (heard.headers['x-remove-account-meta-temp-url-key']) key = ''
        return { status: 204 }
      })
      at.on(`DELETE ${account}/box`, { status: 204 })
      at.on(`GET ${account}`, { json: [] })
      await objects.deleteContainer('box')
      expect(key).toBe(left)
    }
  })

  it('that knows the account’s key alone has one for many runs that begin at once', async () => {
    const { at, objects } = await store({ tempurl: {} })
    let key = ''
    let written = 0
    at.on(`HEAD ${account}`, () => ({ status: 204, headers: key === '' ? {} : { 'x-account-meta-temp-url-key': key } }))
    at.on(`POST ${account}`, (heard) => {
      written += 1
      key = String(heard.headers['x-account-meta-temp-url-key'])
      return { status: 204 }
    })
    const boxes = ['a', 'b', 'c', 'd']
    for (const box of boxes) {
      at.on(`PUT ${account}/${box}`, { status: 201 })
      at.on(`GET ${account}/${box}/key-check`, (heard) => {
        const asked = new URL(heard.path, at.url)
        const link = { method: 'GET' as const, account: `${at.url}${account}`, container: box, object: 'key-check' }
        const good = temporaryLink({ ...link, expires: Number(asked.searchParams.get('temp_url_expires')) }, key, 'sha1')
        return { status: asked.searchParams.get('temp_url_sig') === new URL(good).searchParams.get('temp_url_sig') ? 404 : 401 }
      })
    }
    await Promise.all(boxes.map((box) => objects.makeContainer(box, { tempUrlKey: `own-${box}` })))
    expect([written, objects.tempUrl?.levels]).toEqual([1, ['account']])
  })

  it('that knows the account’s key alone gets one there, uses it, and loses it with the last container', async () => {
    const { at, objects } = await store({ tempurl: {} })
    let key = ''
    at.on(`HEAD ${account}`, () => ({ status: 204, headers: key === '' ? {} : { 'x-account-meta-temp-url-key': key } }))
    at.on(`POST ${account}`, (heard) => {
      if (heard.headers['x-remove-account-meta-temp-url-key']) key = ''
      else key = String(heard.headers['x-account-meta-temp-url-key'])
      return { status: 204 }
    })
    at.on(`GET ${account}/box/key-check`, () => ({ status: key === '' ? 401 : 404 }))
    await objects.makeContainer('box', { tempUrlKey: 'own' })
    expect(objects.tempUrl?.levels).toEqual(['account'])
    expect(key).toMatch(/^scanside-[0-9a-f]{48}$/)
    const expires = Math.floor(at.clock.now / 1_000) + 60
    const signed = temporaryLink({ method: 'GET', account: `${at.url}${account}`, container: 'box', object: 'a', expires }, key, 'sha1')
    expect(objects.link('GET', 'box', 'a', 'own', 60)).toBe(signed)

    at.on(`DELETE ${account}/box`, { status: 204 })
    at.on(`GET ${account}`, (heard) => ({ json: heard.path.includes('marker') ? [] : [{ name: 'scanside-other' }] }))
    await objects.deleteContainer('box')
    expect(key).not.toBe('')
    at.on(`GET ${account}`, { json: [] })
    await objects.deleteContainer('box')
    expect(key).toBe('')
  })

  it('whose account has a key keeps it, for ever', async () => {
    const { at, objects } = await store({ tempurl: {} })
    at.on(`HEAD ${account}`, { status: 204, headers: { 'x-account-meta-temp-url-key': 'theirs' } })
    let probes = 0
    at.on(`GET ${account}/box/key-check`, () => {
      probes += 1
      return { status: probes === 1 ? 401 : 404 }
    })
    await objects.makeContainer('box', { tempUrlKey: 'own' })
    const expires = Math.floor(at.clock.now / 1_000) + 60
    const signed = temporaryLink({ method: 'GET', account: `${at.url}${account}`, container: 'box', object: 'a', expires }, 'theirs', 'sha1')
    expect(objects.link('GET', 'box', 'a', 'own', 60)).toBe(signed)
    at.on(`DELETE ${account}/box`, { status: 204 })
    at.on(`GET ${account}`, { json: [] })
    await objects.deleteContainer('box')
    expect(at.count(`POST ${account}`)).toBe(0)
  })

  it('that takes no link whatever it says is told of', async () => {
    const { at, objects } = await store({ tempurl: {} })
    at.on(`HEAD ${account}`, { status: 204, headers: { 'x-account-meta-temp-url-key': 'theirs' } })
    at.on(`GET ${account}/box/key-check`, { status: 401 })
    await expect(objects.makeContainer('box', { tempUrlKey: 'own' })).rejects.toMatchObject({
      code: 'not-supported',
      details: { reason: 'no-links' },
    })
  })

  it('that received other bytes has them removed', async () => {
    const { at, objects } = await store()
    at.on(`PUT ${account}/box/a`, { status: 201, headers: { etag: '"0123456789abcdef0123456789abcdef"' } })
    at.on(`DELETE ${account}/box/a`, { status: 204 })
    await expect(objects.put('box', 'a', Buffer.from('x'), {})).rejects.toMatchObject({ code: 'integrity' })
    expect(at.count(`DELETE ${account}/box/a`)).toBe(1)
    at.on(`GET ${account}/box/a`, { text: 'x', headers: { etag: '0123456789abcdef0123456789abcdef' } })
    await expect(objects.get('box', 'a', 10)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('is asked before a stream is sent, and a sign-in that ends in the middle loses nothing', async () => {
    const { at, objects } = await store()
    at.on(`HEAD ${account}/box`, { status: 204 })
    const md5 = createHash('md5').update('abcd').digest('hex')
    at.on(`PUT ${account}/box/a`, (heard) => ({ status: 201, headers: { etag: heard.body === 'abcd' ? md5 : '' } }))
    at.tokens.clear()
    await objects.put('box', 'a', { stream: Readable.from([Buffer.from('ab'), Buffer.from('cd')]), size: 4 }, {})
    at.on(`PUT ${account}/box/a`, { status: 401 })
    const again = objects.put('box', 'a', { stream: Readable.from([Buffer.from('abcd')]), size: 4 }, {})
    await expect(again).rejects.toMatchObject({ code: 'unreachable', details: { reason: 'renewed' } })
  })

  it('takes no more than it says in one piece', async () => {
    const { objects } = await store({ swift: { max_file_size: 3 } })
    await expect(objects.put('box', 'a', Buffer.from('abcd'), {})).rejects.toMatchObject({ code: 'quota', details: { max: 3 } })
  })
})

describe('temporaryLink', () => {
  const link = { method: 'GET', container: 'box', object: 'a/ä %.bin', expires: 1_900_000_000 } as const

  it('signs the path as Swift sees it, and writes it as an address', () => {
    const url = temporaryLink({ ...link, account: 'https://swift.example.org/v1/AUTH_p1' }, 'key', 'sha256')
    const mac = createHmac('sha256', 'key').update('GET\n1900000000\n/v1/AUTH_p1/box/a/ä %.bin').digest('hex')
    expect(url).toBe(`https://swift.example.org/v1/AUTH_p1/box/a/%C3%A4%20%25.bin?temp_url_sig=${mac}&temp_url_expires=1900000000`)
  })

  it('leaves out what a gateway puts before the version', () => {
    const behind = new URL(temporaryLink({ ...link, account: 'https://ceph.example.org/swift/v1' }, 'key', 'sha1'))
    const mac = createHmac('sha1', 'key').update('GET\n1900000000\n/v1/box/a/ä %.bin').digest('hex')
    expect(behind.searchParams.get('temp_url_sig')).toBe(mac)
    expect(behind.pathname).toBe('/swift/v1/box/a/%C3%A4%20%25.bin')
  })

  it('writes SHA-512 as base64 with its name', () => {
    const url = new URL(temporaryLink({ ...link, account: 'https://swift.example.org/v1/AUTH_p1' }, 'key', 'sha512'))
    expect(url.searchParams.get('temp_url_sig')).toMatch(/^sha512:[A-Za-z0-9+/]{86}==$/)
  })

  it.each([
    [undefined, ['sha1']],
    [[], ['sha1']],
    [['md5'], ['sha1']],
    [
      ['sha1', 'sha256', 'sha512'],
      ['sha256', 'sha512', 'sha1'],
    ],
    [['sha512'], ['sha512']],
  ])('of %j takes %j', (allowed, expected) => {
    expect(linkDigests(allowed)).toEqual(expected)
  })
})
