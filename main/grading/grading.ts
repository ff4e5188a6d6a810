/** The grader's word: open beside the machine's, and blind in batches. The one door to this folder. */
import { randomUUID } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import { defaultProfile } from '../../oct/quality/profile.ts'
import type { Handlers, OpenScan, ScanRef } from '../../preload/contract.ts'
import type { Grading, gradingMethods } from '../../preload/grading.ts'
import type { Operations } from '../operations.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PeopleRoom } from '../people/people.ts'
import type { HomeArchive } from '../runs/desk.ts'
import type { Scans } from '../scans/open.ts'
import type { Lab } from '../store/lab.ts'
import type { BatchRecord, BatchScan, GradingHome, GradingItem, GradingRecord, Word } from '../store/lab-grading.ts'
import { agreementOfBatch, differencesOf } from './compare.ts'
import { createHomeward } from './homeward.ts'
import { orderFor, randomFromText, repeatsOf } from './order.ts'

export interface GradingRoom {
  /** Told that the window has opened a scan with all that is known of it: who sits here no longer grades it blind. */
  opened(bulk: string, ref: ScanRef): void
  /** Told which scan's verdict is being read in the Inbox; the same holds for it. */
  readInInbox(scan: string): void
  /** Packs what waits to go home: of an earlier life too. */
  pack(): Promise<void>
  handlers: Pick<Handlers, keyof typeof gradingMethods | 'grading.open'>
}

export interface GradingOptions {
  lab: Pick<Lab, 'gradings' | 'chain' | 'inbox' | 'readOnly'>
  people: Pick<PeopleRoom, 'needed' | 'status'>
  scans: Pick<Scans, 'openBlind' | 'openedAs' | 'close'>
  operations: Pick<Operations, 'during'>
  archive: () => HomeArchive | null
  outbox: Pick<Outbox, 'put' | 'has' | 'keeps'>
  /** What a person here calls a session of the archive; null where this desk has not listed it. */
  title: (ref: ScanRef & { kind: 'archive' }) => OpenScan['title'] | null
  /** Told that a word was packed to go home. */
  packed: () => void
  report: (error: unknown) => void
  now: () => Date
  /** Opaque ids; random unless told. */
  newId?: () => string
}

/** Graders of one batch: every two of them are compared. */
const mostGraders = 14

const goneItem = () => new ScansideError('not-found', 'This item is not in your list. Nothing was changed; go back to the batch and begin again.')
const goneBatch = () => new ScansideError('not-found', 'This batch is not at this desk. Nothing was changed; choose another.')
const goneScan = () => new ScansideError('not-found', 'This scan is no longer open. Nothing was saved; open it again.')
const graderOf = () =>
  new ScansideError(
    'forbidden',
    'You have graded in this batch. What graders differ on is decided by a third person: hand the desk over, and let them pick their name.',
  )

/** Scans that are open at once are fewer. */
const mostOpen = 50

const refKey = (ref: ScanRef) => (ref.kind === 'local' ? `local\n${ref.local}` : `archive\n${ref.session}\n${ref.scan}`)
const shown = ({ id, name, at, letters, overall, note, saw, batch, repeat }: GradingRecord): Grading => ({
  id,
  grader: name,
  at,
  letters,
  overall,
  note,
  saw,
  batch,
  repeat,
})

/** Builds the room. Everything is refused until a person has picked their name. */
export function createGrading(options: GradingOptions): GradingRoom {
  const { lab, people, scans, operations, archive, now, newId = randomUUID } = options
  const records = lab.gradings
  const time = () => now().toISOString()
  const audit = (person: string, what: string) => lab.chain.audit(time(), person, `grading: ${what}`, null)

  /** Notes what a person has seen; a desk whose records can only be read keeps no gradings either. */
  const see = (person: string, digest: string, what: Parameters<typeof records.see>[2]) => {
    if (!lab.readOnly) records.see(person, digest, what)
  }
  const batchOf = (id: string): BatchRecord => {
    const batch = records.batch(id)
    if (!batch) throw goneBatch()
    return batch
  }
  /** An open scan that is shown with all that is known of it. */
  const openOf = (bulk: string) => {
    const as = scans.openedAs(bulk)
    if (!as) throw goneScan()
    if (as.blind) throw new ScansideError('forbidden', 'This scan is graded blind: what others said of it stays closed.')
    return as
  }
  /** The items of a grader, made when they begin. */
  const itemsOf = (batch: BatchRecord, grader: string): GradingItem[] => {
    const known = records.items(batch.id, grader)
    if (known.length > 0) return known
    if (records.begun(batch.id).length >= mostGraders)
      throw new ScansideError(
        'quota',
        `${mostGraders} people have begun this batch already, and more cannot be compared. Make another batch of the same scans.`,
      )
    const chosen = records.scans(batch.id)
    const items = orderFor(chosen.length, batch.repeats, randomFromText(`${batch.seed}\n${grader}`)).map(
      ({ scan, repeat }, position): GradingItem => ({
        id: newId(),
        batch: batch.id,
        grader,
        position,
        scan: chosen[scan]?.id ?? '',
        repeat,
        digest: null,
      }),
    )
    records.saveItems(items)
    audit(grader, `batch ${batch.id} begun, ${items.length} items`)
    return items
  }
  const doneOf = (batch: string): Set<string> => new Set(records.ofBatch(batch).flatMap(({ item }) => item ?? []))
  /** The differences of a batch for somebody who is no grader of it. */
  const differencesFor = (batch: string, person: string) => {
    if (records.items(batch, person).length > 0) throw graderOf()
    return differencesOf(records.ofBatch(batch))
  }
  /** A person's own item, or a difference they may decide: the scan it is of. */
  const scanFor = (id: string, person: string): { scan: BatchScan; item: GradingItem | null } => {
    const item = records.item(id)
    if (item && item.grader !== person) throw goneItem()
    const scan = records.scan(item?.scan ?? id)
    if (!scan) throw goneItem()
    if (!item && !differencesFor(scan.batch, person).some((one) => one.scan === scan.id)) throw goneItem()
    return { scan, item }
  }
  const checkArchive = ({ archive: home, ref }: BatchScan) => {
    if (ref.kind === 'archive' && archive()?.id !== home)
      throw new ScansideError(
        'unauthorized',
        'The scans of this batch are in an archive nobody is signed in to here. Nothing is lost; sign in to it and go on.',
      )
  }
  const homeOf = (at: string | null, ref: ScanRef): GradingHome | null => {
    if (at === null || ref.kind !== 'archive') return null
    const { project, subject, session, scan } = ref
    return { archive: at, project, subject, session, scan }
  }
  /** The scan each open word is of. */
  const homes = new Map<string, GradingHome | null>()
  const pack = createHomeward({
    ...options,
    // The demo's sessions are made anew with each window.
    isDemo: (at) => at === 'demo',
    title: (home) => {
      const known = options.title({ kind: 'archive', ...home })
      return known ? `${known.project} / ${known.subject} / ${known.session}` : ''
    },
  })
  /** Written down at once; what it answers is that it was packed to go home as well. */
  const record = (
    person: { id: string; name: string },
    word: Word,
    rest: Pick<GradingRecord, 'digest' | 'saw' | 'batch' | 'item' | 'scan' | 'repeat'>,
    home: GradingHome | null,
  ): Promise<void> => {
    records.add({ ...word, ...rest, id: newId(), grader: person.id, name: person.name, at: time() }, home)
    return home ? pack() : Promise.resolve()
  }

  /** What whoever sits here sees of a scan; nothing is noted where nobody does, or nothing can be written. */
  const seesHere = (digests: readonly string[], what: { machine: boolean }) => {
    const { person, locked } = people.status()
    if (!person || locked) return
    for (const digest of digests) see(person.id, digest, { identity: true, ...what })
  }
  return {
    pack,
    opened: (bulk, ref) => {
      homes.set(bulk, homeOf(archive()?.id ?? null, ref))
      for (const oldest of homes.keys()) if (homes.size > mostOpen) homes.delete(oldest)
      const as = scans.openedAs(bulk)
      if (as && !as.blind) seesHere([as.digest], { machine: as.judged })
    },
    readInInbox: (scan) => {
      const judged = lab.inbox.verdicts(scan)[0]?.result.inputs ?? []
      seesHere(
        judged.map(({ sha256 }) => sha256),
        { machine: true },
      )
    },
    handlers: {
      'grading.ofScan': ({ bulk }) => {
        const { id } = people.needed()
        const { digest, judged } = openOf(bulk)
        const all = records.ofDigest(digest)
        const mine = all.findLast(({ grader }) => grader === id)
        const others = all.filter(({ grader }) => grader !== id).slice(-100)
        see(id, digest, { identity: true, machine: judged, others: mine !== undefined && others.length > 0 })
        return mine ? { mine: shown(mine), others: others.map(shown), sealed: 0 } : { mine: null, others: [], sealed: others.length }
      },
      'grading.word': ({ bulk, sawMachine, ...word }) => {
        const person = people.needed()
        const { digest } = openOf(bulk)
        see(person.id, digest, { identity: true, machine: sawMachine })
        const { others } = records.seen(person.id, digest)
        const saw = { machine: sawMachine, others, identity: true }
        const packed = record(person, word, { digest, saw, batch: null, item: null, scan: null, repeat: false }, homes.get(bulk) ?? null)
        audit(person.id, 'open word saved')
        return packed
      },
      'grading.batches': () => {
        const { id } = people.needed()
        return records.batches().map(({ seed: _seed, repeats, ...batch }) => {
          const gradings = records.ofBatch(batch.id)
          const names = new Map(gradings.map(({ grader, name }) => [grader, name]))
          const differences = differencesOf(gradings)
          const decided = new Set(records.adjudications(batch.id).map(({ scan }) => scan))
          const doneBy = (person: string) => gradings.filter(({ grader }) => grader === person).length
          return {
            ...batch,
            items: batch.scans + repeats,
            done: doneBy(id),
            graders: [...names].map(([grader, name]) => ({ name, done: doneBy(grader) })).slice(0, 50),
            disagreements: differences.length,
            adjudicated: differences.filter(({ scan }) => decided.has(scan)).length,
          }
        })
      },
      'grading.create': ({ name, scans: refs, repeats }) => {
        const { id: person } = people.needed()
        const home = archive()
        const once = [...new Map(refs.map((ref) => [refKey(ref), ref])).values()]
        if (!home && once.some(({ kind }) => kind === 'archive'))
          throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of these scans. Nothing was made; sign in and try again.')
        const id = newId()
        records.createBatch(
          { id, name, profile: defaultProfile.name, createdAt: time(), seed: newId(), scans: once.length, repeats: repeatsOf(once.length, repeats) },
          once.map((ref) => ({ id: newId(), batch: id, archive: ref.kind === 'archive' ? (home?.id ?? null) : null, ref })),
        )
        audit(person, `batch ${id} made of ${once.length} scans`)
        return { batch: id }
      },
      'grading.next': ({ batch: id }) => {
        const person = people.needed()
        const items = itemsOf(batchOf(id), person.id)
        const done = doneOf(id)
        const next = items.find((item) => !done.has(item.id))
        return next ? { item: next.id, position: next.position + 1, items: items.length } : null
      },
      'grading.open': async ({ item: asked, operation }) => {
        const person = people.needed()
        const { scan, item } = scanFor(asked, person.id)
        checkArchive(scan)
        const open = await operations.during(operation, 'open-scan', (signal, report) =>
          scans.openBlind(scan.ref, signal, (bytes, total) => report(total ? Math.min(1, bytes / total) : null, 'Fetching the scan …')),
        )
        try {
          // Locked or handed over while the scan was on its way: nobody who sits here asked for it.
          if (people.needed().id !== person.id) throw goneItem()
        } catch (error) {
          await scans.close(open.bulk)
          throw error
        }
        const digest = scans.openedAs(open.bulk)?.digest ?? ''
        if (item) records.itemOpened(item.id, digest)
        else see(person.id, digest, { others: true })
        return open
      },
      'grading.save': ({ item: asked, ...word }) => {
        const person = people.needed()
        const item = records.item(asked)
        if (item?.grader !== person.id) throw goneItem()
        if (doneOf(item.batch).has(item.id))
          throw new ScansideError('conflict', 'This item is graded already, and a grading is never changed. Go on with the next.')
        // A scan that cannot be opened is left out: nothing is said of it.
        if (item.digest === null && word.overall !== 'unknown')
          throw new ScansideError('conflict', 'This scan was not shown yet. Nothing was saved; open it, then grade it.')
        const { id: batch, scan, repeat } = { ...item, id: item.batch }
        const digest = item.digest ?? ''
        const of = records.scan(scan)
        // Of what was never shown nothing was said.
        const home = of && digest !== '' ? homeOf(of.archive, of.ref) : null
        const packed = record(person, word, { digest, saw: records.seen(person.id, digest), batch, item: item.id, scan, repeat }, home)
        audit(person.id, `item ${item.id} of batch ${batch} saved`)
        return packed
      },
      'grading.agreement': ({ batch }) => {
        people.needed()
        return agreementOfBatch(records.ofBatch(batchOf(batch).id))
      },
      'grading.disagreements': ({ batch }) => {
        const person = people.needed()
        const differences = differencesFor(batchOf(batch).id, person.id)
        const decided = new Map(records.adjudications(batch).map((one) => [one.scan, one]))
        return differences.slice(0, 2_000).map(({ scan, words }) => {
          for (const { digest } of words) see(person.id, digest, { others: true })
          const one = decided.get(scan)
          return {
            item: scan,
            words: words.slice(0, 10).map(({ letters, overall, note }) => ({ letters, overall, note })),
            decided: one ? { letters: one.letters, overall: one.overall } : null,
          }
        })
      },
      'grading.adjudicate': ({ item, ...word }) => {
        const person = people.needed()
        const { scan, item: own } = scanFor(item, person.id)
        if (own) throw graderOf()
        const home = homeOf(scan.archive, scan.ref)
        records.addAdjudication({ ...word, id: newId(), batch: scan.batch, scan: scan.id, by: person.id, name: person.name, at: time() }, home)
        audit(person.id, `difference ${scan.id} of batch ${scan.batch} decided`)
        return home ? pack() : undefined
      },
    },
  }
}
