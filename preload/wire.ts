/** What goes over the doorway's wire: calls, replies, errors; and the bridge that carries them. A part of the contract. */
import { z } from 'zod'
import { errorCodes } from '../oct/errors.ts'
import type { EventName, MethodName } from './contract.ts'

/** How an error crosses: never a stack. */
export const wireErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string().max(4_000),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type WireError = z.infer<typeof wireErrorSchema>

/** A method's answer on the wire. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: WireError }

/** What preload puts into the window, and what the loopback front builds over its socket. */
export interface Bridge {
  invoke(method: MethodName, input: unknown): Promise<Reply>
  /** Returns how to stop listening. */
  on(event: EventName, listener: (payload: unknown) => void): () => void
}
