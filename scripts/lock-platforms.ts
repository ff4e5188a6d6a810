/**
 * Completes package-lock.json: some registries do not carry a tool's packages for other platforms, and `npm install` there leaves them out
 * of the lock file without a word; `npm ci` then refuses the lock file everywhere. Run after `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface Entry {
  version: string
  dev?: boolean
  optional?: boolean
  cpu?: string[]
  os?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

export interface Lock {
  packages: Record<string, Entry>
}

/** Names of optional dependencies that have no entry of their own. */
export function missingPlatforms(lock: Lock): { name: string; version: string; dev: boolean }[] {
  return Object.values(lock.packages).flatMap(({ optionalDependencies = {}, dev = false }) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => ({ name, version, dev })),
  )
}

/** `@biomejs/cli-linux-x64-musl`: the platform is in the name. Null where it is not. */
export function platformOf(name: string): { os: string; cpu: string; libc: string | null } | null {
  const [, os, cpu, libc] = /-(android|darwin|linux|win32)-(arm64|x64)(?:-(musl|gnu))?$/.exec(name) ?? []
  return os && cpu ? { os, cpu, libc: libc ?? null } : null
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
  for (const { name, version, dev } of missingPlatforms(lock)) {
    const platform = platformOf(name)
    if (!platform || !/^\d+\.\d+\.\d+$/.test(version))
      throw new Error(`${name}@${version} is not in the lock file, and its platform is not in its name.`)
    const { os, cpu, libc } = platform
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev ? { dev } : {}),
      ...(libc ? { libc: [libc === 'musl' ? 'musl' : 'glibc'] } : {}),
      optional: true,
      os: [os],
    }
    console.log(`added ${name}@${version}`)
  }
  const root = lock.packages['']
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  lock.packages = root ? { '': root, ...sorted } : sorted
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
}
