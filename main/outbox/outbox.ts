/** What waits to go home: results and gradings, each sealed with a key of its own until the archive has been read back. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { OutboxChoice, outboxMethods } from '../../preload/outbox.ts'
import type { Published } from '../archive/archive.ts'
import type { HomeArchive } from '../runs/desk.ts'
import { type Answer, choicesFor, shownItem } from './answers.ts'
import type { Disk } from './disk.ts'
import { createItems, type Entry, type Items, loadItems, type NewItem } from './items.ts'
import { type ItemFacts, wrappingKey } from './seal.ts'
import { createSender, type Keeper } from './sender.ts'

export type { Answer } from './answers.ts'
export { openDisk } from './disk.ts'
export type { NewItem } from './items.ts'
export type { Keeper } from './sender.ts'

export interface Outbox {
  /** Packs an item, once; answers why only memory holds it, as a sentence, or null. */
  put(item: NewItem): Promise<string | null>
  has(id: string): boolean
  /** Sends it in its turn, and what waits before it; `noted` writes down that it was read back, and throws where that cannot be. */
  attempt(id: string, signal: AbortSignal, noted: (published: Published) => void): Promise<Answer>
  /** Sends what waits for the archive that is signed in. `again`: also what it refused or held another content of. */
  send(signal: AbortSignal, again?: boolean): Promise<{ sent: number; tried: number }>
  /** @throws ScansideError `conflict` where the choice is not one for its state now, and what the archive says */
  decide(id: string, choice: OutboxChoice): Promise<void>
  /** In the order in which they go home. */
  list(): Entry[]
  /** Of what no run under way is about to send itself. */
  counts(): { waiting: number; blocked: number }
  /** How many cannot be opened for want of their key; what is damaged or of a newer version is not among them. */
  keyless(): number
  /** Items that end with this process. */
  unkept(): Entry[]
  keeps(kind: ItemFacts['kind'], keeper: Keeper): void
  onChange(listener: () => unknown): void
  close(): Promise<void>
}

export interface OutboxOptions {
  /** Null: in memory. */
  disk: Disk | null
  /** 32 bytes as hex, from the keyring; null where it does not answer. Asked again when somebody tries what is locked. */
  key(): Promise<string | null>
  /** The site's recovery key, PEM. */
  recovery: string | null
  archive(): HomeArchive | null
  now(): Date
  report(error: unknown): void
}

const gone = () => new ScansideError('not-found', 'This is no longer waiting. Nothing was changed.')

/** Opens what an earlier life left; nothing is sent before `send`, `attempt` or `decide`. */
export const openOutbox = async (options: OutboxOptions): Promise<Outbox> => {
  const hex = options.disk ? await options.key() : null
  const parts = { ...options, key: hex === null ? null : wrappingKey(hex) }
  return createOutbox(options, createItems(parts, await loadItems(parts)))
}

/** One that ends with this process. */
export const outboxInMemory = (options: Pick<OutboxOptions, 'archive' | 'now' | 'report'>): Outbox => {
  const none = { ...options, disk: null, recovery: null }
  return createOutbox({ ...none, key: async () => null }, createItems({ ...none, key: null }, []))
}

const createOutbox = ({ key, archive, report }: OutboxOptions, items: Items): Outbox => {
  const keepers = new Map<ItemFacts['kind'], Keeper>()
  const listeners = new Set<() => unknown>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const sender = createSender({ items, archive, keeper: (kind) => keepers.get(kind) ?? null, changed, report })
  const unlock = async () => {
    if (!items.all().some(({ stuck }) => stuck === 'key')) return
    const found = await key()
    if (found !== null) items.unlock(wrappingKey(found))
  }
  const sendable = (again: boolean) => {
    const home = archive()
    return items
      .all()
      .filter(({ content, state }) => home !== null && content?.archive === home.id && (state === 'waiting' || (again && state !== 'sending')))
      .map(({ facts }) => facts.id)
  }
  const telling = async (id: string, told: Parameters<typeof sender.tell>[1]) => {
    const answer = await sender.tell(id, told)
    if (answer.is === 'home') return
    if (answer.is === 'conflict') throw new ScansideError('conflict', `${answer.message} It has changed since you looked; choose again.`)
    if (answer.is === 'refused') throw new ScansideError('forbidden', answer.message)
    throw new ScansideError('unreachable', `Nothing was changed. ${answer.why ?? 'Nobody is signed in to its archive.'}`)
  }
  const decide: Outbox['decide'] = async (id, choice) => {
    const entry = items.get(id)
    if (!entry) throw gone()
    if (!choicesFor(entry).includes(choice) || sender.claimed(id)) {
      throw new ScansideError('conflict', 'This item is in another state now, and nothing was changed. Look at it again.')
    }
    if (choice === 'retry') {
      await unlock()
      if (entry.stuck === 'key') throw new ScansideError('keyring-unavailable', 'Its key is not in this computer’s keyring. Nothing was changed.')
      entry.state = 'waiting'
      await sender.send([id], new AbortController().signal)
    } else if (choice === 'send-beside') await telling(id, { beside: true })
    else if (choice === 'replace') {
      if (!entry.theirs) throw gone()
      await telling(id, { replaces: entry.theirs })
    } else {
      // Written down once it is so: what is told to have been let go of must not be sent by the next start.
      await items.destroy(entry)
      if (entry.content) keepers.get(entry.facts.kind)?.letGo(entry.content, choice)
    }
    changed()
  }
  return {
    put: async (item) => {
      const problem = await items.put(item)
      changed()
      return problem
    },
    has: (id) => items.get(id) !== null && items.get(id)?.content !== null,
    attempt: (id, signal, noted) => {
      // In its turn: what was packed before it goes before it.
      const all = sendable(false)
      const place = all.indexOf(id)
      const before = place < 0 ? [] : all.slice(0, place).filter((other) => !sender.claimed(other))
      return sender.attempt(id, before, signal, noted)
    },
    send: async (signal, again = false) => {
      if (again) await unlock().catch(report)
      const ids = sendable(again)
      return { sent: await sender.send(ids, signal), tried: ids.length }
    },
    decide,
    list: items.all,
    counts: () => {
      const mine = items.all().filter(({ facts }) => !sender.claimed(facts.id))
      const waiting = mine.filter(({ state }) => state === 'waiting' || state === 'sending').length
      return { waiting, blocked: mine.length - waiting }
    },
    keyless: () => items.all().filter(({ stuck }) => stuck === 'key').length,
    unkept: () => items.all().filter(({ file, demo }) => file === null && !demo),
    keeps: (kind, keeper) => {
      keepers.set(kind, keeper)
    },
    onChange: (listener) => {
      listeners.add(listener)
    },
    close: sender.close,
  }
}

export interface OutboxRoom {
  counts(): { waiting: number; blocked: number }
  handlers: Pick<Handlers, keyof typeof outboxMethods>
}

export interface OutboxParts {
  outbox: Pick<Outbox, 'list' | 'decide' | 'counts'>
  /** Whether the desk is locked: whose things wait is nobody's to read then. */
  locked(): boolean
  /** Looks whether an archive that was away answers again. Never rejects. */
  look(): Promise<void>
  /** Everything that waits on this desk, also what could not be packed. */
  waiting(): number
  /** Sends what can be sent now, also what was refused. */
  send(): Promise<{ sent: number; waiting: number }>
  /** Told after a choice was carried out. */
  decided(): void
}

/** What the window is given of it. */
export function createOutboxRoom({ outbox, locked, look, waiting, send, decided }: OutboxParts): OutboxRoom {
  return {
    counts: () => {
      const { blocked } = outbox.counts()
      return { waiting: Math.max(0, waiting() - blocked), blocked }
    },
    handlers: {
      'outbox.list': () => {
        const all = outbox.list()
        return { items: all.slice(0, 1_000).map((entry) => shownItem(entry, !locked())), total: all.length }
      },
      'outbox.send': async () => {
        await look()
        return send()
      },
      'outbox.decide': async ({ item, choice }) => {
        if (locked()) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on.')
        await look()
        try {
          await outbox.decide(item, choice)
        } finally {
          decided()
        }
      },
    },
  }
}
