/** Where the window begins. */
import type { AppStore } from '../preload/contract.ts'
import type { InboxStore } from '../preload/inbox.ts'
import { type Place, useNavigation } from './navigation.ts'
import { useMirror } from './stores.ts'

/** The Inbox at a desk beside a device: a folder is watched, scans came today, or people are named who pick themselves. Else the archive. */
export function firstPlace(app: Pick<AppStore, 'people'>, inbox: Pick<InboxStore, 'folders' | 'visits'>): Place {
  return inbox.folders.length > 0 || inbox.visits.length > 0 || app.people.people.length > 0 ? 'inbox' : 'archive'
}

/** Goes there; main.tsx calls it once, after the first snapshot. */
export function startPlace(): void {
  const { app, inbox } = useMirror.getState()
  if (app && inbox) useNavigation.setState({ place: firstPlace(app, inbox) })
}
