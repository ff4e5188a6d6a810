/** The self-check, its report, the chain of receipts, and what the window may show to others: a part of the contract. */
import { z } from 'zod'
import { method } from './method.ts'

const line = z.string().max(1_000)
const nothing = z.void()
const count = z.number().int().nonnegative()

export const checkIds = [
  'engine',
  'data-root',
  'keyring',
  'disk',
  'archive',
  'certificate',
  'clock',
  'cloud',
  'records',
  'outbox',
  'receipts',
] as const
/** What each check may find: the window has a sentence for every one of them. `no-answer` and `failed` can come from any. */
export const checkCodes = {
  engine: [
    'ready',
    'looking',
    'not-installed',
    'not-running',
    'no-permission',
    'too-old',
    'windows-containers',
    'refused',
    'unknown',
    'no-answer',
    'failed',
  ],
  'data-root': ['encrypted', 'in-memory', 'not-known', 'no-engine', 'no-answer', 'failed'],
  keyring: ['available', 'missing', 'no-answer', 'failed'],
  disk: ['enough', 'low', 'full', 'engine-low', 'engine-full', 'not-known', 'no-answer', 'failed'],
  archive: ['answers', 'slow', 'signed-out', 'expired', 'away', 'untrusted', 'no-answer', 'failed'],
  certificate: [
    'valid',
    'ends-soon',
    'expired',
    'not-yet-valid',
    'wrong-name',
    'untrusted',
    'not-encrypted',
    'not-seen',
    'no-archive',
    'no-answer',
    'failed',
  ],
  clock: ['right', 'off', 'wrong', 'not-known', 'no-answer', 'failed'],
  cloud: ['ready', 'warned', 'not-ready', 'signed-out', 'refused', 'away', 'no-cloud', 'no-answer', 'failed'],
  records: ['kept', 'in-memory', 'read-only', 'moved-aside', 'owed', 'no-answer', 'failed'],
  outbox: ['empty', 'waiting', 'blocked', 'locked', 'no-answer', 'failed'],
  receipts: ['whole', 'broken', 'none-yet', 'no-answer', 'failed'],
} as const satisfies Record<(typeof checkIds)[number], readonly string[]>

/** One thing looked at. */
export const checkSchema = z.object({
  id: z.enum(checkIds),
  /** `attention`: works, but somebody should know. `none`: there is nothing of the kind here. */
  state: z.enum(['ok', 'attention', 'problem', 'none']),
  /** What was found, of a small set per id (`not-running`, `skewed`): the window has a sentence for each in every language. */
  code: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** Numbers and names for that sentence; no identity, no secret, no path. */
  facts: z.record(z.string().max(40), z.union([z.string().max(300), z.number()])),
  /** The same in English, for the report. */
  message: line,
  /** One small step that mends it, in English; null where there is nothing to do. */
  step: line.nullable(),
})
export type Check = z.infer<typeof checkSchema>

export const retentionSchema = z.object({
  /** Days; null: kept until somebody removes it. What waits to go home is never removed by time. */
  inboxDays: count.nullable(),
  offlineDays: count,
  logDays: count.nullable(),
  receiptDays: count.nullable(),
})
export type Retention = z.infer<typeof retentionSchema>

export const diagnosticsMethods = {
  /** Looks at everything, each for a bounded time; a second or two. */
  'diagnostics.check': method(nothing, z.object({ at: z.string().max(40), checks: z.array(checkSchema).max(30) })),
  /** Where to GET the redacted report, once: a text for whoever helps. Nothing is sent anywhere. */
  'diagnostics.report': method(nothing, z.object({ url: line, name: z.string().regex(/^scanside-[a-z0-9-]{1,80}\.txt$/) })),
  /** The chain of receipts and audit lines, verified now. */
  'audit.status': method(
    nothing,
    z.object({
      lines: count,
      /** The first line that does not follow from the one before; null where the chain is whole. */
      broken: count.nullable(),
      /** What a verified export must name as its desk: to be compared by whoever gets the file. */
      fingerprint: z.string().max(100),
      oldest: z.string().max(40).nullable(),
      retention: retentionSchema,
    }),
  ),
  /** Where to GET the export for `scanside-verify`, once. */
  'audit.export': method(nothing, z.object({ url: line, name: z.string().regex(/^scanside-[a-z0-9-]{1,80}\.json$/), lines: count })),
  /** What others may see of this window. `contentProtection`: screenshots and screen sharing show it black, where the system can. */
  'privacy.get': method(nothing, z.object({ contentProtection: z.boolean(), available: z.boolean(), fixed: z.boolean() })),
  'privacy.set': method(z.object({ contentProtection: z.boolean() }), nothing),
} as const
