/** The certificate an address shows: looked at apart from any request, so that what is wrong with it can be told. Nothing is sent over it. */
import { X509Certificate } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import { isLoopback } from '../http/address.ts'
import { splitPem, systemRoots, trustContext } from '../http/trust.ts'
import type { CertificateFound } from './judge-network.ts'

export interface CertificateOptions {
  /** The archive's address, or null. */
  address: string | null
  /** The site's authorities, PEM. */
  roots: readonly string[]
  /** The proxy for an address, `http://host:port`, or null. */
  proxyFor(url: string): Promise<string | null>
  signal: AbortSignal
  /** The operating system's authorities; asked for when left out. */
  system?: string[]
}

const fingerprintsOf = (pems: readonly string[]) => pems.flatMap(splitPem).map((pem) => new X509Certificate(pem).fingerprint256)

/** Whether one of these certificates is in the chain the server was believed by. */
function inChain(shown: tls.DetailedPeerCertificate, fingerprints: readonly string[]): boolean {
  const seen = new Set<string>()
  for (
    let each: tls.DetailedPeerCertificate | undefined = shown;
    each?.fingerprint256 && !seen.has(each.fingerprint256);
    each = each.issuerCertificate
  ) {
    if (fingerprints.includes(each.fingerprint256)) return true
    seen.add(each.fingerprint256)
  }
  return false
}

/** Resolves with what a socket tells by `event`; rejects where it fails, ends, or its time is over. */
function told(socket: net.Socket, event: 'connect' | 'secureConnect' | 'data', signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new Error('its time is over'))
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
}

/** A connection to the host itself, or through the proxy's tunnel. */
async function connected(socket: net.Socket, url: URL, proxied: boolean, signal: AbortSignal): Promise<void> {
  await told(socket, 'connect', signal)
  if (!proxied) return
  const to = `${url.hostname}:${url.port || 443}`
  const answer = told(socket, 'data', signal)
  socket.write(`CONNECT ${to} HTTP/1.1\r\nhost: ${to}\r\n\r\n`)
  if (!/^HTTP\/1\.[01] 200/.test(String(await answer))) throw new Error('the proxy refused')
}

/** Connects, looks, and hangs up. Rejects where nothing answers, or its time is over. */
export async function lookAtCertificate({ address, roots, proxyFor, signal, system }: CertificateOptions): Promise<CertificateFound> {
  if (address === null) return { kind: 'no-archive' }
  const url = new URL(address)
  if (url.protocol !== 'https:') return { kind: 'not-encrypted' }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const proxy = isLoopback(url.hostname) ? null : await proxyFor(url.href)
  const way = proxy === null ? { host, port: Number(url.port || 443) } : { host: new URL(proxy).hostname, port: Number(new URL(proxy).port || 80) }
  const socket = net.connect(way)
  // Whoever waits hears of it; once nobody does, it is no reason for anything to fail.
  socket.on('error', () => undefined)
  let secured: tls.TLSSocket | null = null
  try {
    await connected(socket, url, proxy !== null, signal)
    secured = tls.connect({
      socket,
      // A name goes into the handshake, an address does not.
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
      host,
      secureContext: trustContext(system ?? systemRoots(), [...roots]),
      // Looked at, not believed: nothing is sent over this connection.
      rejectUnauthorized: false,
    })
    secured.on('error', () => undefined)
    await told(secured, 'secureConnect', signal)
    const shown = secured.getPeerCertificate(true)
    if (!shown?.raw) return { kind: 'not-seen' }
    // OpenSSL judges the chain and leaves the name to Node, which does not look where it need not reject.
    const chain = secured.authorizationError as unknown
    const name = tls.checkServerIdentity(host, shown)
    const code = chain ? String(chain instanceof Error && 'code' in chain ? chain.code : chain) : name ? 'ERR_TLS_CERT_ALTNAME_INVALID' : ''
    return {
      kind: 'seen',
      code: /^[A-Z0-9_]{1,60}$/.test(code) || code === '' ? code : 'CERT_UNTRUSTED',
      validFrom: Date.parse(shown.valid_from),
      validTo: Date.parse(shown.valid_to),
      issuer: inChain(shown, fingerprintsOf(roots)) ? 'site' : 'system',
    }
  } finally {
    secured?.destroy()
    socket.destroy()
  }
}
