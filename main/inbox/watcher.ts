/** Watches one folder by looking at it again and again: a share tells nobody what changes. Nothing in the folder is ever written or removed. */

import { ScansideError } from '../../oct/errors.ts'
import { readIdentity } from '../../oct/formats/identity.ts'
import type { Words } from '../../oct/quality/profile.ts'
import { type Arrival, arrivalsOf, learn } from './arrivals.ts'
import { absence, isBusy } from './folder-access.ts'
import { createListing, type ListingOptions, type VolHead, type WatchedFile } from './listing.ts'

export interface FolderStatus {
  state: 'looking' | 'watching' | 'away' | 'no-permission'
  message: Words
  /** ms; null before the first */
  lastFileAt: number | null
  waiting: number
  older: number
  identified: { files: number; oldestDays: number }
  /** RAW exports that grow, by what their headers tell. `seenAt` in ms. */
  arriving: { place: string; seenAt: number; head: VolHead }[]
}

export interface WatcherOptions extends ListingOptions {
  /** `later`: it could not be read yet; it is offered again at the next look. `final`: it has not changed for so long that it will not become better. */
  take(arrival: Arrival, final: boolean, signal: AbortSignal): Promise<'taken' | 'later'>
  onStatus(status: FolderStatus): void
  /** ms */
  now(): number
  report(error: unknown): void
  /** Looks by itself; false: only where `look` is called. */
  running?: boolean
}

export interface Watcher {
  status(): FolderStatus
  /** One look, whatever the pace. Never rejects. */
  look(): Promise<void>
  takeOlder(): void
  /** A file of the folder by its place; null where it is not there now. */
  find(place: string): WatchedFile | null
  close(): Promise<void>
}

const paceMs = { arriving: 250, quiet: 1_000, large: 2_000, away: 3_000 } as const
/** ms; how long after a change looks come fast */
const arrivingMs = 6_000
/** ms; a file that has not grown for so long is not on its way any more */
const givenUpMs = 20_000
/** ms; a file that cannot be read as a scan and has not changed for so long is told as such */
const finalMs = 8_000
/** Scans taken in one look: what has just arrived must not wait for hundreds of older ones. */
const mostPerLook = 4
const identifiedPerLook = 40
/** Older files looked into at once: what has just arrived does not wait for thousands. */
const latePerLook = 64
/** Looks at which a scan that cannot be taken just now keeps its place before others. */
const patientLooks = 8
/** ms; after a failure that is not the file's, such as a full disk */
const retryMs = 15_000
/** ms; a share that does not answer */
const patienceMs = 20_000
const dayMs = 86_400_000

const messages: Record<FolderStatus['state'], Words> = {
  looking: { en: 'Looking at the folder for the first time …', de: 'Der Ordner wird zum ersten Mal angesehen …' },
  watching: { en: 'Watched.', de: 'Wird beobachtet.' },
  away: {
    en: 'The folder does not answer. What was taken is safe; watching goes on by itself when it is back.',
    de: 'Der Ordner antwortet nicht. Was übernommen wurde, ist sicher; es geht von selbst weiter, sobald er wieder da ist.',
  },
  'no-permission': {
    en: 'This account may not read the folder. Ask your administrator for read access.',
    de: 'Dieses Konto darf den Ordner nicht lesen. Bitten Sie Ihre Administration um Leserechte.',
  },
}

/** Begins to watch, unless told not to. */
export function createWatcher(options: WatcherOptions): Watcher {
  const { access, root, take, onStatus, now, report, running = true } = options
  const listing = createListing(options)
  const closing = new AbortController()
  let state: FolderStatus['state'] = 'looking'
  let lastFileAt: number | null = null
  let before = now()
  let shown = ''
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let again = false
  /** A look that a share has not answered: another would wait behind it. */
  let unanswered: Promise<void> | null = null

  const status = (): FolderStatus => {
    let waiting = 0
    let older = 0
    let files = 0
    let oldest = Number.POSITIVE_INFINITY
    const arriving: FolderStatus['arriving'] = []
    for (const file of listing.files.values()) {
      if (file.gone) continue
      if (file.state === 'older' && !isPictureName(file.name)) older++
      if (file.state === 'waiting' && file.known?.kind !== 'none' && file.known?.kind !== 'picture') waiting++
      if (file.state === 'waiting' && file.known?.kind === 'vol' && file.known.head && now() - file.changedAt < givenUpMs)
        arriving.push({ place: file.place, seenAt: file.seenAt, head: file.known.head })
      if (file.identified) {
        files++
        oldest = Math.min(oldest, file.modified)
      }
    }
    const oldestDays = files === 0 ? 0 : Math.max(0, Math.floor((now() - oldest) / dayMs))
    return { state, message: messages[state], lastFileAt, waiting, older, identified: { files, oldestDays }, arriving }
  }
  const show = () => {
    const next = status()
    const text = JSON.stringify(next)
    if (text === shown) return
    shown = text
    onStatus(next)
  }

  /** Learns what waiting files are; a busy one is left for the next look. */
  const learnAll = async (waiting: readonly WatchedFile[]) => {
    for (let at = 0; at < waiting.length && !closing.signal.aborted; at += 8) {
      await Promise.all(
        waiting.slice(at, at + 8).map(async (file) => {
          try {
            const known = await learn(file, access)
            if (known.kind === 'none' && file.calm >= 4) file.state = 'settled'
          } catch (error) {
            if (!isBusy(error)) report(error)
          }
        }),
      )
    }
  }
  const takeSome = async () => {
    const ready = arrivalsOf(listing.files.values()).filter(({ files }) => files.every(({ notBefore }) => notBefore <= now()))
    // What was held by another program again and again keeps nothing else waiting.
    ready.sort((a, b) => heldFor(a) - heldFor(b))
    for (const arrival of ready.slice(0, mostPerLook)) {
      if (closing.signal.aborted) return
      const latest = Math.max(...arrival.files.map(({ changedAt }) => changedAt))
      try {
        if ((await take(arrival, now() - latest > finalMs, closing.signal)) === 'later') {
          for (const file of arrival.files) file.held++
          continue
        }
        for (const file of arrival.files) file.state = 'settled'
        lastFileAt = now()
        // It is on the shelf now, and no longer on its way.
        show()
      } catch (error) {
        for (const file of arrival.files) file.held++
        if (isBusy(error) || hasChanged(error) || closing.signal.aborted) continue
        for (const file of arrival.files) file.notBefore = now() + retryMs
        report(error)
      }
    }
    // Pictures of an export that was taken, and those of none, wait for nothing.
    for (const file of listing.files.values()) {
      if (file.state === 'waiting' && file.known?.kind === 'picture' && file.calm >= 40) file.state = 'settled'
    }
  }
  const countIdentified = async () => {
    const unknown: WatchedFile[] = []
    for (const file of listing.files.values()) {
      if (!file.gone && file.identified === null && file.size > 0 && file.state !== 'waiting') unknown.push(file)
      if (unknown.length >= identifiedPerLook) break
    }
    for (const file of unknown) {
      if (closing.signal.aborted) return
      try {
        const { patient } = isPictureName(file.name)
          ? { patient: '' }
          : await readIdentity([{ name: '', source: access.source(file.path, file.size) }])
        file.identified = patient !== ''
      } catch (error) {
        if (!isBusy(error)) file.identified = false
      }
    }
  }
  const lookOnce = async () => {
    const at = now()
    let late: NodeJS.Timeout | undefined
    try {
      const timeout = new Promise<never>((_, reject) => {
        late = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), patienceMs)
      })
      unanswered ??= listing.look(at, before).finally(() => {
        unanswered = null
      })
      await Promise.race([unanswered, timeout])
      before = at
      state = 'watching'
    } catch (error) {
      state = absence(error)
      return
    } finally {
      clearTimeout(late)
    }
    show()
    const waiting = [...listing.files.values()].filter((file) => file.state === 'waiting' && !file.gone && file.size > 0)
    await learnAll([...waiting.filter(({ late }) => !late), ...waiting.filter(({ late, known }) => late && !known).slice(0, latePerLook)])
    await takeSome()
    await countIdentified()
  }
  const pace = (): number => {
    if (state === 'away' || state === 'no-permission') return paceMs.away
    const at = now()
    for (const file of listing.files.values()) {
      if (!file.gone && file.state === 'waiting' && (file.late || at - file.changedAt < arrivingMs)) return paceMs.arriving
    }
    return listing.files.size > 2_000 ? paceMs.large : paceMs.quiet
  }
  const look = (): Promise<void> => {
    if (closing.signal.aborted) return Promise.resolve()
    looking ??= lookOnce()
      .catch(report)
      .then(() => {
        looking = null
        if (closing.signal.aborted) return
        show()
        if (!running) return
        clearTimeout(timer)
        timer = setTimeout(look, again ? 30 : pace())
        again = false
      })
    return looking
  }
  const hinted = () => {
    again = looking !== null
    if (looking) return
    clearTimeout(timer)
    timer = setTimeout(look, 30)
  }
  const stopHints = running ? access.hint(root, hinted) : () => {}
  if (running) void look()

  return {
    status,
    look,
    takeOlder: () => {
      for (const file of listing.files.values()) if (file.state === 'older') Object.assign(file, { state: 'waiting', late: true })
      show()
      if (running) hinted()
    },
    find: (place) => {
      const file = listing.files.get(place)
      return file && !file.gone ? file : null
    },
    close: async () => {
      closing.abort()
      clearTimeout(timer)
      stopHints()
      await Promise.race([looking, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
    },
  }
}

/** Looks at which it could not be taken, once they are so many that others go first. */
const heldFor = ({ files }: Arrival): number => {
  const held = Math.max(...files.map((file) => file.held))
  return held > patientLooks ? held : 0
}

/** The file grew or was cut while it was copied. */
const hasChanged = (error: unknown): boolean => error instanceof ScansideError && error.code === 'integrity'

const isPictureName = (name: string): boolean => /\.(tiff?|png|jpe?g|bmp)$/i.test(name)
