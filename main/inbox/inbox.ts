/** The Inbox: watched folders, visits, verdicts being read. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Profile } from '../../oct/quality/profile.ts'
import type { Handlers } from '../../preload/contract.ts'
import { type InboxStore, type inboxMethods, inboxStoreSchema } from '../../preload/inbox.ts'
import type { Judging } from '../engines/builtin/judging.ts'
import type { PeopleRoom } from '../people/people.ts'
import type { LocalScans } from '../scans/local.ts'
import type { ParseScan } from '../scans/parse.ts'
import type { Lab } from '../store/lab.ts'
import { createStore, type Store } from '../store/stores.ts'
import { forgetAged } from './aging.ts'
import type { Arrival } from './arrivals.ts'
import type { DemoDevice } from './demo-device.ts'
import { viewOf } from './desk-view.ts'
import { type FolderAccess, nodeFolderAccess, stillThere } from './folder-access.ts'
import { arrivingId, createFolders } from './folders.ts'
import { localTime } from './local-time.ts'
import { checkReason } from './names.ts'
import { attemptOf, createShelf, type ShelvedScan } from './shelf.ts'
import { createTaking } from './taking.ts'
import { queueOf, slotOf, visitKey } from './visits.ts'

export interface InboxRoom {
  store: Store<InboxStore>
  handlers: Pick<Handlers, keyof typeof inboxMethods>
  /** Lets go of what arrived before this local day and is done with; see `aging.ts`. */
  forgetBefore(day: string): { scans: number; pictures: number }
  /** Ends watching and what is being judged. */
  close(): Promise<void>
}

export interface InboxOptions {
  lab: Pick<Lab, 'inbox' | 'settings' | 'chain' | 'readOnly'>
  locals: Pick<LocalScans, 'take' | 'find' | 'has' | 'drop'>
  parse: ParseScan
  judging: Judging
  people: Pick<PeopleRoom, 'needed' | 'locked' | 'onChange' | 'nameOf'>
  profile: Profile
  /** The profile file's mistake, where there is one: the default is used. */
  profileProblem: string | null
  /** The site's folders; null: a person may type some. */
  folders: readonly { path: string; label: string }[] | null
  /** Null where the demo lab is not offered. */
  demoDevice: DemoDevice | null
  now: () => Date
  report(error: unknown): void
  access?: FolderAccess
  platform?: NodeJS.Platform
}

/** What the file system says names the path, and a path may name a patient: only its code is told on. */
const withoutPath = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && ('path' in error || 'syscall' in error) ? new Error(`a watched folder: ${String(error.code)}`) : error

const lockedError = () => new ScansideError('forbidden', 'This desk is locked. Pick your name to go on; scans are judged meanwhile.')
const missing = () => new ScansideError('not-found', 'This scan is no longer in the Inbox.')

/** Builds the room and begins to watch. */
export function createInbox(options: InboxOptions): InboxRoom {
  const { lab, locals, parse, judging, people, profile, profileProblem, demoDevice, now } = options
  const report = (error: unknown) => options.report(withoutPath(error))
  const access = options.access ?? nodeFolderAccess
  const records = lab.inbox
  if (!lab.readOnly) records.removeDemo()
  const shelf = createShelf(records, profile)
  shelf.load(localTime(now()).day)
  const shownProfile = { name: profile.name, title: profile.title }
  const empty = { profile: shownProfile, profileProblem, folders: [], visits: [], scans: [], reading: null, queue: [], nameless: 0 }
  const store = createStore<InboxStore>(inboxStoreSchema, empty, report)

  let reading: string | null = null
  let due = false
  let closed = false
  /** Scans that were on their way and are being taken: the shelf has them now. */
  const inHand = new Set<string>()

  const all = () => [...shelf.scans.values()]
  const markRead = (scan: ShelvedScan) => {
    if (scan.record.read || scan.state === 'judging') return
    scan.record = { ...scan.record, read: true }
    if (!lab.readOnly && records.get(scan.record.id)) records.update(scan.record)
  }
  /** What nobody has before them brings the oldest unread verdict; what somebody reads stays. */
  const settleReading = () => {
    if (people.locked()) return
    const scan = reading === null ? null : shelf.get(reading)
    if (!scan) reading = queueOf(all().map(attemptOf), null)[0] ?? null
    const now_ = reading === null ? null : shelf.get(reading)
    if (now_) markRead(now_)
  }
  const refresh = () => {
    due = false
    if (closed) return
    settleReading()
    const folderList = folders.shown()
    if (people.locked()) {
      store.update({ folders: folderList, visits: [], scans: [], reading: null, queue: [], nameless: 0 })
      return
    }
    const { day } = localTime(now())
    shelf.tidy(day, reading)
    const shown = { profile, nameOf: people.nameOf, hasBytes: locals.has }
    store.update({ folders: folderList, reading, ...viewOf(shelf, onTheirWay(), day, reading, records.chosen, shown) })
  }
  const onTheirWay = () => folders.arriving(profile).filter(({ record }) => !inHand.has(record.id))
  const changed = () => {
    if (due) return
    due = true
    setImmediate(() => {
      try {
        refresh()
      } catch (error) {
        report(error)
      }
    })
  }
  const taking = createTaking({
    records,
    shelf,
    locals,
    parse,
    judging,
    profile,
    now,
    clock: Date.now,
    onChange: changed,
    onJudged: changed,
    report,
  })
  const take = async (folder: string, demo: boolean, arrival: Arrival, final: boolean, signal: AbortSignal): Promise<'taken' | 'later'> => {
    if (arrival.late && taking.full()) return 'later'
    parse.warm?.()
    const files = arrival.files.map((file) => ({ name: file.name, size: file.size, open: () => access.stream(file.path, file.size, signal) }))
    const places = arrival.files.map(({ place, size, modified }) => ({ place, size, modified }))
    const own = arrival.own.map((file) => arrival.files.indexOf(file))
    const still = () => stillThere(access, arrival.files, places)
    const source = { folder, demo, places, readableAt: arrival.readableAt, urgent: !arrival.late, final, still }
    const before = places.flatMap(({ place }) => records.heldAt(folder, place) ?? [])
    const [only] = arrival.files
    const lying = only?.known?.kind === 'vol' ? { name: only.name, source: access.source(only.path, only.size) } : null
    const ghost = only ? arrivingId(folder, only.place) : ''
    inHand.add(ghost)
    const scan = await taking.take(files, own, source, signal, lying).finally(() => inHand.delete(ghost))
    if (scan === 'later') return 'later'
    for (const id of before) if (id !== scan) shelf.forget(id)
    return 'taken'
  }
  const folders = createFolders({
    access,
    platform: options.platform ?? process.platform,
    site: options.folders,
    settings: lab.settings,
    takenBefore: (folder, file) => {
      const scan = records.takenAs(folder, file)
      const known = scan === null ? null : shelf.get(scan)
      // Judged by another profile: it is taken again, and gets a verdict by this one.
      // So is one whose verdict was never written down.
      return known !== null && ((known.state === 'refused' && known.record.problem !== null) || known.verdict?.profile === profile.name)
    },
    take,
    onChange: changed,
    now,
    report,
  })
  people.onChange(changed)
  changed()

  const unlocked = () => {
    if (people.locked()) throw lockedError()
  }
  /** The scan, for somebody who may see it. */
  const seen = (id: string): ShelvedScan => {
    unlocked()
    const scan = shelf.get(id)
    if (!scan) throw missing()
    return scan
  }
  const judgedOnly = (scan: ShelvedScan): ShelvedScan => {
    if (scan.state === 'judged') return scan
    throw new ScansideError('conflict', 'This scan is not judged yet. Wait for its verdict; nothing was changed.')
  }
  const audit = (by: string, what: string) => lab.chain.audit(now().toISOString(), by, what, null)

  const handlers: InboxRoom['handlers'] = {
    'inbox.next': () => {
      unlocked()
      const next = queueOf(all().map(attemptOf), reading)[0]
      if (next === undefined) return
      reading = next
      refresh()
    },
    'inbox.read': ({ scan }) => {
      reading = seen(scan).record.id
      refresh()
    },
    'inbox.decide': ({ scan: id, decision }) => {
      const person = people.needed()
      const scan = judgedOnly(seen(id))
      const at = now().toISOString()
      audit(person.id, `inbox: ${decision} on scan ${id}`)
      records.decide(id, { what: decision, by: person.id, at })
      scan.decision = { what: decision, by: person.id, at }
      markRead(scan)
      refresh()
    },
    'inbox.choose': ({ scan: id }) => {
      const person = people.needed()
      const { record } = judgedOnly(seen(id))
      const known = profile.protocols.some((protocol) => protocol.id === record.protocol)
      audit(person.id, `inbox: scan ${id} is the study’s`)
      records.choose(`${visitKey(record)} ${slotOf(known ? record : { ...record, protocol: null })}`, id, person.id, now().toISOString())
      refresh()
    },
    'inbox.override': ({ scan: id, criterion, status, reason, sure }) => {
      const person = people.needed()
      const scan = judgedOnly(seen(id))
      const machine = scan.verdict?.result.criteria.find((each) => each.id === criterion)
      if (!machine) throw new ScansideError('invalid-argument', 'This scan has no such criterion. Nothing was changed.')
      const plain = reason.trim().replace(/\s+/g, ' ')
      if (plain.length < 3) throw new ScansideError('invalid-argument', 'Give the reason in a few words. Nothing was changed.')
      const { patient, visit } = scan.record
      // Visits are called alike everywhere: `V02` names nobody.
      const { names, warning } = checkReason(plain, [patient, visit.length > 4 ? visit : ''])
      if (names) {
        throw new ScansideError('invalid-argument', 'The reason holds the patient’s own ID. Say it without naming anybody; nothing was kept.')
      }
      if (warning !== null && !sure) return { warning }
      const at = now().toISOString()
      audit(person.id, `inbox: ${criterion} ${machine.status} overridden with ${status} on scan ${id}`)
      const word = { criterion, machine: machine.status, status, reason: plain, by: person.id, at }
      records.override(id, word)
      scan.overrides = [...scan.overrides.filter((each) => each.criterion !== criterion), word]
      refresh()
      return { warning: null }
    },
    'inbox.take': async ({ local }) => {
      unlocked()
      const files = locals.find(local)
      if (!files) throw new ScansideError('not-found', 'The dropped files are no longer here. Drop them again.')
      const source = { folder: '', demo: false, places: [], readableAt: Date.now(), urgent: true, final: true, still: async () => 'same' as const }
      const scan = await taking.takeSet(local, files, source)
      if (scan === 'later') throw new ScansideError('invalid-file', 'These files are no scan that can be read. Nothing was kept.')
      return { scan }
    },
    'inbox.fetch': async ({ scan: id }) => {
      const scan = seen(id)
      if (scan.local !== null && locals.has(scan.local)) return { local: scan.local }
      const away = new ScansideError(
        'not-found',
        'The file of this scan is no longer where it came from, or was changed there. Its verdict is kept; export it again to open it.',
      )
      const places = records.places(id)
      const found = places.map(({ folder, place, size }) => {
        const file = folders.find(folder, place)
        return file && file.size === size ? file : null
      })
      if (found.length === 0 || found.includes(null)) throw away
      const files = found.flatMap((file) => file ?? [])
      const signal = AbortSignal.timeout(120_000)
      const wanted = files.map((file) => ({ name: file.name, size: file.size, open: () => access.stream(file.path, file.size, signal) }))
      const { local, files: taken } = await locals.take(wanted, signal)
      if (!taking.isOf(scan, taken)) {
        await locals.drop(local)
        throw away
      }
      scan.local = local
      changed()
      return { local }
    },
    'inbox.thumb': ({ scan: id }) => {
      seen(id)
      const thumb = records.thumb(id)
      if (!thumb) throw new ScansideError('not-found', 'There is no picture of this scan.')
      return { width: thumb.width, height: thumb.height, grey: Buffer.from(thumb.pixels).toString('base64') }
    },
    'inbox.takeOlder': ({ folder }) => {
      unlocked()
      return folders.takeOlder(folder)
    },
    'inbox.watch': ({ path }) => {
      unlocked()
      return folders.watch(path)
    },
    'inbox.unwatch': ({ folder }) => {
      unlocked()
      return folders.unwatch(folder)
    },
    'inbox.demoDevice': async () => {
      unlocked()
      if (!demoDevice) throw new ScansideError('forbidden', 'The site file of this desk switches the demo lab off, and its device with it.')
      folders.watchDemo(await demoDevice.start())
    },
  }
  return {
    store,
    handlers,
    forgetBefore: (day) => {
      const inHand = (id: string) => {
        const scan = shelf.scans.get(id)
        return id === reading || scan?.state === 'judging' || (scan?.local != null && locals.has(scan.local))
      }
      const { forgotten, thinned } = forgetAged(records, day, inHand)
      for (const id of forgotten) shelf.scans.delete(id)
      if (forgotten.length > 0) changed()
      return { scans: forgotten.length, pictures: thinned.length }
    },
    close: async () => {
      closed = true
      await demoDevice?.stop()
      await folders.close()
      await taking.close()
      if (!lab.readOnly) records.removeDemo()
    },
  }
}
