import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeKeyring } from '../archive/lab.fixture.ts'
import { createVault } from '../vault/keyring-vault.ts'
import { createKeptScans, type KeptScans } from './kept-scans.ts'
import type { Manifest } from './manifest.ts'

const expiresAt = '2026-11-29T12:00:00.000Z'
const around: Omit<Manifest, 'files'> = {
  archive: 'xnat.example.org',
  user: 'jk',
  ref: { project: 'P', subject: 'S', session: 'E1', scan: '1' },
  keptAt: '2026-11-22T12:00:00.000Z',
  project: { id: 'P', name: 'P', description: '', access: 'member' },
  session: { id: 'E1', label: 'V01', project: 'P', subjectId: 'S', subjectLabel: 'P-1', date: '2026-03-01', xsiType: 'xnat:optSessionData' },
  scan: {
    session: 'E1',
    id: '1',
    type: 'ring',
    xsiType: 'xnat:optScanData',
    laterality: 'OD',
    quality: '',
    note: '',
    frames: 1,
    size: 3,
    files: 1,
    verdict: null,
    checkedWith: null,
  },
  profile: null,
}

let folder = ''
let kept: KeptScans
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanside-kept-'))
  const { keytar } = fakeKeyring()
  const vault = createVault({ load: async () => keytar, service: 'org.scanside' })
  await vault.recheck()
  kept = createKeptScans({ folder, vault, days: 7, now: () => new Date('2026-11-22T12:00:00Z') })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('two who keep the first scans at once get one key', async () => {
  const { keytar, entries } = fakeKeyring()
  const given: string[] = []
  const counting = {
    ...keytar,
    setPassword: (service: string, account: string, password: string) => {
      if (account === 'offline-key') given.push(password)
      return keytar.setPassword(service, account, password)
    },
  }
  const vault = createVault({ load: async () => counting, service: 'org.scanside' })
  await vault.recheck()
  const both = createKeptScans({ folder, vault, days: 7, now: () => new Date('2026-11-22T12:00:00Z') })
  expect(await Promise.all([both.ready(), both.ready()])).toEqual([true, true])
  expect(given).toHaveLength(1)
  expect([...entries.values()]).toEqual(given)
})

const keepOne = async () => {
  const keeping = kept.begin()
  async function* bytes() {
    yield Buffer.from('abc')
  }
  const facts = await keeping.file(0, bytes(), { signal: new AbortController().signal, cap: 10, expected: 3 })
  return keeping.finish({ ...around, files: [{ uri: '/a', name: 'a.vol', resource: 'VOL', size: 3, md5: '', ...facts }] }, expiresAt)
}

describe('a kept scan that is let go of while it is looked up again', () => {
  it('does not come back without its files', async () => {
    const one = await keepOne()
    await kept.forget([one])
    await expect(kept.renew(one, one.manifest, expiresAt)).rejects.toMatchObject({ code: 'not-found' })
    expect(kept.of('xnat.example.org', 'jk')).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  it('also where both happen at once', async () => {
    const one = await keepOne()
    const renewed = kept.renew(one, one.manifest, expiresAt).catch((error: unknown) => error)
    await kept.forget([one])
    await renewed
    expect(kept.of('xnat.example.org', 'jk')).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })
})
