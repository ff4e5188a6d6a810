/** Which folders are watched: the site's, else those a person typed, and the demo device's. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import { protocolFor } from '../../oct/quality/protocol-for.ts'
import type { InboxStore } from '../../preload/inbox.ts'
import type { Lab } from '../store/lab.ts'
import type { Arrival } from './arrivals.ts'
import { absence, type FolderAccess } from './folder-access.ts'
import type { VolHead, WatchedFile } from './listing.ts'
import { localTime } from './local-time.ts'
import { samePlace, typedFolder } from './paths.ts'
import type { ShelvedScan } from './shelf.ts'
import { createWatcher, type FolderStatus, type Watcher, type WatcherOptions } from './watcher.ts'

export interface FoldersOptions {
  access: FolderAccess
  platform: NodeJS.Platform
  /** The site's folders; null: a person may type some. */
  site: readonly { path: string; label: string }[] | null
  settings: Lab['settings']
  takenBefore(folder: string, file: { place: string; size: number; modified: number }): boolean
  take(folder: string, demo: boolean, arrival: Arrival, final: boolean, signal: AbortSignal): Promise<'taken' | 'later'>
  onChange(): void
  now: () => Date
  report(error: unknown): void
}

interface Watched {
  id: string
  path: string
  label: string
  fixed: boolean
  demo: boolean
  watcher: Watcher
  status: FolderStatus
}

type Shown = InboxStore['folders'][number]

const settingName = 'inbox-folders'
const mostFolders = 20
const listSchema = z.array(z.string().min(1).max(1_000)).max(mostFolders)

/** Says nothing of the path, and is the same at the next start. */
export const folderId = (folder: string): string => createHash('sha256').update(folder.normalize('NFC')).digest('hex').slice(0, 16)

/** The id of a scan on its way. */
export const arrivingId = (folder: string, place: string): string => `arriving-${folderId(`${folder} ${place}`)}`

/** The last part of a path: what a person calls the folder. */
export const folderLabel = (folder: string, platform: NodeJS.Platform): string =>
  ((platform === 'win32' ? path.win32 : path.posix).basename(folder) || 'Folder').slice(0, 200)

/** Starts watching every folder that is known. */
export function createFolders(options: FoldersOptions) {
  const { access, platform, site, settings, onChange, now, report } = options
  const watched = new Map<string, Watched>()

  const typed = (): string[] => {
    try {
      return listSchema.parse(JSON.parse(settings.get(settingName) ?? '[]'))
    } catch {
      return []
    }
  }
  const midnight = () => new Date(now()).setHours(0, 0, 0, 0)
  const begin = (folder: string, label: string, fixed: boolean, demo: boolean): Watched => {
    const id = folderId(folder)
    const watcherOptions: WatcherOptions = {
      access,
      root: folder,
      platform,
      takenBefore: (file) => options.takenBefore(id, file),
      today: midnight,
      take: (arrival, final, signal) => options.take(id, demo, arrival, final, signal),
      onStatus: (status) => {
        const entry = watched.get(id)
        if (entry) entry.status = status
        onChange()
      },
      now: Date.now,
      report,
    }
    const watcher = createWatcher(watcherOptions)
    const entry: Watched = { id, path: folder, label, fixed, demo, watcher, status: watcher.status() }
    watched.set(id, entry)
    return entry
  }
  const known = (id: string): Watched => {
    const entry = watched.get(id)
    if (!entry) throw new ScansideError('not-found', 'This folder is no longer watched.')
    return entry
  }
  for (const { path: folder, label } of site ?? []) if (!watched.has(folderId(folder))) begin(folder, label, true, false)
  if (site === null) for (const folder of typed()) if (!watched.has(folderId(folder))) begin(folder, folderLabel(folder, platform), false, false)

  return {
    shown: (): Shown[] =>
      [...watched.values()].map(({ id, label, fixed, status }) => ({
        id,
        label,
        fixed,
        state: status.state,
        message: status.message,
        lastFileAt: status.lastFileAt === null ? null : new Date(status.lastFileAt).toISOString(),
        waiting: status.waiting,
        older: status.older,
        identified: status.identified,
      })),
    /** Scans on their way, as the shelf would hold them. */
    arriving: (profile: Profile): ShelvedScan[] =>
      [...watched.values()].flatMap(({ id, demo, status }) =>
        status.arriving.map(({ place, seenAt, head }) => onItsWay(arrivingId(id, place), id, demo, seenAt, head, profile)),
      ),
    takeOlder: (id: string) => known(id).watcher.takeOlder(),
    /** A file where it lay, if it is still there. */
    find: (id: string, place: string): WatchedFile | null => watched.get(id)?.watcher.find(place) ?? null,
    /** @throws ScansideError `forbidden` where the site fixes the folders, `not-found` where there is none, `conflict` where it is watched already */
    watch: async (written: string): Promise<void> => {
      if (site !== null) {
        throw new ScansideError('forbidden', 'The site file of this desk fixes the watched folders. Ask your administrator to add one.')
      }
      const folder = typedFolder(written, platform)
      if ([...watched.values()].some((entry) => samePlace(entry.path, folder, platform))) {
        throw new ScansideError('conflict', 'This folder is watched already.')
      }
      if (watched.size >= mostFolders) throw new ScansideError('quota', `${mostFolders} folders are watched already. Nothing was changed.`)
      try {
        await access.list(folder)
      } catch (error) {
        throw absence(error) === 'away'
          ? new ScansideError('not-found', 'There is no such folder, or it does not answer. Check the path; nothing was changed.')
          : new ScansideError('forbidden', 'This account may not read that folder. Ask your administrator for read access; nothing was changed.')
      }
      settings.set(settingName, JSON.stringify([...typed(), folder]))
      begin(folder, folderLabel(folder, platform), false, false)
      onChange()
    },
    unwatch: async (id: string): Promise<void> => {
      const entry = known(id)
      if (entry.fixed) throw new ScansideError('forbidden', 'The site file of this desk fixes the watched folders. Ask your administrator.')
      if (!entry.demo) settings.set(settingName, JSON.stringify(typed().filter((folder) => folderId(folder) !== id)))
      watched.delete(id)
      onChange()
      await entry.watcher.close()
    },
    /** The demo device's folder. */
    watchDemo: (folder: string): void => {
      if (!watched.has(folderId(folder))) begin(folder, 'Demo device', false, true)
      onChange()
    },
    close: async (): Promise<void> => {
      await Promise.all([...watched.values()].map(({ watcher }) => watcher.close()))
    },
  }
}

const onItsWay = (id: string, folder: string, demo: boolean, seenAt: number, head: VolHead, profile: Profile): ShelvedScan => {
  const arrived = new Date(seenAt)
  const taken = head.acquiredAt === undefined ? null : localTime(new Date(head.acquiredAt))
  const record = {
    id,
    digest: '',
    patient: head.patient,
    visit: head.visit,
    day: taken?.day ?? localTime(arrived).day,
    takenAt: taken?.time ?? '',
    arrivedAt: arrived.toISOString(),
    arrivedDay: localTime(arrived).day,
    laterality: head.laterality,
    pattern: head.pattern,
    protocol: protocolFor(profile, head)?.id ?? null,
    discSide: null,
    problem: null,
    folder,
    demo,
    read: false,
    copyMs: null,
    analysisMs: null,
    verdictMs: null,
  }
  return { record, state: 'arriving', verdict: null, provisional: null, local: null, decision: null, overrides: [] }
}

export type Folders = ReturnType<typeof createFolders>
