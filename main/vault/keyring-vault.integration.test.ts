/** keytar against a real Secret Service: gnome-keyring on a D-Bus session of its own, with a home of its own. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const vaultModule = new URL('./keyring-vault.ts', import.meta.url).href

// Runs in a process of its own: libsecret looks for D-Bus once per process.
const script = (body: string) => `
import { createVault, loadKeytar } from ${JSON.stringify(vaultModule)}
const vault = createVault({ load: loadKeytar, service: 'org.scanside.test' })
const answers = []
${body}
console.log('ANSWERS ' + JSON.stringify(answers))
process.exit(0)
`
const answersOf = (stdout: string): unknown => JSON.parse(/^ANSWERS (.*)$/m.exec(stdout)?.[1] ?? 'null')

describe('the OS keyring', () => {
  let home = ''
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'scanside-keyring-'))
    for (const program of ['dbus-run-session', 'gnome-keyring-daemon']) {
      await run('sh', ['-c', `command -v ${program}`]).catch(() => {
        throw new Error(`${program} is missing: apt-get install dbus gnome-keyring`)
      })
    }
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  const environment = () => ({ PATH: process.env.PATH ?? '', HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home, NODE: process.execPath })

  it('keeps a secret, gives it back with its umlaut, and forgets it', async () => {
    const body = `
await vault.recheck()
answers.push(vault.status().available)
answers.push(await vault.set('token', 'geheim ü'))
answers.push(await createVault({ load: loadKeytar, service: 'org.scanside.test' }).get('token'))
await vault.delete('token')
answers.push(await createVault({ load: loadKeytar, service: 'org.scanside.test' }).get('token'))
`
    const inside =
      'echo -n x | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "$NODE" --import tsx --input-type=module -e "$SCRIPT"'
    const { stdout } = await run('dbus-run-session', ['--', 'bash', '-c', inside], {
      env: { ...environment(), SCRIPT: script(body) },
      timeout: 60_000,
    })
    expect(answersOf(stdout)).toEqual([true, { kept: true }, 'geheim ü', null])
  }, 90_000)

  it('says so where there is none', async () => {
    const body = `
await vault.recheck()
answers.push(vault.status().available, await vault.set('token', 's'), await vault.get('token'))
`
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script(body)], {
      env: { ...environment(), DBUS_SESSION_BUS_ADDRESS: 'disabled:' },
      timeout: 60_000,
    })
    expect(answersOf(stdout)).toEqual([false, { kept: false }, 's'])
  }, 90_000)
})
