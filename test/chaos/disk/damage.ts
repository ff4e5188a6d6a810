/** Files of the application that are damaged, cut, held, written by a newer version, read-only or something else altogether. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import Database from 'libsql'
import type { ChaosCase } from '../part.ts'
import { startsOrSays, worksAgain } from './full.ts'
import type { TightWorld } from './tight-world.ts'

const knownRuns: ReadonlySet<string> = new Set()

interface Damage {
  name: string
  /** Does it, and answers how to take it away again; null where it stays. */
  do(file: string): (() => void) | null
  /** What a file may hold afterwards: its own bytes somewhere, or nothing asked of it. */
  keeps: boolean
  /** The application must start. */
  starts: boolean
}

const page = 4096
const overwrite = (from: (size: number) => number, length: number) => (file: string) => {
  const bytes = readFileSync(file)
  const at = Math.max(0, Math.min(from(bytes.length), bytes.length - length))
  bytes.fill(0x5a, at, Math.min(bytes.length, at + length))
  writeFileSync(file, bytes)
  return null
}

const damages: Damage[] = [
  { name: 'with another header', do: overwrite(() => 0, 100), keeps: true, starts: true },
  { name: 'with damage in its midst', do: overwrite((size) => Math.floor(size / 2 / page) * page, page), keeps: true, starts: true },
  { name: 'with damage at its end', do: overwrite((size) => size - 600, 600), keeps: true, starts: true },
  {
    name: 'cut in half',
    do(file) {
      writeFileSync(file, readFileSync(file).subarray(0, statSync(file).size / 2))
      return null
    },
    keeps: true,
    starts: true,
  },
  {
    name: 'emptied',
    do(file) {
      writeFileSync(file, '')
      return null
    },
    keeps: true,
    starts: true,
  },
  {
    name: 'full of something else',
    do(file) {
      writeFileSync(file, Buffer.alloc(20_000, 'Dear diary, '))
      return null
    },
    keeps: true,
    starts: true,
  },
  {
    name: 'a folder in its place',
    do(file) {
      renameSync(file, `${file}.taken`)
      mkdirSync(file)
      writeFileSync(join(file, 'inside'), 'kept')
      return null
    },
    keeps: false,
    starts: false,
  },
  {
    name: 'read-only',
    do(file) {
      // The superuser writes to what is read-only by its mode: by a mount of its own, nobody does.
      spawnSync('mount', ['--bind', file, file])
      spawnSync('mount', ['-o', 'remount,ro,bind', file])
      return () => spawnSync('umount', ['--lazy', file])
    },
    keeps: true,
    starts: false,
  },
]

const databases: Damage[] = [
  {
    name: 'held by another program',
    do(file) {
      const other = new Database(file, { timeout: 1 })
      other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
      return () => other.close()
    },
    keeps: true,
    starts: false,
  },
  {
    name: 'of a newer version',
    do(file) {
      const other = new Database(file)
      other.exec('PRAGMA user_version = 99')
      other.close()
      return null
    },
    keeps: true,
    starts: true,
  },
  {
    name: 'with a log that is damaged',
    do(file) {
      writeFileSync(`${file}-wal`, Buffer.alloc(32_768, 0x5a))
      return null
    },
    keeps: true,
    starts: true,
  },
]

/** Everything below a folder by name, with its bytes. */
const bytesIn = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name))]),
  )

async function damaged(world: TightWorld, name: string, damage: Damage): Promise<void> {
  await world.rest()
  const home = join(world.disk.folder, 'home')
  const file = join(home, name)
  const spare = join(world.disk.folder, 'spare')
  cpSync(home, spare, { recursive: true })
  const asideBefore = new Set(readdirSync(home))
  const unharmed = statSync(file).isFile() ? readFileSync(file) : null
  const undo = damage.do(file)
  // Whoever closes a file lets go of every lock that its process has on it: one that is held is not looked into.
  const before = damage.name.startsWith('held') ? unharmed : statSync(file).isFile() ? readFileSync(file) : null
  let outcome: 'started' | 'said' = 'said'
  try {
    outcome = await startsOrSays(world)
    if (outcome === 'started') await world.desk().call('app.snapshot', undefined)
    if (damage.starts) assert.equal(outcome, 'started')
  } finally {
    if (outcome === 'started') await world.rest()
    undo?.()
  }
  // Its own bytes are still there, under its name or beside it; a lock holds none, and an open database may grow.
  if (before !== null && damage.keeps && before.length > 0) {
    const there = [...bytesIn(home).entries()].filter(([other]) => other.startsWith(name))
    const aside = there.some(([other]) => other.includes('unreadable') && !asideBefore.has(other.split(sep)[0] ?? ''))
    // What SQLite finds whole (a page nobody uses) is worked with, and grows.
    const kept = there.some(([, bytes]) => bytes.equals(before)) || (outcome === 'started' && !aside)
    assert.ok(kept, `the bytes of ${name} are gone: ${there.map(([other, bytes]) => `${other} ${bytes.length}`).join(', ')}`)
  }
  if (damage.name.startsWith('a folder')) {
    const inside = [...bytesIn(home).entries()].filter(([other]) => other.startsWith(name) && other.endsWith('inside'))
    assert.deepEqual(
      inside.map(([, bytes]) => bytes.toString()),
      ['kept'],
    )
  }
  // Whoever looks after the desk puts things right; the application lives on with them.
  if (outcome === 'said' || damage.name === 'of a newer version') {
    if (existsSync(file)) rmSync(file, { recursive: true })
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    copyFileSync(join(spare, name), file)
  }
  rmSync(spare, { recursive: true })
  await world.live()
  const { app } = await world.desk().call('app.snapshot', undefined)
  if (app.session.state !== 'signed-in') await world.signIn()
  await worksAgain(world, knownRuns)
}

export function damageCases(theWorld: () => Promise<TightWorld>): ChaosCase[] {
  const files: [string, Damage[]][] = [
    // It is encrypted: nobody else opens it. A newer one is for the tests of the store.
    ['lab.db', [...damages, ...databases.filter(({ name }) => name.includes('log'))]],
    ['owed.db', [...damages, ...databases]],
    ['lock.db', damages.filter(({ name }) => !/header|damage|half/.test(name))],
    ['installation', damages],
  ]
  return files.flatMap(([file, all]) =>
    all.map((damage) => ({ name: `${file} ${damage.name}`, run: async () => damaged(await theWorld(), file, damage) })),
  )
}
