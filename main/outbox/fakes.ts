/** For tests of the outbox: an XNAT in memory that stores, lies and breaks off as told, and a disk that dies at a step. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { Archive } from '../archive/archive.ts'
import type { Ask } from '../archive/ask.ts'
import { createXnat } from '../archive/xnat.ts'
import type { HttpReply } from '../http/http.ts'
import { type Disk, openDisk } from './disk.ts'
import type { NewItem } from './items.ts'
import { type Outbox, type OutboxOptions, openOutbox } from './outbox.ts'

const reply = (status: number, body: string | Uint8Array, path: string): HttpReply => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)
  return {
    status,
    headers: {},
    url: new URL(`https://xnat.example${path}`),
    stream: Readable.from([bytes]),
    header: () => undefined,
    bytes: async () => bytes,
    text: async () => bytes.toString('utf8'),
    json: async () => {
      if (/^\s*</.test(bytes.toString('utf8'))) throw new ScansideError('not-supported', 'A web page came.', { reason: 'web-page' })
      return JSON.parse(bytes.toString('utf8'))
    },
    discard: async () => undefined,
  }
}

const reset = () => new ScansideError('unreachable', 'The archive does not answer.')

/** What the archive does to the next uploads. */
export type Mood =
  | 'good'
  /** 200, and nothing stored: no right to edit. */
  | 'stores-nothing'
  | 'stores-then-resets'
  /** The first half lands on its disk, in no catalog. */
  | 'piece-then-resets'
  /** The first half lands in the catalog as if it were all. */
  | 'stores-half'
  /** `{"duplicates":[..]}` whatever is there. */
  | 'duplicates'
  | 'resets'
  | 'web-page'
  | 401
  | 403
  | 404
  | 500

interface Stored {
  bytes: Uint8Array
  catalogued: boolean
}

export interface FakeXnat {
  archive: Archive
  mood: Mood
  /** Whether its listing tells digests. */
  digests: boolean
  /** Whether its listing names every file twice; `other`: the second time with another size. */
  twice: boolean | 'other'
  /** By path below SCANSIDE. */
  files: Map<string, Stored>
  /** Every content it stored, in order: the path below SCANSIDE. */
  stored: string[]
  requests: number
  /** Before each request; throws where the application is dead. */
  before(): void
  /** After each effect of a request, before its answer. */
  after(): void
}

export const fakeXnat = (): FakeXnat => {
  const below = (path: string): string => decodeURIComponent(/\/files\/?([^?]*)/.exec(path)?.[1] ?? '')
  const answer = (path: string, method: string, body: Uint8Array | undefined): HttpReply => {
    const { mood } = xnat
    if (typeof mood === 'number') return reply(mood, '<html><h3>no</h3></html>', path)
    if (mood === 'resets') throw reset()
    if (method === 'GET' && path.includes('format=json')) {
      if (mood === 'web-page') return reply(200, '<html>Sign in</html>', path)
      const rows = [...xnat.files]
        .filter(([, { catalogued }]) => catalogued)
        .flatMap(([name, { bytes }]) => {
          const digest = xnat.digests ? createHash('md5').update(bytes).digest('hex') : ''
          const row = { Name: name, Size: String(bytes.length), URI: `/data/experiments/E/resources/1/files/${name}`, collection: 'SCANSIDE', digest }
          return xnat.twice ? [row, xnat.twice === 'other' ? { ...row, Size: String(bytes.length + 1), digest: '' } : row] : [row]
        })
      return reply(200, JSON.stringify({ ResultSet: { Result: rows } }), path)
    }
    const name = below(path)
    if (method === 'GET') {
      const found = xnat.files.get(name)
      return found ? reply(200, found.bytes, path) : reply(404, '', path)
    }
    const bytes = body ?? new Uint8Array()
    if (mood === 'duplicates' || (xnat.files.has(name) && !path.includes('overwrite=true')))
      return reply(200, JSON.stringify({ duplicates: [name] }), path)
    const half = bytes.subarray(0, Math.ceil(bytes.length / 2))
    if (mood === 'stores-nothing' || mood === 'web-page') return reply(200, mood === 'web-page' ? '<html>' : '', path)
    if (mood === 'piece-then-resets') {
      xnat.files.set(name, { bytes: half, catalogued: false })
      throw reset()
    }
    xnat.files.set(name, { bytes: mood === 'stores-half' ? half : Buffer.from(bytes), catalogued: true })
    xnat.stored.push(name)
    if (mood === 'stores-then-resets') throw reset()
    return reply(200, '', path)
  }
  const ask: Ask = async ({ method, path, body, signal }) => {
    await Promise.resolve()
    if (signal?.aborted) throw new ScansideError('cancelled', 'Cancelled.')
    xnat.before()
    xnat.requests++
    const answered = answer(path, method, body)
    xnat.after()
    return answered
  }
  const xnat: FakeXnat = {
    archive: createXnat({ request: ask, pause: async () => undefined, random: () => 0 }),
    mood: 'good',
    digests: true,
    twice: false,
    files: new Map(),
    stored: [],
    requests: 0,
    before: () => undefined,
    after: () => undefined,
  }
  return xnat
}

/** The application dies at the `at`-th step (from 0) and is dead from then on: nothing is tidied up. */
export class Death {
  at: number
  when: 'before' | 'after' | 'torn'
  steps = 0
  dead = false
  constructor(at: number, when: 'before' | 'after' | 'torn') {
    this.at = at
    this.when = when
  }
  /** One step; `half` is what a torn one leaves. */
  async step<T>(work: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    if (this.dead) throw new Error('dead')
    const mine = this.steps++ === this.at
    if (mine && this.when === 'torn') await half?.()
    if (mine && this.when !== 'after') this.die()
    const done = await work()
    if (mine) this.die()
    return done
  }
  die(): never {
    this.dead = true
    throw new Error('dead')
  }
  alive(): void {
    if (this.dead) throw new Error('dead')
  }
}

/** Every writing step counts; reading does not. */
export const dyingDisk = (disk: Disk, death: Death): Disk => ({
  list: disk.list,
  read: disk.read,
  write: (name, bytes) =>
    death.step(
      () => disk.write(name, bytes),
      () => disk.write(name, bytes.subarray(0, Math.floor(bytes.length / 2))),
    ),
  sync: (name) => death.step(() => disk.sync(name)),
  rename: (from, to) => death.step(() => disk.rename(from, to)),
  syncFolder: () => death.step(disk.syncFolder),
  overwrite: (name, bytes) => death.step(() => disk.overwrite(name, bytes)),
  remove: (name) => death.step(() => disk.remove(name)),
})

/** Records of what was sent, as lab.db keeps them; `known` false: it was moved aside. */
export const keepRecords = (outbox: Outbox, home: Set<string>, death: Pick<Death, 'alive'> = { alive: () => undefined }) => {
  const heard: string[] = []
  for (const kind of ['results', 'grading'] as const) {
    outbox.keeps(kind, {
      home: (content) => {
        death.alive()
        home.add(content.name)
        heard.push(`home ${content.name}`)
        return true
      },
      letGo: (content, choice) => void heard.push(`${choice} ${content.name}`),
      waits: (content, message) => void heard.push(`waits ${content.name}: ${message}`),
    })
  }
  return heard
}

export const newItem = (id: string, kind: NewItem['kind'] = 'results', text = `{"of":"${id}"}`): NewItem => ({
  id,
  kind,
  createdAt: '2026-11-23T04:00:00.000Z',
  content: {
    archive: 'xnat.example',
    session: { project: 'P', subject: 'S', session: 'XNAT_E1' },
    name: kind === 'grading' ? `scanside-grading/1/${id}/grading.json` : `oct-quality/0.1.0/${id}/results.json`,
    run: kind === 'grading' ? null : id,
    title: 'DEMO-MS / P-0142 / V02',
    machine: false,
  },
  bytes: Buffer.from(text),
  demo: false,
})

/** 32 bytes as hex: what the keyring answers in tests. */
export const testKey = 'ab'.repeat(32)

/** A desk's outbox in `folder`, over a fake archive. */
export const openIn = async (folder: string, xnat: FakeXnat, change: Partial<OutboxOptions>): Promise<Outbox> =>
  openOutbox({
    disk: await openDisk(folder),
    key: async () => testKey,
    recovery: null,
    archive: () => ({ id: 'xnat.example', demo: false, archive: xnat.archive }),
    now: () => new Date('2026-11-23T05:00:00Z'),
    report: () => undefined,
    ...change,
  })
