/** What the docker CLI says is there: a witness the application did not write. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Containers and volumes of the installation whose folder this is, of any run: another desk on the same engine is none of a test's business. */
export function managedThings(home: string): string[] {
  const install = readFileSync(join(home, 'installation'), 'utf8').trim()
  const filter = ['--filter', 'label=org.scanside.managed=1', '--filter', `label=org.scanside.install=${install}`, '-q']
  return [...docker('ps', '-a', ...filter), ...docker('volume', 'ls', ...filter)]
}

function docker(...args: string[]): string[] {
  const told = spawnSync('docker', args, { encoding: 'utf8' })
  if (told.status !== 0) throw new Error(told.stderr)
  return told.stdout.split('\n').filter(Boolean)
}
