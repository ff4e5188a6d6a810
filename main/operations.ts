/** Whatever takes longer than a moment: it has an id, progress at most ten times a second, and can be cancelled. */
import { randomUUID } from 'node:crypto'
import { ScansideError } from '../oct/errors.ts'
import type { Operation } from '../preload/contract.ts'

const cancelledSentence = 'Cancelled. Nothing was changed.'

/** Work that was cancelled half way and keeps what was done says so itself, with `details.kept`. */
const whatCancellingLeft = (error: unknown): string =>
  error instanceof ScansideError && error.code === 'cancelled' && Number(error.details.kept ?? 0) > 0 ? error.message : cancelledSentence

export interface Operations {
  /** Starts `work` and returns its id at once. `report` takes a share from 0 to 1 (null: not known) and a sentence. */
  run(kind: Operation['kind'], work: (signal: AbortSignal, report: (progress: number | null, message: string) => void) => Promise<string>): string
  /** As `run`, for a caller that waits for the value itself and has made up the id. Rejects as `work` does, `cancelled` where it was cancelled. */
  during<T>(
    id: string,
    kind: Operation['kind'],
    work: (signal: AbortSignal, report: (progress: number | null, message: string) => void) => Promise<T>,
  ): Promise<T>
  cancel(id: string): void
}

/** `emit` gets every change; `unexpected` turns an error into its sentence (and logs what a person must not see). */
export function createOperations(emit: (operation: Operation) => void, sentence: (error: unknown) => string, now: () => number): Operations {
  const under = new Map<string, AbortController>()
  const during: Operations['during'] = async (id, kind, work) => {
    const abort = new AbortController()
    under.set(id, abort)
    let told = Number.NEGATIVE_INFINITY
    const report = (progress: number | null, message: string) => {
      if (now() - told < 100) return
      told = now()
      emit({ id, kind, state: 'running', progress, message })
    }
    try {
      const value = await work(abort.signal, report)
      emit({ id, kind, state: 'done', progress: 1, message: typeof value === 'string' ? value : '' })
      return value
    } catch (error) {
      const cancelled = abort.signal.aborted || (error instanceof ScansideError && error.code === 'cancelled')
      const message = cancelled ? whatCancellingLeft(error) : sentence(error)
      emit({ id, kind, state: cancelled ? 'cancelled' : 'failed', progress: null, message })
      throw cancelled ? new ScansideError('cancelled', message) : error
    } finally {
      under.delete(id)
    }
  }
  return {
    run(kind, work) {
      const id = randomUUID()
      // The caller learns the id before the first event, so that no event is about an operation nobody knows. Failures went out as an event.
      setImmediate(() => during(id, kind, work).catch(() => undefined))
      return id
    },
    during,
    cancel(id) {
      under.get(id)?.abort()
    },
  }
}
