/** What the Inbox shows where: visits by eye and slot, the scan being read and what stands around it. Pure. */
import type { Criterion, Verdict } from '../../../oct/results.ts'
import type { InboxScan, InboxStore } from '../../../preload/inbox.ts'

export type InboxVisit = InboxStore['visits'][number]
export type InboxSlot = InboxVisit['slots'][number]
export type Eye = InboxSlot['eye']
export type Words = InboxSlot['label']
export type WatchedFolder = InboxStore['folders'][number]

/** The window's words of two languages. */
export const inLanguage = (words: Words, language: string): string => (language.startsWith('de') ? words.de : words.en)

/** A slot's name within its visit, also the key of `visit.last`. */
export const slotKey = ({ protocol, eye }: Pick<InboxSlot, 'protocol' | 'eye'>): string => `${protocol}/${eye}`

export interface SlotView {
  slot: InboxSlot
  /** Best first, those the store holds. */
  attempts: InboxScan[]
  /** The one its row stands for: not read yet, else the study's, else the best. Null where none was taken. */
  front: InboxScan | null
}

export interface Group {
  eye: Eye
  slots: SlotView[]
}

const eyes: readonly Eye[] = ['OD', 'OS', 'unknown']

/** A visit's slots by eye, right eye first; eyes without a slot are left out. */
export function byEye(visit: InboxVisit, scans: ReadonlyMap<string, InboxScan>): Group[] {
  const views = visit.slots.map((slot): SlotView => {
    const attempts = slot.attempts.flatMap((id) => scans.get(id) ?? [])
    const unread = attempts.filter((scan) => isJudged(scan) && !scan.read).at(-1)
    const coming = attempts.find((scan) => scan.state === 'judging' || scan.state === 'arriving')
    const study = attempts.find(({ id }) => id === slot.study)
    return { slot, attempts, front: unread ?? coming ?? study ?? attempts[0] ?? null }
  })
  return eyes.flatMap((eye) => {
    const slots = views.filter(({ slot }) => slot.eye === eye)
    return slots.length > 0 ? [{ eye, slots }] : []
  })
}

export const scansById = (scans: readonly InboxScan[]): Map<string, InboxScan> => new Map(scans.map((scan) => [scan.id, scan]))

/** Whether there is a verdict, or a refusal, to be read. */
export const isJudged = ({ state }: Pick<InboxScan, 'state'>): boolean => state === 'judged' || state === 'refused'

/** The shape of a slot: its state, and the verdict of what it stands for. */
export function slotMark({ slot, front }: SlotView): Verdict | 'none' | 'wait' {
  switch (slot.state) {
    case 'missing':
      return 'none'
    case 'judging':
    case 'unread':
      return 'wait'
    case 'good':
      return 'usable'
    case 'look':
      return 'ambiguous'
    case 'again':
      return front?.verdict === 'unknown' || front?.state === 'refused' ? 'unknown' : 'unusable'
  }
}

/** What can be said before the rest is judged: a verdict, or `unknown` where no fault was found so far; null while nothing was looked at. */
export function firstWord({ provisional, verdict }: Pick<InboxScan, 'provisional' | 'verdict'>): Verdict | null {
  return verdict === null ? (provisional?.verdict ?? null) : null
}

export interface Place {
  visit: InboxVisit
  slot: InboxSlot
}

/** Where a scan stands; null where it belongs to no visit that is listed. */
export function placeOf(visits: readonly InboxVisit[], scan: string): Place | null {
  for (const visit of visits) {
    const slot = visit.slots.find(({ attempts }) => attempts.includes(scan))
    if (slot) return { visit, slot }
  }
  return null
}

/** What is in the middle: the verdict being read; while there is none, the scan on its way that has come furthest. */
export function inMiddle(inbox: Pick<InboxStore, 'reading' | 'scans'>): InboxScan | null {
  const reading = inbox.scans.find(({ id }) => id === inbox.reading)
  if (reading) return reading
  const coming = inbox.scans.filter(({ state }) => state === 'judging')
  return coming.findLast(({ provisional }) => provisional !== null) ?? coming.at(-1) ?? null
}

/** The visit that is opened in the list: that of the scan in the middle, else the newest. */
export function openVisit(inbox: Pick<InboxStore, 'visits'>, middle: InboxScan | null): InboxVisit | null {
  return (middle && placeOf(inbox.visits, middle.id)?.visit) ?? inbox.visits[0] ?? null
}

/** The scans one passes by the arrows: each slot's front, visit by visit as listed. */
export function rows(inbox: Pick<InboxStore, 'visits' | 'scans'>): InboxScan[] {
  const scans = scansById(inbox.scans)
  return inbox.visits.flatMap((visit) => byEye(visit, scans).flatMap(({ slots }) => slots.flatMap(({ front }) => front ?? [])))
}

/** The scan a step further up (-1) or down (1) the list; null at its ends. Attempts of one slot count as one. */
export function rowBeside(inbox: Pick<InboxStore, 'visits' | 'scans'>, from: string | null, by: 1 | -1): string | null {
  const all = rows(inbox)
  const place = from === null ? null : placeOf(inbox.visits, from)
  const at = place ? all.findIndex(({ id }) => place.slot.attempts.includes(id)) : -1
  const next = at < 0 ? (by === 1 ? all[0] : all.at(-1)) : all[at + by]
  return next?.id ?? null
}

/** The attempt a step further right (1: worse) or left (-1: better); null at the ends. */
export function attemptBeside(visits: readonly InboxVisit[], from: string, by: 1 | -1): string | null {
  const attempts = placeOf(visits, from)?.slot.attempts ?? []
  return attempts[attempts.indexOf(from) + by] ?? null
}

/** The scan a visit is opened with: one to read, else one to take again or to look at, else the first there is. */
export function opener(visit: InboxVisit, scans: ReadonlyMap<string, InboxScan>): string | null {
  const views = byEye(visit, scans).flatMap(({ slots }) => slots)
  for (const state of ['unread', 'again', 'look', 'judging', 'good'] as const) {
    const found = views.find(({ slot, front }) => slot.state === state && front)
    if (found?.front) return found.front.id
  }
  return null
}

const worst: readonly Criterion['status'][] = ['fail', 'warn', 'pass', 'unknown']

export interface Shown {
  criterion: Criterion
  /** A person's own word on it. */
  override: InboxScan['overrides'][number] | null
}

const headOf = (id: string): string => id.split('.')[0] ?? id

/**
 * The strip of criteria: one of each kind (`completeness`, `S`, …), that which says most about it, failed first, not judged last. What no
 * machine decides and what is shown for trial alone is left out unless a person spoke about it.
 */
export function strip({ criteria, decidedBy, overrides }: Pick<InboxScan, 'criteria' | 'decidedBy' | 'overrides'>): Shown[] {
  const word = (id: string) => overrides.findLast(({ criterion }) => criterion === id) ?? null
  const rank = (one: Criterion) =>
    (word(one.id) ? -20 : 0) +
    (decidedBy.includes(one.id) ? -10 : 0) +
    worst.indexOf(one.status) * 2 +
    (one.id.includes('.') === decidedBy.includes(one.id) ? 0 : 1)
  const shown = criteria.filter((one) => word(one.id) || (!one.experimental && one.id !== 'R'))
  const best = new Map<string, Criterion>()
  for (const one of shown) {
    const known = best.get(headOf(one.id))
    if (!known || rank(one) < rank(known)) best.set(headOf(one.id), one)
  }
  const order = (one: Criterion) => (decidedBy.includes(one.id) ? -1 : worst.indexOf(one.status))
  return [...best.values()].sort((a, b) => order(a) - order(b)).map((criterion) => ({ criterion, override: word(criterion.id) }))
}

/** The B-scan to show: the one with the longest faults, the first of equals; without any, the middle one. */
export function tellingFrame(count: number, intervals: InboxScan['intervals']): number {
  const lengths = new Map<number, number>()
  for (const { frame, from, to } of intervals) if (frame < count) lengths.set(frame, (lengths.get(frame) ?? 0) + to - from + 1)
  let best = Math.floor(Math.max(0, count - 1) / 2)
  let most = 0
  for (const [frame, length] of [...lengths].sort(([a], [b]) => a - b)) {
    if (length > most) [best, most] = [frame, length]
  }
  return best
}

/** What asks for a person first: a folder that is away, then the one a file came from last. */
export function folderInFront(folders: readonly WatchedFolder[]): WatchedFolder | null {
  const away = folders.find(({ state }) => state === 'away' || state === 'no-permission')
  if (away) return away
  return [...folders].sort((a, b) => ((a.lastFileAt ?? '') < (b.lastFileAt ?? '') ? 1 : -1))[0] ?? null
}

/** Files that say whose they are in all watched folders, and the age of the oldest. */
export function identified(folders: readonly WatchedFolder[]): { files: number; oldestDays: number } {
  return folders.reduce(
    (sum, folder) => ({ files: sum.files + folder.identified.files, oldestDays: Math.max(sum.oldestDays, folder.identified.oldestDays) }),
    { files: 0, oldestDays: 0 },
  )
}
