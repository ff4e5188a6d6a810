/** The Inbox: a part of the contract. Shows the device's own patient ID to the person in front of it; it goes nowhere else. */
import { z } from 'zod'
import { actionSchema, criterionSchema, intervalSchema, statusSchema, verdictSchema } from '../oct/results.ts'
import { method } from './method.ts'

const line = z.string().max(1_000)
const id = z.string().min(1).max(200)
const count = z.number().int().nonnegative()
const nothing = z.void()
const at = z.string().max(40)
/** In the window's two languages. */
const words = z.object({ en: line, de: line })

export const decisions = ['keep', 'take-again', 'ask-reader', 'keep-best'] as const

/** One attempt: a scan that came from a watched folder or was dropped here. */
export const inboxScanSchema = z.object({
  id,
  /** To open it, where its bytes are at hand: `{ kind: 'local', local }`; null while it arrives or when its file is away. */
  local: id.nullable(),
  laterality: z.enum(['OD', 'OS', 'unknown']),
  pattern: z.string().max(32),
  /** Id of the profile's protocol; null where none fits. */
  protocol: z.string().max(64).nullable(),
  /** From 1, in the order of acquisition. */
  attempt: count,
  /** Local time of the device as `HH:MM:SS`, empty where the file has none; and when it arrived here (UTC). */
  takenAt: z.string().max(20),
  arrivedAt: at,
  /** `refused`: no scan, `problem` says why. */
  state: z.enum(['arriving', 'judging', 'judged', 'refused']),
  problem: line.nullable(),
  /** A first word on completeness and SLO while the rest is being judged. */
  provisional: z.object({ verdict: verdictSchema, decidedBy: z.array(z.string().max(64)).max(100) }).nullable(),
  verdict: verdictSchema.nullable(),
  action: actionSchema.nullable(),
  decidedBy: z.array(z.string().max(64)).max(100),
  criteria: z.array(criterionSchema).max(200),
  intervals: z.array(intervalSchema).max(2_000),
  /** What is wrong, where, what to do. */
  sentence: z.object({ what: words, where: words.nullable(), todo: words, source: line.nullable(), reviewer: line.nullable() }).nullable(),
  profile: z.string().max(128),
  /** ms: from the last byte readable to the copy, the analysis alone; the window measures the screen. Null until known. */
  times: z.object({ copyMs: z.number().nullable(), analysisMs: z.number().nullable() }),
  /** When main had the verdict, ms since the last byte was readable. */
  verdictMs: z.number().nullable(),
  /** Whether a person has had this verdict before them. */
  read: z.boolean(),
  /** The one attempt that is the study's scan. */
  study: z.boolean(),
  decision: z.object({ what: z.enum(decisions), by: z.string().max(200), at }).nullable(),
  overrides: z
    .array(z.object({ criterion: z.string().max(64), machine: statusSchema, status: statusSchema, reason: line, by: z.string().max(200), at }))
    .max(100),
})
export type InboxScan = z.infer<typeof inboxScanSchema>

/** One line of a visit's checklist. */
export const inboxSlotSchema = z.object({
  /** Protocol's id; `other` for scans no protocol asks for. */
  protocol: z.string().max(64),
  label: words,
  eye: z.enum(['OD', 'OS', 'unknown']),
  /** `good`: a study scan that is usable or was kept; `look`: ambiguous, nobody has decided; `again`: unusable. */
  state: z.enum(['missing', 'judging', 'unread', 'good', 'look', 'again']),
  /** Attempts, best first. */
  attempts: z.array(id).max(200),
  study: id.nullable(),
  /** After three attempts without a good one. */
  offerKeepBest: z.boolean(),
})

export const inboxVisitSchema = z.object({
  id,
  /** The device's patient ID and visit, as this desk shows them. */
  patient: z.string().max(200),
  visit: z.string().max(200),
  /** Local date, `YYYY-MM-DD`, and the time of the first scan. */
  date: z.string().max(10),
  since: z.string().max(20),
  slots: z.array(inboxSlotSchema).max(100),
  /** Slots good, and asked for. */
  good: count,
  wanted: count,
  /** Complete, the patient may go. */
  complete: z.boolean(),
  /** What is lacking, else that all is there. */
  sentence: words,
  /** The earlier visit's study scan of the same slot, by slot `protocol/eye`, for comparison. */
  last: z.record(z.string().max(80), z.object({ scan: id, date: z.string().max(10), verdict: verdictSchema.nullable() })),
})
export type InboxVisit = z.infer<typeof inboxVisitSchema>

export const watchedFolderSchema = z.object({
  id,
  /** As the site calls it; never its path. */
  label: line,
  state: z.enum(['looking', 'watching', 'away', 'no-permission']),
  /** A sentence for a person. */
  message: words,
  lastFileAt: at.nullable(),
  /** Files that are there but not whole yet, and older ones that were not taken. */
  waiting: count,
  older: count,
  /** Files that say whose they are, and how old the oldest is: nothing there is removed. */
  identified: z.object({ files: count, oldestDays: count }),
  fixed: z.boolean(),
})

export const inboxStoreSchema = z.object({
  rev: count,
  profile: z.object({ name: z.string().max(128), title: line }),
  /** The profile file's mistake, where there is one: the default is used. */
  profileProblem: line.nullable(),
  folders: z.array(watchedFolderSchema).max(50),
  /** Today's visits and any with something open, newest first. Empty while locked. */
  visits: z.array(inboxVisitSchema).max(200),
  scans: z.array(inboxScanSchema).max(2_000),
  /** The verdict being read; never replaced by itself. */
  reading: id.nullable(),
  /** Judged and not read, oldest first. */
  queue: z.array(id).max(2_000),
  /** Scans whose file names no patient. */
  nameless: count,
})
export type InboxStore = z.infer<typeof inboxStoreSchema>

const scan = z.object({ scan: id })

export const inboxMethods = {
  /** Brings the next unread verdict; without one the reading stays. */
  'inbox.next': method(nothing, nothing),
  /** Shows a scan a person chose. */
  'inbox.read': method(scan, nothing),
  /** `forbidden` until a person has picked their name. Deciding again replaces the decision; both are in the audit. */
  'inbox.decide': method(scan.extend({ decision: z.enum(decisions) }), nothing),
  /** Makes this attempt the study's scan. */
  'inbox.choose': method(scan, nothing),
  /** The grader's own word on a criterion beside the machine's, which stays. The reason must name nobody: `warning` tells what looks like a name. */
  'inbox.override': method(
    scan.extend({ criterion: z.string().min(1).max(64), status: statusSchema, reason: z.string().min(3).max(500), sure: z.boolean() }),
    z.object({ warning: line.nullable() }),
  ),
  /** Takes dropped files (their set's local id) as a visit's scan. */
  'inbox.take': method(z.object({ local: id }), scan),
  /** Makes the bytes of a scan available again, to open it. */
  'inbox.fetch': method(scan, z.object({ local: id })),
  /** A small picture of its middle B-scan: 8-bit grey, base64. */
  'inbox.thumb': method(scan, z.object({ width: count, height: count, grey: z.string().max(40_000) })),
  /** Takes also what lay in the folder before today. */
  'inbox.takeOlder': method(z.object({ folder: id }), nothing),
  /** A folder a person types; `forbidden` where the site fixes them. */
  'inbox.watch': method(z.object({ path: z.string().min(1).max(1_000) }), nothing),
  'inbox.unwatch': method(z.object({ folder: id }), nothing),
  /** Starts the demo lab's own device, which exports generated scans of invented patients. */
  'inbox.demoDevice': method(nothing, nothing),
} as const
