/** The grader's word: a part of the contract. Blind batches for reading centres, and the open word beside the machine's. */
import { z } from 'zod'
import { statusSchema, verdictSchema } from '../oct/results.ts'
import { method } from './method.ts'

const line = z.string().max(1_000)
const id = z.string().min(1).max(200)
const count = z.number().int().nonnegative()
const nothing = z.void()
const at = z.string().max(40)
const share = z.number().min(0).max(1)

export const letters = ['O', 'S', 'C', 'A', 'R', 'I', 'B'] as const
export const letterSchema = z.enum(letters)
/** A grader's word on a letter: pass, warn (unsure) or fail; unknown where it cannot be told from what is shown. */
const wordsByLetter = z.record(letterSchema, statusSchema)

/** One grading, as stored; never changed, a new one is added. */
export const gradingSchema = z.object({
  id,
  grader: z.string().max(200),
  at,
  letters: wordsByLetter,
  overall: verdictSchema,
  note: z.string().max(500),
  /** What the grader had before them: only blind gradings count for kappa. */
  saw: z.object({ machine: z.boolean(), others: z.boolean(), identity: z.boolean() }),
  batch: id.nullable(),
  /** True for the second showing of the same scan to the same grader. */
  repeat: z.boolean(),
})
export type Grading = z.infer<typeof gradingSchema>

export const batchSchema = z.object({
  id,
  name: line,
  profile: z.string().max(128),
  createdAt: at,
  scans: count,
  /** Items in all, repeats included. */
  items: count,
  /** Of the person who asks. */
  done: count,
  /** Names and what they have done. */
  graders: z.array(z.object({ name: z.string().max(200), done: count })).max(50),
  disagreements: count,
  adjudicated: count,
})
export type Batch = z.infer<typeof batchSchema>

const kappaSchema = z.object({
  /** `O` … `B` or `overall`. */
  what: z.string().max(16),
  /** Cohen's kappa of two graders (linear weights over pass < warn < fail, usable < ambiguous < unusable), null where it is not defined. */
  kappa: z.number().nullable(),
  weighted: z.number().nullable(),
  /** 95 % CI of the weighted one. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: count,
  /** Share of gradings that are not pass / usable. */
  prevalence: share.nullable(),
  agreement: share.nullable(),
})
export const agreementSchema = z.object({
  pairs: z.array(z.object({ a: z.string().max(200), b: z.string().max(200), rows: z.array(kappaSchema).max(10) })).max(100),
  /** Each grader with themselves, by the hidden repeats. */
  repeats: z.array(z.object({ grader: z.string().max(200), rows: z.array(kappaSchema).max(10) })).max(50),
  /** Gradings left out because their grader had seen the machine's word or another's. */
  notBlind: count,
})
export type Agreement = z.infer<typeof agreementSchema>

export const gradingMethods = {
  /** The gradings of an open scan (by its `/bulk` address). Others' are left out until the person has graded it: `sealed` tells how many there are. */
  'grading.ofScan': method(
    z.object({ bulk: line }),
    z.object({ mine: gradingSchema.nullable(), others: z.array(gradingSchema).max(100), sealed: count }),
  ),
  /** The open word in the viewer, beside the machine's verdict; `saw` is what the window had shown. */
  'grading.word': method(
    z.object({ bulk: line, letters: wordsByLetter, overall: verdictSchema, note: z.string().max(500), sawMachine: z.boolean() }),
    nothing,
  ),
  'grading.batches': method(nothing, z.array(batchSchema).max(200)),
  /** Scans of the archive or of the Inbox (their local ids), shuffled anew for each grader, with `repeats` of them shown twice. */
  'grading.create': method(
    z.object({
      name: z.string().min(1).max(200),
      scans: z
        .array(
          z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('archive'), project: id, subject: id, session: id, scan: id }),
            z.object({ kind: z.literal('local'), local: id }),
          ]),
        )
        .min(1)
        .max(2_000),
      repeats: share,
    }),
    z.object({ batch: id }),
  ),
  /** The person's next item; null when all are done. The item says nothing of whose scan it is. */
  'grading.next': method(z.object({ batch: id }), z.object({ item: id, position: count, items: count }).nullable()),
  /** Its scan is opened by `grading.open`. */
  'grading.save': method(z.object({ item: id, letters: wordsByLetter, overall: verdictSchema, note: z.string().max(500) }), nothing),
  'grading.agreement': method(z.object({ batch: id }), agreementSchema),
  /** What two graders differ on, for an adjudicator who is neither; both words without names. */
  'grading.disagreements': method(
    z.object({ batch: id }),
    z
      .array(
        z.object({
          item: id,
          words: z.array(z.object({ letters: wordsByLetter, overall: verdictSchema, note: z.string().max(500) })).max(10),
          decided: z.object({ letters: wordsByLetter, overall: verdictSchema }).nullable(),
        }),
      )
      .max(2_000),
  ),
  'grading.adjudicate': method(z.object({ item: id, letters: wordsByLetter, overall: verdictSchema, note: z.string().max(500) }), nothing),
} as const
