/**
 * The window's side of the doorway: `lab.runs.start({...})` instead of method names and wire replies.
 * Everything the window wants of the engine room goes through here; bytes go through `bulkFetch` of bridge.ts.
 */
import { ScansideError } from '../oct/errors.ts'
import { type Bridge, type EventName, type Input, type MethodName, methods, type Output, type Payload, wireErrorSchema } from '../preload/contract.ts'

type Room<M extends MethodName> = M extends `${infer R}.${string}` ? R : never
type Verb<R extends string, M extends MethodName> = M extends `${R}.${infer V}` ? V : never
type Named<R extends string, V extends string> = Extract<MethodName, `${R}.${V}`>
type Call<M extends MethodName> = undefined extends Input<M> ? () => Promise<Output<M>> : (input: Input<M>) => Promise<Output<M>>

/** Every method of the contract, by room and verb. Calls reject with `ScansideError` and nothing else. */
export type Lab = { [R in Room<MethodName>]: { [V in Verb<R, MethodName>]: Call<Named<R, V>> } } & {
  /** Listens to an event of the contract; returns how to stop. */
  on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void
}

const closed = () =>
  new ScansideError('unreachable', 'This window has lost its connection to Scanside. Nothing is lost: close the window and open it again.')

/** Whatever was thrown, as the one error a page can show. What is not a ScansideError becomes `internal`. */
export function asScansideError(error: unknown): ScansideError {
  if (error instanceof ScansideError) return error
  return new ScansideError('internal', 'Something went wrong inside Scanside. Nothing was changed; please try once more.', {}, { cause: error })
}

async function call(bridge: () => Bridge | null, method: MethodName, input: unknown): Promise<unknown> {
  const open = bridge()
  if (!open) throw closed()
  let reply: Awaited<ReturnType<Bridge['invoke']>>
  try {
    reply = await open.invoke(method, input)
  } catch (error) {
    throw error instanceof ScansideError ? error : closed()
  }
  if (reply.ok) return reply.value
  const error = wireErrorSchema.safeParse(reply.error)
  if (!error.success) throw asScansideError(error.error)
  throw new ScansideError(error.data.code, error.data.message, error.data.details)
}

/** Builds the typed client over a bridge. The bridge is asked for at each call, so that the client may exist before it is connected. */
export function createLab(bridge: () => Bridge | null): Lab {
  const rooms: Record<string, Record<string, unknown>> = {}
  for (const name of Object.keys(methods) as MethodName[]) {
    const [room = '', verb = ''] = name.split('.')
    rooms[room] = { ...rooms[room], [verb]: (input?: unknown) => call(bridge, name, input) }
  }
  const on = (event: EventName, listener: (payload: never) => void) => {
    const open = bridge()
    if (!open) throw closed()
    return open.on(event, listener as (payload: unknown) => void)
  }
  return { ...rooms, on } as unknown as Lab
}

let connected: Bridge | null = null

/** The one client of this window; usable once `connectLab` was called. */
export const lab: Lab = createLab(() => connected)

/** Gives the client its bridge; main.tsx calls it once, before the first render. */
export function connectLab(bridge: Bridge): void {
  connected = bridge
}
