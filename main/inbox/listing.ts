/** Everything that lies in a watched folder, remembered from look to look: what is new, what grows, what was taken, what was there before. */
import type { Identity } from '../../oct/formats/identity.ts'
import type { Scan } from '../../oct/scan.ts'
import { type FolderAccess, isBusy } from './folder-access.ts'
import { below, placeOf } from './paths.ts'

export interface WatchedFile {
  parts: string[]
  /** As it is remembered: see `placeOf`. */
  place: string
  name: string
  /** Place of the folder it lies in. */
  folder: string
  path: string
  size: number
  /** ms */
  modified: number
  /** `waiting`: to be taken once it is whole; `older`: it lay there before today when watching began; `settled`: taken, or nothing to take. */
  state: 'waiting' | 'older' | 'settled'
  /** Taken because a person asked for older files: nobody stands waiting for it. */
  late: boolean
  /** Looks at which size and time were the same as before. */
  calm: number
  /** ms; when the look before the last change was, and the last one at which it had changed: the last byte came in between. */
  changedAfter: number
  changedAt: number
  /** ms; when it was first seen */
  seenAt: number
  gone: boolean
  /** What was found out of it, as long as size and time stay. */
  known: Known | null
  /** Whether it says whose it is; null until it was looked at. */
  identified: boolean | null
  /** It was whole before and was changed: what it held then may still be in it, and its own marks do not tell when it is whole. */
  again: boolean
  /** Looks at which it was whole and could not be taken. */
  held: number
  /** ms; taking it failed for a reason that does not pass at once: it is not tried before. */
  notBefore: number
}

/** What a RAW export's header tells while the rest is on its way. */
export interface VolHead extends Identity, Pick<Scan, 'pattern' | 'laterality' | 'device' | 'acquiredAt'> {}

export type Known =
  | { kind: 'none' | 'picture' | 'e2e' }
  | { kind: 'vol'; whole: boolean; head: VolHead | null }
  | { kind: 'xml'; pictures: string[] | null }
  | { kind: 'dicom'; part: { kind: 'opt' | 'op' | 'en-face'; scan: string; uid: string; grounds: string[] } | null | 'no' }

export interface ListingOptions {
  access: FolderAccess
  root: string
  platform: NodeJS.Platform
  /** Whether a file of this place, size and time was taken in an earlier life. */
  takenBefore(file: { place: string; size: number; modified: number }): boolean
  /** ms; files last changed before it, found at the first look, are older ones. */
  today(): number
}

const deepest = 8
const mostFolders = 5_000
const mostFiles = 100_000
/** Asked for at once: a share answers many questions in the time of one. */
const atOnce = 64
/** Files that have settled long ago are looked at in turn. */
const oldPerLook = 200
/** ms; a file that changed within it is looked at each time */
const recentMs = 24 * 3_600_000

/** A table of the folder's files, filled by `look`. */
export function createListing({ access, root, platform, takenBefore, today }: ListingOptions) {
  const files = new Map<string, WatchedFile>()
  let first = true
  let turn = 0

  /** Names below the root; a folder that cannot be listed just now keeps what is known of it. */
  const walk = async (): Promise<{ found: string[][]; unread: string[] }> => {
    const found: string[][] = []
    const unread: string[] = []
    const folders: string[][] = [[]]
    for (let at = 0; at < folders.length && at < mostFolders; at++) {
      const parts = folders[at] as string[]
      let listed: Awaited<ReturnType<FolderAccess['list']>>
      try {
        listed = await access.list(below(root, parts, platform))
      } catch (error) {
        if (parts.length === 0) throw error
        unread.push(placeOf(parts, platform))
        continue
      }
      for (const { name, folder } of listed) {
        if (folder && parts.length < deepest) folders.push([...parts, name])
        else if (!folder && found.length < mostFiles) found.push([...parts, name])
      }
    }
    return { found, unread }
  }

  const refresh = async (file: WatchedFile, now: number, before: number): Promise<void> => {
    let seen: { size: number; modified: number }
    try {
      seen = await access.stat(file.path)
    } catch (error) {
      if (!isBusy(error)) throw error
      return
    }
    const fresh = file.changedAt === 0
    const wasWhole = file.state !== 'waiting' || (file.known?.kind === 'vol' && file.known.whole)
    if (fresh) file.seenAt = now
    if (!fresh && seen.size === file.size && Math.abs(seen.modified - file.modified) < 1) {
      file.calm++
      return
    }
    if (!fresh && wasWhole) file.again = true
    Object.assign(file, {
      size: seen.size,
      modified: seen.modified,
      calm: 0,
      known: null,
      identified: null,
      changedAfter: before,
      changedAt: now,
      held: 0,
      notBefore: 0,
    })
    if (fresh && takenBefore(file)) file.state = 'settled'
    else if (fresh && first && seen.modified < today()) file.state = 'older'
    else if (!fresh && file.state !== 'waiting') Object.assign(file, { state: 'waiting', late: false })
  }

  return {
    files,
    /**
     * Lists the folder and looks at every file that is new, unsettled or recent.
     * @param now ms
     * @param before ms; the look before this one
     * @throws what listing the root throws
     */
    look: async (now: number, before: number): Promise<void> => {
      const { found, unread } = await walk()
      const here = new Set<string>()
      for (const parts of found) {
        const place = placeOf(parts, platform)
        here.add(place)
        const known = files.get(place)
        // The same file under another letter form has another path.
        if (known) Object.assign(known, { gone: false, path: below(root, parts, platform) })
        else files.set(place, fileAt(parts, place, below(root, parts, platform), placeOf(parts.slice(0, -1), platform)))
      }
      const settled: WatchedFile[] = []
      const wanted: WatchedFile[] = []
      for (const file of files.values()) {
        if (!here.has(file.place)) file.gone = !unread.some((folder) => file.place.startsWith(`${folder}/`))
        if (file.gone) {
          // Long gone and done with: where it comes back it is known by its place.
          if (file.state === 'settled' && now - file.changedAt > recentMs) files.delete(file.place)
          continue
        }
        if (file.state === 'waiting' || now - Math.max(file.changedAt, Math.min(file.modified, now)) < recentMs) wanted.push(file)
        else settled.push(file)
      }
      for (let i = 0; i < Math.min(oldPerLook, settled.length); i++) wanted.push(settled[(turn + i) % settled.length] as WatchedFile)
      turn = settled.length > 0 ? (turn + oldPerLook) % settled.length : 0
      for (let at = 0; at < wanted.length; at += atOnce) {
        await Promise.all(wanted.slice(at, at + atOnce).map((file) => refresh(file, now, before)))
      }
      first = false
    },
  }
}

export type Listing = ReturnType<typeof createListing>

function fileAt(parts: string[], place: string, path: string, folder: string): WatchedFile {
  return {
    parts,
    place,
    name: parts.at(-1) ?? '',
    folder,
    path,
    size: 0,
    modified: 0,
    state: 'waiting',
    late: false,
    calm: 0,
    changedAfter: 0,
    changedAt: 0,
    seenAt: 0,
    gone: false,
    known: null,
    identified: null,
    again: false,
    held: 0,
    notBefore: 0,
  }
}
