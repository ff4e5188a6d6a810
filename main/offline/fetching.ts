/** Fetching scans ahead: whole, each file held to its size and MD5, and only those that this desk does not have as the archive has them now. */
import { ScansideError } from '../../oct/errors.ts'
import type { SessionRow } from '../../preload/contract.ts'
import type { KeptScan } from '../../preload/offline.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import { profileFile, profileResource } from '../pipelines/profiles.ts'
import type { Kept, KeptScans } from './kept-scans.ts'
import type { KeptFile, Manifest } from './manifest.ts'

type Ref = KeptScan['ref']

export interface FetchingParts {
  kept: KeptScans
  /** The archive itself, whose scans these are, and the account. */
  home: { id: string; user: string; archive: Archive }
  /** Whether the same account is still signed in there: what another one may see is not kept as this one's. */
  same(): boolean
  /** A session's row as it was last listed; null where it was not. */
  sessionRow(session: string): SessionRow | null
  keptAt: string
  expiresAt: string
  signal: AbortSignal
  onProgress(share: number | null): void
}

/** What became of the scans that were asked for. */
export interface Fetched {
  kept: number
  /** Of those, the ones that were here already as the archive has them. */
  unchanged: number
  /** Why others are not kept, the first reason first. */
  refused: ScansideError[]
}

/** bytes left free on the disk at least: runs and the records need some */
export const roomToSpare = 512 * 1024 * 1024
const largestFile = 8e9
/** Of one scan; others want the line too. */
const filesAtOnce = 2
const largestProfile = 1_000_000
const sessionsAtOnce = 2_000

/** What ends the whole, and not one scan alone. */
const endsAll = new Set(['cancelled', 'unreachable', 'timeout', 'unauthorized', 'untrusted-certificate', 'disk-full', 'keyring-unavailable'])

/** Whether a kept copy is the scan as the archive lists it now. A file without a digest there may have been changed without a sign. */
export const isCurrent = (
  kept: readonly Pick<KeptFile, 'uri' | 'size' | 'md5'>[],
  listed: readonly Pick<ArchiveFile, 'uri' | 'size' | 'md5'>[],
): boolean => {
  const known = new Map(kept.map((file) => [file.uri, file]))
  return (
    kept.length === listed.length &&
    listed.every((file) => file.md5 !== '' && known.get(file.uri)?.md5 === file.md5 && known.get(file.uri)?.size === file.size)
  )
}

const sameScan = (kept: Kept, ref: Ref) =>
  kept.manifest.ref.project === ref.project && kept.manifest.ref.session === ref.session && kept.manifest.ref.scan === ref.scan

/** Answers asked for once, however many scans want them. */
const once = <T>(ask: (key: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>()
  return (key: string): Promise<T> => {
    const answer = known.get(key) ?? ask(key)
    known.set(key, answer)
    return answer
  }
}

const gone = (what: string) =>
  new ScansideError('not-found', `${what} is not in the archive any more, or your account may not see it. Load the list again.`)

/** What the archive says around a scan: its project, its session, its row, its project's profile. */
const surroundings = ({ home: { archive }, sessionRow, signal }: FetchingParts) => {
  const projects = once(() => archive.projects(signal))
  const scans = once((key) => {
    const [project = '', session = ''] = JSON.parse(key) as string[]
    return archive.scans(project, session, signal)
  })
  const listed = new Map<string, SessionRow>()
  const sessions = once(async (project) => {
    for (let offset = 0; ; offset += sessionsAtOnce) {
      const { rows, more } = await archive.sessions(project, offset, sessionsAtOnce, signal)
      for (const row of rows) listed.set(row.id, row)
      if (!more) return
    }
  })
  const profile = once(async (project) => {
    const bytes = await archive.projectFile(project, profileResource, profileFile, largestProfile, signal)
    return bytes && Buffer.from(bytes).toString('base64')
  })
  return async (ref: Ref): Promise<Pick<Manifest, 'project' | 'session' | 'scan' | 'profile'>> => {
    const project = (await projects('')).find(({ id }) => id === ref.project)
    if (!project) throw gone('The project of this scan')
    if (!sessionRow(ref.session) && !listed.has(ref.session)) await sessions(ref.project)
    const session = sessionRow(ref.session) ?? listed.get(ref.session)
    if (!session) throw gone('The session of this scan')
    const scan = (await scans(JSON.stringify([ref.project, ref.session]))).find(({ id }) => id === ref.scan)
    if (!scan) throw gone('This scan')
    return { project, session: { ...session, project: ref.project }, scan, profile: await profile(ref.project) }
  }
}

const signedInElse = () => new ScansideError('unauthorized', 'Somebody else has signed in meanwhile. Sign in again to keep the rest of these scans.')

interface Wanted {
  ref: Ref
  around: Pick<Manifest, 'project' | 'session' | 'scan' | 'profile'>
  files: ArchiveFile[]
  /** The copy that is here and as the archive has it. */
  current: Kept | null
}

const fetchOne = async (parts: FetchingParts, wanted: Wanted, progressed: (bytes: number) => void): Promise<void> => {
  const { kept, home, keptAt, expiresAt, signal } = parts
  const { project, subject, session, scan } = wanted.ref
  const manifest = { archive: home.id, user: home.user, ref: { project, subject, session, scan }, keptAt, ...wanted.around }
  if (wanted.current) {
    if (!parts.same()) throw signedInElse()
    await kept.renew(wanted.current, { ...manifest, files: wanted.current.manifest.files }, expiresAt)
    return
  }
  const keeping = kept.begin()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  try {
    const facts: (Pick<KeptFile, 'sha256' | 'key'> | undefined)[] = []
    let next = 0
    const hand = async () => {
      for (let at = next++; at < wanted.files.length && !either.aborted; at = next++) {
        const file = wanted.files[at] as ArchiveFile
        let before = 0
        facts[at] = await keeping.file(at, await home.archive.read(file, either), {
          signal: either,
          cap: largestFile,
          expected: file.size,
          ...(file.md5 === '' ? {} : { md5: file.md5 }),
          onProgress: (bytes) => {
            progressed(bytes - before)
            before = bytes
          },
        })
      }
    }
    let reason: unknown = null
    const hands = Array.from({ length: filesAtOnce }, () =>
      hand().catch((error: unknown) => {
        // The first reason counts; it ends the others.
        reason ??= error
        failed.abort()
      }),
    )
    await Promise.all(hands)
    if (reason !== null) throw reason
    if (signal.aborted) throw new ScansideError('cancelled', 'Cancelled.')
    if (!parts.same()) throw signedInElse()
    const files = wanted.files.map((file, at) => ({ ...file, ...(facts[at] as Pick<KeptFile, 'sha256' | 'key'>) }))
    await keeping.finish({ ...manifest, files }, expiresAt)
  } catch (error) {
    await keeping.abandon()
    throw error
  }
}

const full = (needed: number, free: number) =>
  new ScansideError('disk-full', 'The disk of this computer has not enough room for these scans. Nothing was fetched; make room or keep fewer.', {
    needed,
    free,
  })

/** The archive's word on every scan before the first byte is fetched, so that the size of it all is known. */
const lookUp = async (parts: FetchingParts, refs: readonly Ref[], refused: ScansideError[]): Promise<Wanted[]> => {
  const { kept, home, signal } = parts
  const around = surroundings(parts)
  const wanted: Wanted[] = []
  for (const ref of refs) {
    const earlier = kept.of(home.id, home.user).filter((each) => sameScan(each, ref))
    try {
      const known = await around(ref)
      const files = (await home.archive.scanFiles(ref, ref.scan, signal)).filter(({ size }) => size > 0)
      if (files.length === 0) throw new ScansideError('not-found', 'A scan holds no files in the archive. Ask whoever uploaded it.')
      wanted.push({ ref, files, around: known, current: earlier.find(({ manifest }) => isCurrent(manifest.files, files)) ?? null })
    } catch (error) {
      if (!(error instanceof ScansideError) || endsAll.has(error.code) || signal.aborted) throw error
      // What the account may not see any more is not kept either.
      if (error.code === 'not-found' || error.code === 'forbidden') await kept.forget(earlier)
      refused.push(error)
    }
  }
  return wanted
}

/**
 * Keeps these scans until `expiresAt`. One that cannot be kept does not hold up the others; those already fetched stay where it ends early.
 * @throws ScansideError `disk-full` before anything is fetched; what ends the whole (the archive went away, `cancelled`), with `details.kept`
 */
export const fetchAhead = async (parts: FetchingParts, asked: readonly Ref[]): Promise<Fetched> => {
  const refs = [...new Map(asked.map((ref) => [JSON.stringify([ref.project, ref.session, ref.scan]), ref])).values()]
  const done: Fetched = { kept: 0, unchanged: 0, refused: [] }
  try {
    parts.onProgress(null)
    const wanted = await lookUp(parts, refs, done.refused)
    const total = wanted.filter(({ current }) => !current).reduce((sum, { files }) => files.reduce((all, { size }) => all + size, sum), 0)
    const free = await parts.kept.room()
    if (free !== null && total > 0 && total + roomToSpare > free) throw full(total, free)
    let got = 0
    for (const each of wanted) {
      try {
        await fetchOne(parts, each, (bytes) => {
          got += bytes
          parts.onProgress(Math.min(1, got / Math.max(1, total)))
        })
        done.kept++
        if (each.current) done.unchanged++
      } catch (error) {
        if (!(error instanceof ScansideError) || endsAll.has(error.code) || parts.signal.aborted) throw error
        done.refused.push(error)
      }
    }
    return done
  } catch (error) {
    if (!(error instanceof ScansideError)) throw error
    throw new ScansideError(error.code, error.message, { ...error.details, kept: done.kept }, { cause: error })
  }
}
