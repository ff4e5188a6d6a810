/** What a machine writes while it works, read by the desk: from the run's own container of Swift, or from files beside the results. */
import { buffer } from 'node:stream/consumers'
import { ScansideError } from '../../../oct/errors.ts'
import type { Archive, SessionPath } from '../../archive/archive.ts'
import type { ObjectStore } from '../../openstack/openstack.ts'
import { objectNames, outcomeSchema, progressSchema, type RemoteOutcome, type RemoteProgress } from './job.ts'

/** Bytes of what is read; more than any machine has reason to write. */
const limits = { progress: 10_000, outcome: 8 * 1024 * 1024 }

/** A place with a few named files, each written whole and anew. */
export interface Shelf {
  /** What is there; `mark` changes when the content does. */
  list(signal?: AbortSignal): Promise<{ name: string; mark: string }[]>
  /** Null: not there, or longer than `limit` bytes: whoever holds a link may write anything. */
  read(name: string, limit: number, signal?: AbortSignal): Promise<Uint8Array | null>
}

export const swiftShelf = (objects: ObjectStore, container: string): Shelf => ({
  list: async (signal) => (await objects.objects(container, signal)).map(({ name, md5, size }) => ({ name, mark: `${md5} ${size}` })),
  read: (name, limit, signal) =>
    objects.get(container, name, limit, signal).catch((error: unknown) => {
      if (error instanceof ScansideError && error.code === 'integrity') return null
      throw error
    }),
})

/** `folder` of the session's resource SCANSIDE. */
export const archiveShelf = (archive: Archive, path: SessionPath, folder: string): Shelf => {
  const listed = async (signal?: AbortSignal) =>
    (await archive.published(path, signal)).flatMap((file) => {
      const at = file.uri.lastIndexOf(`/files/${folder}/`)
      return at === -1 ? [] : [{ file, name: file.uri.slice(at + `/files/${folder}/`.length) }]
    })
  return {
    list: async (signal) => (await listed(signal)).map(({ name, file }) => ({ name, mark: `${file.md5} ${file.size}` })),
    async read(name, limit, signal) {
      const found = (await listed(signal)).find((one) => one.name === name)
      if (!found || found.file.size > limit) return null
      return buffer(await archive.read(found.file, signal ?? new AbortController().signal))
    },
  }
}

export interface News {
  progress: RemoteProgress | null
  /** The log from its beginning, as far as it was sent. */
  log: Uint8Array | null
  outcome: RemoteOutcome | null
}

const parsed = <T>(bytes: Uint8Array | null, schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } }): T | null => {
  if (bytes === null) return null
  try {
    const result = schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    return result.success ? result.data : null
  } catch {
    return null
  }
}

/** A machine's reports; what is not about this run, or is none, is as if it were not there. */
export const createReports = (shelf: Shelf, run: string, logBytes: number) => {
  const seen = new Map<string, string>()

  const outcome = async (signal?: AbortSignal): Promise<RemoteOutcome | null> => {
    const found = parsed(await shelf.read(objectNames.outcome, limits.outcome, signal), outcomeSchema)
    return found?.run === run ? found : null
  }

  return {
    /** Asks for the outcome itself: a listing may come late. */
    outcome,
    /** What has changed since the last time it was asked. */
    async news(signal?: AbortSignal): Promise<News> {
      const changed = new Set<string>()
      const listed = await shelf.list(signal)
      for (const { name, mark } of listed) if (seen.get(name) !== mark) changed.add(name)
      const [progress, log, end] = await Promise.all([
        changed.has(objectNames.progress) ? shelf.read(objectNames.progress, limits.progress, signal) : null,
        // A log may have been cut in the middle of a character; a few bytes more are no harm.
        changed.has(objectNames.log) ? shelf.read(objectNames.log, logBytes + 1_000, signal).catch(() => null) : null,
        changed.has(objectNames.outcome) ? outcome(signal) : null,
      ])
      for (const { name, mark } of listed) seen.set(name, mark)
      const told = parsed(progress, progressSchema)
      return { progress: told?.run === run ? told : null, log, outcome: end }
    },
  }
}

export type Reports = ReturnType<typeof createReports>
