/** What the window hears: every event checked by its schema, to every window that listens. */
import type { EventName, Payload } from '../preload/contract.ts'
import { checkedEvent, type LogUnexpected } from './doorway/dispatch.ts'

type Listener = (event: EventName, payload: unknown) => void

export interface WindowEvents {
  emit<E extends EventName>(event: E, payload: Payload<E>): void
  /** Returns how to stop. */
  subscribe(listener: Listener): () => void
}

export function createWindowEvents(log: LogUnexpected): WindowEvents {
  const listeners = new Set<Listener>()
  return {
    emit(event, payload) {
      const checked = checkedEvent(event, payload, log)
      if (checked === null) return
      for (const listener of listeners) {
        try {
          listener(event, checked)
        } catch (error) {
          // A window that is going away is no reason for a run to fail.
          log('window', error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
