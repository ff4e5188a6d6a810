/** Sends items home, one after the other in their order; each is destroyed only after the archive was read back and that was noted. */
import { ScansideError } from '../../oct/errors.ts'
import type { Archive, Published, Standing } from '../archive/archive.ts'
import type { HomeArchive } from '../runs/desk.ts'
import { type Answer, answerTo, besideName, waitingSentence } from './answers.ts'
import type { Entry, Items } from './items.ts'
import type { ItemContent, ItemFacts } from './seal.ts'

/** bytes; what a machine has sent is read back up to it. */
const maxBytes = 32 * 1024 * 1024

/** Who keeps records of what is sent. */
export interface Keeper {
  /**
   * Notes that it was read back. False where that cannot be noted now: the item stays, the archive is asked again later and nothing is sent twice.
   * An item nobody knows of answers true.
   */
  home(content: ItemContent, published: Published): boolean
  /** Notes that it will not be sent: a person has let go of it. */
  letGo(content: ItemContent, choice: 'keep-theirs' | 'discard'): void
  /** Notes why it waits. */
  waits(content: ItemContent, message: string): void
}

/** How an item is to be sent on a person's word; `replaces`: this content of theirs and no other. */
export type Told = { beside: true } | { replaces: Standing }

export interface SenderParts {
  items: Items
  archive(): HomeArchive | null
  keeper(kind: ItemFacts['kind']): Keeper | null
  changed(): void
  report(error: unknown): void
}

/** One who waits for an item and notes its arrival themselves. */
interface Caller {
  noted(published: Published): void
  told(answer: Answer): void
}

export interface Sender {
  /** Tries these, in the order of all; resolves with how many are home when all were tried. */
  send(ids: readonly string[], signal: AbortSignal): Promise<number>
  /** The same for one, in its turn after those `before` it; its arrival is the caller's to note. Rejects with `cancelled` where `signal` ends it. */
  attempt(id: string, before: readonly string[], signal: AbortSignal, noted: (published: Published) => void): Promise<Answer>
  /** Sends one as a person has told, now or not at all. */
  tell(id: string, told: Told): Promise<Answer>
  /** Whether a run under way waits for it. */
  claimed(id: string): boolean
  close(): Promise<void>
}

const equal = (a: Standing, b: Standing): boolean => a.size === b.size && a.md5 === b.md5
const closed = () => new ScansideError('cancelled', 'Sending was stopped. Nothing is lost.')

const machineSent = async (archive: Archive, { session, name }: ItemContent, bytes: Uint8Array, md5: string, signal: AbortSignal) => {
  const found = await archive.publishedFile(session, name, maxBytes, signal)
  if (!found || Buffer.from(found.bytes).equals(bytes)) return found?.published ?? null
  if (found.published.md5 === md5) return found.published
  throw new ScansideError('conflict', 'The archive holds another result under the name of this run. Nothing was overwritten; choose what to do.', {
    reason: 'other-content',
    size: found.published.size,
    md5: found.published.md5,
  })
}

/** One item to its archive. */
const deliver = async (
  archive: Archive,
  entry: Entry,
  content: ItemContent,
  bytes: Uint8Array,
  told: Told | null,
  signal: AbortSignal,
): Promise<Published> => {
  const { session, name, md5 } = content
  if (told && 'beside' in told) return archive.publish(session, besideName(name, md5), bytes, signal)
  const there = content.machine && !told ? await machineSent(archive, content, bytes, md5, signal) : null
  if (there) return there
  const { piece } = entry
  const replaces = (theirs: Standing) => (told !== null && equal(told.replaces, theirs)) || (piece !== null && equal(piece, theirs))
  try {
    return await archive.publish(session, name, bytes, signal, replaces)
  } catch (error) {
    if (!(error instanceof ScansideError) || error.details.reason !== 'other-content') throw error
    // Chosen before, and not seen to its end.
    const aside = besideName(name, md5)
    const sent = (await archive.published(session, signal)).some(
      (file) => file.uri.endsWith(`/${aside}`) && file.size === bytes.byteLength && file.md5.toLowerCase() === md5,
    )
    if (sent) return archive.publish(session, aside, bytes, signal)
    throw error
  }
}

const waits = (why: string | null, away: 'no' | 'surely' = 'no'): Answer => ({ is: 'waits', why, away, piece: null })

/** Failures to reach the archive in a row after which the rest of a pass waits: one item alone must not hold up all behind it. */
const patience = 2
/** Passes that may end at the same item, as if the archive went away with it, before those behind it go first. */
const patienceWithOne = 3

export const createSender = ({ items, archive, keeper, changed, report }: SenderParts): Sender => {
  const due = new Map<string, Told | null>()
  const callers = new Map<string, Caller>()
  /** Each pass that is under way, and what of it is home. */
  const passes = new Set<Set<string>>()
  let working: Promise<void> | null = null
  let current: { id: string; abort: AbortController } | null = null
  let ended = false

  const tryOne = async (entry: Entry, told: Told | null, signal: AbortSignal): Promise<Answer> => {
    const { content } = entry
    const there = archive()
    if (!content || !there || there.id !== content.archive) return waits(null)
    if (there.ready === false) return waits('The archive does not answer, or the sign-in has expired.', 'surely')
    entry.state = 'sending'
    changed()
    try {
      const bytes = await items.bytesOf(entry)
      return { is: 'home', published: await deliver(there.archive, entry, content, bytes, told, signal) }
    } catch (error) {
      if (signal.aborted) return waits(closed().message)
      if (!(error instanceof ScansideError)) report(error)
      return answerTo(error)
    }
  }

  /** Whether its arrival is written down where its records are. */
  const note = (entry: Entry, content: ItemContent, published: Published): boolean => {
    try {
      const caller = callers.get(entry.facts.id)
      if (caller) {
        caller.noted(published)
        return true
      }
      return keeper(entry.facts.kind)?.home(content, published) ?? true
    } catch (error) {
      report(error)
      return false
    }
  }

  /** What the answer makes of the item. */
  const settle = async (entry: Entry, answer: Answer, wasConflict: Standing | null): Promise<void> => {
    const { id } = entry.facts
    const { content } = entry
    if (!content) return
    if (answer.is === 'home') {
      if (note(entry, content, answer.published)) {
        for (const pass of passes) pass.add(id)
        // Where this fails the file stays: it is found, asked for, and destroyed later.
        await items.destroy(entry).catch(report)
      }
      if (items.get(id) === entry) entry.state = 'waiting'
      return
    }
    entry.message = answer.is === 'waits' ? waitingSentence(entry.facts.kind, answer.why) : answer.message
    if (answer.is === 'waits') {
      entry.piece = answer.piece ?? entry.piece
      entry.state = wasConflict ? 'conflict' : 'waiting'
      entry.theirs = wasConflict
    } else {
      entry.state = answer.is
      entry.theirs = answer.is === 'conflict' ? answer.theirs : null
    }
    if (!callers.has(id)) {
      try {
        keeper(entry.facts.kind)?.waits(content, entry.message ?? '')
      } catch (error) {
        report(error)
      }
    }
  }

  const hear = (id: string, answer: Answer) => {
    const caller = callers.get(id)
    callers.delete(id)
    caller?.told(answer)
  }

  const work = async () => {
    let failures = 0
    while (!ended) {
      const waiting = items.all().filter(({ facts }) => due.has(facts.id))
      const entry = waiting.find(({ stumbles }) => stumbles < patienceWithOne) ?? waiting[0]
      if (!entry) break
      const { id } = entry.facts
      const told = due.get(id) ?? null
      due.delete(id)
      const abort = new AbortController()
      current = { id, abort }
      const before = told ? entry.theirs : null
      const answer = await tryOne(entry, told, abort.signal)
      current = null
      await settle(entry, answer, before)
      hear(id, answer)
      changed()
      const away = answer.is === 'waits' ? answer.away : 'no'
      if (away !== 'surely') entry.stumbles = away === 'perhaps' ? entry.stumbles + 1 : 0
      failures = away === 'no' ? 0 : failures + 1
      if (away === 'surely' || failures >= patience) {
        for (const other of [...due.keys()]) {
          due.delete(other)
          const behind = items.get(other)
          if (behind) await settle(behind, answer, behind.state === 'conflict' ? behind.theirs : null)
          hear(other, answer)
        }
      }
    }
    // Asked for, and not there any more.
    for (const id of [...due.keys(), ...callers.keys()]) hear(id, waits(closed().message))
    due.clear()
  }
  const begin = (): Promise<void> => {
    working ??= work()
      .catch(report)
      .finally(() => {
        working = null
        if (due.size > 0 && !ended) begin()
      })
    return working
  }
  const drained = async (): Promise<void> => {
    while (working) await working
  }

  const attempt: Sender['attempt'] = (id, before, signal, noted) =>
    new Promise<Answer>((resolve, reject) => {
      const stop = () => {
        callers.delete(id)
        due.delete(id)
        if (current?.id === id) current.abort.abort()
        reject(closed())
      }
      if (signal.aborted || ended) {
        reject(closed())
        return
      }
      signal.addEventListener('abort', stop, { once: true })
      const told = (answer: Answer) => {
        signal.removeEventListener('abort', stop)
        resolve(answer)
      }
      hear(id, waits(closed().message))
      callers.set(id, { noted, told })
      for (const one of [...before, id]) if (!due.has(one) && current?.id !== one) due.set(one, null)
      begin()
    })

  return {
    send: async (ids, signal) => {
      const asked = ids.filter((id) => items.get(id))
      for (const id of asked) if (!due.has(id) && current?.id !== id) due.set(id, null)
      const stop = () => {
        for (const id of asked) due.delete(id)
        if (current && asked.includes(current.id)) current.abort.abort()
      }
      signal.addEventListener('abort', stop, { once: true })
      const home = new Set<string>()
      passes.add(home)
      if (due.size > 0) begin()
      await drained()
      passes.delete(home)
      signal.removeEventListener('abort', stop)
      return asked.filter((id) => home.has(id)).length
    },
    attempt,
    tell: async (id, told) => {
      const answered = new Promise<Answer>((resolve) => {
        callers.set(id, {
          noted: (published) => {
            const entry = items.get(id)
            if (entry?.content && keeper(entry.facts.kind)?.home(entry.content, published) === false) {
              throw new ScansideError('conflict', 'Its run is still under way. Nothing was changed; try again in a moment.')
            }
          },
          told: resolve,
        })
      })
      due.set(id, told)
      begin()
      return answered
    },
    claimed: (id) => callers.has(id),
    close: async () => {
      ended = true
      current?.abort.abort()
      await drained()
    },
  }
}
