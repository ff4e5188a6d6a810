/** `scanside-verify` as whoever answers for data protection calls it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportChain, signingKey } from '../main/diagnostics/audit-export.ts'
import { openLab } from '../main/store/lab.ts'
import { verifyCommand } from './verify-command.ts'

const root = join(import.meta.dirname, '..')
const key = signingKey('d1'.repeat(32))
let folder = ''
let file = ''
let earlier = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanside-verify-'))
  const lab = openLab({ path: null, key: null, chainKey: 'c1'.repeat(32), now: () => new Date(0) })
  const written = async (name: string) => {
    let text = ''
    for await (const piece of exportChain(lab.chain, key, `2026-11-23T04:30:00.000Z`)) text += piece
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  for (const n of [1, 2, 3]) lab.chain.audit(`2026-11-23T00:00:0${n}.000Z`, 'jk', `what was done, ${n}`, null)
  earlier = await written('earlier.json')
  lab.chain.audit('2026-11-23T00:00:04.000Z', 'jk', 'what was done, 4', null)
  file = await written('export.json')
  lab.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A command as it ended, run in the clone. */
const ended = async (command: string, args: string[], env: Record<string, string>): Promise<{ code: number | null; out: string }> => {
  const child = spawn(command, args, { cwd: root, shell: process.platform === 'win32', env: { ...process.env, ...env } })
  let out = ''
  child.stdout.on('data', (data) => {
    out += String(data)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out }))
  })
}
const changed = (name: string, change: (text: string) => string) => {
  const made = join(folder, name)
  writeFileSync(made, change(readFileSync(file, 'utf8')))
  return made
}

describe('npx scanside-verify', () => {
  it('runs in a clone with its packages, without a network, and prints the fingerprint to compare', async () => {
    const npm = { npm_config_cache: join(folder, 'npm'), npm_config_offline: 'true', npm_config_update_notifier: 'false' }
    const good = await ended('npx', ['scanside-verify', file], npm)
    expect([good.code, good.out]).toEqual([0, expect.stringMatching(/^HOLDS\n/)])
    expect(good.out).toContain(`desk      ${key.fingerprint}`)
    expect(good.out).toContain('lines     1 to 4')
    const changedFile = changed('changed.json', (text) => text.replace('done, 2', 'done, 9'))
    const bad = await ended(process.execPath, [join(root, 'scripts', 'bin', 'verify.mjs'), changedFile], {})
    expect([bad.code, bad.out]).toEqual([1, expect.stringMatching(/^DOES NOT HOLD\n {2}line 2: This line was changed/)])
  }, 180_000)

  it.each<[string, () => string[], number, RegExp]>([
    ['an export', () => [file], 0, /^HOLDS\n[\s\S]*Compare the desk’s fingerprint/],
    ['with the right fingerprint', () => [file, '--desk', key.fingerprint], 0, /^HOLDS/],
    ['with another fingerprint', () => [file, '--desk', signingKey('d2'.repeat(32)).fingerprint], 1, /export of another desk/],
    ['with an earlier one', () => [file, '--earlier', earlier], 0, /nothing is otherwise/],
    ['the earlier against the later', () => [earlier, '--earlier', file], 1, /line 4: Lines that were exported on .* are missing/],
    ['an earlier one that is damaged', () => [file, '--earlier', changed('c1.json', (text) => text.replace('done, 2', 'x'))], 2, /verify it first/],
    ['cut off', () => [changed('c2.json', (text) => text.slice(0, text.indexOf('"n":3') + 30))], 1, /line 3: The file is cut off/],
    ['another file', () => [join(root, 'package.json')], 2, /not an export/],
    ['no such file', () => [join(folder, 'none.json')], 2, /cannot be read \(ENOENT\)/],
    ['nothing', () => [], 2, /^Usage/],
    ['too much', () => [file, file], 2, /^Usage/],
    ['what it does not know', () => [file, '--force'], 2, /Usage/],
    ['a call for help', () => ['--help'], 0, /^Usage/],
  ])('%s', async (_what, args, code, words) => {
    const told = await verifyCommand(args())
    expect(told.code).toBe(code)
    expect(told.text).toMatch(words)
  })
})

describe('the commands of this package', () => {
  it('are in the lock file as in package.json', () => {
    const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
    const { bin } = read('package.json')
    expect(Object.keys(bin)).toEqual(['scanside-recover', 'scanside-verify'])
    expect(read('package-lock.json').packages[''].bin).toEqual(bin)
    for (const path of Object.values<string>(bin)) expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})
