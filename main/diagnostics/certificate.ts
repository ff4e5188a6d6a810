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

/** A connection to the host itself, or through the proxy's tunnel. */
async function connected(url: URL, proxy: string | null, signal: AbortSignal): Promise<net.Socket> {
  const port = Number(url.port || 443)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const [toHost, toPort] = proxy === null ? [host, port] : [new URL(proxy).hostname, Number(new URL(proxy).port || 80)]
  const socket = net.connect({ host: toHost, port: toPort })
  signal.addEventListener('abort', () => socket.destroy(new Error('its time is over')), { once: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  if (proxy === null) return socket
  socket.write(`CONNECT ${url.hostname}:${port} HTTP/1.1\r\nhost: ${url.hostname}:${port}\r\n\r\n`)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (data) => (/^HTTP\/1\.[01] 200/.test(String(data)) ? resolve() : reject(new Error('the proxy refused'))))
  })
  return socket
}

/** Connects, looks, and hangs up. Rejects where nothing answers. */
export async function lookAtCertificate({ address, roots, proxyFor, signal, system = systemRoots() }: CertificateOptions): Promise<CertificateFound> {
  if (address === null) return { kind: 'no-archive' }
  const url = new URL(address)
  if (url.protocol !== 'https:') return { kind: 'not-encrypted' }
  const socket = await connected(url, isLoopback(url.hostname) ? null : await proxyFor(url.href), signal)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const secured = tls.connect({
    socket,
    // A name goes into the handshake, an address does not.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    host,
    secureContext: trustContext(system, [...roots]),
    // Looked at, not believed: nothing is sent over this connection.
    rejectUnauthorized: false,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      secured.once('secureConnect', resolve)
      secured.once('error', reject)
      secured.once('close', () => reject(new Error('closed')))
    })
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
    secured.destroy()
    socket.destroy()
  }
}
