/** The one wrapper around every method: the schema on the way in, the schema on the way out, one kind of error. */
import { ScansideError } from '../../oct/errors.ts'
import { type EventName, events, type Handlers, type MethodName, methods, type Payload, type Reply, type WireError } from '../../preload/contract.ts'

export type Dispatch = (method: unknown, input: unknown) => Promise<Reply>

/** Where unexpected errors go: main's own log. Never the window. */
export type LogUnexpected = (where: string, error: unknown) => void

/** Answers calls from a window by the handlers. Unknown methods and inputs that break their schema are refused, never passed on. */
export function createDispatch(handlers: Handlers, logUnexpected: LogUnexpected): Dispatch {
  return async (method, input) => {
    if (typeof method !== 'string' || !Object.hasOwn(methods, method)) {
      return { ok: false, error: { code: 'invalid-argument', message: 'The window asked for something this version does not know.', details: {} } }
    }
    const name = method as MethodName
    const parsed = methods[name].input.safeParse(input)
    if (!parsed.success) {
      const at = parsed.error.issues[0]?.path.join('.') ?? ''
      return {
        ok: false,
        error: { code: 'invalid-argument', message: 'What was entered cannot be used. Nothing was changed.', details: { method: name, at } },
      }
    }
    try {
      // One function per method: the pair of types is right by the contract, which TypeScript cannot follow through an index.
      const handler = handlers[name] as (value: unknown) => unknown
      const value = await handler(parsed.data)
      return { ok: true, value: methods[name].output.parse(value) }
    } catch (error) {
      return { ok: false, error: toWire(error, name, logUnexpected) }
    }
  }
}

/** An event's payload, checked before it leaves main; null (and a line in the log) where it breaks its schema. */
export function checkedEvent<E extends EventName>(event: E, payload: Payload<E>, logUnexpected: LogUnexpected): Payload<E> | null {
  const parsed = events[event].safeParse(payload)
  if (parsed.success) return parsed.data as Payload<E>
  logUnexpected(`event ${event}`, parsed.error)
  return null
}

/** What a window may see of an error: a ScansideError as it is, anything else as `internal` with its stack in main's log alone. */
export function toWire(error: unknown, where: string, logUnexpected: LogUnexpected): WireError {
  if (error instanceof ScansideError) return { code: error.code, message: error.message.slice(0, 4_000), details: error.details }
  logUnexpected(where, error)
  return {
    code: 'internal',
    message: 'Something in Scanside went wrong. Your data is safe. Try again; if it stays, save the log for your administrator.',
    details: { where },
  }
}
