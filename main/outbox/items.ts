/** The items of this desk: sealed files where there is a keyring, memory where there is none. */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { OutboxItem } from '../../preload/outbox.ts'
import type { Standing } from '../archive/archive.ts'
import { type Disk, destroyFile, itemFile, writeItem } from './disk.ts'
import {
  type ItemContent,
  type ItemFacts,
  type ItemHeader,
  itemId,
  maxHeader,
  openAbout,
  openBytes,
  readHeader,
  seal,
  unwrap,
  type WrappingKey,
} from './seal.ts'

/** What is to go home. */
export interface NewItem {
  /** Opaque: of the run or of the grading, so that a thing is packed once. */
  id: string
  kind: ItemFacts['kind']
  createdAt: string
  content: Omit<ItemContent, 'md5'>
  bytes: Uint8Array
  /** For the demo lab, which ends with this process: nothing of it is written. */
  demo: boolean
}

/** Why an item cannot be opened here. */
export type Stuck = 'key' | 'newer' | 'damaged'

export interface Entry {
  facts: ItemFacts
  /** Null where it cannot be opened. */
  content: ItemContent | null
  stuck: Stuck | null
  /** Its file; null where it is in memory. */
  file: { name: string; header: ItemHeader | null; headerBytes: number } | null
  bytes: Uint8Array | null
  demo: boolean
  state: OutboxItem['state']
  message: string | null
  /** What the archive holds under its name, in a conflict. */
  theirs: Standing | null
  /** What was listed right after an upload of ours that came to harm: a piece of ours, which may be overwritten. */
  piece: Standing | null
  /** How often in a row the archive was there and this did not arrive. */
  stumbles: number
}

export interface Items {
  /** In the order in which they go home. */
  all(): Entry[]
  get(id: string): Entry | null
  /**
   * Packs it, once; answers why it is in memory alone, as a sentence, or null. What waits under this id already stays as it is, unless it
   * cannot be opened or has another content.
   */
  put(item: NewItem): Promise<string | null>
  /** @throws ScansideError `integrity` where its file is damaged: it is put aside then, and the entry says so */
  bytesOf(entry: Entry): Promise<Uint8Array>
  /** Its keys are overwritten, and it is gone. */
  destroy(entry: Entry): Promise<void>
  /** Opens what was locked with this key. */
  unlock(own: WrappingKey): void
}

export interface ItemsParts {
  /** Null: everything in memory. */
  disk: Disk | null
  key: WrappingKey | null
  /** The site's recovery key, PEM. */
  recovery: string | null
  now(): Date
  report(error: unknown): void
}

const ending = '.item'
const aside = /^(.{1,100})\.item\.damaged-\d{1,20}$/

const locked = (facts: ItemFacts, stuck: Stuck, file: Entry['file']): Entry => ({
  facts,
  content: null,
  stuck,
  file,
  bytes: null,
  demo: false,
  state: 'locked',
  message: null,
  theirs: null,
  piece: null,
  stumbles: 0,
})
const open = (facts: ItemFacts, content: ItemContent, rest: Pick<Entry, 'file' | 'bytes' | 'demo'>): Entry => ({
  ...rest,
  facts,
  content,
  stuck: null,
  state: 'waiting',
  message: null,
  theirs: null,
  piece: null,
  stumbles: 0,
})
/** Of a file whose own words cannot be read. */
const unknownFacts = (id: string): ItemFacts => ({ id, kind: 'results', order: 0, createdAt: '', size: 0 })

const inOrder = (a: Entry, b: Entry): number =>
  a.facts.kind !== b.facts.kind
    ? a.facts.kind === 'grading'
      ? -1
      : 1
    : a.facts.order - b.facts.order || (a.facts.createdAt < b.facts.createdAt ? -1 : a.facts.createdAt > b.facts.createdAt ? 1 : 0)

/** Reads what an earlier life left. What cannot be read is put aside, never deleted; what a newer version wrote is left alone. */
export const loadItems = async ({ disk, key, now, report }: ItemsParts): Promise<Entry[]> => {
  if (!disk) return []
  const entries: Entry[] = []
  const names = await disk.list()
  const putAside = async (name: string, id: string) => {
    const away = `${name}.damaged-${now().getTime()}`
    await disk.rename(name, away)
    entries.push(locked(unknownFacts(`${id}-damaged`), 'damaged', { name: away, header: null, headerBytes: 0 }))
  }
  const openFile = async (name: string, id: string) => {
    const first = await disk.read(name, 0, maxHeader)
    const found = readHeader(first)
    // The power may have failed while it was overwritten: its first bytes are gone, its keys perhaps not.
    if (found.is === 'destroyed') return destroyFile(disk, name, first.length)
    if (found.is === 'newer') return void entries.push(locked(unknownFacts(id), 'newer', { name, header: null, headerBytes: 0 }))
    if (found.is === 'damaged' || found.header.id !== id) return putAside(name, id)
    const { header, headerBytes } = found
    const { kind, order, createdAt, size } = header
    const facts = { id, kind, order, createdAt, size }
    const file = { name, header, headerBytes }
    const own = key && unwrap(header, key)
    entries.push(own ? open(facts, openAbout(header, own), { file, bytes: null, demo: false }) : locked(facts, 'key', file))
  }
  /** One that was not seen to its end: whole, or of no use. */
  const finish = async (name: string, id: string) => {
    const all = await disk.read(name, 0)
    const found = readHeader(all)
    if (found.is === 'newer') return
    if (found.is === 'item' && !names.includes(itemFile(id))) {
      const own = key && unwrap(found.header, key)
      // Whether it is whole shows only once its key is there again.
      if (!own) return
      try {
        openBytes(found.header, own, all.subarray(found.headerBytes))
        await disk.sync(name)
        await disk.rename(name, itemFile(id))
        await disk.syncFolder()
        names.push(itemFile(id))
        return
      } catch (error) {
        if (!(error instanceof ScansideError)) throw error
      }
    }
    await destroyFile(disk, name, Math.min(all.length, maxHeader))
  }
  const each = async (end: string, work: (name: string, id: string) => Promise<unknown>) => {
    for (const name of names.filter((one) => one.endsWith(end))) {
      const id = name.slice(0, -end.length)
      if (!itemId.safeParse(id).success) continue
      try {
        await work(name, id)
      } catch (error) {
        if (error instanceof ScansideError && error.code === 'integrity' && end === ending) await putAside(name, id).catch(report)
        else report(error)
      }
    }
  }
  await each(`${ending}.tmp`, finish)
  await each(ending, openFile)
  for (const name of names) {
    const id = aside.exec(name)?.[1]
    if (id !== undefined) entries.push(locked(unknownFacts(`${id}-damaged`), 'damaged', { name, header: null, headerBytes: 0 }))
  }
  return entries
}

/** @param loaded what `loadItems` found */
export const createItems = ({ disk, recovery, now, report, ...parts }: ItemsParts, loaded: Entry[]): Items => {
  /** The last one seals; any of them may open. */
  const keys = parts.key ? [parts.key] : []
  const unwrapAny = (header: ItemHeader): Buffer | null => {
    for (const one of keys) {
      const found = unwrap(header, one)
      if (found) return found
    }
    return null
  }
  const entries = new Map(loaded.map((entry) => [entry.facts.id, entry]))
  // One after the other: two that pack the same thing pack it once.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work)
    last = done.catch(() => undefined)
    return done
  }
  const destroyNow = async (entry: Entry) => {
    // Another has taken its place, and lies under its name.
    if (entries.get(entry.facts.id) !== entry) return
    if (entry.file && disk) {
      const { name, header, headerBytes } = entry.file
      // Of what cannot be read the keys may still be whole.
      await destroyFile(disk, name, header ? headerBytes : (await disk.read(name, 0, maxHeader)).length)
    }
    entries.delete(entry.facts.id)
  }
  const putNow = async ({ id, kind, createdAt, content: given, bytes, demo }: NewItem): Promise<string | null> => {
    itemId.parse(id)
    const content: ItemContent = { ...given, md5: createHash('md5').update(bytes).digest('hex') }
    const known = entries.get(id)
    if (known?.stuck === 'newer' || (known?.content && known.content.md5 === content.md5)) return null
    const order = 1 + Math.max(0, ...[...entries.values()].map(({ facts }) => facts.order))
    const facts: ItemFacts = { id, kind, order: known?.facts.order || order, createdAt, size: bytes.byteLength }
    const inMemory = () => void entries.set(id, open(facts, content, { file: null, bytes, demo }))
    // What is locked, or says something else of the same thing, makes room: this one is known to be whole.
    if (known) await destroyNow(known)
    const key = keys.at(-1)
    if (demo || !disk || !key) {
      inMemory()
      return null
    }
    try {
      const sealed = seal(facts, content, bytes, key, recovery)
      const found = readHeader(sealed)
      if (found.is !== 'item') throw new ScansideError('internal', 'What waits to go home could not be sealed.')
      await writeItem(disk, id, sealed)
      const file = { name: itemFile(id), header: found.header, headerBytes: found.headerBytes }
      entries.set(id, open(facts, content, { file, bytes: null, demo }))
      return null
    } catch (error) {
      report(error)
      inMemory()
      return error instanceof ScansideError ? error.message : 'No sealed copy could be made for the way home. It is kept in this desk’s records.'
    }
  }
  const putAside = async (entry: Entry) => {
    if (!entry.file || !disk) return
    const name = `${entry.file.name}.damaged-${now().getTime()}`
    await disk.rename(entry.file.name, name)
    entries.delete(entry.facts.id)
    const facts = { ...entry.facts, id: `${entry.facts.id}-damaged` }
    entries.set(facts.id, locked(facts, 'damaged', { name, header: null, headerBytes: 0 }))
  }
  return {
    all: () => [...entries.values()].sort(inOrder),
    get: (id) => entries.get(id) ?? null,
    put: (item) => inTurn(() => putNow(item)),
    bytesOf: async (entry) => {
      if (entry.bytes) return entry.bytes
      const { file } = entry
      const itemKey = file?.header ? unwrapAny(file.header) : null
      if (!disk || !file?.header || !itemKey) throw new ScansideError('internal', 'This item cannot be opened at this desk now. Nothing was changed.')
      try {
        return openBytes(file.header, itemKey, await disk.read(file.name, file.headerBytes))
      } catch (error) {
        if (error instanceof ScansideError) await inTurn(() => putAside(entry))
        throw error
      } finally {
        itemKey.fill(0)
      }
    },
    destroy: (entry) => inTurn(() => destroyNow(entry)),
    unlock: (own) => {
      if (!keys.some(({ id }) => id === own.id)) keys.push(own)
      for (const entry of entries.values()) {
        if (entry.stuck !== 'key' || !entry.file?.header) continue
        try {
          const itemKey = unwrap(entry.file.header, own)
          if (!itemKey) continue
          entry.content = openAbout(entry.file.header, itemKey)
          entry.stuck = null
          entry.state = 'waiting'
          entry.message = null
        } catch (error) {
          report(error)
        }
      }
    },
  }
}
