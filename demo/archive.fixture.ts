/** An archive for tests: small files, a clock that stands still, and a client that shows everything. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { addUser, type Gate } from './auth.ts'
import { memoryBytes } from './bytes.ts'
import { createFaults, type Faults } from './faults.ts'
import { addExperiment, addProject, addResource, addScan, addSubject, type Lab, stamp } from './model.ts'
import { type ArchiveOptions, createArchive, type DemoArchive } from './server.ts'

export function seedSmall(lab: Lab, gate: Gate): void {
  addUser(gate, 'owner', 'pw')
  addUser(gate, 'member', 'pw')
  addUser(gate, 'collaborator', 'pw')
  addUser(gate, 'stranger', 'pw')
  addUser(gate, 'admin', 'pw', { admin: true })
  addUser(gate, 'expired', 'pw', { passwordExpired: true })
  addUser(gate, 'institute', 'pw', { provider: 'ldap' })
  const roles = () =>
    new Map([
      ['owner', 'owner'],
      ['member', 'member'],
      ['collaborator', 'collaborator'],
    ] as const)
  addProject(lab, 'P', 'owner', { roles: roles(), description: 'One' })
  addProject(lab, 'Q', 'owner', { roles: roles() })
  addProject(lab, 'PROTECTED', 'admin', { access: 'protected' })
  addProject(lab, 'PUBLIC', 'admin', { access: 'public' })
  for (const project of ['P', 'PROTECTED', 'PUBLIC']) {
    const subject = addSubject(lab, project, 'S1', 'owner')
    for (const [label, date] of [
      ['V01', '2024-03-11'],
      ['V02', '2024-09-16'],
    ] as const) {
      const session = addExperiment(lab, subject, label, 'xnat:optSessionData', 'owner')
      session.body.fields.set('date', date)
      if (label === 'V02') continue
      for (const [id, type, laterality] of [
        ['1', 'RNFL ring OD', 'R'],
        ['2', 'RNFL ring OS', 'L'],
      ] as const) {
        const scan = addScan(lab, session, id, 'xnat:optScanData', 'owner')
        scan.body.fields.set('type', type)
        scan.body.fields.set('frames', '1')
        scan.body.fields.set('parameters/laterality', laterality)
        const path = `scan ${id}.vol`
        const bytes = memoryBytes(Buffer.from(`HSF-OCT-103 ${id}`))
        addResource(lab, scan.resources, 'VOL', { format: 'VOL' }).files.set(path, {
          path,
          format: 'VOL',
          content: '',
          tags: '',
          modifiedAt: stamp(lab),
          catalogued: true,
          bytes,
        })
      }
    }
  }
}

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  cookies: string[]
  body: string
  bytes: Buffer
  json: () => unknown
  rows: () => Record<string, string>[]
}

interface Call {
  method?: string
  user?: string
  password?: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** Sends without a length. */
  chunked?: boolean
  /** Breaks off after the body was written, with a length that promised more. */
  abort?: boolean
}

export interface Bench {
  archive: DemoArchive
  faults: Faults
  call: (path: string, options?: Call) => Promise<Answer>
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Starts an archive; `call` sends as `owner` where no user is named, `user: ''` as a guest. */
export async function startBench(options: Partial<ArchiveOptions> = {}): Promise<Bench> {
  const faults = createFaults()
  const archive = createArchive({ seed: seedSmall, now: () => Date.UTC(2024, 5, 1), faults, ...options })
  await archive.start()
  const call = (path: string, given: Call = {}): Promise<Answer> => {
    const { user = 'owner', password = 'pw', body, chunked, abort } = given
    const headers: Record<string, string> = { ...(user === '' ? {} : { Authorization: basic(user, password) }), ...given.headers }
    if (body !== undefined && !chunked) headers['Content-Length'] ??= String(Buffer.byteLength(body) + (abort ? 1000 : 0))
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${archive.urls.http}${path}`, { method: given.method ?? 'GET', headers, agent: false })
      request.on('error', reject)
      request.on('response', (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(parts)
          const text = bytes.toString('utf8')
          const json = () => JSON.parse(text) as unknown
          const rows = () => (json() as { ResultSet: { Result: Record<string, string>[] } }).ResultSet.Result
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            cookies: response.headers['set-cookie'] ?? [],
            body: text,
            bytes,
            json,
            rows,
          })
        })
      })
      if (abort) request.write(body, () => setTimeout(() => request.destroy(new Error('aborted')), 50))
      else if (chunked) {
        request.setHeader('Transfer-Encoding', 'chunked')
        request.end(body)
      } else request.end(body)
    })
  }
  return { archive, faults, call }
}

/** The id of a session by label. */
export const sessionOf = (bench: Bench, label = 'V01', project = 'P'): string =>
  [...bench.archive.lab.experiments.values()].find((one) => one.label === label && one.project === project)?.id ?? ''
