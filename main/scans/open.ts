/** Opens scans for the viewer: once through the encrypted cache, headers by the parser, pixels by a ticket. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import { readableSources } from '../../oct/formats/index.ts'
import { type OpenScan, openScanSchema, type ScanRef } from '../../preload/contract.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { HomeArchive, LocalScan } from '../runs/desk.ts'
import { pseudonymised } from '../runs/pseudonymise.ts'
import type { Lab } from '../store/lab.ts'
import { closeSet, type FetchedFile, fetchSet } from './fetch-set.ts'
import type { FramedCache } from './framed-cache.ts'
import { resultsHere, resultsThere } from './known-results.ts'
import { createLocalScans, type LocalScans } from './local.ts'
import { checkScan, type ParseScan } from './parse.ts'
import { asOpenScan, serve } from './served.ts'

/** Scans open at once; a window that forgot to close one loses its oldest. */
const mostOpen = 12

export interface ScansOptions {
  archive: () => HomeArchive | null
  lab: Lab
  cache: FramedCache
  bulk: Pick<Bulk, 'mint' | 'revoke'>
  parse: ParseScan
  /** Labels of a scan of the archive, for the person; null where they are not known, and its ids are shown. */
  title: (ref: ScanRef & { kind: 'archive' }, signal: AbortSignal) => Promise<OpenScan['title'] | null>
  /** Whether the desk is locked: nothing is shown of what was opened before. */
  locked?: () => boolean
  /** What the Inbox calls a scan of its own; null for one that was dropped. */
  localTitle?: (local: string) => OpenScan['title'] | null
}

/** What an open scan is, for those who keep words about it: never the window's to know. */
export interface OpenedAs {
  /** hex, SHA-256 of the scan's main file without its patient's fields: the same scan wherever it came from. */
  digest: string
  /** Whether the window was given results of an analysis with it. */
  judged: boolean
  /** Opened without labels, time and results. */
  blind: boolean
}

export interface Scans {
  /**
   * Opens a scan. `onProgress` tells bytes arrived and, where known, bytes in all.
   * @throws ScansideError with the archive's, the cache's or the reader's sentence; nothing stays where it fails
   */
  open(ref: ScanRef, signal: AbortSignal, onProgress?: (bytes: number, total: number | null) => void): Promise<OpenScan>
  /** As `open`, for a reader who must not know whose scan it is or what is known of it: no labels, no time, no results, no serial number. */
  openBlind(ref: ScanRef, signal: AbortSignal, onProgress?: (bytes: number, total: number | null) => void): Promise<OpenScan>
  /** Null where no scan is open at this address. */
  openedAs(bulk: string): OpenedAs | null
  close(bulk: string): Promise<void>
  /** Where to PUT a dropped file, and the id of its set. */
  dropTicket: LocalScans['ticket']
  /** A dropped scan as runs want it. */
  local(id: string): LocalScan | null
  /** Dropped and taken sets by their ids, for the Inbox. */
  locals: Pick<LocalScans, 'take' | 'find' | 'has' | 'drop'>
  /** Closes everything and removes the caches. */
  closeAll(): Promise<void>
}

/** Digests by which results may speak of these files: as they are, and as an engine is given them. An XML export is told by its pictures: it is written anew for each run. */
const digestsOf = (files: readonly FetchedFile[]): Set<string> =>
  new Set(
    files
      .filter(({ kind }) => kind !== 'picture' || files.some((other) => other.kind === 'heidelberg-xml'))
      .slice(0, 50)
      .flatMap(({ file }) => [file.sha256, file.pseudonymisedSha256 ?? file.sha256]),
  )

/** The digest by which a scan is told apart from others; pictures of an export are not its main file. */
const mainDigest = (files: readonly FetchedFile[]): string => {
  const main = files.find(({ kind }) => kind !== 'picture') ?? files[0]
  return main ? (main.file.pseudonymisedSha256 ?? main.file.sha256) : ''
}
const unnamed: OpenScan['title'] = { project: '', subject: '', session: '', scan: '' }
/** A device's name up to whatever numbers it: serial numbers tell a site, and with the day a patient. */
const withoutSerial = (device: string): string => device.replace(/[\s,;(]+(?:(?:s\/?n|serial)\b.*|\S*\d{5,}.*)$/i, '')

/** Builds the room; nothing is read before `open`. */
export const createScans = ({ archive, lab, cache, bulk, parse, title, locked, localTitle }: ScansOptions): Scans => {
  const locals = createLocalScans(cache, bulk)
  const opened = new Map<string, { end: () => Promise<void>; as: OpenedAs }>()

  const filesOf = async (ref: ScanRef, signal: AbortSignal, onProgress: (bytes: number, total: number | null) => void) => {
    if (ref.kind === 'local') return { files: locals.get(ref.local), close: async () => {} }
    const home = archive()
    if (!home) throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of this scan. Sign in and open it again.')
    const files = await fetchSet(home.archive, await home.archive.scanFiles(ref, ref.scan, signal), cache, signal, onProgress)
    return { files, close: () => closeSet(files) }
  }
  const titleOf = async (ref: ScanRef, signal: AbortSignal): Promise<OpenScan['title']> => {
    if (ref.kind === 'local') return localTitle?.(ref.local) ?? { project: '', subject: '', session: '', scan: 'Dropped scan' }
    const { project, subject, session, scan } = ref
    return (await title(ref, signal).catch(() => null)) ?? { project, subject, session, scan }
  }
  const resultsOf = async (ref: ScanRef, digests: Set<string>, signal: AbortSignal): Promise<OpenScan['results']> => {
    const home = archive()
    const here = resultsHere(lab, home?.id ?? null, ref, digests)
    // An archive that is away is not waited for: what other desks found is shown when it is back.
    if (ref.kind === 'local' || !home || home.ready === false) return here
    const runs = new Set(here.flatMap(({ run }) => run ?? []))
    return [...here, ...(await resultsThere(home, ref, digests, runs, signal))].slice(0, 100)
  }

  const close = async (url: string) => {
    const one = opened.get(url)
    opened.delete(url)
    bulk.revoke(url)
    await one?.end()
  }
  const openAs = async (blind: boolean, ...[ref, signal, onProgress = () => {}]: Parameters<Scans['open']>): Promise<OpenScan> => {
    parse.warm?.()
    const { files, close: end } = await filesOf(ref, signal, onProgress)
    try {
      const named = files.map(({ name, file }) => ({ name, source: file }))
      const known = blind ? Promise.all([unnamed, []]) : Promise.all([titleOf(ref, signal), resultsOf(ref, digestsOf(files), signal)])
      const [scan, [names, results]] = await Promise.all([parse(named, signal), known])
      const sources = await readableSources(named, scan)
      checkScan(
        scan,
        sources.map(({ size }) => size),
      )
      if (signal.aborted) throw new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.')
      const whole = asOpenScan(scan)
      const shown = { title: names, scan: blind ? { ...whole, acquiredAt: null, device: withoutSerial(whole.device) } : whole, results }
      openScanSchema.omit({ bulk: true }).parse(shown)
      const url = bulk.mint(async (_request, rest) => {
        if (locked?.()) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on.')
        return serve(sources, scan, rest)
      })
      opened.set(url, { end, as: { digest: mainDigest(files), judged: results.length > 0, blind } })
      for (const oldest of opened.keys()) if (opened.size > mostOpen) await close(oldest)
      return { bulk: url, ...shown }
    } catch (error) {
      await end()
      throw error
    }
  }
  return {
    open: (...asked) => openAs(false, ...asked),
    openBlind: (...asked) => openAs(true, ...asked),
    openedAs: (bulk) => opened.get(bulk)?.as ?? null,
    close,
    dropTicket: (file) => {
      // What is dropped is opened next: the parser stands ready when the bytes are there.
      parse.warm?.()
      return locals.ticket(file)
    },
    local: (id) => {
      const files = locals.find(id)
      if (!files) return null
      return {
        files: files.map(({ file, kind, extension, name }) => ({
          name,
          original: async (signal) => file.stream(signal),
          kind,
          extension,
          size: file.size,
          sha256: file.pseudonymisedSha256 ?? file.sha256,
          read: async (signal) => pseudonymised(file.stream(signal), { size: file.size, md5: '' }),
        })),
      }
    },
    locals,
    closeAll: async () => {
      for (const url of [...opened.keys()]) await close(url)
      await cache.close()
    },
  }
}
