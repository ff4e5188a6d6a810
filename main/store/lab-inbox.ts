/**
 * What the Inbox keeps in lab.db: scans by the digest of their files, one verdict per profile, every decision and override ever made, which attempt
 * is the study's, and what a later visit is held against. The device's patient and visit ids are here and in no other table.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { type Results, scanResultSchema, statusSchema } from '../../oct/results.ts'
import { decisions } from '../../preload/inbox.ts'
import type { Sqlite, Write } from './sqlite.ts'

export const inboxTables = `
CREATE TABLE IF NOT EXISTS inbox_scans (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, day TEXT NOT NULL, patient TEXT NOT NULL, demo INTEGER NOT NULL,
  record TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS inbox_scans_by_day ON inbox_scans (day);
CREATE INDEX IF NOT EXISTS inbox_scans_by_patient ON inbox_scans (patient);
CREATE TABLE IF NOT EXISTS inbox_files (sha256 TEXT NOT NULL, scan TEXT NOT NULL, PRIMARY KEY (sha256, scan)) STRICT;
CREATE TABLE IF NOT EXISTS inbox_places (folder TEXT NOT NULL, place TEXT NOT NULL, size INTEGER NOT NULL, modified REAL NOT NULL, scan TEXT NOT NULL,
  PRIMARY KEY (folder, place)) STRICT;
CREATE INDEX IF NOT EXISTS inbox_places_by_scan ON inbox_places (scan);
CREATE TABLE IF NOT EXISTS inbox_verdicts (scan TEXT NOT NULL, profile TEXT NOT NULL, at TEXT NOT NULL, pipeline TEXT NOT NULL, version TEXT NOT NULL,
  result TEXT NOT NULL, thumb BLOB, width INTEGER NOT NULL, height INTEGER NOT NULL, earlier TEXT, slo BLOB, PRIMARY KEY (scan, profile)) STRICT;
CREATE TABLE IF NOT EXISTS inbox_words (n INTEGER PRIMARY KEY, scan TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS inbox_words_by_scan ON inbox_words (scan);
CREATE TABLE IF NOT EXISTS inbox_study (slot TEXT PRIMARY KEY, scan TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
`

/** A scan as the Inbox keeps it, without its verdict. Ids and local times are the device's. */
export const inboxRecordSchema = z.object({
  id: z.string(),
  /** SHA-256 over the digests of its files */
  digest: z.string(),
  patient: z.string(),
  visit: z.string(),
  /** Local date and time of the first A-scan, or of its arrival where the file has none: `YYYY-MM-DD`, `HH:MM:SS` (empty). */
  day: z.string(),
  takenAt: z.string(),
  /** UTC */
  arrivedAt: z.string(),
  /** Local date of its arrival */
  arrivedDay: z.string(),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  pattern: z.string(),
  protocol: z.string().nullable(),
  discSide: z.enum(['left', 'right']).nullable(),
  /** What kept it from being a scan. */
  problem: z.string().nullable(),
  /** The watched folder it came from; empty for a dropped one. */
  folder: z.string(),
  demo: z.boolean(),
  read: z.boolean(),
  copyMs: z.number().nullable(),
  analysisMs: z.number().nullable(),
  verdictMs: z.number().nullable(),
})
export type InboxRecord = z.infer<typeof inboxRecordSchema>

/** A file where it lay: `place` is its path below the folder, `modified` in ms. */
export const placeSchema = z.object({ place: z.string(), size: z.number(), modified: z.number() })
export type Place = z.infer<typeof placeSchema>

const decisionSchema = z.object({ what: z.enum(decisions) })
const overrideSchema = z.object({ criterion: z.string(), machine: statusSchema, status: statusSchema, reason: z.string() })
export type Decided = z.infer<typeof decisionSchema> & { by: string; at: string }
export type Overridden = z.infer<typeof overrideSchema> & { by: string; at: string }

export interface StoredVerdict {
  profile: string
  at: string
  pipeline: Results['pipeline']
  result: Results['scans'][number]
}
export interface Thumb {
  width: number
  height: number
  pixels: Uint8Array
}
/** What a later scan is held against, as JSON without its SLO's pixels, and those. */
export interface StoredEarlier {
  body: string
  slo: Uint8Array | null
}

export interface Judged {
  verdict: StoredVerdict
  thumb: Thumb | null
  earlier: StoredEarlier | null
}

export interface InboxRecords {
  /** Writes a new scan with where it lay, its files' digests and, where it was judged, its verdict: all of it or nothing. */
  add(record: InboxRecord, places: readonly Place[], digests: readonly string[], judged?: Judged): void
  update(record: InboxRecord): void
  byDigest(digest: string): InboxRecord | null
  get(scan: string): InboxRecord | null
  /** Scans that arrived on this day or later, oldest first. */
  since(day: string): InboxRecord[]
  /** Every scan of a patient, the newest 400, oldest first. */
  ofPatient(patient: string): InboxRecord[]
  /** Scans nobody has read, newest first. */
  open(limit: number): InboxRecord[]
  remove(scan: string): void
  /** Read scans that arrived before this local day and of which something could go, the demo device's aside, with what decides over their end. */
  aged(day: string, most: number): AgedScan[]
  /** Takes the pictures of a scan away; verdicts and every word about it stay. */
  thin(scan: string): void
  /** Removes everything of the demo device. */
  removeDemo(): void
  /** Adds a place of a scan; one that was another scan's is now this one's. */
  lay(folder: string, scan: string, places: readonly Place[]): void
  places(scan: string): (Place & { folder: string })[]
  /** The scan a file of this place, size and time was taken as; null where it is new or has changed. */
  takenAs(folder: string, place: Place): string | null
  /** The scan that lay at this place last, whatever its size and time. */
  heldAt(folder: string, place: string): string | null
  /** Adds a verdict; the one this profile gave before stays as it is. */
  addVerdict(scan: string, verdict: StoredVerdict, thumb: Thumb | null, earlier: StoredEarlier | null): void
  /** Newest first. */
  verdicts(scan: string): StoredVerdict[]
  /** Verdicts on scans that hold a file with this digest. */
  ofFile(sha256: string): (StoredVerdict & { scan: string })[]
  thumb(scan: string): Thumb | null
  earlier(scan: string): StoredEarlier | null
  decide(scan: string, decided: Decided): void
  decision(scan: string): Decided | null
  override(scan: string, overridden: Overridden): void
  /** Newest word on each criterion. */
  overrides(scan: string): Overridden[]
  choose(slot: string, scan: string, by: string, at: string): void
  chosen(slot: string): string | null
}

/** What decides over the end of a scan in the Inbox. */
export interface AgedScan {
  id: string
  /** Whether somebody has had its verdict before them. */
  read: boolean
  /** Whether somebody has said a word about it: a decision, an override, that it is the study's. */
  said: boolean
  /** Whether a run over its files has not ended, or its results are not home. */
  waits: boolean
  /** Whether pictures of it are kept. */
  pictured: boolean
}

/** bytes of a fundus picture kept for the next visit */
const mostPicture = 1_000_000

const recordRow = z.object({ record: z.string() })
const blob = z.union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array)]).nullable()
const verdictRow = z.object({ profile: z.string(), at: z.string(), pipeline: z.string(), version: z.string(), result: z.string() })
const wordRow = z.object({ at: z.string(), by: z.string(), body: z.string() })
const scanRow = z.object({ scan: z.string() })
const yes = z.number().transform((value) => value === 1)
const agedRow = z.object({ id: z.string(), read: yes, said: yes, waits: yes, pictured: yes })
/** A run knows its files by the digests of what it was given: the files', or those of their pseudonymised bytes, as the verdict names them. */
const agedScans = `SELECT s.id AS id, json_extract(s.record, '$.read') AS read,
  EXISTS (SELECT 1 FROM inbox_words w WHERE w.scan = s.id) OR EXISTS (SELECT 1 FROM inbox_study c WHERE c.scan = s.id) AS said,
  EXISTS (SELECT 1 FROM inbox_files f JOIN inputs i ON i.sha256 = f.sha256 JOIN runs r ON r.id = i.run
    WHERE f.scan = s.id AND (r.ended = 0 OR r.home = 'waiting')) OR
  EXISTS (SELECT 1 FROM inbox_verdicts v, json_each(v.result, '$.inputs') e JOIN inputs i ON i.sha256 = json_extract(e.value, '$.sha256')
    JOIN runs r ON r.id = i.run WHERE v.scan = s.id AND (r.ended = 0 OR r.home = 'waiting')) AS waits,
  EXISTS (SELECT 1 FROM inbox_verdicts p WHERE p.scan = s.id AND (p.thumb IS NOT NULL OR p.slo IS NOT NULL)) AS pictured
  FROM inbox_scans s WHERE s.day < ? AND s.demo = 0 AND json_extract(s.record, '$.read') = 1 AND (pictured OR NOT said) ORDER BY s.day, s.rowid LIMIT ?`
/** A record that does not fit (of a newer Scanside) is left out rather than taking the others with it. */
const parsed = ({ record }: { record: string }): InboxRecord[] => {
  const found = inboxRecordSchema.safeParse(JSON.parse(record))
  return found.success ? [found.data] : []
}
const verdictOf = ({ profile, at, pipeline, version, result }: z.infer<typeof verdictRow>): StoredVerdict => ({
  profile,
  at,
  pipeline: { name: pipeline, version, profile },
  result: scanResultSchema.parse(JSON.parse(result)),
})
const bytesOf = (value: ArrayBuffer | Uint8Array | null) => value && new Uint8Array(value)

/** Records over their tables; `write` wraps a transaction and refuses in a file that is only read. */
export const createInboxRecords = (db: Sqlite, write: Write): InboxRecords => {
  const put = (record: InboxRecord) => {
    const checked = inboxRecordSchema.parse(record)
    const values = [checked.arrivedDay, checked.patient, checked.demo ? 1 : 0, JSON.stringify(checked), checked.id]
    if (db.run('UPDATE inbox_scans SET day = ?, patient = ?, demo = ?, record = ? WHERE id = ?', ...values) > 0) return
    db.run('INSERT INTO inbox_scans (day, patient, demo, record, id, digest) VALUES (?, ?, ?, ?, ?, ?)', ...values, checked.digest)
  }
  const putPlaces = (folder: string, scan: string, places: readonly Place[]) => {
    for (const { place, size, modified } of places)
      db.run('INSERT OR REPLACE INTO inbox_places (folder, place, size, modified, scan) VALUES (?, ?, ?, ?, ?)', folder, place, size, modified, scan)
  }
  const removeOne = (scan: string) => {
    for (const table of ['inbox_files', 'inbox_places', 'inbox_verdicts', 'inbox_words', 'inbox_study'])
      db.run(`DELETE FROM ${table} WHERE scan = ?`, scan)
    db.run('DELETE FROM inbox_scans WHERE id = ?', scan)
  }
  /** Fundus pictures are held against the next visit alone: of a patient the two newest days keep theirs. */
  const forgetOldPictures = (scan: string) => {
    const patient = db.all(z.object({ patient: z.string() }), 'SELECT patient FROM inbox_scans WHERE id = ?', scan)[0]?.patient ?? ''
    const day = "json_extract(record, '$.day')"
    const days = db.all(
      z.object({ day: z.string() }),
      `SELECT DISTINCT ${day} AS day FROM inbox_scans WHERE patient = ? ORDER BY day DESC LIMIT 2`,
      patient,
    )
    const oldest = days.at(-1)?.day
    if (patient === '' || oldest === undefined) return
    db.run(
      `UPDATE inbox_verdicts SET slo = NULL WHERE slo IS NOT NULL AND scan IN (SELECT id FROM inbox_scans WHERE patient = ? AND ${day} < ?)`,
      patient,
      oldest,
    )
  }
  const putVerdict = (scan: string, { verdict: { profile, at, pipeline, result }, thumb, earlier }: Judged) => {
    db.run(
      'INSERT OR IGNORE INTO inbox_verdicts (scan, profile, at, pipeline, version, result, thumb, width, height, earlier, slo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      scan,
      profile,
      at,
      pipeline.name,
      pipeline.version,
      JSON.stringify(scanResultSchema.parse(result)),
      thumb?.pixels ?? null,
      thumb?.width ?? 0,
      thumb?.height ?? 0,
      earlier?.body ?? null,
      earlier?.slo ? deflateRawSync(earlier.slo, { level: 4 }) : null,
    )
    forgetOldPictures(scan)
  }
  const words = (scan: string, kind: string) =>
    db.all(wordRow, 'SELECT at, by, body FROM inbox_words WHERE scan = ? AND kind = ? ORDER BY n DESC', scan, kind)
  const say = (scan: string, kind: string, at: string, by: string, body: object) =>
    write(() => {
      db.run('INSERT INTO inbox_words (scan, kind, at, by, body) VALUES (?, ?, ?, ?, ?)', scan, kind, at, by, JSON.stringify(body))
    }, 'power')
  return {
    add: (record, places, digests, judged) =>
      write(() => {
        put(record)
        putPlaces(record.folder, record.id, places)
        for (const sha256 of digests) db.run('INSERT OR IGNORE INTO inbox_files (sha256, scan) VALUES (?, ?)', sha256, record.id)
        if (judged) putVerdict(record.id, judged)
      }),
    update: (record) => write(() => put(record)),
    byDigest: (digest) => db.all(recordRow, 'SELECT record FROM inbox_scans WHERE digest = ?', digest).flatMap(parsed)[0] ?? null,
    get: (scan) => db.all(recordRow, 'SELECT record FROM inbox_scans WHERE id = ?', scan).flatMap(parsed)[0] ?? null,
    since: (day) => db.all(recordRow, 'SELECT record FROM inbox_scans WHERE day >= ? ORDER BY day, rowid LIMIT 2000', day).flatMap(parsed),
    ofPatient: (patient) =>
      db.all(recordRow, 'SELECT record FROM inbox_scans WHERE patient = ? ORDER BY rowid DESC LIMIT 400', patient).flatMap(parsed).reverse(),
    open: (limit) =>
      db.all(recordRow, "SELECT record FROM inbox_scans WHERE json_extract(record, '$.read') = 0 ORDER BY day DESC LIMIT ?", limit).flatMap(parsed),
    remove: (scan) => write(() => removeOne(scan)),
    aged: (day, most) => db.all(agedRow, agedScans, day, most),
    thin: (scan) =>
      write(() => {
        db.run('UPDATE inbox_verdicts SET thumb = NULL, width = 0, height = 0, slo = NULL WHERE scan = ?', scan)
      }),
    removeDemo: () =>
      write(() => {
        for (const { id } of db.all(z.object({ id: z.string() }), 'SELECT id FROM inbox_scans WHERE demo = 1')) removeOne(id)
      }),
    lay: (folder, scan, places) => write(() => putPlaces(folder, scan, places)),
    places: (scan) =>
      db.all(placeSchema.extend({ folder: z.string() }), 'SELECT folder, place, size, modified FROM inbox_places WHERE scan = ?', scan),
    takenAs: (folder, { place, size, modified }) =>
      db.all(
        scanRow,
        'SELECT scan FROM inbox_places WHERE folder = ? AND place = ? AND size = ? AND abs(modified - ?) < 1',
        folder,
        place,
        size,
        modified,
      )[0]?.scan ?? null,
    heldAt: (folder, place) => db.all(scanRow, 'SELECT scan FROM inbox_places WHERE folder = ? AND place = ?', folder, place)[0]?.scan ?? null,
    addVerdict: (scan, verdict, thumb, earlier) => write(() => putVerdict(scan, { verdict, thumb, earlier })),
    verdicts: (scan) =>
      db
        .all(verdictRow, 'SELECT profile, at, pipeline, version, result FROM inbox_verdicts WHERE scan = ? ORDER BY at DESC, rowid DESC', scan)
        .map(verdictOf),
    ofFile: (sha256) =>
      db
        .all(
          verdictRow.extend({ scan: z.string() }),
          'SELECT v.scan AS scan, profile, at, pipeline, version, result FROM inbox_verdicts v JOIN inbox_files f ON f.scan = v.scan WHERE f.sha256 = ? ORDER BY at DESC LIMIT 100',
          sha256,
        )
        .map((row) => ({ scan: row.scan, ...verdictOf(row) })),
    thumb: (scan) => {
      const row = z.object({ thumb: blob, width: z.number(), height: z.number() })
      const found = db.all(
        row,
        'SELECT thumb, width, height FROM inbox_verdicts WHERE scan = ? AND thumb IS NOT NULL ORDER BY at DESC LIMIT 1',
        scan,
      )[0]
      const pixels = bytesOf(found?.thumb ?? null)
      return found && pixels && pixels.length === found.width * found.height ? { width: found.width, height: found.height, pixels } : null
    },
    earlier: (scan) => {
      const row = z.object({ earlier: z.string(), slo: blob })
      const found = db.all(row, 'SELECT earlier, slo FROM inbox_verdicts WHERE scan = ? AND earlier IS NOT NULL ORDER BY at DESC LIMIT 1', scan)[0]
      const slo = bytesOf(found?.slo ?? null)
      return found ? { body: found.earlier, slo: slo && new Uint8Array(inflateRawSync(slo, { maxOutputLength: mostPicture })) } : null
    },
    decide: (scan, { what, by, at }) => say(scan, 'decision', at, by, { what }),
    decision: (scan) => {
      const found = words(scan, 'decision')[0]
      return found ? { ...decisionSchema.parse(JSON.parse(found.body)), by: found.by, at: found.at } : null
    },
    override: (scan, { by, at, ...body }) => say(scan, 'override', at, by, body),
    overrides: (scan) => {
      const newest = new Map<string, Overridden>()
      for (const { body, by, at } of words(scan, 'override')) {
        const one = { ...overrideSchema.parse(JSON.parse(body)), by, at }
        if (!newest.has(one.criterion)) newest.set(one.criterion, one)
      }
      return [...newest.values()]
    },
    choose: (slot, scan, by, at) =>
      write(() => {
        db.run('INSERT OR REPLACE INTO inbox_study (slot, scan, at, by) VALUES (?, ?, ?, ?)', slot, scan, at, by)
      }, 'power'),
    chosen: (slot) => db.all(scanRow, 'SELECT scan FROM inbox_study WHERE slot = ?', slot)[0]?.scan ?? null,
  }
}
