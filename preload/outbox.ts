/** What waits to go home: a part of the contract. */
import { z } from 'zod'
import { method } from './method.ts'

const id = z.string().min(1).max(200)
const nothing = z.void()
const count = z.number().int().nonnegative()
const line = z.string().max(1_000)

/**
 * What a person may do with an item that cannot simply be sent. `retry`: try again now. `keep-theirs`: the archive's file stays, ours is let
 * go of. `send-beside`: ours goes under a name of its own, both stay. `replace`: ours takes the place of theirs. `discard`: ours is destroyed
 * unsent.
 */
export const outboxChoices = ['retry', 'keep-theirs', 'send-beside', 'replace', 'discard'] as const

export const outboxItemSchema = z.object({
  id,
  kind: z.enum(['grading', 'results']),
  /** The run whose results these are; null for a grading. */
  run: id.nullable(),
  /** What it is of, for the person here: `DEMO-MS / P-0142 / V02`; empty on a locked desk and where the key is gone. */
  title: line,
  createdAt: z.string().max(40),
  /** bytes */
  size: count,
  /**
   * `waiting`: for its archive. `conflict`: the archive holds another file under this name. `refused`: the archive does not take it (no right, the
   * session is gone). `locked`: the key it was wrapped with is no longer in the keyring.
   */
  state: z.enum(['waiting', 'sending', 'conflict', 'refused', 'locked']),
  /** Why it waits, and what to do, as a sentence. */
  message: line.nullable(),
  choices: z.array(z.enum(outboxChoices)).max(5),
  /** What the archive holds in a conflict. */
  theirs: z.object({ size: count, md5: z.string().max(64) }).nullable(),
})
export type OutboxItem = z.infer<typeof outboxItemSchema>
export type OutboxChoice = (typeof outboxChoices)[number]

/** Of the application's store. `blocked`: conflicts, refusals and locked items: a person must choose. */
export const outboxCountsSchema = z.object({ waiting: count, blocked: count })

export const outboxMethods = {
  /** In the order in which they go home: gradings first, then the oldest. */
  'outbox.list': method(nothing, z.object({ items: z.array(outboxItemSchema).max(1_000), total: count })),
  /** Sends what can be sent now. */
  'outbox.send': method(nothing, z.object({ sent: count, waiting: count })),
  /** `conflict` where the item is no longer in the state the choice was offered for. */
  'outbox.decide': method(z.object({ item: id, choice: z.enum(outboxChoices) }), nothing),
} as const
