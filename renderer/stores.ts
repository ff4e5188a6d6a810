/** Mirrors of the engine room's stores. Main is their only writer; the window only ever replaces a whole store by a newer one. */
import { create } from 'zustand'
import type { AppStore, Operation, RunSummary, RunsStore } from '../preload/contract.ts'
import type { InboxStore } from '../preload/inbox.ts'
import type { Lab } from './lab.ts'

interface Mirror {
  /** Null until the first snapshot has arrived. */
  app: AppStore | null
  runs: RunsStore | null
  inbox: InboxStore | null
  /** Long things by id, with their newest progress. Ended ones stay until the window closes: their sentence may still be read. */
  operations: Record<string, Operation>
}

export const useMirror = create<Mirror>(() => ({ app: null, runs: null, inbox: null, operations: {} }))

/** The newer of two values of a store: a push that overtook the snapshot is never undone by it. */
export function newer<S extends { rev: number }>(current: S | null, incoming: S): S {
  return current && current.rev > incoming.rev ? current : incoming
}

const acceptApp = (app: AppStore) => useMirror.setState((state) => ({ app: newer(state.app, app) }))
const acceptRuns = (runs: RunsStore) => useMirror.setState((state) => ({ runs: newer(state.runs, runs) }))
const acceptInbox = (inbox: InboxStore) => useMirror.setState((state) => ({ inbox: newer(state.inbox, inbox) }))
const acceptOperation = (operation: Operation) => useMirror.setState((state) => ({ operations: { ...state.operations, [operation.id]: operation } }))

/** Listens first, then asks for the current stores, so that nothing falls between. Returns how to stop. */
export async function followLab(lab: Pick<Lab, 'on' | 'app'>): Promise<() => void> {
  const stops = [
    lab.on('store.app', acceptApp),
    lab.on('store.runs', acceptRuns),
    lab.on('store.inbox', acceptInbox),
    lab.on('operation', acceptOperation),
  ]
  const snapshot = await lab.app.snapshot()
  acceptApp(snapshot.app)
  acceptRuns(snapshot.runs)
  acceptInbox(snapshot.inbox)
  return () => {
    for (const stop of stops) stop()
  }
}

/** The application's state; pages are rendered only once it is there. */
export function useApp(): AppStore {
  const app = useMirror((state) => state.app)
  if (!app) throw new Error('rendered before the first snapshot')
  return app
}

/** The Inbox; pages are rendered only once it is there. */
export function useInbox(): InboxStore {
  const inbox = useMirror((state) => state.inbox)
  if (!inbox) throw new Error('rendered before the first snapshot')
  return inbox
}

const noRuns: RunSummary[] = []

/** The active runs and the newest ended ones, newest first. */
export function useRunSummaries(): RunSummary[] {
  return useMirror((state) => state.runs?.runs ?? noRuns)
}

/** The newest progress of a long operation; undefined before its first event. */
export function useOperation(id: string | null): Operation | undefined {
  return useMirror((state) => (id === null ? undefined : state.operations[id]))
}
