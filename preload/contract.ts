/**
 * The doorway between the window and the engine room: every method and every event, with its schemas.
 * `main/electron.ts` binds it over ipcMain, `main/loopback.ts` over a WebSocket; one wrapper checks sender and schema.
 * Types are inferred from the schemas; nothing else crosses, but bytes by `/bulk/<ticket>`.
 */
import { z } from 'zod'
import { resultsSchema, verdictSchema } from '../oct/results.ts'
import { cloudMethods, cloudStatusSchema, placeSchema } from './cloud.ts'
import { diagnosticsMethods } from './diagnostics.ts'
import { gradingMethods } from './grading.ts'
import { inboxMethods, inboxStoreSchema } from './inbox.ts'
import { method } from './method.ts'
import { offlineMethods } from './offline.ts'
import { openScanSchema } from './open-scan.ts'
import { outboxCountsSchema, outboxMethods } from './outbox.ts'
import { peopleMethods, peopleSchema } from './people.ts'

export { codingSchema, locationSchema, type OpenScan, openScanSchema } from './open-scan.ts'
export { type Bridge, type Reply, type WireError, wireErrorSchema } from './wire.ts'

// The window's CSP forbids `new Function`; zod would try it once and be reported.
z.config({ jitless: true })

const line = z.string().max(1_000)
const id = z.string().min(1).max(200)
const nothing = z.void()
const count = z.number().int().nonnegative()

// ---------- stores: small, pushed whole with a growing revision ----------

/** One fact of the status bar and the self-check. */
export const engineStatusSchema = z.object({
  state: z.enum(['ready', 'not-installed', 'not-running', 'no-permission', 'windows-containers', 'too-old', 'refused', 'unknown', 'looking']),
  message: line,
  kind: z.enum(['docker', 'podman']).nullable(),
  version: z.string().max(100).nullable(),
  remote: z.boolean(),
  endpoint: line.nullable(),
  dataRoot: z.enum(['encrypted', 'in-memory', 'not-known']),
})

export const sessionStatusSchema = z.object({
  /** `expired`: the token is dead; everything is kept, the person is asked to sign in again. */
  state: z.enum(['signed-out', 'signed-in', 'expired', 'offline']),
  user: z.string().max(200).nullable(),
  /** Host as shown to the person; the full address stays in main. */
  archive: z.string().max(300).nullable(),
  demo: z.boolean(),
  /** Whether the token lies in the OS keyring or in memory alone. */
  kept: z.boolean(),
})

export const appStoreSchema = z.object({
  rev: count,
  version: z.string().max(50),
  front: z.enum(['electron', 'browser']),
  /** What the site file fixes; null where it leaves it open. `problem` is the site file's error with its line. */
  site: z.object({
    file: z.boolean(),
    problem: line.nullable(),
    archive: line.nullable(),
    projects: z.array(z.string().max(200)).max(1_000).nullable(),
    demo: z.boolean(),
  }),
  keyring: z.object({ available: z.boolean(), message: line }),
  session: sessionStatusSchema,
  people: peopleSchema,
  engine: engineStatusSchema,
  cloud: cloudStatusSchema,
  /** Runs not yet ended, results not yet home, things still to remove. */
  counts: z.object({ active: count, waiting: count, owed: count }),
  outbox: outboxCountsSchema,
  /** What is going on, for the status bar; empty when nothing is. */
  activity: line,
})
export type AppStore = z.infer<typeof appStoreSchema>

export const runStates = ['queued', 'staging', 'running', 'collecting', 'publishing', 'wiping', 'done', 'failed', 'cancelled'] as const
export const runStateSchema = z.enum(runStates)
export type RunState = z.infer<typeof runStateSchema>

export const runSummarySchema = z.object({
  id,
  pipeline: z.object({ name: z.string().max(200), version: z.string().max(100) }),
  state: runStateSchema,
  /** What was chosen: `2 scans, DEMO-MS / P-0142 / V02`. Shown to the person here, never leaves this desk. */
  subject: line,
  scans: count,
  startedBy: z.string().max(200),
  createdAt: z.string().max(40),
  endedAt: z.string().max(40).nullable(),
  /** 0..1 within the state, null where it cannot be told. */
  progress: z.number().min(0).max(1).nullable(),
  verdicts: z.array(verdictSchema).max(10_000),
  /** A failed run's sentence. */
  message: line.nullable(),
  /** Whether the results were read back from the archive; `local` where there was nowhere to send them. */
  home: z.enum(['waiting', 'read-back', 'local', 'none']),
  demo: z.boolean(),
  /** Here where left out. */
  place: z.enum(['here', 'cloud']).optional(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

export const runsStoreSchema = z.object({
  rev: count,
  /** The active runs and the newest ended ones, newest first; older ones by `runs.list`. */
  runs: z.array(runSummarySchema).max(200),
})
export type RunsStore = z.infer<typeof runsStoreSchema>

// ---------- archive ----------

export const projectSchema = z.object({
  id,
  name: line,
  description: z.string().max(10_000),
  access: z.enum(['owner', 'member', 'collaborator', 'read', 'unknown']),
})
export const sessionRowSchema = z.object({
  id,
  label: line,
  project: id,
  subjectId: id,
  subjectLabel: line,
  /** Local date in the site's zone, `YYYY-MM-DD`; empty where the archive has none. */
  date: z.string().max(10),
  xsiType: z.string().max(100),
})
export const scanRowSchema = z.object({
  session: id,
  id: z.string().max(200),
  type: line,
  xsiType: z.string().max(100),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  /** The archive's own word: usable, questionable, unusable or empty. */
  quality: z.string().max(100),
  note: z.string().max(2_500),
  frames: count.nullable(),
  /** bytes of all its files; null where not listed yet */
  size: count.nullable(),
  files: count.nullable(),
  /** The newest verdict this desk knows, and the pipeline that gave it. */
  verdict: verdictSchema.nullable(),
  checkedWith: z.string().max(200).nullable(),
})
export type Project = z.infer<typeof projectSchema>
export type SessionRow = z.infer<typeof sessionRowSchema>
export type ScanRow = z.infer<typeof scanRowSchema>

/** A scan to open or to run on: in the archive, or a file a person dropped on the window. */
export const scanRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('archive'), project: id, subject: id, session: id, scan: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('local'), local: id }),
])
export type ScanRef = z.infer<typeof scanRefSchema>

// ---------- pipelines ----------

export const pipelineInputSchema = z.object({
  name: z.string().max(200),
  label: line,
  description: z.string().max(2_000),
  type: z.enum(['string', 'boolean', 'number', 'select-one', 'select-many']),
  required: z.boolean(),
  defaultValue: z.string().max(2_000).nullable(),
  choices: z.array(z.object({ label: line, value: line })).max(200),
  sensitive: z.boolean(),
})
export const pipelineSchema = z.object({
  /** Image id and command name and wrapper: what `runs.start` wants. */
  id: z.string().max(500),
  name: line,
  label: line,
  version: z.string().max(100),
  description: z.string().max(4_000),
  image: line,
  /** First 12 hex digits of the digest over `RootFS.Layers`. */
  digest: z.string().max(80),
  context: z.enum(['session', 'scan']),
  inputs: z.array(pipelineInputSchema).max(200),
  /** True where the application runs it itself: no container engine is needed. */
  builtin: z.boolean().optional(),
  /** Where it can run once engine and cloud are ready; here alone where left out. */
  places: z
    .array(z.enum(['here', 'cloud']))
    .max(2)
    .optional(),
  /** A sentence where the pipeline cannot run at this desk: what it asks for that is not supported. */
  refused: line.nullable(),
})
export type Pipeline = z.infer<typeof pipelineSchema>

export const operationSchema = z.object({
  id,
  kind: z.enum(['load-image', 'pull-image', 'open-demo', 'open-scan', 'send-image', 'keep-offline']),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  progress: z.number().min(0).max(1).nullable(),
  message: line,
})
export type Operation = z.infer<typeof operationSchema>

// ---------- runs ----------

export const logLineSchema = z.object({
  seq: count,
  stream: z.enum(['stdout', 'stderr', 'scanside']),
  text: z.string().max(5_000),
  at: z.string().max(40),
})
export const receiptSchema = z.object({
  id,
  run: id,
  by: z.string().max(200),
  at: z.string().max(40),
  complete: z.boolean(),
  items: z
    .array(
      z.object({
        kind: z.enum(['container', 'volume', 'token', 'file', 'object', 'object-container', 'server']),
        name: z.string().max(300),
        createdAt: z.string().max(40),
        removedAt: z.string().max(40).nullable(),
        check: line.nullable(),
      }),
    )
    .max(10_000),
  /** What was published and how that was checked. */
  published: z.array(z.object({ path: line, size: count, md5: z.string().max(64), check: line })).max(1_000),
  owed: z.array(line).max(1_000),
  cannotProve: z.array(line).max(20),
  engine: line,
  /** HMAC-SHA256 over this receipt and the one before, hex. */
  chain: z.string().max(64),
})
export type Receipt = z.infer<typeof receiptSchema>

export const runDetailSchema = z.object({
  summary: runSummarySchema,
  steps: z.array(z.object({ state: runStateSchema, at: z.string().max(40), note: line })).max(100),
  image: z.object({ name: line, digest: z.string().max(80) }),
  engine: line,
  refs: z.array(scanRefSchema).max(10_000),
  results: resultsSchema.nullable(),
  receipt: receiptSchema.nullable(),
})
export type RunDetail = z.infer<typeof runDetailSchema>

// ---------- the contract ----------

export const methods = {
  /** The current stores, for a window that has just opened. */
  'app.snapshot': method(nothing, z.object({ app: appStoreSchema, runs: runsStoreSchema, inbox: inboxStoreSchema })),
  /** Looks for the keyring again. */
  'app.recheckKeyring': method(nothing, nothing),
  /** Puts text on the clipboard; cleared by the person, never an identity unless they copied one. */
  'app.copyText': method(z.object({ text: z.string().max(100_000) }), nothing),
  /**
   * Where to PUT a PNG the window has made: `/bulk/<ticket>`, for the clipboard or for a file the person is asked for; it answers
   * `{ done }`, false where no file was chosen. `name` is suggested and names no one. In a browser the page does both itself.
   */
  'app.pictureTicket': method(
    z.object({ size: count.max(20_000_000), to: z.enum(['clipboard', 'file']), name: z.string().regex(/^scanside-[a-z0-9-]{1,80}\.png$/) }),
    z.object({ url: line }),
  ),
  /**
   * Where to PUT a text main has made and the window has fetched, for a file the person is asked for; answers `{ done }` like a picture's. In
   * a browser the page saves it itself.
   */
  'app.textTicket': method(
    z.object({ size: count.max(500_000_000), name: z.string().regex(/^scanside-[a-z0-9-]{1,80}\.(txt|json)$/) }),
    z.object({ url: line }),
  ),

  /** What answers at an address: an XNAT, its version and sign-in providers. */
  'session.probe': method(
    z.object({ address: line }),
    z.object({ version: z.string().max(100), providers: z.array(z.object({ id: z.string().max(100), name: line })).max(50) }),
  ),
  'session.signIn': method(
    z.object({
      address: line,
      user: z.string().min(1).max(200),
      password: z.string().min(1).max(1_000),
      provider: z.string().max(100).nullable(),
      remember: z.boolean(),
    }),
    nothing,
  ),
  /** For sites with single sign-on: an alias token issued on the archive's own page. */
  'session.signInWithToken': method(
    z.object({ address: line, alias: z.string().min(1).max(200), secret: z.string().min(1).max(500), remember: z.boolean() }),
    nothing,
  ),
  /** `conflict` where results wait and `force` is false: the sentence says what would be left waiting. */
  'session.signOut': method(z.object({ force: z.boolean() }), nothing),
  /** Starts the demo lab's archive on loopback and signs in to it. */
  'demo.open': method(nothing, nothing),

  'archive.projects': method(nothing, z.array(projectSchema).max(10_000)),
  /** A page of a project's sessions, by subject label, then date. At most 2,000 rows a call. */
  'archive.sessions': method(
    z.object({ project: id, offset: count, limit: count.max(2_000) }),
    z.object({ rows: z.array(sessionRowSchema).max(2_000), more: z.boolean() }),
  ),
  /** A page of all scans of a project, for filters by eye and type; sizes are null here. */
  'archive.projectScans': method(
    z.object({ project: id, offset: count, limit: count.max(2_000) }),
    z.object({ rows: z.array(scanRowSchema).max(2_000), more: z.boolean() }),
  ),
  /** The scans of one session, with sizes. */
  'archive.scans': method(z.object({ project: id, session: id }), z.array(scanRowSchema).max(10_000)),

  'pipelines.list': method(nothing, z.array(pipelineSchema).max(500)),
  /** Whether the image this project ships can be loaded at this desk, and whether it is there already. */
  'pipelines.shipped': method(nothing, z.object({ available: z.boolean(), loaded: z.boolean(), name: line })),
  'pipelines.loadShipped': method(nothing, z.object({ operation: id })),
  /** Where to PUT an image archive (.tar, .tar.gz) chosen by the person: `/bulk/<ticket>`. */
  'pipelines.loadTicket': method(z.object({ size: count }), z.object({ url: line, operation: id })),
  'pipelines.pull': method(z.object({ image: z.string().min(1).max(500) }), z.object({ operation: id })),
  'operations.cancel': method(z.object({ operation: id }), nothing),

  /** Looks for engines again. */
  'engine.refresh': method(nothing, nothing),
  /** The endpoint a person sets by hand (`unix:///…`); empty to find it alone. */
  'engine.setEndpoint': method(z.object({ endpoint: line }), nothing),

  /** Where to PUT a dropped file: `/bulk/<ticket>`; answers the local id with which its scan can be opened and run on. */
  'scans.dropTicket': method(
    z.object({
      size: count,
      /** The file's own name without folders: only to find an image that an XML export names. Kept in memory, never shown or sent on. */
      name: z.string().max(300),
      /** The scan this file belongs to: `local` of its first file; null for a new one. */
      set: id.nullable(),
    }),
    z.object({ url: line, local: id }),
  ),
  /** `operation`: an id the window makes up, by which it hears of the progress and can cancel. */
  'scans.open': method(z.object({ ref: scanRefSchema, operation: id }), openScanSchema),
  'scans.close': method(z.object({ bulk: line }), nothing),

  'runs.start': method(
    z.object({
      pipeline: z.string().max(500),
      refs: z.array(scanRefSchema).min(1).max(1_000),
      values: z.record(z.string().max(200), z.string().max(2_000)),
      subject: line,
      /** Here where left out; dropped scans always stay here. */
      place: placeSchema.optional(),
    }),
    z.object({ runs: z.array(id) }),
  ),
  'runs.cancel': method(z.object({ run: id }), nothing),
  'runs.list': method(z.object({ offset: count, limit: count.max(200) }), z.object({ rows: z.array(runSummarySchema).max(200), total: count })),
  'runs.get': method(z.object({ run: id }), runDetailSchema),
  /** Lines after `after`; the newest 1,000 are kept. */
  'runs.log': method(z.object({ run: id, after: count }), z.object({ lines: z.array(logLineSchema).max(1_000), dropped: count })),
  /** Tries again to remove what is owed. */
  'runs.payOwed': method(nothing, z.object({ left: count })),
  /** A scan of a grading item, blind: no labels, no time, no results. */
  'grading.open': method(z.object({ item: id, operation: id }), openScanSchema),
  ...peopleMethods,
  ...inboxMethods,
  ...gradingMethods,
  ...cloudMethods,
  ...outboxMethods,
  ...offlineMethods,
  ...diagnosticsMethods,
} as const

export const events = {
  /** A store's new value, whole. */
  'store.app': appStoreSchema,
  'store.runs': runsStoreSchema,
  'store.inbox': inboxStoreSchema,
  /** Progress of something long; at most 10 a second each. */
  operation: operationSchema,
  /** A run's log grew; fetch with `runs.log`. */
  'run.log': z.object({ run: id, seq: count }),
} as const

export type MethodName = keyof typeof methods
export type EventName = keyof typeof events
export type Input<M extends MethodName> = z.infer<(typeof methods)[M]['input']>
export type Output<M extends MethodName> = z.infer<(typeof methods)[M]['output']>
export type Payload<E extends EventName> = z.infer<(typeof events)[E]>

/** What main implements: one function per method. */
export type Handlers = { [M in MethodName]: (input: Input<M>) => Promise<Output<M>> | Output<M> }
