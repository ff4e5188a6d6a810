import { createServer } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it } from 'vitest'
import { lookAtCertificate } from './certificate.ts'
import { judgeCertificate } from './judge-network.ts'

const running: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.close()
})
const listening = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  running.push({ close: () => new Promise((resolve) => server.close(resolve)) })
  return (server.address() as AddressInfo).port
}

const day = 86_400_000
const now = Date.now()
const made = (altName: { type: 2; value: string } | { type: 7; ip: string }, from: number, to: number) =>
  generate([{ name: 'commonName', value: 'archive' }], {
    notBeforeDate: new Date(from),
    notAfterDate: new Date(to),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [altName] },
    ],
  })
const here = { type: 7, ip: '127.0.0.1' } as const
const signal = () => new AbortController().signal
const nobody = async () => null

/** What is told of a server with this certificate. */
const judged = async (pems: Awaited<ReturnType<typeof made>>, roots: string[], system: string[] = []) => {
  const asked: string[] = []
  const server = https.createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  const address = `https://127.0.0.1:${await listening(server)}/xnat`
  const found = await lookAtCertificate({ address, roots, system, proxyFor: nobody, signal: signal() })
  expect(asked, 'nothing is sent').toEqual([])
  return judgeCertificate(found, now)
}

describe('the archive’s certificate', () => {
  it('is told as it is: by whom, how long, for whom', async () => {
    const good = await made(here, now - day, now + 400 * day)
    expect(await judged(good, [good.cert])).toMatchObject({ code: 'valid', facts: { days: 399, issuer: 'site' } })
    expect(await judged(good, [], [good.cert])).toMatchObject({ code: 'valid', facts: { days: 399, issuer: 'system' } })
    expect(await judged(good, [])).toMatchObject({ code: 'untrusted', facts: { why: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
    const soon = await made(here, now - day, now + 10 * day)
    expect(await judged(soon, [soon.cert])).toMatchObject({ state: 'attention', code: 'ends-soon', facts: { days: 9 } })
    const over = await made(here, now - 30 * day, now - day)
    expect(await judged(over, [over.cert])).toMatchObject({ state: 'problem', code: 'expired' })
    const early = await made(here, now + day, now + 30 * day)
    expect(await judged(early, [early.cert])).toMatchObject({ state: 'problem', code: 'not-yet-valid' })
    const other = await made({ type: 2, value: 'other.example' }, now - day, now + 400 * day)
    expect(await judged(other, [other.cert])).toMatchObject({ state: 'problem', code: 'wrong-name' })
  })

  it('is not looked for where there is none', async () => {
    expect(await lookAtCertificate({ address: null, roots: [], system: [], proxyFor: nobody, signal: signal() })).toEqual({ kind: 'no-archive' })
    const address = 'http://127.0.0.1:1/'
    expect(await lookAtCertificate({ address, roots: [], system: [], proxyFor: nobody, signal: signal() })).toEqual({ kind: 'not-encrypted' })
  })

  it('is looked for through the proxy where one stands between', async () => {
    const asked: string[] = []
    const good = await made({ type: 2, value: 'xnat.example' }, now - day, now + 400 * day)
    const port = await listening(https.createServer({ key: good.private, cert: good.cert }))
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const through = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        through.pipe(socket)
        socket.pipe(through)
      })
      for (const end of [through, socket]) end.on('error', () => undefined)
    })
    const at = `http://127.0.0.1:${await listening(proxy)}`
    const look = { address: 'https://xnat.example/', roots: [good.cert], system: [], proxyFor: async () => at, signal: signal() }
    expect(await lookAtCertificate(look)).toMatchObject({ kind: 'seen', code: '', issuer: 'site' })
    expect(asked).toEqual(['xnat.example:443'])
  })

  it('hangs up when its time is over, whatever the other side does', async () => {
    const ended = new AbortController()
    const silent = net.createServer((socket) => {
      socket.on('error', () => undefined)
      // The handshake has begun and is never answered.
      socket.once('data', () => ended.abort())
    })
    const address = `https://127.0.0.1:${await listening(silent)}`
    const looking = lookAtCertificate({ address, roots: [], system: [], proxyFor: nobody, signal: ended.signal })
    await expect(looking).rejects.toThrow()
    const early = new AbortController()
    early.abort()
    await expect(lookAtCertificate({ address, roots: [], system: [], proxyFor: nobody, signal: early.signal })).rejects.toThrow()
  })
})
