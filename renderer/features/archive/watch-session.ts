/** Whose archive the page shows: another person, another archive, and everything listed is forgotten. */
import type { AppStore } from '../../../preload/contract.ts'
import { useMirror } from '../../stores.ts'
import { forgetArchive, listProjects, renewProject, showVerdicts, useArchive } from './archive-store.ts'

/** Who may see what was listed. A dead token or a lost network changes nothing of it; signing out does. */
export function ownerOf(session: AppStore['session']): string | null {
  return session.state === 'signed-out' ? null : `${session.archive ?? ''} ${session.user ?? ''}`
}

/** Follows the session from now on; main.tsx calls it once. */
export function watchSession(): void {
  let owner: string | null = null
  let online = false
  let away = false
  const look = () => {
    const session = useMirror.getState().app?.session
    if (!session) return
    const now = ownerOf(session)
    if (now !== owner) {
      forgetArchive()
      online = false
      away = false
    }
    owner = now
    const before = online
    online = session.state === 'signed-in'
    // Only on the way in: a listing that failed is asked for again by the person, not by every push of a store.
    if (online && !before) {
      if (away) void renewProject()
      else if (useArchive.getState().projects === null) void listProjects()
      away = false
    }
    // Without the archive there are the scans this desk keeps: asked for once, and anew when the archive is back.
    if (session.state === 'offline' && !away && useArchive.getState().projects === null) {
      away = true
      void listProjects()
    }
  }
  useMirror.subscribe(look)
  look()
}

/** Shows the verdicts of runs as they are done; main.tsx calls it once. */
export function watchRuns(): void {
  useMirror.subscribe((state, before) => {
    if (state.runs === before.runs || !state.runs) return
    const done = state.runs.runs.filter((run) => run.state === 'done').map((run) => run.id)
    if (done.length > 0) void showVerdicts(done)
  })
}
