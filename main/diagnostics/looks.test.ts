import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { HttpReply } from '../http/http.ts'
import { openLab } from '../store/lab.ts'
import { lookedAll, type Sleep } from './bounded.ts'
import { limits, looksAt, type Places } from './looks.ts'
import { roundTrip } from './round-trip.ts'

const now = Date.UTC(2026, 10, 23)
const reply = (more: { status?: number; date?: string; body?: unknown; json?: () => Promise<unknown> } = {}): HttpReply => {
  const { status = 200, date = new Date(now).toUTCString(), body = { version: '1.8.10' } } = more
  return {
    status,
    headers: { date },
    url: new URL('https://xnat.example/xapi/siteConfig/buildInfo'),
    header: (name: string) => (name === 'date' ? date : undefined),
    json: more.json ?? (async () => body),
    discard: async () => undefined,
  } as unknown as HttpReply
}
/** Answers after everything that answers at once, unless it was given up. */
const slowly: NonNullable<ReturnType<Places['siteArchive']>> = async ({ signal }) => {
  await turn()
  if (signal.aborted) throw new ScansideError('cancelled', 'Cancelled.')
  return reply()
}
const never = () => new Promise<never>(() => undefined)

const lab = openLab({ path: null, key: null, chainKey: 'c1'.repeat(32), now: () => new Date(now) })
const cloudStatus = (state: string) => ({ state, runs: state === 'ready', warnings: [] }) as unknown as ReturnType<Places['cloud']['status']>
const places = (more: Partial<Places> = {}): Places => ({
  engine: {
    refresh: async () => undefined,
    health: () => ({
      state: 'ready',
      message: '',
      kind: 'docker',
      version: '27',
      remote: false,
      endpoint: null,
      dataRoot: 'encrypted',
      inputKinds: [],
    }),
  },
  vault: { recheck: async () => undefined, status: () => ({ available: true, message: '' }) },
  ownFree: async () => 50e9,
  engineFree: async () => 60e9,
  archive: () => async () => reply(),
  siteArchive: () => null,
  certificate: async () => ({ kind: 'no-archive' }),
  cloud: { status: () => cloudStatus('none'), refresh: async () => undefined, cloud: () => null },
  records: () => ({ kept: true, readOnly: false, movedAside: false, runs: 0, owed: 0 }),
  outbox: () => ({ waiting: 0, blocked: 0, locked: 0 }),
  chain: lab.chain,
  now: () => now,
  ...more,
})
/** All of a desk's checks as `id code`; a check's time is over once every other one has answered. */
const check = async (of: Partial<Places>) => {
  const reported: string[] = []
  const sleep: Sleep = (_ms, signal) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, 400)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    })
  const checks = await lookedAll(looksAt(places(of)), sleep, (id, error) => reported.push(`${id} ${String(error)}`))
  return { codes: Object.fromEntries(checks.map(({ id, code }) => [id, code])), reported }
}
const well = {
  engine: 'ready',
  'data-root': 'encrypted',
  keyring: 'available',
  disk: 'enough',
  archive: 'answers',
  certificate: 'no-archive',
  clock: 'right',
  cloud: 'no-cloud',
  records: 'kept',
  outbox: 'empty',
  receipts: 'none-yet',
}

describe('a desk’s self-check', () => {
  it('finds a desk that is well, in the order in which it is shown', async () => {
    const { codes, reported } = await check({})
    expect(codes).toEqual(well)
    expect(Object.keys(codes)).toEqual(Object.keys(limits))
    expect(reported).toEqual([])
  })

  it.each<[string, Partial<Places>, object]>([
    ['an engine', { engine: { ...places().engine, refresh: never } }, { engine: 'no-answer', 'data-root': 'no-answer' }],
    ['an archive', { archive: () => never }, { archive: 'no-answer', clock: 'no-answer' }],
    ['an archive’s handshake', { certificate: never }, { certificate: 'no-answer' }],
    ['a keyring', { vault: { ...places().vault, recheck: never } }, { keyring: 'no-answer' }],
    ['a disk', { ownFree: never }, { disk: 'no-answer' }],
    ['a cloud', { cloud: { status: () => cloudStatus('ready'), refresh: never, cloud: () => null } }, { cloud: 'no-answer', clock: 'no-answer' }],
  ])('leaves the others as they are where %s hangs', async (_what, of, expected) => {
    expect((await check(of)).codes).toEqual({ ...well, ...expected })
  })

  it.each<[string, Partial<Places>, object]>([
    ['nobody is signed in', { archive: () => null }, { archive: 'signed-out', clock: 'not-known' }],
    ['nobody is signed in to the site’s archive', { archive: () => null, siteArchive: () => slowly }, { archive: 'signed-out' }],
    [
      'the sign-in is over',
      { archive: () => () => Promise.reject(new ScansideError('unauthorized', 'x')) },
      { archive: 'expired', clock: 'not-known' },
    ],
    [
      'the certificate is not trusted',
      { archive: () => () => Promise.reject(new ScansideError('untrusted-certificate', 'x')) },
      { archive: 'untrusted', clock: 'not-known' },
    ],
    ['nothing answers', { archive: () => () => Promise.reject(new ScansideError('unreachable', 'x')) }, { archive: 'away', clock: 'not-known' }],
    ['the archive is ill', { archive: () => async () => reply({ status: 503 }) }, { archive: 'away' }],
    ['the archive tells strangers nothing', { archive: () => async () => reply({ status: 403 }) }, { archive: 'answers' }],
    ['the archive is somebody else', { archive: () => async () => reply({ body: { version: '<img src=x>' } }) }, { archive: 'answers' }],
    ['this clock is ahead', { archive: () => async () => reply({ date: new Date(now - 120_000).toUTCString() }) }, { clock: 'off' }],
    ['this clock is far behind', { archive: () => async () => reply({ date: new Date(now + 3_600_000).toUTCString() }) }, { clock: 'wrong' }],
    ['the engine’s disk cannot be told', { engineFree: () => Promise.reject(new Error('x')) }, { disk: 'enough' }],
    ['the own disk cannot be told', { ownFree: () => Promise.reject(new Error('x')) }, { disk: 'not-known' }],
  ])('where %s', async (_what, of, expected) => {
    const { codes, reported } = await check(of)
    expect(codes).toEqual({ ...well, ...expected })
    expect(reported).toEqual([])
  })

  it('does not try a cloud that has refused: accounts get locked that way', async () => {
    let tried = 0
    const refresh = async () => {
      tried++
    }
    const clouds = { refresh, cloud: () => null }
    expect((await check({ cloud: { ...clouds, status: () => cloudStatus('refused') } })).codes.cloud).toBe('refused')
    expect(tried).toBe(0)
    expect((await check({ cloud: { ...clouds, status: () => cloudStatus('ready') } })).codes.cloud).toBe('ready')
    expect(tried, 'once, for both that want to know').toBe(1)
  })

  it('reports what nobody foresaw, and shows none of it', async () => {
    const { codes, reported } = await check({ archive: () => () => Promise.reject(new TypeError('Mustermann')) })
    expect(codes).toMatchObject({ ...well, archive: 'failed', clock: 'failed' })
    expect(reported.sort()).toEqual(['archive TypeError: Mustermann', 'clock TypeError: Mustermann'])
  })
})

describe('the round trip', () => {
  it('tells version, time and skew of one question', async () => {
    const asked: unknown[] = []
    const told = await roundTrip(
      async ({ method, path }) => {
        asked.push([method, path])
        return reply({ date: new Date(now + 60_000).toUTCString() })
      },
      () => now,
      new AbortController().signal,
    )
    expect(asked).toEqual([['GET', '/xapi/siteConfig/buildInfo']])
    expect(told).toMatchObject({ found: { kind: 'answered', version: '1.8.10' }, skew: -60_500 })
  })
})
