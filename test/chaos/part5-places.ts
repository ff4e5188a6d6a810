/** Where an archive sends on to, and who it says it is: no secret goes elsewhere, nothing goes in the clear, no wrong certificate is believed. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createRawServer } from 'node:net'
import type { ChaosCase } from './part.ts'
import { type HostileArchive, mustBeSentence, outcome, password } from './part5-archive.ts'
import { type Issued, makeAuthority, selfSigned } from './part5-certificates.ts'

export function placeCases(archive: HostileArchive): ChaosCase[] {
  return [...redirects(archive), ...certificates(archive)]
}

function redirects(archive: HostileArchive): ChaosCase[] {
  const { desk, url, elsewhere, clear, honest } = archive
  const { host, port } = new URL(url)
  const targets: [string, string][] = [
    ['another host', `${elsewhere.url}/data/projects`],
    ['another host that looks like it', `${elsewhere.url.replace('//', `//${host.replace(':', '.')}@`)}/data/projects`],
    ['itself by another name', `https://localhost:${port}/data/projects`],
    ['the clear', `${clear.url}/data/projects`],
    ['itself in the clear', url.replace('https:', 'http:')],
    ['another host without a scheme', `${elsewhere.url.replace('https:', '')}/x`],
    ['a backslash host', `\\\\localhost:${new URL(elsewhere.url).port}\\x`],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:application/json,{"ResultSet":{"Result":[]}}'],
    ['a file', 'file:///etc/passwd'],
    ['the machine’s own metadata', 'http://169.254.169.254/latest/meta-data'],
    ['nowhere', ''],
    ['itself, for ever', '/data/projects?again=1'],
    ['an address of 10 KB', `https://localhost/${'a'.repeat(10_000)}`],
  ]
  const address = { address: url, user: 'demo', password, provider: null, remember: false }
  const routes: [string, (path: string) => boolean, () => Promise<unknown>][] = [
    ['what it is', (path) => path.startsWith('/xapi/siteConfig'), () => desk.call('session.probe', { address: url })],
    ['the token', (path) => path.startsWith('/data/services/tokens'), () => desk.call('session.signIn', address)],
    ['the user', (path) => path.startsWith('/xapi/users'), () => desk.call('session.signIn', address)],
    ['the projects', (path) => path.startsWith('/data/projects?'), () => desk.call('archive.projects', undefined)],
    ['the scans', (path) => /\/scans\?/.test(path), () => desk.call('archive.scans', { project: 'DEMO-MS', session: honest.ref.session })],
    ['a file', (path) => /\/files\/[^?]/.test(path), () => desk.call('scans.open', { ref: honest.ref, operation: 'chaos' })],
  ]
  return routes.flatMap(([what, asks, call]) =>
    targets.flatMap(([where, location]) =>
      [302, 307].map(
        (status): ChaosCase => ({
          name: `sent on (${status}) for ${what} to ${where}`,
          async run() {
            archive.answers((asked, response) => {
              if (!asks(asked.url ?? '')) return false
              response.writeHead(status, { Location: location, 'Content-Length': '0' }).end()
              return true
            })
            const came = await outcome(call())
            // Another host's list without any secret is only a list; whatever else happens is told.
            if (!('value' in came)) mustBeSentence(came)
          },
        }),
      ),
    ),
  )
}

function certificates(archive: HostileArchive): ChaosCase[] {
  const { desk, authority } = archive
  const day = 86_400_000
  const now = Date.now()
  const made: [string, () => Promise<Issued>][] = [
    ['for another name', () => authority.issue({ names: ['xnat.example.org'], ips: ['127.0.0.2'] })],
    ['for a name that only looks alike', () => authority.issue({ names: ['127.0.0.1.example.org', '127.0.0.1'], ips: [] })],
    ['for every name', () => authority.issue({ names: ['*', '*.0.0.1'], ips: [] })],
    ['with the name in the subject alone', () => authority.issue({ names: [], ips: [], commonName: '127.0.0.1' })],
    ['that has expired', () => authority.issue({ from: new Date(now - 30 * day), until: new Date(now - day) })],
    ['that is not valid yet', () => authority.issue({ from: new Date(now + day), until: new Date(now + 30 * day) })],
    ['signed by itself', selfSigned],
    ['of an authority nobody knows', async () => (await makeAuthority('Unknown authority')).issue({})],
    ['of an authority that calls itself the same', async () => (await makeAuthority('Chaos authority')).issue({})],
    ['for clients', () => authority.issue({ client: true })],
  ]
  const attempt = async (port: number, heard: () => number, expected?: string[]) => {
    const address = `https://127.0.0.1:${port}`
    mustBeSentence(await outcome(desk.call('session.probe', { address })), expected)
    mustBeSentence(await outcome(desk.call('session.signIn', { address, user: 'demo', password, provider: null, remember: false })), expected)
    if (heard() > 0) throw new Error('Something was sent.')
  }
  const cases = made.map(
    ([what, make]): ChaosCase => ({
      name: `a certificate ${what}`,
      async run() {
        const { cert, key } = await make()
        let heard = 0
        const server = createTlsServer({ cert, key }, (_asked: IncomingMessage, response: ServerResponse) => {
          heard += 1
          response.end('{}')
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        try {
          await attempt((server.address() as AddressInfo).port, () => heard, ['untrusted-certificate'])
        } finally {
          server.closeAllConnections()
          server.close()
        }
      },
    }),
  )
  return [
    ...cases,
    {
      name: 'no certificate: HTTP where TLS should be',
      async run() {
        let heard = 0
        const server = createServer((_asked, response) => {
          heard += 1
          response.end('{}')
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        try {
          await attempt((server.address() as AddressInfo).port, () => heard)
        } finally {
          server.closeAllConnections()
          server.close()
        }
      },
    },
    {
      name: 'no certificate: noise where TLS should be',
      async run() {
        const server = createRawServer((socket) => {
          socket.on('error', () => undefined)
          socket.end(Buffer.alloc(100_000, 7))
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        try {
          await attempt((server.address() as AddressInfo).port, () => 0)
        } finally {
          server.close()
        }
      },
    },
    {
      name: 'no certificate: the address of another machine in the clear',
      async run() {
        for (const address of ['http://xnat.example.org', 'http://10.0.0.1', 'http://localhost.example.org', 'http://[::2]'])
          mustBeSentence(await outcome(desk.call('session.probe', { address })), ['untrusted-certificate'])
      },
    },
  ]
}
