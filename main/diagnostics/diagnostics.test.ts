import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultsOf, readExport } from '../../scripts/verify.ts'
import { createBulk } from '../doorway/bulk.ts'
import { createDispatch } from '../doorway/dispatch.ts'
import { type Lab, openLab } from '../store/lab.ts'
import { openSqlite } from '../store/sqlite.ts'
import { signingKey } from './audit-export.ts'
import { createDiagnosticsRoom, type DiagnosticsParts } from './diagnostics.ts'
import { createLog, lastLines } from './log.ts'

const chainKey = 'c1'.repeat(32)
const key = 'a1'.repeat(32)
const now = () => new Date('2026-11-23T04:30:00.000Z')

let folder = ''
let lab: Lab
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanside-diagnostics-'))
  lab = openLab({ path: join(folder, 'lab.db'), key, chainKey, now })
})
afterEach(() => {
  lab.close()
  rmSync(folder, { recursive: true, force: true })
})

const made = (more: Partial<DiagnosticsParts> = {}) => {
  const reported: unknown[] = []
  const bulk = createBulk((_where, error) => reported.push(error))
  const kept = { inboxDays: 30, offlineDays: 7, logDays: 30, receiptDays: 3650 }
  const site = { file: true, problem: null, retention: kept, recoveryKey: null, contentProtection: null }
  const shown: boolean[] = []
  const parts: DiagnosticsParts = {
    capabilities: { version: '0.1.0', front: 'electron', protectContent: (on) => void shown.push(on) },
    runtime: ['node 20.20.2', 'linux x64 6.1'],
    site,
    lab,
    bulk,
    inbox: { forgetBefore: () => ({ scans: 0, pictures: 0 }) },
    locked: () => false,
    by: () => 'jk',
    owedRuns: () => [],
    places: {
      engine: { refresh: async () => undefined, health: () => null },
      vault: { recheck: async () => undefined, status: () => ({ available: true, message: '' }) },
      ownFree: async () => 50e9,
      engineFree: async () => null,
      archive: () => null,
      siteArchive: () => null,
      certificate: () => Promise.reject(new Error('Mustermann at xnat.charite.example')),
      cloud: {
        status: () => ({ state: 'none', runs: false, warnings: [] }) as unknown as ReturnType<DiagnosticsParts['places']['cloud']['status']>,
        refresh: async () => undefined,
        cloud: () => null,
      },
      records: () => ({ kept: true, readOnly: false, movedAside: false, runs: 4, owed: 0 }),
      outbox: () => ({ waiting: 0, blocked: 0, locked: 0 }),
      chain: lab.chain,
      now: () => now().getTime(),
    },
    counts: () => ({ runs: 4, waiting: 0 }),
    known: () => ({ hosts: ['xnat.charite.example'], names: ['erna', 'Mustermann'], salt: 'x' }),
    signingKey: async () => signingKey('d1'.repeat(32)),
    logFolder: join(folder, 'log'),
    dayBefore: () => '2026-10-24',
    sleep: (_ms, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    now,
    report: createLog({ folder: join(folder, 'log'), forDevelopers: null, out: () => undefined, now }),
    ...more,
  }
  const room = createDiagnosticsRoom(parts)
  // Through the doorway, as the window asks: what breaks the contract's schemas fails.
  const dispatch = createDispatch(room.handlers as Parameters<typeof createDispatch>[0], (_where, error) => reported.push(error))
  const call = async <T>(method: string, input?: unknown): Promise<T> => {
    const reply = await dispatch(method, input)
    if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code })
    return reply.value as T
  }
  const fetched = (url: string, method = 'GET') => bulk.handle(new Request(`http://127.0.0.1${url}`, { method }))
  return { room, call, fetched, reported, shown, site }
}

describe('the self-check through the doorway', () => {
  it('answers every check, and its report tells nothing of whom', async () => {
    const { call, fetched } = made()
    createLog({ folder: join(folder, 'log'), forDevelopers: null, out: () => undefined, now })('runs', new Error('Mustermann'))
    const { checks } = await call<{ checks: { id: string; code: string }[] }>('diagnostics.check')
    expect(checks).toHaveLength(11)
    expect(checks.find(({ id }) => id === 'certificate')?.code).toBe('failed')
    const { url, name } = await call<{ url: string; name: string }>('diagnostics.report')
    expect(name).toBe('scanside-report-20261123-0430.txt')
    const answer = await fetched(url)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await answer.text()
    expect(text).toMatch(/^Scanside 0\.1\.0 \(desktop\), self-check of 2026-11-23T04:30:00\.000Z\n/)
    expect(text).toContain('attention certificate failed seconds=5')
    expect(text).toContain('"where":"check certificate"')
    expect(text).not.toMatch(/mustermann|charite|erna/i)
    // Once.
    expect((await fetched(url)).status).toBe(404)
  })

  it('gives a report to nobody who does not fetch it', async () => {
    const { call, fetched } = made()
    const { url } = await call<{ url: string }>('diagnostics.report')
    expect((await fetched(url, 'PUT')).status).toBe(400)
    expect((await fetched(url)).status).toBe(200)
  })
})

describe('the chain through the doorway', () => {
  it('is exported once, as the verifier holds it; the export itself is a line', async () => {
    const { call, fetched } = made()
    lab.chain.audit('2026-11-01T00:00:00.000Z', 'jk', 'picked', null)
    const status = await call<{ fingerprint: string; lines: number; oldest: string; broken: number | null }>('audit.status')
    expect(status).toMatchObject({ lines: 1, oldest: '2026-11-01T00:00:00.000Z', broken: null })
    const { url, name, lines } = await call<{ url: string; name: string; lines: number }>('audit.export')
    expect([name, lines]).toEqual(['scanside-audit-20261123-0430.json', 2])
    const found = readExport(await (await fetched(url)).text())
    if (found.kind !== 'export') throw new Error(found.kind)
    expect(faultsOf(found.value, { desk: status.fingerprint, key: chainKey })).toEqual([])
    expect(found.value.lines.at(-1)?.body).toContain('audit: exported')
    expect((await fetched(url)).status).toBe(404)
  })

  it('that somebody has changed is told by its line, exported as it is, and not shortened', async () => {
    for (const n of [1, 2, 3]) lab.chain.audit(`2010-11-0${n}T00:00:00.000Z`, 'jk', `what was done, ${n}`, null)
    lab.close()
    const db = openSqlite(join(folder, 'lab.db'), key)
    db.run("UPDATE chain SET body = replace(body, 'done, 2', 'done, 9') WHERE n = 2")
    db.close()
    lab = openLab({ path: join(folder, 'lab.db'), key, chainKey, now })
    const { call, fetched, room } = made()
    room.start()()
    expect(lab.chain.lines()).toHaveLength(3)
    expect(await call('audit.status')).toMatchObject({ broken: 2, lines: 3 })
    const { checks } = await call<{ checks: { id: string }[] }>('diagnostics.check')
    expect(checks.find(({ id }) => id === 'receipts')).toMatchObject({ state: 'problem', code: 'broken', facts: { line: 2 } })
    const { url } = await call<{ url: string }>('audit.export')
    const found = readExport(await (await fetched(url)).text())
    if (found.kind !== 'export') throw new Error(found.kind)
    expect(faultsOf(found.value)).toMatchObject([{ line: 2, what: expect.stringContaining('desk itself said') }])
    expect(faultsOf(found.value, { key: chainKey })).toMatchObject([{ line: 2, what: expect.stringContaining('HMAC') }])
  })

  it('leaves a locked desk with nobody', async () => {
    const { call } = made({ locked: () => true })
    await expect(call('audit.export')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(call('privacy.set', { contentProtection: true })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('goes by time at the start, and so does the log', async () => {
    const receipts = { inboxDays: null, offlineDays: 7, logDays: 30, receiptDays: 30 }
    createLog({ folder: join(folder, 'log'), forDevelopers: null, out: () => undefined, now: () => new Date('2026-01-01T00:00:00Z') })('x', 'y')
    lab.chain.audit('2010-11-01T00:00:00.000Z', 'jk', 'long ago', null)
    const { room, site } = made()
    made({ site: { ...site, retention: receipts } }).room.start()()
    expect(lab.chain.lines().map(({ body }) => JSON.parse(body).what)).toEqual(['retention: 1 log files, 1 lines of receipts and audit removed'])
    const [only, ...none] = lastLines(join(folder, 'log'), 9)
    expect(none).toEqual([])
    expect(JSON.parse(only ?? '')).toEqual({
      time: '2026-11-23T04:30:00.000Z',
      where: 'start',
      version: '0.1.0',
      front: 'electron',
      runtime: 'node 20.20.2, linux x64 6.1',
    })
    room.start()()
    expect(lab.chain.lines()).toHaveLength(1)
  })
})

describe('what others may see of the window', () => {
  it('is chosen by a person, kept, and applied at the next start', async () => {
    const first = made()
    first.room.start()()
    expect(first.shown, 'nobody has chosen').toEqual([])
    expect(await first.call('privacy.get')).toEqual({ contentProtection: false, available: true, fixed: false })
    await first.call('privacy.set', { contentProtection: true })
    expect(first.shown).toEqual([true])
    const next = made()
    next.room.start()()
    expect(next.shown).toEqual([true])
    await next.call('privacy.set', { contentProtection: false })
    expect(next.shown).toEqual([true, false])
    expect(await made().call('privacy.get')).toMatchObject({ contentProtection: false })
    expect(lab.chain.lines().map(({ body }) => JSON.parse(body))).toMatchObject([
      { by: 'jk', what: 'privacy: content protection on' },
      { by: 'jk', what: 'privacy: content protection off' },
    ])
  })

  it.each([true, false])('is the site file’s where it says so: %s', async (contentProtection) => {
    lab.settings.set('content-protection', contentProtection ? null : 'on')
    const { site } = made()
    const { room, call, shown } = made({ site: { ...site, contentProtection } })
    room.start()()
    expect(shown).toEqual(contentProtection ? [true] : [])
    expect(await call('privacy.get')).toEqual({ contentProtection, available: true, fixed: true })
    await expect(call('privacy.set', { contentProtection: !contentProtection })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is nobody’s to choose in a browser', async () => {
    const { call, room } = made({ capabilities: { version: '0.1.0', front: 'browser', protectContent: null } })
    room.start()()
    expect(await call('privacy.get')).toEqual({ contentProtection: false, available: false, fixed: false })
    await expect(call('privacy.set', { contentProtection: true })).rejects.toMatchObject({ code: 'not-supported' })
  })
})
