import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createVault, type KeytarLike } from '../vault/keyring-vault.ts'
import type { Vault } from '../vault/vault.ts'
import { firstBroken } from './chain.ts'
import { openLab } from './lab.ts'
import { chainKey, labKey } from './lab-key.ts'
import { openOwed } from './owed.ts'
import { openSqlite } from './sqlite.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-store-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const key = 'a1'.repeat(32)
const now = () => new Date(0)
const receipt = (run: string) => ({
  id: `receipt-${run}`,
  run,
  by: 'erna',
  at: '2026-01-01T00:00:00.000Z',
  complete: true,
  items: [],
  published: [],
  owed: [],
  cannotProve: [],
  engine: 'docker',
})

it('tells why a transaction failed also where SQLite has taken it back by itself, as on a full disk', () => {
  const db = openSqlite(null, null)
  db.exec('CREATE TABLE t (n INTEGER)')
  const full = () => {
    db.exec('ROLLBACK')
    throw new Error('database or disk is full')
  }
  expect(() => db.transaction('power', full)).toThrow('database or disk is full')
  const faulty = () => {
    db.run('INSERT INTO t VALUES (2)')
    throw new Error('a fault of ours')
  }
  expect(() => db.transaction('power', faulty)).toThrow('a fault of ours')
  db.transaction('power', () => db.run('INSERT INTO t VALUES (1)'))
  expect(db.all(z.object({ n: z.number() }), 'SELECT n FROM t')).toEqual([{ n: 1 }])
  db.close()
})

describe('owed.db', () => {
  const thing = { runId: 'r1', engine: 'docker', kind: 'volume', name: 'scanside-r1-in' } as const
  it('is on disk at once, readable without a key, and closed to everybody else', async () => {
    const path = join(folder, 'owed.db')
    const owed = openOwed(path)
    owed.incur(thing)
    owed.incur(thing)
    owed.incur({ ...thing, engine: 'other' })
    // A second connection sees what the first has written, as the next start would after a crash.
    const again = openOwed(path)
    expect(again.list()).toHaveLength(2)
    expect(again.list('docker')).toEqual([thing])
    again.settle(thing)
    expect(owed.list('docker')).toEqual([])
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0)
    owed.close()
    again.close()
  })

  it('holds every kind of thing a run in a cloud leaves', () => {
    const owed = openOwed(null)
    const run = '7d9f0a52-6a83-4cb5-a2a5-111111111111'
    const names = {
      server: `scanside-${run}`,
      container: `scanside-${run}`,
      'object-container': `scanside-${run}`,
      token: run,
      'token-intent': `${run}.1795392000000`,
    } as const
    const things = Object.entries(names).map(([kind, name]) => ({
      runId: run,
      engine: 'nova:0123456789abcdef',
      kind: kind as keyof typeof names,
      name,
    }))
    owed.incur(...things)
    expect(owed.list('nova:0123456789abcdef')).toEqual(things)
    for (const thing of things) {
      owed.settle(thing)
      expect(owed.list()).not.toContainEqual(thing)
    }
    expect(owed.list()).toEqual([])
  })

  it('knows whose a token is after a crash, by a digest alone', () => {
    const path = join(folder, 'owed.db')
    const owed = openOwed(path)
    owed.tokens.note('a-b', '0123abcd')
    expect(() => owed.tokens.note('a-b', 'https://xnat.example.org erna')).toThrow('not noted down')
    owed.incur({ runId: 'r1', engine: 'nova:1', kind: 'token', name: 'a-b' })
    const again = openOwed(path)
    expect([again.tokens.originOf('a-b'), again.tokens.originOf('c'), again.tokens.owed()]).toEqual(['0123abcd', null, ['a-b']])
    again.tokens.forget('a-b')
    expect(owed.tokens.originOf('a-b')).toBeNull()
    owed.close()
    again.close()
  })

  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['with another beginning', (bytes) => Buffer.concat([Buffer.alloc(100, 7), bytes.subarray(100)])],
    ['damaged in its midst', (bytes) => Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(4096, 7), bytes.subarray(8192)])],
    ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['emptied', () => Buffer.alloc(0)],
    ['that is something else', () => Buffer.from('Dear diary')],
  ]
  it.each(damages)('%s is put aside with all its bytes, said, and doubted until an engine was asked', async (_, damage) => {
    const path = join(folder, 'owed.db')
    const first = openOwed(path)
    first.incur(thing)
    first.noteInstallation('abc')
    first.close()
    const damaged = damage(await readFile(path))
    await writeFile(path, damaged)
    // Of a life that has ended nothing is open any more.
    for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true })
    const owed = openOwed(path, now)
    expect(owed.notice).toMatch(/put aside, nothing was deleted.*container engine/)
    expect([owed.list(), owed.doubtful(), owed.installation()]).toEqual([[], true, null])
    expect(await readFile(`${path}.unreadable-19700101000000000`)).toEqual(damaged)
    owed.close()
    const later = openOwed(path)
    expect([later.notice, later.doubtful()]).toEqual([null, true])
    later.trusted()
    later.incur(thing)
    expect([later.doubtful(), later.list()]).toEqual([false, [thing]])
    later.close()
  })

  it('of a newer Scanside is read and never written', async () => {
    const path = join(folder, 'owed.db')
    const first = openOwed(path)
    first.incur(thing)
    first.close()
    const db = openSqlite(path, null)
    db.exec('PRAGMA user_version = 99')
    db.close()
    const before = await readFile(path)
    const owed = openOwed(path)
    expect([owed.notice, owed.list()]).toEqual([expect.stringContaining('newer Scanside'), [thing]])
    expect(() => owed.incur(thing)).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(() => owed.settle(thing)).toThrow(expect.objectContaining({ code: 'conflict' }))
    owed.trusted()
    owed.noteInstallation('abc')
    owed.close()
    expect(await readFile(path)).toEqual(before)
  })

  it('that is a folder, or held by another program, is told in a sentence', async () => {
    const path = join(folder, 'owed.db')
    await mkdir(path)
    openOwed(path).close()
    expect((await readdir(folder)).filter((name) => name.includes('unreadable'))).toHaveLength(1)
    const other = join(folder, 'held.db')
    const held = openSqlite(other, null)
    held.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    expect(() => openOwed(other)).toThrow(expect.objectContaining({ code: 'conflict', message: expect.stringContaining('another program') }))
    held.exec('ROLLBACK')
    held.close()
  })

  it('holds opaque names alone', () => {
    const owed = openOwed(null)
    for (const name of ['Erika Mustermann', '', 'a'.repeat(300), 'x\ny', '-x']) expect(() => owed.incur({ ...thing, name })).toThrow('did not choose')
    expect(owed.list()).toEqual([])
  })
})

describe('lab.db', () => {
  it('holds no clear text, in no file, also before it is closed', async () => {
    const path = join(folder, 'lab.db')
    const lab = openLab({ path, key, chainKey: key, now })
    lab.settings.set('engine.endpoint', 'MUSTERMANN'.repeat(2_000))
    lab.chain.audit('2026-01-01', 'erna', 'MUSTERMANN', null)
    const clear = async () => {
      for (const name of await readdir(folder)) if ((await readFile(join(folder, name))).includes('MUSTERMANN')) return true
      return false
    }
    expect((await readdir(folder)).length).toBeGreaterThan(1)
    expect(await clear()).toBe(false)
    lab.close()
    expect(await clear()).toBe(false)
    const again = openLab({ path, key, chainKey: key, now })
    expect(again).toMatchObject({ kept: true, readOnly: false, notice: null })
    expect(again.settings.get('engine.endpoint')).toHaveLength(20_000)
    again.settings.set('engine.endpoint', null)
    expect(again.settings.get('engine.endpoint')).toBeNull()
    again.close()
  })

  it('keeps what a run in the cloud needs to go on, and reads records of before', () => {
    const path = join(folder, 'lab.db')
    const lab = openLab({ path, key, chainKey: key, now })
    const session = { project: 'P', subject: 'S', session: 'E' }
    const before = {
      id: 'r1',
      pipeline: { name: 'p', version: '1' },
      state: 'running' as const,
      outcome: null,
      subject: 's',
      scans: 1,
      startedBy: 'erna',
      createdAt: '2026-01-01T00:00:00.000Z',
      endedAt: null,
      verdicts: [],
      message: null,
      home: 'none' as const,
      demo: false,
      archive: 'xnat.example',
      session,
      refs: [],
      image: { name: 'i', digest: 'd' },
      engine: 'docker',
    }
    const limits = { memoryBytes: 1, cpus: 1, pids: 1, deadlineMs: 1, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 }
    const mounts = [{ name: 'in', path: '/input', writable: false }]
    const home = { archive: 'xnat.example', session, name: 'p/1/r2/results.json' }
    const spec = { runId: 'r2', imageId: 'sha256:1', argv: ['a', 'b'], env: { A: '1' }, workingDir: null, mounts, limits, image: before.image, home }
    const resume = { pipeline: 'p', values: { a: 'b' }, engine: 'nova:1', workspace: { spec, outputMount: 'out' }, spokeAt: null }
    const inCloud = { ...before, id: 'r2', place: 'cloud' as const, resume }
    lab.runs.save(before)
    lab.runs.save(inCloud)
    lab.close()
    const again = openLab({ path, key, chainKey: key, now })
    expect(again.runs.active()).toEqual([before, inCloud])
    again.close()
  })

  it('stays in memory without a key', async () => {
    const lab = openLab({ path: join(folder, 'lab.db'), key: null, chainKey: key, now })
    lab.settings.set('a', 'b')
    expect(lab.kept).toBe(false)
    expect(await readdir(folder)).toEqual([])
  })

  it('puts a file it cannot read aside, and says so', async () => {
    const path = join(folder, 'lab.db')
    for (const spoil of [
      () => writeFile(path, 'x'.repeat(10_000)),
      async () => openLab({ path, key: 'b2'.repeat(32), chainKey: key, now }).close(),
    ]) {
      await rm(path, { force: true })
      await spoil()
      const lab = openLab({ path, key, chainKey: key, now })
      expect(lab.notice).toMatch(/put aside, nothing was deleted/)
      lab.settings.set('a', 'b')
      lab.close()
      expect((await readdir(folder)).some((name) => name.startsWith('lab.db.unreadable-'))).toBe(true)
    }
  })

  it('gives a file of version 1 what it lacks and keeps what is in it', () => {
    const path = join(folder, 'lab.db')
    const first = openLab({ path, key, chainKey: key, now })
    first.settings.set('a', 'b')
    first.chain.audit('2026-01-01T00:00:00Z', 'erna', 'before', null)
    first.close()
    const db = openSqlite(path, key)
    const added = ['scans', 'files', 'places', 'verdicts', 'words', 'study'].map((name) => `inbox_${name}`)
    for (const table of [...added, 'grading_batches', 'grading_scans', 'grading_items', 'gradings', 'adjudications', 'grading_seen'])
      db.exec(`DROP TABLE ${table}`)
    db.exec('PRAGMA user_version = 1')
    db.close()
    const lab = openLab({ path, key, chainKey: key, now })
    expect([lab.readOnly, lab.notice, lab.settings.get('a'), lab.chain.broken(), lab.chain.lines().length]).toEqual([false, null, 'b', null, 1])
    expect([lab.inbox.since('2000-01-01'), lab.gradings.batches()]).toEqual([[], []])
    lab.inbox.choose('slot', 'scan', 'erna', '2027')
    expect(lab.inbox.chosen('slot')).toBe('scan')
    lab.close()
  })

  it('only reads a file of a newer Scanside', () => {
    const path = join(folder, 'lab.db')
    const first = openLab({ path, key, chainKey: key, now })
    first.settings.set('a', 'b')
    first.close()
    const db = openSqlite(path, key)
    db.exec('PRAGMA user_version = 99')
    db.close()
    const lab = openLab({ path, key, chainKey: key, now })
    expect(lab.readOnly).toBe(true)
    expect(lab.notice).toMatch(/newer Scanside/)
    expect(lab.settings.get('a')).toBe('b')
    expect(() => lab.settings.set('a', 'c')).toThrow('newer Scanside')
    lab.close()
  })
})

describe('the chain', () => {
  it('holds, and breaks where a line is changed, moved or taken out', () => {
    const lab = openLab({ path: null, key: null, chainKey: key, now })
    for (const run of ['r1', 'r2', 'r1']) lab.chain.addReceipt(receipt(run))
    lab.chain.audit('2026-01-01', 'erna', 'run started', 'r1')
    const lines = lab.chain.lines()
    expect(lab.chain.broken()).toBeNull()
    expect(lab.chain.receipt('r1')?.chain).toBe(lines[2]?.mac)
    expect(lab.chain.receipt('r3')).toBeNull()
    const [a, b, c, d] = lines as [(typeof lines)[0], (typeof lines)[0], (typeof lines)[0], (typeof lines)[0]]
    expect(firstBroken(key, [a, { ...b, body: b.body.replace('true', 'false') }, c, d])).toBe(1)
    expect(firstBroken(key, [a, c, b, d])).toBe(1)
    expect(firstBroken(key, [b, c, d])).toBe(0)
    expect(firstBroken(key, [a, { ...b, kind: 'audit' }, c, d])).toBe(1)
    expect(firstBroken('00'.repeat(32), lines)).toBe(0)
  })
})

describe('keys', () => {
  const vaultOf = (available: boolean, kept = available) => {
    const secrets = new Map<string, string>()
    const vault: Vault = {
      status: () => ({ available, message: '' }),
      recheck: async () => {},
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, secret) => {
        secrets.set(name, secret)
        return { kept }
      },
      delete: async (name) => {
        secrets.delete(name)
      },
    }
    return { vault, secrets }
  }
  it('are made once and kept in the keyring alone', async () => {
    const { vault } = vaultOf(true)
    const made = await labKey(vault)
    expect(made).toMatch(/^[0-9a-f]{64}$/)
    expect(await labKey(vault)).toBe(made)
    expect(await chainKey(vault)).not.toBe(made)
  })
  it('are never replaced because the keyring did not answer once', async () => {
    const kept = new Map<string, string>()
    let away = false
    const answers = async <T>(value: () => T): Promise<T> => {
      if (away) throw new Error('locked')
      return value()
    }
    const keyring: KeytarLike = {
      getPassword: (_service, name) => answers(() => kept.get(name) ?? null),
      setPassword: (_service, name, secret) => answers(() => void kept.set(name, secret)),
      deletePassword: (_service, name) => answers(() => kept.delete(name)),
    }
    const vaultOf = () => createVault({ load: async () => keyring, service: 'test' })
    const first = vaultOf()
    await first.recheck()
    const made = await labKey(first)

    const second = vaultOf()
    await second.recheck()
    away = true
    expect(await labKey(second)).toBeNull()
    away = false
    await second.recheck()
    expect(kept.get('lab-key')).toBe(made)
  })
  it('are not there without a keyring', async () => {
    for (const { vault, secrets } of [vaultOf(false), vaultOf(true, false)]) {
      expect(await labKey(vault)).toBeNull()
      expect(await chainKey(vault)).toMatch(/^[0-9a-f]{64}$/)
      expect(secrets.size).toBe(0)
    }
  })
})
