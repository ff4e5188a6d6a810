import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDisk } from '../main/outbox/disk.ts'
import { newItem } from '../main/outbox/fakes.ts'
import { openOutbox } from '../main/outbox/outbox.ts'
import { isRecoveryKey } from '../main/site/site-keeping.ts'
import { pathOf } from './recover.ts'

let folder = ''
const at = (...names: string[]) => join(folder, ...names)
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const recover = (keyFile: string, input = '') =>
  spawnSync(process.execPath, ['scripts/bin/recover.mjs', at('outbox'), keyFile, at('out')], { encoding: 'utf8', input })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-recover-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.runIf(hasOpenssl)('opens what a desk had packed for the site’s recovery key, made as docs/offline.md says', { timeout: 60_000 }, async () => {
  openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072', '-aes256', '-pass', 'pass:geheim', '-out', at('recovery.key'))
  const recovery = openssl('pkey', '-in', at('recovery.key'), '-passin', 'pass:geheim', '-pubout')
  expect(isRecoveryKey(recovery)).toBe(true)
  const pack = async (pem: string | null, ...ids: string[]) => {
    const disk = await openDisk(at('outbox'))
    const outbox = await openOutbox({
      disk,
      key: async () => 'ab'.repeat(32),
      recovery: pem,
      archive: () => null,
      now: () => new Date(),
      report: () => {},
    })
    for (const id of ids) await outbox.put(newItem(id))
  }
  await pack(recovery, 'run-1', 'run-2')
  await pack(null, 'run-3')
  const damaged = await readFile(at('outbox', 'run-2.item'))
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  await writeFile(at('outbox', 'run-2.item'), damaged)
  const before = await Promise.all((await readdir(at('outbox'))).map((name) => readFile(at('outbox', name))))

  const { stdout, status } = recover(at('recovery.key'), 'geheim\n')
  expect(stdout).toContain('Opened: 1')
  expect(stdout).toContain('run-2.item  damaged')
  expect(stdout).toContain('run-3.item  not packed for this recovery key')
  expect(status).toBe(1)
  const [one] = JSON.parse(await readFile(at('out', 'recovered.json'), 'utf8')) as { file: string; title: string }[]
  expect(one).toMatchObject({ title: 'DEMO-MS / P-0142 / V02', file: 'xnat.example/P/S/XNAT_E1/SCANSIDE/oct-quality/0.1.0/run-1/results.json' })
  expect(await readFile(at('out', one?.file ?? ''))).toEqual(newItem('run-1').bytes)
  expect((await stat(at('out', one?.file ?? ''))).mode & 0o077).toBe(0)
  // Once more changes nothing, and the desk's folder is as it was.
  expect(recover(at('recovery.key'), 'geheim\n').stdout).toContain('Opened: 1')
  expect(await Promise.all((await readdir(at('outbox'))).map((name) => readFile(at('outbox', name))))).toEqual(before)
  expect(recover(at('recovery.key'), 'wrong\n')).toMatchObject({ status: 2, stdout: expect.stringContaining('passphrase') })
})

it('explains itself', () => {
  const { stdout, status } = spawnSync(process.execPath, ['scripts/bin/recover.mjs'], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([2, expect.stringContaining('Usage: npx scanside-recover FOLDER KEYFILE OUT')])
  expect(existsSync('scripts/bin/recover.mjs')).toBe(true)
})

it('writes nowhere but below its folder, whatever an item is called', () => {
  const session = { project: '..', subject: '../../etc', session: 'C:\\x' }
  const path = pathOf({ archive: 'https://xnat.example:8443/x', session, name: '../a/./results.json', run: null, title: '', md5: '', machine: false })
  expect(path).toBe('xnat.example_8443_x/_/.._.._etc/C_x/SCANSIDE/_/a/_/results.json')
  expect(path.split('/')).not.toContain('..')
})
