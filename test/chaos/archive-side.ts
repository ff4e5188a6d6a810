/** The demo archive over HTTPS in a process that is not the application's, with somebody on the cable, and what its log tells. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { request } from 'undici'
import { memoryBytes } from '../../demo/bytes.ts'
import { createFaults, type Faults } from '../../demo/faults.ts'
import { seedDemo } from '../../demo/seed.ts'
import { createArchive, type DemoArchive, type FaultSwitches } from '../../demo/server.ts'
import { onTheCable } from '../openstack/machines/archive-cable.ts'
import { type Asked, createMiddle, type Middle } from '../openstack/proxy.ts'
import { endsWith } from './ending.ts'

/** The session runs are of, as people call it; its scan 1 holds an invented patient's name. */
export const sessionPath = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'
export const patient = 'MARKERSEN-7731'

/** In the part of a RAW export's header that says whose it is. */
const identityAt = 228

export interface ArchiveSide {
  archive: DemoArchive
  middle: Middle
  faults: Faults
  /** What no file of the application may hold: the patient's name, and a row of pixels. */
  markers: Buffer[]
  /** Called with the bytes of an answer that have come so far; the last of them have not been passed on. Null takes it away. */
  onSent(listen: ((asked: Asked, bytes: number) => Promise<void>) | null): void
  /** How often this run's file was stored: uploads the archive has taken, whether anybody heard of it or not. */
  stored(run: string): number
  /** Names and bytes of this run's files in the session's resource SCANSIDE. */
  filesOf(run: string): Promise<{ name: string; bytes: Buffer }[]>
  /** How many tokens live there now. */
  tokens(): number
  stop(): Promise<void>
}

export async function startArchiveSide(): Promise<ArchiveSide> {
  const middle = createMiddle()
  const faults = createFaults()
  const taken: string[] = []
  const cable = onTheCable(faults, middle)
  let sent: ((asked: Asked, bytes: number) => Promise<void>) | null = null
  const counted: FaultSwitches = {
    ...cable,
    async before(incoming, outgoing) {
      if (await cable.before(incoming, outgoing)) return true
      if (incoming.method === 'GET') countAnswer(incoming, outgoing, () => sent)
      if (incoming.method !== 'PUT') return false
      const end = outgoing.end.bind(outgoing) as (chunk?: unknown) => typeof outgoing
      outgoing.end = ((chunk?: unknown) => {
        // A duplicate is a 200 as well.
        if (outgoing.statusCode === 200 && !String(chunk ?? '').includes('"duplicates"')) taken.push(incoming.url ?? '')
        return end(chunk)
      }) as typeof outgoing.end
      return false
    },
  }
  const archive = createArchive({ seed: (lab, gate) => seedDemo(lab, gate), faults: counted })
  const session = [...archive.lab.experiments.values()].find(({ label }) => label === 'P-0142_V01')
  const file = [...(session?.scans.find(({ id }) => id === '1')?.resources[0]?.files.values() ?? [])][0]
  if (!file) throw new Error('The demo has no scan 1.')
  const scan = Buffer.from(await file.bytes.read())
  scan.write(patient, identityAt, 'latin1')
  file.bytes = memoryBytes(scan)
  const middleOfScan = Math.floor(scan.length * 0.75)
  const row = scan.subarray(middleOfScan, middleOfScan + 64)
  await archive.start()
  const owner = `Basic ${Buffer.from('demo:demo').toString('base64')}`
  // The plain side: what the suite asks behind the scenes needs no certificate.
  const ask = async (path: string) => {
    const answer = await request(`${archive.urls.http}${path}`, { headers: { authorization: owner, 'user-agent': 'scanside-test' } })
    return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) }
  }
  return {
    archive,
    middle,
    faults,
    markers: [Buffer.from(patient, 'latin1'), Buffer.from(patient, 'utf16le'), row],
    stored: (run) => taken.filter((path) => path.includes(run)).length,
    async filesOf(run) {
      const { status, bytes } = await ask(`${sessionPath}/resources/SCANSIDE/files?format=json`)
      if (status === 404) return []
      const { ResultSet } = JSON.parse(bytes.toString('utf8')) as { ResultSet: { Result: { URI: string }[] } }
      const names = ResultSet.Result.map(({ URI }) => URI).filter((uri) => uri.includes(run))
      return Promise.all(names.map(async (uri) => ({ name: uri.split('/files/')[1] ?? '', bytes: (await ask(uri)).bytes })))
    },
    onSent(listen) {
      sent = listen
    },
    tokens: () => archive.gate.tokens.size,
    stop: endsWith(() => archive.stop()),
  }
}

/** Holds each piece of an answer back until whoever listens has been told. */
function countAnswer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  listener: () => ((asked: Asked, bytes: number) => Promise<void>) | null,
): void {
  const write = outgoing.write.bind(outgoing) as (chunk: Uint8Array) => boolean
  const asked: Asked = {
    service: 'archive',
    method: 'GET',
    path: incoming.url ?? '/',
    agent: incoming.headers['user-agent'] ?? '',
    token: '',
    body: '',
  }
  let bytes = 0
  outgoing.write = ((chunk: Uint8Array): boolean => {
    const listen = listener()
    bytes += chunk.byteLength
    if (!listen) return write(chunk)
    void listen(asked, bytes).then(() => {
      if (!incoming.socket.destroyed) {
        write(chunk)
        outgoing.emit('drain')
      }
    })
    return false
  }) as typeof outgoing.write
}
