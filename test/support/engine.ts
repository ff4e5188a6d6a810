/** What the docker CLI says is there: a witness the application did not write. */
import { spawnSync } from 'node:child_process'

/** Containers and volumes that carry Scanside's label, of any run. */
export function managedThings(): string[] {
  const filter = ['--filter', 'label=org.scanside.managed=1', '-q']
  return [...docker('ps', '-a', ...filter), ...docker('volume', 'ls', ...filter)]
}

function docker(...args: string[]): string[] {
  const told = spawnSync('docker', args, { encoding: 'utf8' })
  if (told.status !== 0) throw new Error(told.stderr)
  return told.stdout.split('\n').filter(Boolean)
}
