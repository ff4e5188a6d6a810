/**
 * Scans kept on this disk, as ciphertext alone: `<id>.kept` is a scan's manifest, `<id>.<n>.frames` its files. What has ended, lost its key or was
 * left half fetched is removed by `sweep`. A scan is forgotten key first: its manifest is overwritten before anything is unlinked.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { openSealed, sealStream, toDisk, type WriteOptions } from '../scans/sealed-file.ts'
import { keptKey } from '../store/lab-key.ts'
import type { Vault } from '../vault/vault.ts'
import { formatVersion, type KeptFile, type Manifest, openManifest, readHeader, sealManifest } from './manifest.ts'

/** A scan that is kept. */
export interface Kept {
  readonly id: string
  readonly expiresAt: string
  readonly manifest: Manifest
}

/** A scan on its way into the folder. */
export interface Keeping {
  /** Takes the bytes of the manifest's file number `index` to their end. @throws as `sealStream` */
  file(index: number, stream: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<Pick<KeptFile, 'sha256' | 'key'>>
  /** Makes it a kept scan, in place of an earlier copy. */
  finish(manifest: Manifest, expiresAt: string): Promise<Kept>
  /** Removes what was fetched, unless it has become a kept scan. */
  abandon(): Promise<void>
}

export interface KeptScans {
  /** Whether there is a key, or a keyring that can keep one. */
  ready(): Promise<boolean>
  /** What one account keeps of one archive, without what has ended. */
  of(archive: string, user: string): Kept[]
  /** What any account keeps of one archive. */
  all(archive: string): Kept[]
  begin(): Keeping
  /** The same files, until a later day, with what the archive says of them now. @throws ScansideError `not-found` where they were let go of */
  renew(kept: Kept, manifest: Manifest, expiresAt: string): Promise<Kept>
  open(kept: Kept, file: KeptFile, signal: AbortSignal): Readable
  forget(kept: readonly Kept[]): Promise<void>
  /** Removes what nobody may or can read any more, and takes in what can be read. Answers how many scans were removed. */
  sweep(): Promise<number>
  /** Free bytes where they are kept; null where that is not known. */
  room(): Promise<number | null>
}

export interface KeptScansOptions {
  folder: string
  vault: Vault
  /** How long a scan is kept at most. */
  days: number
  now(): Date
  /** Asked for free space; the file system's own answer where left out. */
  room?: (folder: string) => Promise<number | null>
}

const keyName = 'offline-key'
const overwriteBytes = 1024 * 1024
export const dayMs = 24 * 3_600_000

const freeBytes = async (folder: string): Promise<number | null> => {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}

const refKey = ({ archive, user, ref }: Manifest): string => JSON.stringify([archive, user, ref.project, ref.session, ref.scan])

const syncFolder = async (folder: string) => {
  // Windows does not open folders; there a rename is on the medium with the file system's own journal.
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

const overwrite = async (path: string) => {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    for (let at = 0; at < size; at += overwriteBytes) {
      const noise = randomBytes(Math.min(overwriteBytes, size - at))
      await file.write(noise, 0, noise.length, at)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Nothing is read before `sweep`. The demo lab's scans of an earlier life are removed by the first one: their archive ended with it. */
export const createKeptScans = ({ folder, vault, days, now, room = freeBytes }: KeptScansOptions): KeptScans => {
  const known = new Map<string, Kept>()
  const begun = new Set<string>()
  let vaultKey: Buffer | null = null
  let making: Promise<string | null> | null = null
  let swept = false

  const manifestPath = (id: string) => join(folder, `${id}.kept`)
  const framesPath = (id: string, index: number) => join(folder, `${id}.${index}.frames`)
  const ended = ({ expiresAt }: { expiresAt: string }) => Date.parse(expiresAt) <= now().getTime()

  /** The vault's key; null where it has none and none is to be made. */
  const keyOf = async (make: boolean): Promise<Buffer | null> => {
    if (vaultKey) return vaultKey
    // Two who want the first key at once get the same: of two that are made, one would be lost, and what it wraps with it.
    if (make) making ??= keptKey(vault, keyName).finally(() => (making = null))
    const found = make ? await making : vault.status().available ? await vault.get(keyName) : null
    if (found && /^[0-9a-f]{64}$/.test(found)) vaultKey ??= Buffer.from(found, 'hex')
    return vaultKey
  }

  const write = async (id: string, expiresAt: string, manifest: Manifest, isWanted: () => boolean): Promise<Kept> => {
    const key = await keyOf(true)
    if (!key) throw noKeyring()
    const draft = join(folder, `${id}.draft`)
    await toDisk(
      (async () => {
        const file = await open(draft, 'w', 0o600)
        try {
          await file.writeFile(sealManifest(key, id, expiresAt, manifest))
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(draft, manifestPath(id))
        await syncFolder(folder)
      })(),
    ).catch(async (error: unknown) => {
      await rm(draft, { force: true })
      throw error
    })
    if (!isWanted()) {
      await destroy(id)
      throw notKept()
    }
    const kept = { id, expiresAt, manifest }
    known.set(id, kept)
    return kept
  }

  const removeFrames = async (id: string) => {
    for (const name of await readdir(folder).catch(() => [])) {
      // A file that another process looks at stays on Windows; the next sweep finds it.
      if (name.startsWith(`${id}.`) && name.endsWith('.frames')) await rm(join(folder, name), { force: true }).catch(() => undefined)
    }
  }

  /** The key first: from here on the files are noise, whatever is still there of them. What cannot be removed now is found by the next sweep. */
  const destroy = async (id: string) => {
    known.delete(id)
    const path = manifestPath(id)
    await overwrite(path).catch(() => undefined)
    await rm(path, { force: true }).catch(() => undefined)
    await syncFolder(folder)
    await removeFrames(id)
  }

  /** Only what was there before goes: of two that were fetched at once, the later one stays. */
  const replaceBy = async (kept: Kept) => {
    const all = [...known.values()]
    const before = all.slice(0, all.indexOf(kept))
    for (const other of before) if (refKey(other.manifest) === refKey(kept.manifest)) await destroy(other.id)
  }

  const begin = (): Keeping => {
    const id = randomUUID()
    begun.add(id)
    return {
      async file(index, stream, options) {
        const key = randomBytes(32)
        const path = framesPath(id, index)
        await toDisk(mkdir(folder, { recursive: true, mode: 0o700 }))
        const file = await open(path, 'wx', 0o600)
        try {
          const { sha256 } = await sealStream(file, key, stream, options)
          await toDisk(file.sync())
          return { sha256, key: key.toString('hex') }
        } finally {
          key.fill(0)
          await file.close()
        }
      },
      async finish(manifest, expiresAt) {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const kept = await write(id, expiresAt, manifest, () => true)
        begun.delete(id)
        await replaceBy(kept)
        return kept
      },
      async abandon() {
        if (begun.delete(id)) await removeFrames(id)
      },
    }
  }

  /** What becomes of a manifest that lies there: `stays` unread where the keyring does not answer now, or a later version wrote it. */
  const judge = async (id: string): Promise<'stays' | 'gone' | Kept> => {
    const bytes = await readFile(manifestPath(id)).catch(() => null)
    if (!bytes) return 'stays'
    const header = readHeader(bytes)
    if (!header || header.id !== id || ended(header)) return 'gone'
    if (header.version > formatVersion) return 'stays'
    const key = await keyOf(false)
    if (!key) return vault.status().available ? 'gone' : 'stays'
    const manifest = openManifest(key, header, bytes)
    if (!manifest) return 'gone'
    // The site file may allow fewer days by now.
    const end = Math.min(Date.parse(header.expiresAt), Date.parse(manifest.keptAt) + days * dayMs)
    const kept = { id, expiresAt: new Date(end).toISOString(), manifest }
    return ended(kept) ? 'gone' : kept
  }

  return {
    ready: async () => (await keyOf(true)) !== null,
    of: (archive, user) =>
      [...known.values()]
        .filter((kept) => kept.manifest.archive === archive && kept.manifest.user === user && !ended(kept))
        .sort((a, b) => (a.manifest.keptAt < b.manifest.keptAt ? -1 : 1)),
    all: (archive) => [...known.values()].filter((kept) => kept.manifest.archive === archive),
    begin,
    async renew({ id }, manifest, expiresAt) {
      // Somebody may have let go of it, or its time been over, since it was looked for: its files are gone then, and a new end brings none back.
      const isThere = () => known.has(id)
      if (!isThere()) throw notKept()
      return write(id, expiresAt, manifest, isThere)
    },
    open: (kept, file, signal) => {
      const index = kept.manifest.files.indexOf(file)
      if (!known.has(kept.id) || index < 0) throw notKept()
      return openSealed(framesPath(kept.id, index), Buffer.from(file.key, 'hex'), file.size, signal)
    },
    async forget(scans) {
      for (const { id } of scans) await destroy(id)
    },
    async sweep() {
      const names = await readdir(folder).catch(() => [])
      const manifests = new Set(names.filter((name) => name.endsWith('.kept')).map((name) => name.slice(0, -'.kept'.length)))
      let removed = 0
      for (const id of manifests) {
        const mine = known.get(id)
        const found = mine ? (ended(mine) ? 'gone' : mine) : await judge(id)
        const left = typeof found === 'object' && !swept && found.manifest.archive === 'demo'
        if (found === 'gone' || left) {
          await destroy(id)
          removed++
        } else if (found !== 'stays') known.set(id, found)
      }
      for (const name of names) {
        const id = name.slice(0, name.indexOf('.'))
        const orphan = (name.endsWith('.frames') && !manifests.has(id)) || name.endsWith('.draft')
        if (orphan && !begun.has(id) && !known.has(id)) await rm(join(folder, name), { force: true }).catch(() => undefined)
      }
      swept = true
      // A process that was killed between the two leaves an earlier copy.
      const byAge = [...known.values()].sort((a, b) => (a.manifest.keptAt < b.manifest.keptAt ? 1 : -1))
      const seen = new Set<string>()
      for (const kept of byAge) {
        if (seen.has(refKey(kept.manifest))) await destroy(kept.id)
        seen.add(refKey(kept.manifest))
      }
      return removed
    },
    async room() {
      await toDisk(mkdir(folder, { recursive: true, mode: 0o700 }))
      return room(folder)
    },
  }
}

const notKept = () => new ScansideError('not-found', 'This scan is not kept at this desk any more. Load the list again.')

/** Why nothing is kept here. */
export const noKeyring = () =>
  new ScansideError(
    'keyring-unavailable',
    'This desk has no keyring that answers, and scans are kept only encrypted, with a key in it. Nothing was fetched; see Settings.',
  )
