/** Scans kept for working without the archive: fetched ahead, encrypted, with an end. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { KeptScan, offlineMethods } from '../../preload/offline.ts'
import type { Archive } from '../archive/archive.ts'
import type { Labels } from '../labels.ts'
import type { Operations } from '../operations.ts'
import { fetchAhead } from './fetching.ts'
import { dayMs, type Kept, type KeptScans, noKeyring } from './kept-scans.ts'

export interface OfflineRoom {
  handlers: Pick<Handlers, keyof typeof offlineMethods>
  /** After a sign-in or sign-out: what is kept of this archive is called by its labels; what was kept of a demo lab that has ended goes. */
  moved(): Promise<void>
  /** Takes in what lies there and removes what has ended; now and each hour, until the function it answers is called. Never rejects. */
  start(report: (error: unknown) => void): Promise<() => void>
}

export interface OfflineParts {
  kept: KeptScans
  /** The archive itself that somebody is signed in to, and the account; null where nobody is. */
  live(): { id: string; user: string; archive: Archive } | null
  labels: Labels
  operations: Pick<Operations, 'run'>
  locked(): boolean
  /** How long a scan is kept. */
  days: number
  now(): Date
  /** Told how many scans time has removed, for the audit. */
  removed(count: number): void
}

const sweepMs = 3_600_000
/** Its archive ends with it. */
const demo = 'demo'
const unnamed: KeptScan['title'] = { project: '', subject: '', session: '', scan: '' }

const titleOf = ({ project, session, scan }: Kept['manifest']): KeptScan['title'] => ({
  project: project.name,
  subject: session.subjectLabel,
  session: session.label,
  scan: scan.type ? `${scan.id} ${scan.type}` : scan.id,
})

const bytesOf = ({ files }: Kept['manifest']): number => files.reduce((sum, { size }) => sum + size, 0)

const counted = (count: number, one: string, many: string) => (count === 1 ? one : many.replace('#', String(count)))

const keptSentence = (count: number) => counted(count, 'One scan is kept offline.', '# scans are kept offline.')

/** What had arrived before the whole ended is kept, and said. */
const tellingHowMany = (error: unknown): never => {
  const count = error instanceof ScansideError ? Number(error.details.kept ?? 0) : 0
  if (!(error instanceof ScansideError) || count === 0) throw error
  throw new ScansideError(error.code, `${error.message} ${keptSentence(count)}`, error.details, { cause: error })
}

/** Nothing is read before `start`. */
export function createOfflineRoom({ kept, live, labels, operations, locked, days, now, removed }: OfflineParts): OfflineRoom {
  const mine = (): Kept[] => {
    const home = live()
    return home ? kept.of(home.id, home.user) : []
  }
  const unlocked = () => {
    if (locked()) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on.')
  }
  const teach = () => {
    for (const { manifest } of mine()) {
      labels.sawSessions([manifest.session])
      labels.sawScans([manifest.scan])
    }
  }
  return {
    async moved() {
      teach()
      if (live()?.id !== demo) await kept.forget(kept.all(demo))
    },
    async start(report) {
      const look = async () => {
        const count = await kept.sweep()
        teach()
        if (count > 0) removed(count)
      }
      const sweep = () => look().catch(report)
      await sweep()
      const timer = setInterval(sweep, sweepMs)
      return () => clearInterval(timer)
    },
    handlers: {
      'offline.list': () => {
        const scans = mine().map(
          ({ manifest, expiresAt }): KeptScan => ({
            ref: { kind: 'archive', ...manifest.ref },
            title: locked() ? unnamed : titleOf(manifest),
            size: bytesOf(manifest),
            keptAt: manifest.keptAt,
            expiresAt,
          }),
        )
        return { scans: scans.slice(0, 10_000), bytes: scans.reduce((sum, { size }) => sum + size, 0), days }
      },
      'offline.keep': async ({ refs }) => {
        unlocked()
        const home = live()
        if (!home) throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans. Sign in and try again.')
        if (!(await kept.ready())) throw noKeyring()
        const work = async (signal: AbortSignal, report: (progress: number | null, message: string) => void): Promise<string> => {
          const at = now()
          const { refused, kept: count } = await fetchAhead(
            {
              kept,
              home,
              same: () => live()?.id === home.id && live()?.user === home.user,
              sessionRow: labels.sessionRow,
              keptAt: at.toISOString(),
              expiresAt: new Date(at.getTime() + days * dayMs).toISOString(),
              signal,
              onProgress: (share) => report(share, 'Fetching scans to keep offline …'),
            },
            refs,
          ).catch(tellingHowMany)
          const told = keptSentence(count)
          const [first] = refused
          if (!first) return told
          const others = counted(refused.length, 'One scan could not be kept.', '# scans could not be kept.')
          throw new ScansideError(first.code, `${others} ${first.message} ${count > 0 ? told : ''}`.trim(), { kept: count, refused: refused.length })
        }
        return { operation: operations.run('keep-offline', work) }
      },
      'offline.forget': async ({ refs }) => {
        unlocked()
        const wanted = refs && new Set(refs.map(({ project, session, scan }) => JSON.stringify([project, session, scan])))
        await kept.forget(
          mine().filter(({ manifest: { ref } }) => wanted === null || wanted.has(JSON.stringify([ref.project, ref.session, ref.scan]))),
        )
      },
    },
  }
}
