/**
 * The archive while it is away: what is kept of it at this desk answers in its place, for the account that fetched it. Nothing else does: results
 * are neither sent nor looked for here, and whatever is not kept is told by the archive's own failure.
 */
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import { profileFile, profileResource } from '../pipelines/profiles.ts'
import type { Kept, KeptScans } from './kept-scans.ts'
import type { KeptFile } from './manifest.ts'

/** Who is signed in where, as far as this archive is concerned. */
export interface Whose {
  archive: string
  user: string
  /** The archive does not answer, as far as is known. */
  away: boolean
}

export interface AnsweringParts {
  kept: Pick<KeptScans, 'of' | 'open'>
  /** Null while somebody is signed in elsewhere, or nobody, or with a sign-in that the archive has refused. */
  whose(): Whose | null
  /** Ids of the projects the site file names; null for all. */
  projects: string[] | null
  /** Something was answered in its place: time to look whether it is back. */
  answered?(): void
}

const isAway = (error: unknown): boolean => error instanceof ScansideError && (error.code === 'unreachable' || error.code === 'timeout')

const page = <T>(rows: T[], offset: number, limit: number) => ({ rows: rows.slice(offset, offset + limit), more: rows.length > offset + limit })

const byId = <T extends { id: string }>(rows: readonly T[]): T[] => [...new Map(rows.map((row) => [row.id, row])).values()]

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Projects, sessions and scans of what is kept, as the archive's lists would have them. */
export const listsOf = (kept: readonly Kept[]) => {
  const of = (project: string) => kept.filter(({ manifest }) => manifest.ref.project === project)
  return {
    projects: () => byId(kept.map(({ manifest }) => manifest.project)).sort((a, b) => a.name.localeCompare(b.name)),
    sessions: (project: string) =>
      byId(of(project).map(({ manifest }) => manifest.session)).sort(
        (a, b) => compare(a.subjectLabel, b.subjectLabel) || compare(a.date, b.date) || compare(a.id, b.id),
      ),
    scans: (project: string, session?: string) =>
      of(project)
        .map(({ manifest }) => manifest.scan)
        .filter((scan) => session === undefined || scan.session === session)
        .sort((a, b) => compare(a.session, b.session) || a.id.localeCompare(b.id, 'en', { numeric: true })),
  }
}

/** Told apart by digest where both have one. */
const isSame = (kept: KeptFile, { uri, size, md5 = '' }: Parameters<Archive['read']>[0]): boolean =>
  kept.uri === uri && kept.size === size && (md5 === '' || kept.md5 === '' || kept.md5 === md5)

/** The archive went away in the middle: not what it refuses, and not what arrived other than it was. */
const brokeOff = (error: unknown): boolean => isAway(error) || (error instanceof ScansideError && error.details.reason === 'short')

/** Goes on with the copy that is kept, from where the archive has broken off for good: they are the same bytes, by their digest. */
const goingOn = (live: Readable, copy: () => Readable | null): Readable => {
  async function* pieces() {
    let handed = 0
    try {
      for await (const part of live as AsyncIterable<Uint8Array>) {
        handed += part.byteLength
        yield part
      }
      return
    } catch (error) {
      const rest = brokeOff(error) ? copy() : null
      if (rest === null) throw error
      for await (const part of rest as AsyncIterable<Uint8Array>) {
        const old = Math.min(handed, part.byteLength)
        handed -= old
        if (old < part.byteLength) yield part.subarray(old)
      }
    }
  }
  const bytes = Readable.from(pieces(), { objectMode: false })
  bytes.once('close', () => live.destroy())
  return bytes
}

const listed = ({ uri, name, resource, size, md5 }: KeptFile): ArchiveFile => ({ uri, name, resource, size, md5 })

/** `live`, and what is kept where it is away. */
export const answering = (live: Archive, { kept, whose, projects: fixed, answered }: AnsweringParts): Archive => {
  const mine = (): Kept[] => {
    const who = whose()
    return who ? kept.of(who.archive, who.user) : []
  }

  /**
   * What is kept answers at once where the archive is known to be away, and else where it turns out to be. `surely`: a file, which is the same
   * whoever gives it, also stands in for an archive that has a fault of its own; a list does not, for it would seem to be the whole.
   */
  const either = async <T>(ask: () => Promise<T>, answer: (scans: Kept[]) => T | null, surely = false): Promise<T> => {
    const fromHere = (): T | null => {
      const scans = mine()
      return scans.length > 0 ? answer(scans) : null
    }
    if (whose()?.away) {
      const found = fromHere()
      if (found !== null) {
        answered?.()
        return found
      }
    }
    try {
      return await ask()
    } catch (error) {
      const found = isAway(error) && (surely || whose()?.away) ? fromHere() : null
      if (found === null) throw error
      return found
    }
  }

  const scanOf = (scans: Kept[], project: string, session: string, scan: string) =>
    scans.find(({ manifest: { ref } }) => ref.project === project && ref.session === session && ref.scan === scan)

  return {
    ...live,
    projects: (signal) =>
      either(
        () => live.projects(signal),
        (scans) =>
          listsOf(scans)
            .projects()
            .filter(({ id }) => fixed === null || fixed.includes(id)),
      ),
    sessions: (project, offset, limit, signal) =>
      either(
        () => live.sessions(project, offset, limit, signal),
        (scans) => page(listsOf(scans).sessions(project), offset, limit),
      ),
    projectScans: (project, offset, limit, signal) =>
      either(
        () => live.projectScans(project, offset, limit, signal),
        (scans) =>
          page(
            listsOf(scans)
              .scans(project)
              .map((scan) => ({ ...scan, size: null, files: null })),
            offset,
            limit,
          ),
      ),
    scans: (project, session, signal) =>
      either(
        () => live.scans(project, session, signal),
        (scans) => listsOf(scans).scans(project, session),
      ),
    scanFiles: (path, scan, signal) =>
      either(
        () => live.scanFiles(path, scan, signal),
        (scans) => scanOf(scans, path.project, path.session, scan)?.manifest.files.map(listed) ?? null,
        true,
      ),
    async read(file, signal) {
      const fromHere = (scans: Kept[]) => {
        for (const each of scans) {
          const found = each.manifest.files.find((one) => isSame(one, file))
          if (found) return kept.open(each, found, signal)
        }
        return null
      }
      const ask = async () => {
        const bytes = await live.read(file, signal)
        // Without a digest, there and here, nobody knows that the rest belongs to the beginning.
        const sure = (scans: Kept[]) => scans.filter(({ manifest }) => manifest.files.some((one) => one.uri === file.uri && one.md5 === file.md5))
        return file.md5 ? goingOn(bytes, () => fromHere(sure(mine()))) : bytes
      }
      return either(ask, fromHere, true)
    },
    projectFile: (project, resource, name, limit, signal) => {
      if (resource !== profileResource || name !== profileFile) return live.projectFile(project, resource, name, limit, signal)
      // Null is an answer here: the project has none.
      const ask = async () => ({ bytes: await live.projectFile(project, resource, name, limit, signal) })
      const answer = (scans: Kept[]) => {
        const of = scans.filter(({ manifest }) => manifest.ref.project === project).at(-1)
        return of ? { bytes: of.manifest.profile === null ? null : new Uint8Array(Buffer.from(of.manifest.profile, 'base64')) } : null
      }
      return either(ask, answer, true).then(({ bytes }) => bytes)
    },
  }
}
