/**
 * The demo lab's archive: speaks XNAT's REST API over HTTP and HTTPS on loopback, with generated scans and invented people.
 * Nothing here reaches beyond 127.0.0.1.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createGate, type Gate } from './auth.ts'
import { makeCertificates } from './certificate.ts'
import { createLab, type Lab } from './model.ts'
import { respond } from './respond.ts'
import { createStore } from './store.ts'

/** What breaks on purpose. Injected, so that the packed application does not contain it. */
export interface FaultSwitches {
  /** Sees a request before the archive does; true where it has answered or broken it. */
  before(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** An upload's bytes on their way to the store; `cut` breaks the connection. */
  tap(body: AsyncIterable<unknown>, cut: () => void): AsyncIterable<unknown>
  /** bytes that still fit on the disk */
  room(): number
  /** ms the archive's clock is ahead */
  ahead(): number
}

/** Fills an archive before it starts. */
export type Seed = (lab: Lab, gate: Gate) => void

export interface ArchiveOptions {
  seed: Seed
  /** 0 or absent: any free port. */
  port?: number
  httpsPort?: number
  /** Uploaded bytes go to this folder instead of memory. */
  folder?: string
  /** ms; the archive's clock. */
  now?: () => number
  /** `/xnat` where the archive shall not live at the root. */
  contextPath?: string
  /** False: xnat:optSessionData is not set up, as in a fresh XNAT; creating one gives 403. */
  ophthalmicTypes?: boolean
  /** False: file lists carry no digests. */
  checksums?: boolean
  faults?: FaultSwitches
}

export interface DemoArchive {
  start(): Promise<void>
  stop(): Promise<void>
  /** Addresses without a trailing slash, with the context path; empty before start. */
  readonly urls: { http: string; https: string }
  /** PEM of the authority that signed the HTTPS certificate; empty before start. */
  readonly ca: string
  /** Moves the archive's clock forward, ms. */
  advance(ms: number): void
  readonly lab: Lab
  readonly gate: Gate
}

export function createArchive(options: ArchiveOptions): DemoArchive {
  const { seed, now = Date.now, contextPath = '', ophthalmicTypes = true, checksums = true, faults, folder } = options
  let advanced = 0
  const clock = () => now() + advanced + (faults?.ahead() ?? 0)
  const lab = createLab(clock)
  const gate = createGate(clock)
  const store = createStore({
    ...(folder === undefined ? {} : { folder }),
    ...(faults ? { room: () => faults.room(), tap: faults.tap } : {}),
  })
  seed(lab, gate)
  const application = { lab, gate, store, site: { contextPath, ophthalmicTypes, checksums } }
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    // A client that goes away is everyday business for a server.
    request.on('error', () => {})
    response.on('error', () => {})
    if (faults && (await faults.before(request, response))) return
    await respond(application, request, response)
  }
  const urls = { http: '', https: '' }
  let ca = ''
  let servers: Server[] = []
  return {
    async start() {
      const certificates = await makeCertificates()
      ca = certificates.ca
      const plain = createServer(listener)
      const secure = createTlsServer({ cert: certificates.cert, key: certificates.key }, listener)
      servers = [plain, secure]
      urls.http = `http://127.0.0.1:${await listen(plain, options.port ?? 0)}${contextPath}`
      urls.https = `https://127.0.0.1:${await listen(secure, options.httpsPort ?? 0)}${contextPath}`
    },
    async stop() {
      await Promise.all(servers.map(close))
      servers = []
    },
    urls,
    get ca() {
      return ca
    },
    advance(ms) {
      advanced += ms
    },
    lab,
    gate,
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
