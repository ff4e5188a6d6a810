import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttp, type Http, type HttpOptions } from './http.ts'

const running: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.close()
})

const start = async (server: Server | https.Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  running.push({
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return (server.address() as AddressInfo).port
}

const plain = async (answer: RequestListener) => `http://127.0.0.1:${await start(createServer(answer))}`

const certificate = (name: string, days: { notBefore?: Date; notAfter?: Date } = {}) =>
  generate([{ name: 'commonName', value: name }], {
    ...(days.notBefore ? { notBeforeDate: days.notBefore } : {}),
    ...(days.notAfter ? { notAfterDate: days.notAfter } : {}),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [name === '127.0.0.1' ? { type: 7, ip: name } : { type: 2, value: name }] },
    ],
  })

const make = (options: Partial<HttpOptions> = {}): Http => {
  const http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [], system: [], random: () => 0, sleep: async () => undefined, ...options })
  running.unshift(http)
  return http
}

const bodyOf = async (request: IncomingMessage) => Buffer.concat(await request.toArray()).toString()
const echo = async (request: IncomingMessage, response: ServerResponse) => {
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: await bodyOf(request) }))
}

describe('createHttp', () => {
  it('sends its own User-Agent, Basic as UTF-8 and an explicit Content-Length', async () => {
    const at = await plain(echo)
    const http = make()
    const auth = { user: 'jk', password: 'pä:ss' }
    const sent = await http.request({ method: 'PUT', url: `${at}/x`, body: Buffer.from('hello'), auth, headers: { 'User-Agent': 'Mozilla/5.0' } })
    expect(await sent.json(10_000)).toMatchObject({
      method: 'PUT',
      body: 'hello',
      headers: {
        'user-agent': 'Scanside/0.1.0',
        'content-length': '5',
        authorization: `Basic ${Buffer.from('jk:pä:ss').toString('base64')}`,
      },
    })
  })

  it('never sends a stream chunked', async () => {
    const at = await plain(echo)
    const sent = await make().request({ method: 'PUT', url: at, body: { stream: Readable.from([Buffer.from('ab'), Buffer.from('c')]), size: 3 } })
    const seen = (await sent.json(10_000)) as { headers: Record<string, string>; body: string }
    expect(seen.headers['content-length']).toBe('3')
    expect(seen.headers['transfer-encoding']).toBeUndefined()
    expect(seen.body).toBe('abc')
  })

  it('follows a redirect on the same origin with credentials, to another without', async () => {
    const other = await plain(echo)
    const at = await plain((request, response) => {
      if (request.url === '/here') response.writeHead(302, { location: '/there' }).end()
      else if (request.url === '/away') response.writeHead(307, { location: `${other}/landed` }).end()
      else void echo(request, response)
    })
    const http = make()
    const request = { method: 'GET', auth: { user: 'a', password: 'b' }, headers: { Cookie: 'JSESSIONID=1' } } as const
    const here = (await (await http.request({ ...request, url: `${at}/here` })).json(10_000)) as { headers: object }
    expect(here.headers).toMatchObject({ authorization: 'Basic YTpi', cookie: 'JSESSIONID=1' })
    const away = await http.request({ ...request, url: `${at}/away` })
    expect(away.url.href).toBe(`${other}/landed`)
    const seen = (await away.json(10_000)) as { headers: object }
    expect(seen.headers).not.toHaveProperty('authorization')
    expect(seen.headers).not.toHaveProperty('cookie')
  })

  it('does not follow what writes, nor to plain HTTP elsewhere, nor for ever', async () => {
    const at = await plain((request, response) => {
      response.writeHead(302, { location: request.url === '/loop' ? '/loop' : 'http://xnat.example.org/' }).end()
    })
    const http = make()
    expect((await http.request({ method: 'PUT', url: `${at}/loop`, body: Buffer.from('x') })).status).toBe(302)
    await expect(http.request({ method: 'GET', url: at })).rejects.toMatchObject({ code: 'unreachable', details: { reason: 'target' } })
    await expect(http.request({ method: 'GET', url: `${at}/loop` })).rejects.toMatchObject({ details: { reason: 'too-many-redirects' } })
  })

  it('asks a passing fault again, patiently, and a writing one not', async () => {
    const seen: string[] = []
    const at = await plain((request, response) => {
      seen.push(request.method ?? '')
      response.writeHead(seen.filter((one) => one === request.method).length < 3 ? 503 : 200, { 'retry-after': '1' }).end('done')
    })
    const waits: number[] = []
    const http = make({
      random: () => 0.25,
      sleep: async (ms) => {
        waits.push(ms)
      },
    })
    expect(await (await http.request({ method: 'GET', url: at })).text(100)).toBe('done')
    expect(waits).toEqual([1_125, 1_250])
    expect((await http.request({ method: 'PUT', url: at, body: Buffer.from('x') })).status).toBe(503)
    expect(seen).toEqual(['GET', 'GET', 'GET', 'PUT'])
  })

  it('bounds what it reads', async () => {
    const at = await plain((_request, response) => {
      response.end('x'.repeat(1_001))
    })
    await expect((await make().request({ method: 'GET', url: at })).text(1_000)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('tells cancelled, refused and broken connections apart', async () => {
    const at = await plain((request, response) => {
      if (request.url === '/broken') response.socket?.destroy()
    })
    const http = make()
    const abort = new AbortController()
    const asked = http.request({ method: 'GET', url: at, signal: abort.signal })
    abort.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    await expect(http.request({ method: 'GET', url: `${at}/broken` })).rejects.toMatchObject({ code: 'unreachable' })
    await expect(http.request({ method: 'GET', url: at, timeouts: { headersMs: 20 } })).rejects.toMatchObject({ code: 'timeout' })
    const closed = createServer()
    const port = await start(closed)
    await running.pop()?.close()
    await expect(http.request({ method: 'GET', url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nothing answers at this port'),
    })
  })

  it('asks for a proxy, but never for loopback', async () => {
    const asked: string[] = []
    const at = await plain(echo)
    const http = make({
      proxyFor: async (url) => {
        asked.push(url)
        return 'http://127.0.0.1:1'
      },
    })
    expect((await http.request({ method: 'GET', url: at })).status).toBe(200)
    expect(asked).toEqual([])
    await expect(http.request({ method: 'GET', url: 'https://xnat.example.org/' })).rejects.toMatchObject({ code: 'unreachable' })
    expect(asked).toEqual(['https://xnat.example.org/'])
  })
})

describe('trust', () => {
  const secure = async (name: string, days: Parameters<typeof certificate>[1] = {}) => {
    const made = await certificate(name, days)
    const port = await start(
      https.createServer({ key: made.private, cert: made.cert }, (_request, response) => {
        response.end('safe')
      }),
    )
    return { pem: made.cert, url: `https://127.0.0.1:${port}` }
  }

  it('believes a site CA, and a certificate trusted for one origin there alone', async () => {
    const one = await secure('127.0.0.1')
    const two = await secure('127.0.0.1')
    expect(await (await make({ roots: [one.pem] }).request({ method: 'GET', url: one.url })).text(100)).toBe('safe')
    const http = make()
    await expect(http.request({ method: 'GET', url: one.url })).rejects.toMatchObject({
      code: 'untrusted-certificate',
      details: { reason: 'self-signed' },
    })
    http.trust(one.url, one.pem)
    http.trust(one.url, two.pem)
    expect((await http.request({ method: 'GET', url: one.url })).status).toBe(200)
    await expect(http.request({ method: 'GET', url: two.url })).rejects.toMatchObject({ code: 'untrusted-certificate' })
  })

  it('has a sentence each for another name and for an old certificate', async () => {
    const other = await secure('other.example.org')
    const old = await secure('127.0.0.1', { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') })
    const http = make({ roots: [other.pem, old.pem] })
    await expect(http.request({ method: 'GET', url: other.url })).rejects.toMatchObject({
      code: 'untrusted-certificate',
      message: expect.stringContaining('another name'),
    })
    await expect(http.request({ method: 'GET', url: old.url })).rejects.toMatchObject({
      code: 'untrusted-certificate',
      message: expect.stringContaining('has expired'),
    })
  })

  it('says so where the port does not speak https', async () => {
    const at = await plain(echo)
    await expect(make().request({ method: 'GET', url: at.replace('http:', 'https:') })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('does not speak https'),
    })
  })

  it('refuses a site CA that cannot be read', async () => {
    const http = make({ roots: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'] })
    await expect(http.request({ method: 'GET', url: 'https://127.0.0.1:9' })).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})
