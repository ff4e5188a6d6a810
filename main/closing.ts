/** The end of a life: everything is closed in its order, each for a bounded time, whatever became of the one before. */
import type { LogUnexpected } from './doorway/dispatch.ts'

export interface Closing {
  what: string
  close(): unknown
  /** How long it may take, ms. What an engine or an archive that hangs still holds is owed, and paid at the next start. */
  patienceMs: number
}

/** Never rejects. `sleep` resolves after so many ms, or when the signal aborts. */
export async function closeInOrder(steps: Closing[], log: LogUnexpected, sleep: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void> {
  for (const { what, close, patienceMs } of steps) {
    const done = new AbortController()
    const late = sleep(patienceMs, done.signal).then(() => {
      if (!done.signal.aborted) log(what, new Error(`not closed after ${patienceMs} ms`))
    })
    const closed = (async () => close())().catch((error: unknown) => log(what, error))
    await Promise.race([closed, late])
    done.abort()
  }
}
