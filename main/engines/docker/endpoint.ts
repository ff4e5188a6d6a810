/** Where an engine listens, as a person or `docker context` writes it. Pure: no file and no socket is touched. */
import { isLoopback } from '../../http/address.ts'

/** Certificates of a TCP endpoint, PEM. */
export interface TlsFiles {
  ca: string
  cert: string
  key: string
}

export type Endpoint =
  | { kind: 'socket'; path: string }
  | { kind: 'tcp'; host: string; port: number; tls: TlsFiles | null }
  /** Reached through another machine's ssh; shown, not used. */
  | { kind: 'ssh'; host: string }

/**
 * Reads `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://host:port`, `ssh://user@host` or a bare socket path.
 * Null where it is none of them. Certificates are added later, by whoever may read files.
 */
export function parseEndpoint(text: string): Endpoint | null {
  const value = text.trim()
  if (value.startsWith('unix://')) return value.length > 7 ? { kind: 'socket', path: value.slice(7) } : null
  if (value.startsWith('npipe://')) {
    const path = value.slice(8).replaceAll('\\', '/')
    return /^\/\/[^/]+\/pipe\/.+/.test(path) ? { kind: 'socket', path } : null
  }
  if (value.startsWith('/')) return { kind: 'socket', path: value }
  if (/^[\\/]{2}\.[\\/]pipe[\\/]/i.test(value)) return { kind: 'socket', path: value.replaceAll('\\', '/') }
  let url: URL
  try {
    url = new URL(value)
  } catch {
    return null
  }
  if (url.hostname === '') return null
  if (url.protocol === 'ssh:') return { kind: 'ssh', host: url.hostname }
  if (url.protocol !== 'tcp:' && url.protocol !== 'http:' && url.protocol !== 'https:') return null
  const port = url.port === '' ? (url.protocol === 'https:' ? 2376 : 2375) : Number(url.port)
  return { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port, tls: null }
}

/** The endpoint as a person knows it: no user name, no certificate. */
export function describeEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'socket':
      return endpoint.path.startsWith('//') ? `npipe://${endpoint.path}` : `unix://${endpoint.path}`
    case 'tcp':
      return `tcp://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`
    case 'ssh':
      return `ssh://${endpoint.host}`
  }
}

/** Whether the endpoint is on another machine. A named pipe may name one (`//server/pipe/…`). */
export function isRemote(endpoint: Endpoint): boolean {
  switch (endpoint.kind) {
    case 'socket':
      return endpoint.path.startsWith('//') && !/^\/\/(\.|localhost)\//i.test(endpoint.path)
    case 'tcp':
      return !isLoopback(endpoint.host)
    case 'ssh':
      return true
  }
}

/** Why an endpoint must not be used, as a sentence; null where it may be. */
export function refusal(endpoint: Endpoint): string | null {
  if (endpoint.kind === 'ssh') {
    return `The engine on ${endpoint.host} is reached over ssh, which Scanside does not use because it could not verify the other machine. Use an engine on this computer, or one reached over TLS.`
  }
  if (endpoint.kind === 'tcp' && endpoint.tls === null && !isLoopback(endpoint.host)) {
    return `The engine on ${endpoint.host} is reached over plain TCP, which anyone on the network could read. Use an engine on this computer, or one reached over TLS.`
  }
  if (endpoint.kind === 'socket' && isRemote(endpoint)) {
    return 'The engine is reached over a named pipe of another computer, which is not encrypted. Use an engine on this computer, or one reached over TLS.'
  }
  return null
}
