/** A hostile archive: the demo archive over TLS, whose answers a case replaces, other hosts it may send on to, and the built application signed in to it. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { seedDemo } from '../../demo/seed.ts'
import { createArchive } from '../../demo/server.ts'
import { errorCodes } from '../../oct/errors.ts'
import type { ScanRef } from '../../preload/contract.ts'
import { type DeskProcess, startDesk } from '../support/desk-process.ts'
import { type Authority, makeAuthority } from './part5-certificates.ts'

/** Answers a request instead of the archive; false leaves it to the archive. */
export type Hook = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>

export interface OtherHost {
  url: string
  /** Everything it was asked, whole: method, path, headers, body. */
  asked: string[]
}

export interface HostileArchive {
  url: string
  authority: Authority
  desk: DeskProcess
  /** While it is set, it is asked before the archive. */
  answers(hook: Hook | null): void
  /** Another host with a certificate that is trusted, and one in the clear. */
  elsewhere: OtherHost
  clear: OtherHost
  /** What the archive was told that nobody else may hear: passwords, tokens, session cookies. */
  secrets: Set<string>
  /** Of an honest scan: where it is, and its file as the archive lists it. */
  honest: { ref: Extract<ScanRef, { kind: 'archive' }>; file: Record<string, string> }
  /** Resident memory of the application, MiB. */
  memory(): number
  /** @throws Error unless an honest answer is taken again, nobody else has heard a secret, and the disk holds nothing it should not */
  sound(): Promise<void>
  stop(): Promise<void>
}

/** What a hostile archive calls things, so that it can be looked for. */
export const marker = 'HOSTILE-7Q'
export const password = 'demo'

const listening = (server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

export async function startHostile(): Promise<HostileArchive> {
  let hook: Hook | null = null
  const secrets = new Set<string>([password])
  const foreign: string[] = []
  const archive = createArchive({
    seed: (lab, gate) => seedDemo(lab, gate),
    faults: {
      async before(incoming, outgoing) {
        const { authorization, cookie = '' } = incoming.headers
        if (authorization) secrets.add(authorization)
        for (const pair of cookie.split('; ')) if (/^JSESSIONID=.{8}/.test(pair)) secrets.add(pair.slice('JSESSIONID='.length))
        if (cookie.includes('elsewhere')) foreign.push(cookie)
        return hook ? hook(incoming, outgoing) : false
      },
      tap: (body) => body,
      room: () => Number.POSITIVE_INFINITY,
      ahead: () => 0,
    },
  })
  await archive.start()
  const authority = await makeAuthority()

  const otherHost = async (secure: boolean): Promise<OtherHost & { close(): void }> => {
    const asked: string[] = []
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      let body = ''
      for await (const part of incoming) body += String(part)
      asked.push(`${incoming.method} ${incoming.url}\n${incoming.rawHeaders.join('\n')}\n${body}`)
      outgoing.setHeader('Set-Cookie', ['JSESSIONID=elsewhere; Path=/', 'SESSION_EXPIRATION_TIME="1668081619871,900000"'])
      outgoing.setHeader('Content-Type', 'application/json')
      const row = { ID: 'ELSEWHERE', id: 'ELSEWHERE', name: 'Elsewhere', subject_ID: 'X' }
      outgoing.end(JSON.stringify({ ResultSet: { Result: [row] }, version: '1.8.10', alias: 'elsewhere', secret: 'elsewhere' }))
    }
    const certificate = await authority.issue({})
    const server = secure ? createTlsServer({ cert: certificate.cert, key: certificate.key }, answer) : createServer(answer)
    const port = await listening(server)
    return {
      url: `${secure ? 'https' : 'http'}://${secure ? 'localhost' : '127.0.0.1'}:${port}`,
      asked,
      close: () => {
        server.closeAllConnections()
        server.close()
      },
    }
  }
  const elsewhere = await otherHost(true)
  const clear = await otherHost(false)

  const aside = await mkdtemp(join(tmpdir(), 'scanside-hostile-'))
  const desk = await startDesk({ ca: `${archive.ca}\n${authority.ca}`, demo: false }, { TMPDIR: aside })
  const signIn = () => desk.call('session.signIn', { address: archive.urls.https, user: 'demo', password, provider: null, remember: false })
  await signIn()
  const [session] = (await desk.call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 10 })).rows
  const scan = session && (await desk.call('archive.scans', { project: 'DEMO-MS', session: session.id })).find(({ id }) => id === '1')
  if (!session || !scan) throw new Error('The demo has no scan.')
  const listed = await request(`${archive.urls.http}/data/experiments/${session.id}/scans/1/files?format=json`, {
    headers: { authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}`, 'user-agent': 'scanside-test' },
  })
  const { ResultSet } = (await listed.body.json()) as { ResultSet: { Result: Record<string, string>[] } }
  const file = ResultSet.Result.find(({ Name }) => Name?.endsWith('.vol'))
  if (!file) throw new Error('The demo’s scan has no file.')

  return {
    url: archive.urls.https,
    authority,
    desk,
    answers(next) {
      hook = next
    },
    elsewhere,
    clear,
    secrets,
    honest: { ref: { kind: 'archive', project: 'DEMO-MS', subject: session.subjectId, session: session.id, scan: '1' }, file },
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${desk.pid}/status`, 'utf8'))?.[1]) / 1024,
    async sound() {
      hook = null
      const projects = () => desk.call('archive.projects', undefined)
      const rows = await projects().catch(async () => {
        await signIn()
        return projects()
      })
      if (!rows.some(({ id }) => id === 'DEMO-MS')) throw new Error('The honest archive is not shown again.')
      for (const secret of secrets)
        if ([...elsewhere.asked, ...clear.asked].some((one) => one.includes(secret))) throw new Error('Another host has heard a secret.')
      if (clear.asked.length > 0) throw new Error(`Asked in the clear: ${clear.asked[0]?.slice(0, 200)}`)
      if (foreign.splice(0).length > 0) throw new Error('Another host’s cookie was sent to the archive.')
      const temporary = readdirSync(aside)
      if (temporary.length > 0) throw new Error(`Written to the temporary folder: ${temporary.join(', ')}`)
      const marked = filesBelow(desk.home).filter((name) => name.includes(marker) || holds(name, marker))
      if (marked.length > 0) throw new Error(`Found on disk: ${marked.join(', ')}`)
    },
    async stop() {
      hook = null
      await desk.stop()
      await archive.stop()
      elsewhere.close()
      clear.close()
      await rm(desk.home, { recursive: true, force: true })
      await rm(aside, { recursive: true, force: true })
    },
  }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile())

const holds = (file: string, text: string): boolean => {
  const bytes = readFileSync(file)
  return bytes.includes(Buffer.from(text)) || bytes.includes(Buffer.from(text, 'utf16le'))
}

/** What a call came to: its value, or its sentence. */
export type Outcome = { value: unknown } | { code: string; message: string }

/** @throws Error where nothing comes for two minutes */
export async function outcome(call: Promise<unknown>): Promise<Outcome> {
  const never = pause(120_000, null, { ref: false }).then(() => {
    throw new Error('Nothing was answered for two minutes.')
  })
  return Promise.race([
    call.then(
      (value) => ({ value }),
      (error: Error & { code?: string }) => {
        if (!error.code) throw error
        return { code: error.code, message: error.message }
      },
    ),
    never,
  ])
}

/** @throws Error unless this is a sentence for a technician: of a known code, no page, no stack, nothing of the archive's own words */
export function mustBeSentence(came: Outcome, expected?: readonly string[]): void {
  if ('value' in came) throw new Error(`Taken: ${JSON.stringify(came.value)?.slice(0, 200)}`)
  const { code, message } = came
  if (!(errorCodes as readonly string[]).includes(code) || code === 'internal') throw new Error(`${code}: ${message}`)
  if (expected && !expected.includes(code)) throw new Error(`Not ${expected.join(' or ')} but ${code}: ${message}`)
  if (message.length > 600 || !/^\S.*[.!?]$/su.test(message) || /[<>{}\p{Cc}]|\bat \S+:\d/u.test(message) || message.includes(marker))
    throw new Error(`No sentence: ${message.slice(0, 300)}`)
}

/** Marks that turn text round, hide it or end it: shown as they are they would forge a label. */
const unseemly = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u

/** @throws Error where a text that is shown is too long or holds marks that forge one; `ids` may be what the archive says, to be asked for by them */
export function mustBeShowable(value: unknown, at = ''): void {
  if (typeof value === 'string') {
    if (value.length > 10_000) throw new Error(`${at} has ${value.length} characters.`)
    if (unseemly.test(value.replace(/[\n\t]/g, ''))) throw new Error(`${at} holds ${JSON.stringify(value.slice(0, 60))}.`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) mustBeShowable(inner, `${at}.${name}`)
  }
}
