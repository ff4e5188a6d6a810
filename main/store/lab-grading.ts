/** Gradings as lab.db keeps them: batches with their scans, each grader's items, what was graded and adjudicated, and who had seen what. */
import { z } from 'zod'
import { verdictSchema } from '../../oct/results.ts'
import { scanRefSchema } from '../../preload/contract.ts'
import { gradingMethods, gradingSchema } from '../../preload/grading.ts'
import type { Sqlite, Write } from './sqlite.ts'

/** Tables of this file, to be made with the others. Gradings and adjudications are only ever added to. */
export const gradingTables = `
CREATE TABLE IF NOT EXISTS grading_batches (id TEXT PRIMARY KEY, created_at TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS grading_scans (id TEXT PRIMARY KEY, batch TEXT NOT NULL, n INTEGER NOT NULL, archive TEXT, ref TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS grading_scans_by_batch ON grading_scans (batch, n);
CREATE TABLE IF NOT EXISTS grading_items (id TEXT PRIMARY KEY, batch TEXT NOT NULL, grader TEXT NOT NULL, position INTEGER NOT NULL,
  scan TEXT NOT NULL, repeat INTEGER NOT NULL, digest TEXT) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS grading_items_by_place ON grading_items (batch, grader, position);
CREATE TABLE IF NOT EXISTS gradings (id TEXT PRIMARY KEY, digest TEXT NOT NULL, batch TEXT, item TEXT UNIQUE, record TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS gradings_by_digest ON gradings (digest);
CREATE INDEX IF NOT EXISTS gradings_by_batch ON gradings (batch);
CREATE TABLE IF NOT EXISTS adjudications (id TEXT PRIMARY KEY, batch TEXT NOT NULL, scan TEXT NOT NULL, record TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS adjudications_by_batch ON adjudications (batch);
CREATE TABLE IF NOT EXISTS grading_seen (person TEXT NOT NULL, digest TEXT NOT NULL, machine INTEGER NOT NULL, others INTEGER NOT NULL,
  identity INTEGER NOT NULL, PRIMARY KEY (person, digest)) STRICT;
CREATE TABLE IF NOT EXISTS grading_home (id TEXT PRIMARY KEY, state TEXT NOT NULL, home TEXT NOT NULL) STRICT;
`

const batchRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  profile: z.string(),
  createdAt: z.string(),
  /** Each grader's order follows from it and their id. */
  seed: z.string(),
  scans: z.number(),
  /** Of the scans, how many are shown twice. */
  repeats: z.number(),
})
export type BatchRecord = z.infer<typeof batchRecordSchema>

/** A scan of a batch; `id` is opaque. `archive` tells which archive its reference is of, null for a dropped one. */
const scanRow = z.object({ id: z.string(), batch: z.string(), archive: z.string().nullable(), ref: z.string() })
export interface BatchScan {
  id: string
  batch: string
  archive: string | null
  ref: z.infer<typeof scanRefSchema>
}

const itemRow = z.object({
  id: z.string(),
  batch: z.string(),
  grader: z.string(),
  /** from 0 */
  position: z.number(),
  scan: z.string(),
  repeat: z.number(),
  digest: z.string().nullable(),
})
/** One showing of a scan to a grader; `digest` is known once it was opened. */
export type GradingItem = Omit<z.infer<typeof itemRow>, 'repeat'> & { repeat: boolean }

const wordSchema = gradingMethods['grading.save'].input.omit({ item: true })
export type Word = z.infer<typeof wordSchema>

/** `grader` is the person's id, `name` what they were called then. */
const gradingRecordSchema = gradingSchema.extend({
  name: z.string(),
  digest: z.string(),
  item: z.string().nullable(),
  /** The batch's scan; null for an open word. */
  scan: z.string().nullable(),
})
export type GradingRecord = z.infer<typeof gradingRecordSchema>

const adjudicationSchema = wordSchema.extend({
  id: z.string(),
  batch: z.string(),
  scan: z.string(),
  by: z.string(),
  name: z.string(),
  at: z.string(),
  overall: verdictSchema,
})
export type Adjudication = z.infer<typeof adjudicationSchema>

export type Seen = GradingRecord['saw']

const homeSchema = z.object({ archive: z.string(), project: z.string(), subject: z.string(), session: z.string(), scan: z.string() })
/** Where a word on a scan of an archive goes: that scan's session. */
export type GradingHome = z.infer<typeof homeSchema>

/** A word that is not home. */
export interface Homeward {
  home: GradingHome
  word: { kind: 'grading'; record: GradingRecord } | { kind: 'adjudication'; record: Adjudication }
}

export interface GradingRecords {
  createBatch(batch: BatchRecord, scans: readonly BatchScan[]): void
  /** Newest first. */
  batches(): BatchRecord[]
  batch(id: string): BatchRecord | null
  /** In the order they were chosen. */
  scans(batch: string): BatchScan[]
  scan(id: string): BatchScan | null
  /** By position; empty where this grader has not begun. */
  items(batch: string, grader: string): GradingItem[]
  saveItems(items: readonly GradingItem[]): void
  item(id: string): GradingItem | null
  /** What was shown for an item. */
  itemOpened(id: string, digest: string): void
  /** Ids of those who have begun, in the order of beginning. */
  begun(batch: string): string[]
  /** `home`: where it goes; null for a dropped scan. */
  add(grading: GradingRecord, home: GradingHome | null): void
  /** Oldest first. */
  ofDigest(digest: string): GradingRecord[]
  ofBatch(batch: string): GradingRecord[]
  addAdjudication(adjudication: Adjudication, home: GradingHome | null): void
  /** Words that wait to go home, oldest first. */
  homeward(): Homeward[]
  /** What became of one: read back from its archive, or let go of. */
  settleHome(id: string, state: 'read-back' | 'let-go'): void
  /** Oldest first; a later one of the same scan stands for it. */
  adjudications(batch: string): Adjudication[]
  /** What a person has seen of a scan so far; it only grows. */
  seen(person: string, digest: string): Seen
  see(person: string, digest: string, what: Partial<Seen>): void
}

const recordRow = z.object({ record: z.string() })
/** A record that does not fit (of a newer Scanside) is left out rather than taking the others with it. */
const parsed = <T>(schema: z.ZodType<T>, rows: { record: string }[]): T[] =>
  rows.flatMap(({ record }) => {
    const found = schema.safeParse(JSON.parse(record))
    return found.success ? [found.data] : []
  })

/** Records over their tables; `write` wraps a transaction and refuses in a file that is only read. */
export const createGradingRecords = (db: Sqlite, write: Write): GradingRecords => {
  const items = (where: string, ...values: string[]): GradingItem[] =>
    db
      .all(itemRow, `SELECT id, batch, grader, position, scan, repeat, digest FROM grading_items WHERE ${where}`, ...values)
      .map((row) => ({ ...row, repeat: row.repeat === 1 }))
  const scans = (where: string, value: string): BatchScan[] =>
    db
      .all(scanRow, `SELECT id, batch, archive, ref FROM grading_scans WHERE ${where}`, value)
      .map(({ ref, ...row }) => ({ ...row, ref: scanRefSchema.parse(JSON.parse(ref)) }))
  const seen = (person: string, digest: string): Seen => {
    const row = z.object({ machine: z.number(), others: z.number(), identity: z.number() })
    const [found] = db.all(row, 'SELECT machine, others, identity FROM grading_seen WHERE person = ? AND digest = ?', person, digest)
    return { machine: found?.machine === 1, others: found?.others === 1, identity: found?.identity === 1 }
  }
  const goesHome = (id: string, home: GradingHome | null) => {
    if (home) db.run("INSERT INTO grading_home (id, state, home) VALUES (?, 'waiting', ?)", id, JSON.stringify(homeSchema.parse(home)))
  }
  return {
    createBatch: (batch, chosen) =>
      write(() => {
        const checked = batchRecordSchema.parse(batch)
        db.run('INSERT INTO grading_batches (id, created_at, record) VALUES (?, ?, ?)', checked.id, checked.createdAt, JSON.stringify(checked))
        for (const [n, { id, archive, ref }] of chosen.entries()) {
          db.run('INSERT INTO grading_scans (id, batch, n, archive, ref) VALUES (?, ?, ?, ?, ?)', id, batch.id, n, archive, JSON.stringify(ref))
        }
      }, 'power'),
    batches: () => parsed(batchRecordSchema, db.all(recordRow, 'SELECT record FROM grading_batches ORDER BY created_at DESC, rowid DESC LIMIT 200')),
    batch: (id) => parsed(batchRecordSchema, db.all(recordRow, 'SELECT record FROM grading_batches WHERE id = ?', id))[0] ?? null,
    scans: (batch) => scans('batch = ? ORDER BY n', batch),
    scan: (id) => scans('id = ?', id)[0] ?? null,
    items: (batch, grader) => items('batch = ? AND grader = ? ORDER BY position', batch, grader),
    saveItems: (all) =>
      write(() => {
        for (const { id, batch, grader, position, scan, repeat, digest } of all) {
          db.run(
            'INSERT INTO grading_items (id, batch, grader, position, scan, repeat, digest) VALUES (?, ?, ?, ?, ?, ?, ?)',
            id,
            batch,
            grader,
            position,
            scan,
            repeat ? 1 : 0,
            digest,
          )
        }
      }, 'power'),
    item: (id) => items('id = ?', id)[0] ?? null,
    itemOpened: (id, digest) =>
      write(() => {
        db.run('UPDATE grading_items SET digest = ? WHERE id = ?', digest, id)
      }),
    begun: (batch) =>
      db
        .all(z.object({ grader: z.string() }), 'SELECT grader FROM grading_items WHERE batch = ? GROUP BY grader ORDER BY min(rowid)', batch)
        .map(({ grader }) => grader),
    add: (grading, home) =>
      write(() => {
        const checked = gradingRecordSchema.parse(grading)
        db.run(
          'INSERT INTO gradings (id, digest, batch, item, record) VALUES (?, ?, ?, ?, ?)',
          checked.id,
          checked.digest,
          checked.batch,
          checked.item,
          JSON.stringify(checked),
        )
        goesHome(checked.id, home)
      }, 'power'),
    ofDigest: (digest) => parsed(gradingRecordSchema, db.all(recordRow, 'SELECT record FROM gradings WHERE digest = ? ORDER BY rowid', digest)),
    ofBatch: (batch) => parsed(gradingRecordSchema, db.all(recordRow, 'SELECT record FROM gradings WHERE batch = ? ORDER BY rowid', batch)),
    addAdjudication: (adjudication, home) =>
      write(() => {
        const checked = adjudicationSchema.parse(adjudication)
        db.run(
          'INSERT INTO adjudications (id, batch, scan, record) VALUES (?, ?, ?, ?)',
          checked.id,
          checked.batch,
          checked.scan,
          JSON.stringify(checked),
        )
        goesHome(checked.id, home)
      }, 'power'),
    homeward: () =>
      db
        .all(z.object({ id: z.string(), home: z.string() }), "SELECT id, home FROM grading_home WHERE state = 'waiting' ORDER BY rowid")
        .flatMap(({ id, home }): Homeward[] => {
          const [grading] = parsed(gradingRecordSchema, db.all(recordRow, 'SELECT record FROM gradings WHERE id = ?', id))
          const [adjudication] = parsed(adjudicationSchema, db.all(recordRow, 'SELECT record FROM adjudications WHERE id = ?', id))
          const place = homeSchema.safeParse(JSON.parse(home))
          if (!place.success) return []
          if (grading) return [{ home: place.data, word: { kind: 'grading', record: grading } }]
          return adjudication ? [{ home: place.data, word: { kind: 'adjudication', record: adjudication } }] : []
        }),
    settleHome: (id, state) =>
      write(() => {
        db.run('UPDATE grading_home SET state = ? WHERE id = ?', state, id)
      }, 'power'),
    adjudications: (batch) => parsed(adjudicationSchema, db.all(recordRow, 'SELECT record FROM adjudications WHERE batch = ? ORDER BY rowid', batch)),
    seen,
    see: (person, digest, what) => {
      const before = seen(person, digest)
      const after = { machine: before.machine || what.machine, others: before.others || what.others, identity: before.identity || what.identity }
      if (after.machine === before.machine && after.others === before.others && after.identity === before.identity) return
      write(() => {
        db.run(
          'INSERT OR REPLACE INTO grading_seen (person, digest, machine, others, identity) VALUES (?, ?, ?, ?, ?)',
          person,
          digest,
          after.machine ? 1 : 0,
          after.others ? 1 : 0,
          after.identity ? 1 : 0,
        )
      })
    },
  }
}
